"""静默: for some days nobody is told about some duties, or one person not at all. Muting puts off, it does not swallow.

组织部 may silence anything: a campaign, a subtree, a person, rungs from some number up; put off or dropped. The 书记 or 组织员 of a
second-level unit may silence his own unit with all below it for at most five working days: then only what is told within the unit is
put off, never what goes to his superiors, and the next such silence needs five working days in between.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from duban.service.context import ZONE, Context, Running
from duban.service.entitled import actor, is_officer, no_reason, not_an_officer
from duban.service.noting import note
from duban.service.people import find_unit
from storage import holds, locks
from storage import units as unit_rows
from storage.holds import DEFER, DROP, SilenceRead
from storage.scope import EVERYTHING, Scope
from storage.units import UnitRead
from workflow.deadline import closes_at, short
from workflow.errors import NotFound, Reason, Refused
from workflow.facts import Actor
from workflow.guards import REVIEWERS
from workflow.model import SECOND_LEVEL

if TYPE_CHECKING:
    from sqlalchemy import Connection

OWN_WORKDAYS = 5
"""How long somebody may silence what is told within his own unit, and how long he waits before he may do it again."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A silence as it is asked for: both days are silent. What is None is not asked about. `by` and `person` are ids of people."""

    by: int
    reason: str
    first: date
    last: date
    unit: str | None = None
    campaign: str | int | None = None
    person: int | None = None
    rung_min: int | None = None
    mode: str = DEFER
    via: str | None = None


@dataclass(frozen=True, kw_only=True)
class Silence:
    """A silence as a list shows it. `inside`: only what is told within the unit."""

    id: int
    first: date
    last: date
    mode: str
    campaign: str | None
    unit: str | None
    unit_name: str | None
    person: str | None
    rung_min: int | None
    inside: bool
    by: str | None
    reason: str


def silence(context: Context, wanted: Wanted) -> int:
    """Set a silence; returns its number. Raises `Refused` with every reason against it."""
    running = context.pick(wanted.campaign) if wanted.campaign is not None else None
    with context.database.write() as connection:
        context.refresh(connection)
        unit = find_unit(connection, wanted.unit, day=context.today()) if wanted.unit is not None else None
        who = actor(context, connection, wanted.by, unit)
        inside = not is_officer(who)
        against = [*_malformed(context, wanted, running)]
        if inside:
            against += _not_his(context, connection, wanted, unit, who)
        if against:
            raise Refused(against)
        campaign_id = running.id if running is not None else None
        unit_id = unit.id if unit is not None else None
        number = holds.add_silence(
            connection,
            campaign_id=campaign_id,
            unit_id=unit_id,
            person_id=wanted.person,
            rung_min=wanted.rung_min,
            inside=inside,
            first_day=wanted.first.toordinal(),
            last_day=wanted.last.toordinal(),
            mode=wanted.mode,
            by_person=wanted.by,
            via=wanted.via,
            reason=wanted.reason.strip(),
            recorded_at=context.now(),
        )
        note(context, connection, "silence", by=wanted.by, via=wanted.via, reason=wanted.reason, campaign_id=campaign_id,
             unit_id=unit_id, data={"silence": number, "first": str(wanted.first), "last": str(wanted.last), "mode": wanted.mode,
                                    "person": wanted.person, "rung_min": wanted.rung_min, "inside": inside})  # fmt: skip
        context.record_instant(connection)
    return number


def end_silence(context: Context, number: int, *, by: int, via: str | None = None) -> int:
    """It ends now; what it had put off is due again with the next run. Returns about how many duties that are.

    Who set it may end it, and 组织部.
    """
    today = context.today()
    with context.database.write() as connection:
        context.refresh(connection)
        locks.hold(connection, locks.PLAN)  # a run that is planning now would put off once more what becomes free here
        found = holds.silence(connection, number, day=today.toordinal())
        if found is None:
            raise NotFound(f"没有编号为{number}的静默：用 duban silence list 查看")
        if found.ended_at is not None or found.last_day < today.toordinal():
            raise Refused([Reason(code="already-over", text=f"静默{number}已经结束", unblock="不用再办理")])
        who = actor(context, connection, by)
        against = [] if by == found.by_person else [*not_an_officer(who, "结束他人设的静默")]
        if against:
            raise Refused(against)
        after = context.calendar.add(date.fromordinal(found.last_day), 1).day
        offered = holds.end_silence(
            connection, found, at=context.now(), until=closes_at(after, None, ZONE), day=today.toordinal()
        )
        note(context, connection, "silence-end", by=by, via=via, campaign_id=found.campaign_id, unit_id=found.unit_id,
             data={"silence": number})  # fmt: skip
        context.record_instant(connection)
    return offered


