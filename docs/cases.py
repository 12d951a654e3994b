"""The table of docs/escalation.md, made from the tests themselves: `python docs/cases.py` prints it, `--write` puts it into the page.

A case is every test called `test_case_NN_words_of_what_holds` under tests/escalation. What differs from the first design of a case, and
why, is the part of its docstring from "Changed:" on.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "escalation.md"
FIRST, LAST = "<!-- cases: made by docs/cases.py -->", "<!-- end of cases -->"
HEAD = "| no. | what holds | test |\n|---|---|---|\n"


@dataclass(frozen=True, kw_only=True)
class Case:
    """One test of one case: its number, what it says, where it stands, and what was changed about it and why ("" if nothing)."""

    number: int
    says: str
    file: str
    changed: str


def cases(folder: Path = ROOT / "tests" / "escalation") -> list[Case]:
    """Every case in the order of the numbers; one may have several tests."""
    found = [case for file in sorted(folder.glob("test_*.py")) for case in _in(file)]
    return sorted(found, key=lambda case: (case.number, case.file, case.says))


def table(found: list[Case]) -> str:
    """The table, and below it what was changed."""
    rows = "".join(f"| {c.number} | {c.says} | `{c.file}` |\n" for c in found)
    changed = "".join(f"- **{c.number}**: {c.changed}\n" for c in found if c.changed)
    return HEAD + rows + (f"\nCases that hold otherwise than first written, and why:\n\n{changed}" if changed else "")


def written(page: str, found: list[Case]) -> str:
    """The page with its table as the tests are now."""
    before, _, rest = page.partition(FIRST)
    return f"{before}{FIRST}\n\n{table(found)}\n{LAST}{rest.partition(LAST)[2]}"


def _in(file: Path) -> Iterator[Case]:
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_case_"):
            number, _, words = node.name.removeprefix("test_case_").partition("_")
            _, _, changed = (ast.get_docstring(node) or "").partition("Changed:")
            yield Case(number=int(number), says=words.replace("_", " "), file=file.name, changed=" ".join(changed.split()))


if __name__ == "__main__":
    if "--write" in sys.argv:
        PAGE.write_text(written(PAGE.read_text("utf-8"), cases()), "utf-8")
    else:
        print(table(cases()), end="")
