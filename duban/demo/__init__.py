"""The year 2012 of the standard campaign on the generated university, played in a sandbox through the public engine."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from duban import samples, sandbox
from duban.demo.year import Year
from phases import library
from phases.targets import TargetFigure
from workflow.errors import DubanError

MARK = ".duban-demo"
DATABASE, MESSAGES, TABLES, DEFINITION = "demo.db", "demo.db.messages", "tables", "基层组织建设年.yaml"
MIDWAY = "midway.db"
"""The same year on a busy morning in April: what a portal is best looked at with."""


@dataclass(kw_only=True)
class Result:
    """What happened, counted from the database and the folders after the year; no figure is written down beforehand.

    `example` is the code of a branch that still owes something: all steps of the ladder can be seen on it.
    """

    folder: Path
    organisation: str
    units: int
    branches: int
    members: int
    campaign: str
    cases: int
    totals: dict[str, int]
    phases: dict[str, dict[str, int]]
    acts: dict[str, int]
    proxies: int
    runs: int
    reminders: int
    messages: int
    longest_day: tuple[date, int]
    held: dict[str, int]
    figures: list[TargetFigure]
    grades: dict[str, dict[str, int]]
    example: str
    tables: list[Path] = field(default_factory=list)

    def document(self) -> dict[str, Any]:
        """The same as JSON."""
        found = {k: v for k, v in vars(self).items() if k not in ("figures", "tables", "folder", "longest_day")}
        return found | {
            "folder": str(self.folder),
            "database": str(self.folder / DATABASE),
            "midway": str(self.folder / MIDWAY),
            "tables": [str(path) for path in self.tables],
            "busiest_day": {"day": self.longest_day[0].isoformat(), "messages": self.longest_day[1]},
            "targets": [
                {
                    "words": figure.target.words,
                    "expected": figure.expected,
                    "needed": figure.needed,
                    "reached": figure.reached,
                    "short": figure.short,
                }
                for figure in self.figures
            ],
        }


Progress = Callable[[str, int, int], None]


def play(folder: Path, *, progress: Progress | None = None) -> Result:
    """Play the year into a folder; what an earlier demo left there is replaced, anything else refuses the folder."""
    _clear(folder)
    organisation = samples.generate("university")
    workbook, _ = samples.write(organisation, folder)
    definition = folder / DEFINITION
    definition.write_text(library.text("standard"), encoding="utf-8")
    url = f"sqlite:///{folder / DATABASE}"
    sandbox.create(url, sandbox=True).close()
    from duban.demo.count import count  # it needs Result, which stands here

    told = progress or (lambda _words, _done, _of: None)
    with Year(url, organisation, progress=told, midway=folder / MIDWAY) as year:
        year.play(workbook, definition)
        tables = year.tables(folder / TABLES)
        result = count(year, folder)
    result.tables = tables
    return result


def _clear(folder: Path) -> None:
    mark = folder / MARK
    if folder.exists() and not folder.is_dir():
        raise DubanError(f"“{folder}”不是文件夹：请用 --dir 换一个", code="not-empty")
    if folder.exists() and any(folder.iterdir()) and not mark.exists():
        raise DubanError(f"文件夹“{folder}”里有别的东西：请用 --dir 换一个空文件夹", code="not-empty")
    if mark.exists():
        databases = (f"{name}{end}" for name in (DATABASE, MIDWAY) for end in ("", "-wal", "-shm"))
        for name in (*databases, DEFINITION, "units.xlsx", "truth.json"):
            (folder / name).unlink(missing_ok=True)
        for name in (MESSAGES, f"{MIDWAY}.messages", TABLES):
            shutil.rmtree(folder / name, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    mark.write_text("duban demo\n", encoding="utf-8")


__all__ = ["DATABASE", "MESSAGES", "MIDWAY", "TABLES", "Result", "play"]