def silences(context: Context, *, scope: Scope = EVERYTHING) -> tuple[Silence, ...]:
    """Those in force, and those to come, as far as somebody may see them."""
    day = context.today().toordinal()
    with context.database.read() as connection:
        context.refresh(connection)
        found = holds.listed(connection, scope=scope, day=day)
        people = holds.names(connection, found)
        return tuple(_shown(context, connection, each, people, day) for each in found)


def _malformed(context: Context, wanted: Wanted, running: Running | None) -> Iterator[Reason]:
    today = context.today()
    yield from no_reason(wanted.reason, "静默")
    if wanted.mode not in (DEFER, DROP):
        yield Reason(code="bad-mode", text=f"没有“{wanted.mode}”这种静默", unblock=f"用 {DEFER}（推迟）或 {DROP}（略过）")
    if wanted.last < wanted.first:
        yield Reason(code="days-reversed", text=f"最后一天{wanted.last}早于第一天{wanted.first}", unblock="核对两个日期")
    elif wanted.last < today:
        yield Reason(code="already-past", text=f"最后一天{wanted.last}已经过去", unblock="写今天或以后的日期")
    ladder = running.campaign.ladder if running is not None else ()
    if wanted.rung_min is not None and (wanted.rung_min < 1 or (ladder and wanted.rung_min > len(ladder))):
        most = f"1到{len(ladder)}" if ladder else "1以上"
        yield Reason(code="no-such-rung", text=f"督办程序没有第{wanted.rung_min}步", unblock=f"写{most}的数")


def _not_his(context: Context, connection: Connection, wanted: Wanted, unit: UnitRead | None, who: Actor) -> Iterator[Reason]:
    """What stands against somebody who is no officer: he may quiet his own second-level unit, shortly, and put off only."""
    if unit is None or unit.kind not in SECOND_LEVEL or not who.holds("own", REVIEWERS):
        yield from not_an_officer(who, "静默（二级党组织的书记、组织员可以对本单位设5个工作日以内的静默）")
        return
    if wanted.mode != DEFER or wanted.person is not None:
        text = f"{who.name}只能推迟本单位内部的提醒，不能略过，也不能针对个人"
        yield Reason(code="wrong-actor", text=text, unblock=f"用 {DEFER}，不写人；需要时请组织部办理")
    longest = context.calendar.add(wanted.first - timedelta(days=1), OWN_WORKDAYS + 1).day - timedelta(days=1)
    if wanted.last > longest:
        text = f"本单位的静默最长{OWN_WORKDAYS}个工作日，从{short(wanted.first)}起到{short(longest)}止"
        yield Reason(code="too-long", text=text, unblock=f"最后一天写{longest}或更早；需要更长请组织部办理")
    earliest = context.calendar.add(wanted.first, -OWN_WORKDAYS).day
    if holds.own_silence_since(connection, unit.id, earliest.toordinal()):
        text = f"{unit.name}前几天刚设过静默，两次之间要隔{OWN_WORKDAYS}个工作日"
        yield Reason(code="again-too-soon", text=text, unblock="请组织部办理，或让负责人回复承诺日期")


def _shown(context: Context, connection: Connection, found: SilenceRead, people: dict[int, str], day: int) -> Silence:
    unit = unit_rows.unit_by_id(connection, found.unit_id, scope=EVERYTHING, day=day) if found.unit_id is not None else None
    return Silence(
        id=found.id,
        first=date.fromordinal(found.first_day),
        last=date.fromordinal(found.last_day),
        mode=found.mode,
        campaign=context.running(found.campaign_id).campaign.name if found.campaign_id is not None else None,
        unit=unit.code if unit is not None else None,
        unit_name=unit.name if unit is not None else None,
        person=people.get(found.person_id or 0),
        rung_min=found.rung_min,
        inside=found.inside,
        by=people.get(found.by_person or 0),
        reason=found.reason,
    )
