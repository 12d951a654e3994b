"""督办程序: which rung concerns whom now. Slots of rungs, and the plan for a group of duties that share everything it depends on.

Rules (escalation design 2.3 to 2.6): comparison, never equality; a reminder whose line has passed is recorded as skipped, not sent late;
of several missed reminders only the latest is sent; escalation climbs the lowest unfired rung, one a run, after a dwell counted in
working days from the day the last rung was told; a slot in an unpublished year is held, never guessed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from workflow.model import Campaign, Rung
from workflow.workdays import WorkCalendar

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

    `told` and `told_on` are where the group then stands on the ladder. `next_at` is UTC seconds, None when the ladder has ended.
    `blocked` names what holds the next rung (`calendar`).
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
    fire, skipped, repeat = _choose(due, group, today, calendar, campaign.ladder)
    if fire is None and not due:
        fire, repeat = _repeated(group, today, calendar, campaign.ladder)
    told = fire.no if fire else max([group.rung, *(r.no for r, _ in skipped)])
    told_on = today if fire else group.told_on
    held = any(not s.certain and _at(s.day, zone) <= as_of for s in ahead) and fire is None
    return Step(
        fire=fire,
        repeat=repeat if fire else 0,
        skipped=tuple(skipped),
        told=told,
        told_on=told_on,
        next_at=_next(slots, told, repeat if fire else group.repeat, told_on, as_of, zone, calendar, campaign.ladder),
        blocked="calendar" if held else None,
    )


def first_look(campaign: Campaign, group: Group, calendar: WorkCalendar) -> int | None:
    """When a new or moved line first needs a run: its lowest rung's slot, however long past. UTC seconds, None without a ladder."""
    zone = ZoneInfo(campaign.zone)
    slots = _slots(campaign.ladder, group, calendar)
    return _next(slots, 0, 0, None, None, zone, calendar, campaign.ladder)


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


def _choose(
    due: list[_Slot], group: Group, today: date, calendar: WorkCalendar, ladder: tuple[Rung, ...]
) -> tuple[Rung | None, list[tuple[Rung, str]], int]:
    reminders = [s for s in due if s.rung.offset <= 0]
    climbing = [s for s in due if s.rung.offset > 0]
    skipped = [(s.rung, "born-late") for s in reminders if s.day < group.made_on]
    reminders = [s for s in reminders if s.day >= group.made_on]
    if climbing or today > group.due:
        skipped += [(s.rung, "line-passed") for s in reminders]
        reminders = []
    if climbing:
        lowest = min(climbing, key=lambda s: s.rung.no)
        if _dwelt(lowest.rung, group, today, calendar, ladder):
            return lowest.rung, skipped, 0
        return None, skipped, 0
    if reminders:
        latest = max(reminders, key=lambda s: (s.day, s.rung.no))
        return latest.rung, [*skipped, *((s.rung, "later-one-due") for s in reminders if s is not latest)], 0
    return None, skipped, 0


def _dwelt(rung: Rung, group: Group, today: date, calendar: WorkCalendar, ladder: tuple[Rung, ...]) -> bool:
    """The rung below, if it was an escalation, was told long enough ago. Reminders before the line need no dwell."""
    told = next((r for r in ladder if r.no == group.rung), None)
    if group.told_on is None or told is None or told.offset <= 0:
        return True
    return today >= calendar.add(group.told_on, rung.dwell).day


def _repeated(group: Group, today: date, calendar: WorkCalendar, ladder: tuple[Rung, ...]) -> tuple[Rung | None, int]:
    told = next((r for r in ladder if r.no == group.rung), None)
    if told is None or told.repeat_every is None or group.told_on is None or group.repeat >= told.repeat_most:
        return None, 0
    if today >= calendar.add(group.told_on, told.repeat_every).day:
        return told, group.repeat + 1
    return None, 0


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

    A slot in an unpublished year is looked at from its provisional day on: still held then, it is held for one more working day.
    """
    looks: list[int] = []
    below = next((r for r in ladder if r.no == told), None)
    ahead = sorted((s for s in slots if s.rung.no > told), key=lambda s: s.rung.no)
    if ahead:
        day = ahead[0].day
        if below is not None and below.offset > 0 and told_on is not None:
            day = max(day, calendar.add(told_on, ahead[0].rung.dwell).day)
        looks.append(_at(day, zone))
    if below is not None and below.repeat_every is not None and told_on is not None and repeat < below.repeat_most:
        looks.append(_at(calendar.add(told_on, below.repeat_every).day, zone))
    if as_of is not None:
        looks = [look if look > as_of else _next_morning(as_of, zone, calendar) for look in looks]
    return min(looks) if looks else None


def _next_morning(as_of: int, zone: ZoneInfo, calendar: WorkCalendar) -> int:
    today = datetime.fromtimestamp(as_of, UTC).astimezone(zone).date()
    return _at(calendar.add(today, 1).day, zone)


KIND_WORDS: dict[str, str] = {"remind": "提醒", "chase": "催办", "oversee": "督办", "ask": "提请"}
