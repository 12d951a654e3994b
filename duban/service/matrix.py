"""我的支部: the units somebody reviews × what they owe, as it stands now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from duban.service.matrix_lead import RETIRED, Lead, days_past, lead, next_line
from duban.service.reviewed import Owed, Reviewed
from storage.matrix import CaseOf
from workflow.machine import acts_in, duty_machine, phase_name
from workflow.model import STATE_WORDS, DutyState

DESK = ("accept", "return", "receive")
"""What a reviewer does with what is on his desk."""
NOT_YET, AHEAD = "not-yet", "ahead"
CELL_WORDS = {**{str(state): words for state, words in STATE_WORDS.items()}, NOT_YET: "未开始", AHEAD: "未到期"}
"""What stands in a cell. An open duty whose window has not opened is 未开始; one whose line is not the next one is 未到期."""
FILTERS = (DutyState.OPEN, DutyState.RETURNED, DutyState.SUBMITTED, DutyState.ACCEPTED, DutyState.WAIVED)
"""The states somebody may look for, in the order in which they need him."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which part of the matrix. `state` is a cell's code, `task` a task's key; `late`: past its line and not handed in.

    Tasks whose time has not come for any unit are left out, unless `ahead` asks for them, or they or their phase are named.
    """

    state: str = ""
    kind: str = ""
    phase: str = ""
    task: str = ""
    late: bool = False
    ahead: bool = False


@dataclass(frozen=True, kw_only=True)
class Column:
    """One task. `due` is the line most of the units have."""

    task: str
    name: str
    phase: str
    due: date | None
    provisional: bool


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One duty. `code` is its state, or `not-yet`, `ahead`; `due` is said only where it differs from the column's.

    `late` are civil days after the line: so far, where the line that stands has passed, or until it was handed in. `acts` are what a
    reviewer may try; `seen` is the version of its case. `proxy`: the reader may fill it in for the unit (代填), and the
    unit is one that may need it: a retired one, or one past the line. `wanted`: it is in the state that was looked for.
    """

    duty: int
    case: int
    seen: int
    code: str
    words: str
    occurrence: str
    late: int
    due: date | None
    extended: bool
    acts: tuple[str, ...]
    proxy: bool
    wanted: bool

    @property
    def waits(self) -> bool:
        """It is past its line and not handed in."""
        return bool(self.late) and self.code in (DutyState.OPEN, DutyState.RETURNED)


@dataclass(frozen=True, kw_only=True)
class UnitRow:
    """One unit, and for each column a tuple of cells (several where a task recurs, none where it is not asked). What a 直属党支部 owes as
    a branch and as a second-level unit stands in one row; `phase` is then that of the first."""

    unit: str
    name: str
    above: str
    branch_kind: str
    phase: str
    cells: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, kw_only=True)
class Matrix:
    """`rows` and `columns` are what was wanted; `lead` is about all units, `kinds`, `phases` and `tasks` are what could be wanted.

    `later` are the columns left out because their time has not come.
    """

    lead: Lead
    columns: tuple[Column, ...]
    later: tuple[Column, ...]
    rows: tuple[UnitRow, ...]
    kinds: tuple[str, ...]
    phases: tuple[str, ...]
    tasks: tuple[Column, ...]


def matrix(reviewed: Reviewed, wanted: Wanted) -> Matrix:
    """The part that is wanted of what somebody reviews; words that name nothing leave nothing."""
    tasks = _columns(reviewed)
    columns = [column for column in tasks if wanted.phase in ("", column.phase) and wanted.task in ("", column.task)]
    line = next_line(reviewed, {column.task for column in columns})
    rows = [_Row(reviewed, case, line, wanted) for case in reviewed.cases]
    later = [column for column in columns if all(row.is_ahead(column) for row in rows)]
    if wanted.ahead or wanted.phase or wanted.task or len(later) == len(columns):
        later = []
    columns = [column for column in columns if column not in later]
    made = _joined(row.made(columns) for row in rows)
    return Matrix(
        lead=lead(reviewed, {column.task for column in tasks}),
        columns=tuple(columns),
        later=tuple(later),
        rows=tuple(row for row in made if columns and _shows(row, wanted)),
        kinds=tuple(dict.fromkeys(case.branch_kind for case in reviewed.cases if case.branch_kind)),
        phases=tuple(dict.fromkeys(column.phase for column in tasks if column.phase)),
        tasks=tuple(tasks),
    )


