"""What a definition FILE holds, be it YAML, a workbook with the 任务分解表 or a ready-made campaign, and where in it a problem stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from duban.checking import Checked, check_definition
from duban.given_files import decoded, read_file
from duban.task_table import TableFile, is_workbook, read_table
from phases import library
from phases.compile import compile_definition
from workflow.errors import DefinitionError, DubanError, Problem
from workflow.model import Campaign
from workflow.workdays import WorkCalendar

NO_DEFINITION = (
    (b"%PDF", "PDF 文件"),
    (b"\x89PNG", "图片"),
    (b"\xff\xd8\xff", "图片"),
    (b"GIF8", "图片"),
    (b"Rar!", "压缩包"),
    (b"7z\xbc\xaf", "压缩包"),
    (b"{\\rtf", "RTF 文档"),
)


@dataclass(frozen=True, kw_only=True)
class DefinitionFile:
    """A definition as YAML `text`; `table` is the workbook that the text was made from."""

    name: str
    text: str
    table: TableFile | None = None

    def compiled(self, *, calendar: WorkCalendar | None = None) -> Campaign:
        """The campaign. Raises `DefinitionError` with every problem at its place in the file."""
        try:
            campaign = compile_definition(self.text, name=self.name, calendar=calendar)
        except DefinitionError as error:
            raise DefinitionError(self.name, self.problems(error.problems)) from None
        if problems := self.problems(()):
            raise DefinitionError(self.name, problems)
        return campaign

    def problems(self, of_text: Iterable[Problem]) -> tuple[Problem, ...]:
        """Everything that is wrong: cells that cannot be read, then what is wrong with the text, unless it follows from those."""
        if self.table is None:
            return tuple(of_text)
        blamed = {problem.path for problem in self.table.problems}
        return (*self.table.problems, *(problem for problem in self.table.told(of_text) if problem.path not in blamed))

    def checked(self, *, units: Sequence[Path] = (), on: date | None = None) -> Checked:
        """The answer of `duban check`; see `duban.checking`."""
        found = check_definition(self.text, name=self.name, units=units, on=on)
        if self.table is None:
            return found
        of_text = tuple(problem for problem in found.problems if not _of_units(problem, units))
        of_units = tuple(problem for problem in found.problems if _of_units(problem, units))
        problems = (*self.problems(of_text), *of_units)
        if self.table.problems:
            return Checked(problems=problems)
        return replace(
            found, problems=problems, warnings=self.table.told(found.warnings), questions=self.table.told(found.questions)
        )


def open_definition(path: str | Path) -> DefinitionFile:
    """The definition in a file, or the ready-made one of that name. Raises `DubanError` if the file is none."""
    name = str(path)
    if name in library.names() and not Path(path).exists():
        return DefinitionFile(name=name, text=library.text(name))
    content = read_file(path)
    if is_workbook(name, content):
        table = read_table(name, content)
        return DefinitionFile(name=name, text=table.text, table=table)
    if like := next((what for start, what in NO_DEFINITION if content.startswith(start)), None):
        raise DubanError(f"“{name}”像是{like}，不是活动设置；如果是通知，请先用 duban draft 起草活动设置", code="unreadable")
    return DefinitionFile(name=name, text=decoded(content, name))


def definition_text(path: str | Path, *, calendar: WorkCalendar | None = None) -> str:
    """The YAML of a definition. A workbook is compiled first, because later nobody knows its rows: raises `DefinitionError`."""
    file = open_definition(path)
    if file.table is not None:
        file.compiled(calendar=calendar)
    return file.text


def _of_units(problem: Problem, units: Sequence[Path]) -> bool:
    return any(path.name in problem.path for path in units)
