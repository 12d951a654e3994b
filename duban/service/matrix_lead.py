"""The one sentence above a matrix: by the next line, how many units are done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from duban.service.reviewed import Reviewed
from duban.service.status import DutyStatus
from storage.matrix import CaseOf, DutyOf
from workflow.model import CLOCK_RUNS, DutyState

HANDED_IN = (DutyState.SUBMITTED, DutyState.ACCEPTED, DutyState.WAIVED)
EXTENDED = "extended"
RETIRED = "离退休"
"""Branches of this kind are the ones for whom their committee usually fills in."""


@dataclass(frozen=True, kw_only=True)
class Lead:
    """How many of the `units` have handed in everything due up to `line` (None: everything that has a line), by the line as it was
    first. `done`, `returned`, `open`, `extended` (only what has a later line by now is missing) and `none_due` add up. `proxied` are
    those among `open` for whom the reader would fill in, `late` the units with something that is past its own line and not handed in."""

    units: int
    line: date | None
    done: int
    returned: int
    open: int
    extended: int
    none_due: int
    proxied: int
    late: int


def next_line(reviewed: Reviewed, tasks: Collection[str]) -> date | None:
    """The next last day of some tasks, as it was first, for which something is still to be handed in; else simply the next one."""
    lines = [
        (status.extended_from or status.due, duty.state in HANDED_IN)
        for duty, status in reviewed.owed
        if duty.task_key in tasks
    ]
    ahead = [(day, done) for day, done in lines if day is not None and day >= reviewed.today]
    return min((due for due, done in ahead if not done), default=min((due for due, _ in ahead), default=None))


def nearest_line(reviewed: Reviewed, tasks: Collection[str]) -> date | None:
    """The line a reader thinks of today: the next one, or while something is missing the one that has just passed, if that is nearer."""
    ahead = next_line(reviewed, tasks)
    if not any(duty.task_key in tasks for _, duty, _ in _past_its_line(reviewed)):
        return ahead
    lines = (
        status.extended_from or status.due for duty, status in reviewed.owed if duty.task_key in tasks and not duty.occurrence
    )
    passed = max((line for line in lines if line is not None and line < reviewed.today), default=None)
    if passed is None or (ahead is not None and ahead - reviewed.today < reviewed.today - passed):
        return ahead
    return passed


def days_past(duty: DutyOf, status: DutyStatus, today: date) -> int:
    """Civil days after the line. What was sent back has the line by which it is to be mended, whatever its first submission was."""
    if duty.state in CLOCK_RUNS:
        return max(0, (today - status.due).days) if status.due is not None else 0
    return status.days_late


def lead(reviewed: Reviewed, tasks: Collection[str]) -> Lead:
    """Counted over units: one with two cases is done when both are."""
    line = nearest_line(reviewed, tasks)
    states: dict[int, set[str]] = {case.unit_id: set() for case in reviewed.cases}
    for case in reviewed.cases:
        found = (_state(reviewed, duty, status, line) for duty, status in reviewed.duties[case.case_id])
        states[case.unit_id] |= {state for state in found if state}
    told = {unit: _stands(found) for unit, found in states.items()}
    retired = {case.unit_id for case in reviewed.cases if _may_be_filled_in(reviewed, case, line)}
    counts = Counter(told.values())
    return Lead(
        units=len(states),
        line=line,
        done=counts["done"],
        returned=counts["returned"],
        open=counts["open"],
        extended=counts["extended"],
        none_due=counts[""],
        proxied=sum(1 for unit in retired if told[unit] == "open"),
        late=len({case.unit_id for case, _, _ in _past_its_line(reviewed)}),
    )


def _past_its_line(reviewed: Reviewed) -> list[tuple[CaseOf, DutyOf, DutyStatus]]:
    """What is past its line and not handed in; meetings that were missed do not count."""
    return [
        (case, duty, status)
        for case in reviewed.cases
        for duty, status in reviewed.duties[case.case_id]
        if duty.state in CLOCK_RUNS and days_past(duty, status, reviewed.today) and not duty.occurrence
    ]


def _may_be_filled_in(reviewed: Reviewed, case: CaseOf, line: date | None) -> bool:
    """A retired branch lacks something up to the line that its committee may fill in for it."""
    tasks = reviewed.running.campaign.task_by_key
    return (
        case.case_id in reviewed.proxied
        and RETIRED in (case.branch_kind or "")
        and any(
            tasks[duty.task_key].proxy and _state(reviewed, duty, status, line) == DutyState.OPEN
            for duty, status in reviewed.duties[case.case_id]
        )
    )


def _state(reviewed: Reviewed, duty: DutyOf, status: DutyStatus, line: date | None) -> str:
    """What a duty says about its unit: empty if it is not due up to the line. A missed meeting is counted elsewhere, chased by nobody."""
    if status.due is None or (duty.occurrence and status.due < reviewed.today):
        return ""
    if line is not None and (status.extended_from or status.due) > line:
        return ""
    return EXTENDED if duty.state == DutyState.OPEN and line is not None and status.due > line else duty.state


def _stands(states: set[str]) -> str:
    """One unit by the states of what is due: empty if nothing is."""
    for state in (DutyState.RETURNED, DutyState.OPEN, EXTENDED):
        if state in states:
            return str(state)
    return "done" if states else ""
