"""What a run tells about a group of duties, what it passes over, and when it looks again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from zoneinfo import ZoneInfo

from workflow.ladder.group import REACHED, Group, Step
from workflow.ladder.slots import Slot, Slots, day_of
from workflow.model import Campaign, Rung
from workflow.workdays import WorkCalendar

COLLAPSE = "collapse"


def plan(campaign: Campaign, group: Group, as_of: int, calendar: WorkCalendar) -> Step:
    """The step for a group as of an instant (UTC seconds). Pure: `explain`, dry runs and real runs all ask here.

    Before the `next_at` it names nothing is told, however often it is asked.
    """
    zone = ZoneInfo(campaign.zone)
    today = day_of(as_of, zone)
    over = _over(list(Slots(campaign, group, calendar, zone).ahead()), group, as_of, today)
    begins = _passed(group, over)
    slots = Slots(campaign, begins, calendar, zone)
    chosen = _choose(slots, as_of, today)
    stands = replace(begins, rung=chosen.fire.no, repeat=chosen.repeat, told_on=today) if chosen.fire else begins
    return Step(
        fire=chosen.fire,
        repeat=stands.repeat,
        skipped=(*over, *chosen.skipped),
        told=stands.rung,
        told_on=stands.told_on,
        next_at=_next(replace(slots, group=stands), as_of, today),
        blocked=chosen.blocked,
        waiting=chosen.waiting,
    )


def first_look(campaign: Campaign, group: Group, calendar: WorkCalendar) -> int | None:
    """When a new line, or a clock that runs on, next needs a run: the slot of the lowest rung not yet told, however long past.

    UTC seconds; None if the ladder has none. Where somebody was told before (`rung`, `told_on`), the dwell counts from then; in a
    hold (`held_to`) it is the first working day after it.
    """
    return _next(Slots(campaign, group, calendar, ZoneInfo(campaign.zone)), None, None)


@dataclass(frozen=True, slots=True)
class _Choice:
    """The rung to tell now and which repeat of it, those passed over for it; or what holds which rung."""

    fire: Rung | None = None
    repeat: int = 0
    skipped: tuple[tuple[Rung, str], ...] = ()
    blocked: str | None = None
    waiting: Rung | None = None


def _over(ahead: list[Slot], group: Group, as_of: int, today: date) -> tuple[tuple[Rung, str], ...]:
    """Reminders that are told no more, with all below them: made after their day, or the line has passed."""
    reminders = [slot for slot in ahead if slot.rung.offset <= 0]
    late = [s for s in reminders if s.at <= as_of and (today > group.due or (s.certain and s.day < group.made_on))]
    highest = max((slot.rung.no for slot in late), default=0)
    return tuple(_skipped((slot for slot in reminders if slot.rung.no <= highest), group, today))


def _skipped(slots: Iterable[Slot], group: Group, today: date) -> Iterator[tuple[Rung, str]]:
    """Rungs that are passed over, each with the reason."""
    for slot in slots:
        if slot.rung.offset > 0:
            yield slot.rung, "collapsed"
        elif slot.day < group.made_on:
            yield slot.rung, "born-late"
        else:
            yield slot.rung, "line-passed" if today > group.due else "later-one-due"


def _passed(group: Group, skipped: tuple[tuple[Rung, str], ...]) -> Group:
    """Where a group stands after rungs were skipped. Those were not told: they are not repeated, and no gate waits for them."""
    if not skipped:
        return group
    return replace(group, rung=max(rung.no for rung, _ in skipped), repeat=0, told_on=None)


def _choose(slots: Slots, as_of: int, today: date) -> _Choice:
    ahead = list(slots.ahead())
    waits: list[_Choice] = []
    for slot in _candidates(ahead, as_of, slots.campaign.catchup == COLLAPSE):
        held = _held_by(slots, slot, as_of)
        if held is None:
            below = (other for other in ahead if other.rung.no < slot.rung.no)
            return _Choice(slot.rung, skipped=tuple(_skipped(below, slots.group, today)))
        waits.append(_Choice(blocked=held or None, waiting=slot.rung if held else None))
    again = slots.again(today)
    # A rung that only waits for its dwell ends the repeats of the one below: else each of them would put it off.
    if again and again.certain and again.at <= as_of and all(wait.blocked == "gate" for wait in waits):
        return _Choice(again.rung, repeat=slots.group.repeat + 1)
    waits += [_Choice(blocked="calendar", waiting=s.rung) for s in ahead if not s.certain and s.at <= as_of]
    return next((wait for wait in waits if wait.blocked), _Choice())


def _candidates(ahead: list[Slot], as_of: int, collapse: bool) -> list[Slot]:
    """The rungs that may go now, the first choice first: the lowest escalation, or the highest due one; else the latest reminder."""
    climbing = [slot for slot in ahead if slot.rung.offset > 0]
    if not collapse:
        climbing = climbing[:1]
    due = [slot for slot in climbing if slot.certain and slot.at <= as_of]
    if due:
        return due[::-1]
    return [slot for slot in ahead if slot.rung.offset <= 0 and slot.certain and slot.at <= as_of][-1:]


def _held_by(slots: Slots, slot: Slot, as_of: int) -> str | None:
    """What holds a rung that is due: nothing (None), its dwell (""), `calendar` or `gate`."""
    dwelt = slots.dwelt(slot)
    if dwelt.at > as_of:
        return ""
    if not dwelt.certain:
        return "calendar"
    group = slots.group
    closed = group.told_on is not None and REACHED.index(group.reached) < REACHED.index(slot.rung.gate)
    return "gate" if closed else None


def _next(slots: Slots, as_of: int | None, today: date | None) -> int | None:
    """When to look at a group again: a rung's slot, or the end of its dwell, or a repeat; never at or before `as_of`.

    A slot in an unpublished year is looked at from its provisional day on: still held then, it is held for one more working
    day, as is one whose gate is closed.
    """
    ahead = list(slots.ahead())
    climbing = [slots.dwelt(slot) for slot in ahead if slot.rung.offset > 0]
    if slots.campaign.catchup != COLLAPSE:
        climbing = climbing[:1]
    looks = [*(slot for slot in ahead if slot.rung.offset <= 0), *climbing]
    if again := slots.again(today):
        looks.append(again)
    if as_of is None:
        return min((look.at for look in looks), default=None)
    return min((look.at if look.at > as_of else slots.next_morning(as_of, look.rung) for look in looks), default=None)
