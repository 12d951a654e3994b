"""Is a definition fit to launch, here and on that day, and what does a phrase mean: the answers of `duban check` and `duban deadline`."""

from duban.checking.definition import Checked, check_definition
from duban.checking.phrases import deadline_document, deadline_lines

__all__ = ["Checked", "check_definition", "deadline_document", "deadline_lines"]