def _columns(reviewed: Reviewed) -> list[Column]:
    """The tasks that any of the units owes, in the order of the definition."""
    days: dict[str, Counter[date]] = {}
    for duty, status in reviewed.owed:
        counted = days.setdefault(duty.task_key, Counter())
        if status.due is not None and not duty.occurrence:
            counted[status.due] += 1
    return [_column(reviewed, task.key, days[task.key]) for task in reviewed.running.campaign.tasks if task.key in days]


def _column(reviewed: Reviewed, key: str, days: Counter[date]) -> Column:
    task = reviewed.running.campaign.task_by_key[key]
    due = days.most_common(1)[0][0] if days else None
    provisional = due is not None and not reviewed.calendar.is_certain(due)
    return Column(task=key, name=task.name, phase=task.phase or "", due=due, provisional=provisional)


def _joined(rows: Iterable[UnitRow]) -> list[UnitRow]:
    """One row a unit: its cases follow each other."""
    made: list[UnitRow] = []
    for row in rows:
        if made and made[-1].unit == row.unit:
            cells = tuple((*mine, *more) for mine, more in zip(made[-1].cells, row.cells, strict=True))
            made[-1] = replace(made[-1], cells=cells)
        else:
            made.append(row)
    return made


def _shows(row: UnitRow, wanted: Wanted) -> bool:
    cells = [cell for cells in row.cells for cell in cells]
    return (
        wanted.kind in ("", row.branch_kind)
        and (not wanted.state or any(cell.wanted for cell in cells))
        and (not wanted.late or any(cell.waits for cell in cells))
    )


@dataclass(frozen=True)
class _Row:
    """One case on its way to a row. `line` is the next one of the columns that are shown."""

    reviewed: Reviewed
    case: CaseOf
    line: date | None
    wanted: Wanted

    def made(self, columns: Sequence[Column]) -> UnitRow:
        case, mine = self.case, self.reviewed.duties[self.case.case_id]
        by_task = {c.task: self._shown([one for one in mine if one[0].task_key == c.task]) for c in columns}
        return UnitRow(
            unit=case.code,
            name=case.name,
            above=case.above or "",
            branch_kind=case.branch_kind or "",
            phase=phase_name(self.reviewed.running.campaign.track_by_key[case.track], case.phase),
            cells=tuple(tuple(self._cell(column, one) for one in by_task[column.task]) for column in columns),
        )

    def is_ahead(self, column: Column) -> bool:
        """Its time has not come for this unit."""
        mine = [one for one in self.reviewed.duties[self.case.case_id] if one[0].task_key == column.task]
        return all(self._code(one) in (NOT_YET, AHEAD) for one in self._shown(mine))

    def _shown(self, found: Sequence[Owed]) -> Iterable[Owed]:
        """Of what recurs: what lies on the desk or was sent back, and the next one; missed meetings are counted elsewhere."""
        if not any(duty.occurrence for duty, _ in found):
            return found
        busy = [one for one in found if one[0].state in (DutyState.SUBMITTED, DutyState.RETURNED)]
        ahead = [one for one in found if one not in busy and one[1].due is not None and one[1].due >= self.reviewed.today]
        return [*busy, *ahead[:1]] or found[-1:]

    def _cell(self, column: Column, owed: Owed) -> Cell:
        duty, status = owed
        code = self._code(owed)
        possible = () if code in (NOT_YET, AHEAD) else acts_in(duty_machine(), duty.state)
        return Cell(
            duty=duty.duty_id,
            case=self.case.case_id,
            seen=self.case.version,
            code=code,
            words=CELL_WORDS[code],
            occurrence=duty.occurrence,
            late=days_past(duty, status, self.reviewed.today),
            due=status.due if status.due != column.due else None,
            extended=status.extended_from is not None,
            acts=tuple(act for act in possible if act in DESK),
            proxy="submit" in possible and self._is_proxied(owed),
            wanted=self.wanted.state == code,
        )

    def _is_proxied(self, owed: Owed) -> bool:
        duty, status = owed
        needs = RETIRED in (self.case.branch_kind or "") or days_past(duty, status, self.reviewed.today) > 0
        allowed = self.reviewed.running.campaign.task_by_key[duty.task_key].proxy
        return needs and allowed and self.case.case_id in self.reviewed.proxied

    def _code(self, owed: Owed) -> str:
        duty, status = owed
        if duty.state != DutyState.OPEN:
            return duty.state
        if duty.opens_at is not None and duty.opens_at > self.reviewed.now:
            return NOT_YET
        ahead = status.due is not None and self.line is not None and status.due > self.line
        return AHEAD if ahead else duty.state
