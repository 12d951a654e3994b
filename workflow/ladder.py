"""督办程序: which rung concerns whom now. Slots of rungs, and the plan for a group of duties that share all it depends on.

Rules (escalation design 2.3 to 2.6): comparison, never equality; a reminder whose line has passed is recorded as skipped, not
sent late; of several missed reminders only the latest is sent; escalation climbs the lowest unfired rung, one a run, after a
dwell counted in working days from the day the last rung was told; a rung is repeated until the next one is told; a slot or a
dwell that reaches into an unpublished year is held, never guessed.
"""

from __future__ import annotations

from dataclasses import dataclass
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
    """

    due: date
    internal: date | None
    made_on: date
    rung: int = 0
    repeat: int = 0
    told_on: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """What a run does with a group: the rung to tell now (or none), those recorded as skipped, and when to look again.

    `told` and `told_on` are where the group then stands on the ladder. `next_at` is UTC seconds, None when the ladder has
    ended. `blocked` names what holds the next rung (`calendar`).
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
    today = datetime.fromtimestamp(as_of, UTC).astimezone(zone).date()
    slots = _slots(campaign.ladder, group, calendar)
    ahead = [s for s in slots if s.rung.no > group.rung]
    due = [s for s in ahead if s.certain and _at(s.day, zone) <= as_of]
    chosen = _choose(due, group, today, calendar, campaign.ladder)
    if not due:
        chosen = _repeated(group, today, calendar, campaign.ladder)
    fire = chosen.fire
    told = fire.no if fire else max([group.rung, *(r.no for r, _ in chosen.skipped)])
    told_on, repeat = (today, chosen.repeat) if fire else (group.told_on, group.repeat)
    if fire is None and told != group.rung:
        told_on, repeat = None, 0  # what was skipped was not told, and is not repeated
    held = chosen.held or any(not s.certain and _at(s.day, zone) <= as_of for s in ahead)
    return Step(
        fire=fire,
        repeat=chosen.repeat,
        skipped=chosen.skipped,
        told=told,
        told_on=told_on,
        next_at=_next(slots, told, repeat, told_on, as_of, zone, calendar, campaign.ladder),
        blocked="calendar" if held and fire is None else None,
    )


def first_look(campaign: Campaign, group: Group, calendar: WorkCalendar) -> int | None:
    """When a new line, or a clock that runs on, next needs a run: the slot of the lowest rung not yet told, however long past.

    UTC seconds; None if the ladder has none. Where somebody was told before (`rung`, `told_on`), the dwell counts from then.
    """
    zone = ZoneInfo(campaign.zone)
    slots = _slots(campaign.ladder, group, calendar)
    return _next(slots, group.rung, group.repeat, group.told_on, None, zone, calendar, campaign.ladder)


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
    if climbing or today > group.due:
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
    if told is None or told.repeat_every is None or group.told_on is None or group.repeat + 1 >= told.repeat_most:
        return _Choice()
    ready = calendar.add(group.told_on, told.repeat_every)
    if today < ready.day or not ready.certain or (told.offset <= 0 and today > group.due):
        return _Choice()
    return _Choice(told, repeat=group.repeat + 1)


def _next(
    slots: list[_Slot],
    told: int,
    repeat: int,
    told_on: date | None,
    as_of: int | None,
    zone: ZoneInfo,
    calendar: WorkCalendar,
    ladder: tuple[Rung, ...],
) -> int | None:
    """When to look again after `told`: the next rung's slot, or the end of its dwell, or a repeat; never at or before `as_of`.

    A slot in an unpublished year is looked at from its provisional day on: still held then, it is held for one more working
    day.
    """
    looks: list[int] = []
    below = next((r for r in ladder if r.no == told), None)
    ahead = sorted((s for s in slots if s.rung.no > told), key=lambda s: s.rung.no)
    if ahead:
        day = ahead[0].day
        if below is not None and below.offset > 0 and told_on is not None:
            day = max(day, calendar.add(told_on, ahead[0].rung.dwell).day)
        looks.append(_at(day, zone))
    if below is not None and below.repeat_every is not None and told_on is not None and repeat + 1 < below.repeat_most:
        looks.append(_at(calendar.add(told_on, below.repeat_every).day, zone))
    if as_of is not None:
        looks = [look if look > as_of else _next_morning(as_of, zone, calendar) for look in looks]
    return min(looks) if looks else None


def _next_morning(as_of: int, zone: ZoneInfo, calendar: WorkCalendar) -> int:
    today = datetime.fromtimestamp(as_of, UTC).astimezone(zone).date()
    return _at(calendar.add(today, 1).day, zone)


KIND_WORDS: dict[str, str] = {"remind": "提醒", "chase": "催办", "oversee": "督办", "ask": "提请"}
