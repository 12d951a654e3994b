"""What a deadline phrase (时限) means, and how it is said again: scan, read, resolve."""

from workflow.deadline import when
from workflow.deadline.flags import BLOCKING, FLAGS
from workflow.deadline.mention import Mention, mentions
from workflow.deadline.reading import read
from workflow.deadline.spoken import often, short, show
from workflow.deadline.when import Occurrence, closes_at, occurrences, opens_at

__all__ = [
    "BLOCKING",
    "FLAGS",
    "Mention",
    "Occurrence",
    "closes_at",
    "mentions",
    "occurrences",
    "often",
    "opens_at",
    "read",
    "short",
    "show",
    "when",
]
