"""督办程序: which rung concerns whom now. Slots of rungs, and the plan for a group of duties that share all it depends on.

Rules (escalation design 2.3 to 2.6): comparison, never equality; a reminder whose line has passed is recorded as skipped, not
sent late; of several missed reminders only the latest is sent; escalation climbs the lowest unfired rung, one a run, after a
dwell counted in working days from the day the last rung was told; a rung is repeated until the next one is told; a slot or a
dwell that reaches into an unpublished year is held, never guessed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from workflow.model import Campaign, Rung
from workflow.workdays import Shift, WorkCalendar

RUNG_TIME = time(8, 30)
"""Rungs fall due at 08:30 in the campaign's zone."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """Duties that share all the plan depends on: their lines, where they stand on the ladder, and when they began.

    `rung` is the number of the highest rung told (0: none), `repeat` how often it was repeated, `told_on` the day it was told.
    Until the end of `held_to` (a promise, a silence) nobody is told. `reached` is what came of telling that rung: nothing yet (none),
    attempted, or delivered. With `review` the submission waits for its reviewer: `due` is the last day for that, and the campaign's
    `review_ladder` is climbed.
    """

    due: date
    internal: date | None
    made_on: date
    rung: int = 0
    repeat: int = 0
    told_on: date | None = None
    held_to: date | None = None
    reached: str = "delivered"
    review: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """What a run does with a group: the rung to tell now (or none), those recorded as skipped, and when to look again.

    `told`, `repeat` and `told_on` are where the group then stands on the ladder. `next_at` is UTC seconds, None when the
    ladder has ended. `blocked` names what holds the next rung (`calendar`).
    """

    fire: Rung | None
    repeat: int
    skipped: tuple[tuple[Rung, str], ...]
    told: int
    told_on: date | None
    next_at: int | None
    blocked: str | None = None


def plan(campaign: Campaign, group: Group, as_of: int, calendar: WorkCalendar) -> Step:
    """The step for a group as of an instant (UTC seconds). Pure: `explain`, dry runs and real runs all ask here."""
    zone = ZoneInfo(campaign.zone)
    today = _day(as_of, zone)
    ahead = [s for s in _slots(campaign.ladder, group, calendar) if s.rung.no > group.rung]
    due = [s for s in ahead if s.certain and _at(s.day, zone) <= as_of]
    chosen = _choose(due, group, today, calendar, campaign.ladder)
    if not due:
        chosen = _repeated(group, today, calendar, campaign.ladder)
    held = chosen.held or any(not s.certain and _at(s.day, zone) <= as_of for s in ahead)
    stands = _standing(group, chosen, today)
    return Step(
        fire=chosen.fire,
        repeat=stands.repeat,
        skipped=chosen.skipped,
        told=stands.rung,
        told_on=stands.told_on,
        next_at=_next(campaign.ladder, stands, as_of, zone, calendar),
        blocked="calendar" if held and chosen.fire is None else None,
    )


def first_look(campaign: Campaign, group: Group, calendar: WorkCalendar) -> int | None:
    """When a new line, or a clock that runs on, next needs a run: the slot of the lowest rung not yet told, however long past.

    UTC seconds; None if the ladder has none. Where somebody was told before (`rung`, `told_on`), the dwell counts from then.
    """
    return _next(campaign.ladder, group, None, ZoneInfo(campaign.zone), calendar)


def slot_day(rung: Rung, group: Group, calendar: WorkCalendar) -> date:
    """The day of a rung: working days from the line; those before it count from the internal line where there is one."""
    return _slot(rung, group, calendar).day


@dataclass(frozen=True, slots=True)
class _Slot:
    rung: Rung
    day: date
    certain: bool


def _slots(ladder: tuple[Rung, ...], group: Group, calendar: WorkCalendar) -> list[_Slot]:
    return [_slot(rung, group, calendar) for rung in ladder]


def _slot(rung: Rung, group: Group, calendar: WorkCalendar) -> _Slot:
    line = group.internal if rung.offset <= 0 and group.internal is not None else group.due
    shift = calendar.add(line, rung.offset)
    return _Slot(rung, shift.day, shift.certain)


def _at(day: date, zone: ZoneInfo) -> int:
    return int(datetime.combine(day, RUNG_TIME, zone).timestamp())


@dataclass(frozen=True, slots=True)
class _Choice:
    """The rung to tell now and which repeat of it, those skipped, and whether an unpublished year holds it up."""

    fire: Rung | None = None
    skipped: tuple[tuple[Rung, str], ...] = ()
    repeat: int = 0
    held: bool = False


def _choose(due: list[_Slot], group: Group, today: date, calendar: WorkCalendar, ladder: tuple[Rung, ...]) -> _Choice:
    reminders = [s for s in due if s.rung.offset <= 0]
    climbing = [s for s in due if s.rung.offset > 0]
    skipped = [(s.rung, "born-late") for s in reminders if s.day < group.made_on]
    reminders = [s for s in reminders if s.day >= group.made_on]
    if today > group.due:
        skipped += [(s.rung, "line-passed") for s in reminders]
        reminders = []
    if climbing:
        lowest = min(climbing, key=lambda s: s.rung.no).rung
        ready = _dwelt(lowest, group, calendar, ladder)
        if ready is None or (today >= ready.day and ready.certain):
            return _Choice(lowest, tuple(skipped))
        return _Choice(skipped=tuple(skipped), held=today >= ready.day)
    if reminders:
        latest = max(reminders, key=lambda s: (s.day, s.rung.no))
        skipped += [(s.rung, "later-one-due") for s in reminders if s is not latest]
        return _Choice(latest.rung, tuple(skipped))
    return _Choice(skipped=tuple(skipped))


def _dwelt(rung: Rung, group: Group, calendar: WorkCalendar, ladder: tuple[Rung, ...]) -> Shift | None:
    """The day from which the rung below has had its chance, if it was an escalation. Reminders need no dwell."""
    told = next((r for r in ladder if r.no == group.rung), None)
    if group.told_on is None or told is None or told.offset <= 0:
        return None
    return calendar.add(group.told_on, rung.dwell)


def _repeated(group: Group, today: date, calendar: WorkCalendar, ladder: tuple[Rung, ...]) -> _Choice:
    told = next((r for r in ladder if r.no == group.rung), None)
    again = _again(told, group, calendar, today)
    if again is None or today < again.day or not again.certain:
        return _Choice()
    return _Choice(told, repeat=group.repeat + 1)


def _again(told: Rung | None, group: Group, calendar: WorkCalendar, today: date | None) -> Shift | None:
    """The day of the next repeat of what was told last; None if there is none. A reminder falls silent with the line."""
    if told is None or told.repeat_every is None or group.told_on is None or group.repeat + 1 >= told.repeat_most:
        return None
    again = calendar.add(group.told_on, told.repeat_every)
    late = max(again.day, today or again.day) > group.due
    return None if late and told.offset <= 0 else again


def _standing(group: Group, chosen: _Choice, today: date) -> Group:
    """Where a group stands on the ladder after the choice. What was skipped was not told, and is not repeated."""
    if chosen.fire is not None:
        return replace(group, rung=chosen.fire.no, repeat=chosen.repeat, told_on=today)
    if chosen.skipped:
        return replace(group, rung=max(rung.no for rung, _ in chosen.skipped), repeat=0, told_on=None)
    return group


def _next(ladder: tuple[Rung, ...], group: Group, as_of: int | None, zone: ZoneInfo, calendar: WorkCalendar) -> int | None:
    """When to look at a group again: the next rung's slot, or the end of its dwell, or a repeat; never at or before `as_of`.

    A slot in an unpublished year is looked at from its provisional day on: still held then, it is held for one more working
    day.
    """
    below = next((r for r in ladder if r.no == group.rung), None)
    days: list[date] = []
    if ahead := next((s for s in _slots(ladder, group, calendar) if s.rung.no > group.rung), None):
        ready = _dwelt(ahead.rung, group, calendar, ladder)
        days.append(max(ahead.day, ready.day) if ready is not None else ahead.day)
    again = _again(below, group, calendar, _day(as_of, zone) if as_of is not None else None)
    if again is not None:
        days.append(again.day)
    looks = [_at(day, zone) for day in days]
    if as_of is not None:
        looks = [look if look > as_of else _next_morning(as_of, zone, calendar) for look in looks]
    return min(looks) if looks else None


def _next_morning(as_of: int, zone: ZoneInfo, calendar: WorkCalendar) -> int:
    return _at(calendar.add(_day(as_of, zone), 1).day, zone)


def _day(instant: int, zone: ZoneInfo) -> date:
    return datetime.fromtimestamp(instant, UTC).astimezone(zone).date()


KIND_WORDS: dict[str, str] = {"remind": "提醒", "chase": "催办", "oversee": "督办", "ask": "提请"}
