"""What of a letter is shown: which lines first, how many, and what are the totals?

The order is stable: higher rung first, then longer past, then the earlier day, then the unit's code. Twenty things are listed,
twenty units under each, a hundred units in all; the rest is counted. So ten thousand duties are still one readable letter.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from notifications.letter import Contact, Letter, Line, RungKind
from notifications.voice import clipped, gentle, one_line

LISTED = 20
UNITS_LISTED = 20
UNITS_LISTED_IN_ALL = 100
NAME, DAY, REMARK = 40, 60, 100  # characters shown of a name, of a day in words, of what a reviewer wrote

_RANK = {"ask": 0, "oversee": 1, "chase": 2, "remind": 3, "review": 4}


@dataclass(frozen=True, kw_only=True)
class Own:
    """您要办的. `unit` is named once if all lines concern the same one."""

    lines: tuple[Line, ...]
    total: int
    more: int
    unit: str | None

    def __bool__(self) -> bool:
        return self.total > 0


@dataclass(frozen=True, kw_only=True)
class Named:
    """A unit in a list; `returned` marks 待补正, `answered` is what people answered about it, if anything."""

    name: str
    returned: bool
    answered: str | None = None


@dataclass(frozen=True, kw_only=True)
class Group:
    """One task with one last day, and the units it is still open for. `first` is a line to take the task and the day from."""

    first: Line
    units: tuple[Named, ...]
    total: int


@dataclass(frozen=True, kw_only=True)
class Units:
    """Duties of other units by task. `tasks` counts groups, `lines` duties, `units` different units, `more_…` the unlisted."""

    groups: tuple[Group, ...]
    tasks: int
    lines: int
    units: int
    more_tasks: int
    more_lines: int

    def __bool__(self) -> bool:
        return self.lines > 0


@dataclass(frozen=True, kw_only=True)
class Digest:
    """A letter as the templates see it: every text on one line, clipped, in the voice; `campaign` only if there is just one."""

    recipient: str
    role: str
    today: date
    contact: Contact
    link: str | None
    web_link: bool
    maybe_received: bool
    campaign: str | None
    first_campaign: str
    campaigns: int
    own: Own
    below: Units
    ask: Units
    review: Units


def kind_of(letter: Letter) -> RungKind:
    """The highest kind of rung among its lines, by which its template is chosen; `review` only if there is nothing else."""
    lines = (*letter.ask, *letter.own, *letter.below, *letter.review)
    return min((line.rung_kind for line in lines), key=_RANK.__getitem__, default="review")


def digest(letter: Letter) -> Digest:
    """The letter in order, cut to what a person reads, with the totals of everything."""
    campaigns = list(dict.fromkeys(line.campaign for line in (*letter.ask, *letter.own, *letter.below, *letter.review)))
    first = _title(campaigns[0]) if campaigns else ""
    link = one_line(letter.link) if letter.link else None
    return Digest(
        recipient=_name(letter.recipient),
        role=_name(letter.role),
        today=letter.today,
        contact=Contact(**{k: _name(getattr(letter.contact, k)) for k in ("unit", "name", "phone")}),
        link=link,
        web_link=bool(link) and str(link).startswith(("https://", "http://")),
        maybe_received=letter.maybe_received,
        campaign=first if len(campaigns) == 1 else None,
        first_campaign=first,
        campaigns=len(campaigns),
        own=_own(letter.own),
        below=_units(letter.below),
        ask=_units(letter.ask),
        review=_units(letter.review),
    )


def _own(lines: tuple[Line, ...]) -> Own:
    shown = tuple(_clean(line) for line in sorted(lines, key=_order)[:LISTED])
    one_unit = len(_different_units(lines)) == 1
    return Own(lines=shown, total=len(lines), more=len(lines) - len(shown), unit=shown[0].unit if one_unit else None)


def _units(lines: tuple[Line, ...]) -> Units:
    by_task: dict[tuple[str, str, str], list[Line]] = {}
    for line in sorted(lines, key=_order):
        by_task.setdefault((line.campaign, line.task, line.due_text), []).append(line)
    groups: list[Group] = []
    room = UNITS_LISTED_IN_ALL
    for members in list(by_task.values())[:LISTED]:
        groups.append(_group(members, room))
        room -= len(groups[-1].units)
    return Units(
        groups=tuple(groups),
        tasks=len(by_task),
        lines=len(lines),
        units=len(_different_units(lines)),
        more_tasks=len(by_task) - len(groups),
        more_lines=len(lines) - sum(group.total for group in groups),
    )


def _group(members: list[Line], room: int) -> Group:
    listed = members[: min(UNITS_LISTED, room)]
    units = tuple(Named(name=_name(line.unit), returned=line.returned, answered=_said(line.answered_text)) for line in listed)
    return Group(first=_clean(members[0]), units=units, total=len(members))


def _order(line: Line) -> tuple[int, int, date, str, str, str, str]:
    day = line.due_day or date.max
    return (_RANK[line.rung_kind], -line.days_past, day, line.campaign, line.task, line.unit_code, line.unit)


def _different_units(lines: Iterable[Line]) -> set[tuple[str, str]]:
    return {(line.unit_code, line.unit) for line in lines}


def _clean(line: Line) -> Line:
    return replace(
        line,
        unit=_name(line.unit),
        task=_title(line.task),
        campaign=_title(line.campaign),
        due_text=_title(line.due_text, DAY),
        state_text=_title(line.state_text),
        returned_text=_title(line.returned_text, REMARK) if line.returned_text else None,
        internal_text=_title(line.internal_text, DAY) if line.internal_text else None,
        answered_text=_said(line.answered_text),
    )


def _said(text: str | None) -> str | None:
    return _title(text) if text else None


def _name(text: str) -> str:
    return clipped(one_line(text), NAME)


def _title(text: str, most: int = NAME) -> str:
    return clipped(gentle(one_line(text)), most)
