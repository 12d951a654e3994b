"""委托: for some days another person stands for the holder of a post: he is told, and may act, in his place.

The holder himself may do it, and 组织部. The post stays his; on those days the ladder tells the delegate instead of him.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from duban.service.context import Context
from duban.service.entitled import actor, is_officer
from duban.service.people import find_unit
from storage import delegations as rows
from storage import units as unit_rows
from storage.delegations import Holder
from storage.journal import note_event
from storage.regroup import Noted, lock_tree
from storage.scope import EVERYTHING
from storage.units import UnitRead
from workflow.deadline import short
from workflow.errors import NotFound, Reason, Refused

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True, kw_only=True)
class Delegated:
    """Who stands for whom, in which post, from which day to which (both included)."""

    unit: str
    role: str
    holder: str
    to: str
    first: date
    last: date


def delegate(
    context: Context,
    unit: str,
    role: str,
    *,
    to: int,
    first: date,
    last: date,
    by: int,
    holder: int | None = None,
    reason: str | None = None,
    via: str | None = None,
) -> Delegated:
    """Name a delegate. `holder` is needed where several hold the role. Raises `NotFound`, `Refused` with every reason."""
    with context.database.write() as connection:
        lock_tree(connection)
        context.refresh(connection)
        where = find_unit(connection, unit, day=context.today())
        principal = _principal(context, connection, where, role, holder)
        against = [
            *_days(context, first, last, principal),
            *_not_entitled(context, connection, where, principal, by),
            *_whom(connection, where, role, principal, to, first, last),
        ]
        if against:
            raise Refused(against)
        rows.add(
            connection,
            unit_id=where.id,
            role=role,
            person_id=to,
            stands_for=principal.person_id,
            first=first.toordinal(),
            last=last.toordinal(),
            at=context.now(),
        )
        noted = Noted(day=first.toordinal(), at=context.now(), by=by, via=via, reason=reason)
        said = {"role": role, "to": to, "for": principal.person_id, "first": str(first), "last": str(last)}
        note_event(connection, "delegate", noted, unit_id=where.id, data=json.dumps(said, ensure_ascii=False))
        context.record_instant(connection)
        name = unit_rows.person(connection, to)
    return Delegated(unit=where.code, role=role, holder=principal.name, to=name.name if name else "", first=first, last=last)


def _principal(context: Context, connection: Connection, where: UnitRead, role: str, holder: int | None) -> Holder:
    found = rows.holders(connection, where.id, role, day=context.today().toordinal())
    if holder is not None:
        found = [each for each in found if each.person_id == holder]
    if len(found) == 1:
        return found[0]
    if not found:
        lines = unit_rows.holders(connection, scope=EVERYTHING, unit_id=where.id, day=context.today().toordinal())
        names = [f"{line.role} {line.person}" for line in lines]
        raise NotFound(f"{where.name}现在没有这位“{role}”；有：{'、'.join(names) or '没有任职'}", candidates=names)
    names = [each.name for each in found]
    raise NotFound(f"{where.name}有{len(found)}位“{role}”：{'、'.join(names)}；请用 --holder 指明", candidates=names)


def _days(context: Context, first: date, last: date, principal: Holder) -> Iterator[Reason]:
    today = context.today()
    if last < first:
        yield Reason(code="days-reversed", text=f"最后一天{last}早于第一天{first}", unblock="核对两个日期")
    elif first < today:
        yield Reason(code="already-past", text=f"第一天{first}已经过去", unblock=f"从{today}或以后的一天起")
    if last.toordinal() >= principal.valid_to:
        until = date.fromordinal(principal.valid_to) - timedelta(days=1)
        yield Reason(
            code="post-ends", text=f"{principal.name}任职到{short(until, today)}为止", unblock=f"最后一天写{until}或更早"
        )


def _not_entitled(context: Context, connection: Connection, where: UnitRead, principal: Holder, by: int) -> Iterator[Reason]:
    who = actor(context, connection, by, where)
    if by != principal.person_id and not is_officer(who):
        text = f"{who.name}不能替{principal.name}委托：由本人或组织部办理"
        yield Reason(code="wrong-actor", text=text, unblock=f"请{principal.name}本人或组织部办理")


def _whom(
    connection: Connection, where: UnitRead, role: str, principal: Holder, to: int, first: date, last: date
) -> Iterator[Reason]:
    if to == principal.person_id:
        yield Reason(code="to-himself", text="不能委托给本人", unblock="写另一个人")
    for other in rows.delegations(connection, where.id, role, first=first.toordinal(), last=last.toordinal()):
        span = f"{date.fromordinal(other.first)}至{date.fromordinal(other.last)}"
        if other.stands_for == principal.person_id:
            text = f"{principal.name}在{span}已委托{other.name}"
            yield Reason(code="already-delegated", text=text, unblock="写不重叠的日期")
        elif other.stands_for == to:
            text = f"{other.holder_name}自己在{span}已委托{other.name}，不能再接受委托"
            yield Reason(code="delegate-away", text=text, unblock="写另一个人")
