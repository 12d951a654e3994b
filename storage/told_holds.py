"""What held back reminders about one unit's duties on a day."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, and_, literal, or_, select, true

from storage.scope import Scope
from storage.tables import PERSON, SPAN
from storage.tables_telling import ANSWER, PAUSE, SILENCE, WISH
from storage.units import on


class Hold(NamedTuple):
    """What held back reminders about a duty (None: about everything asked for) to a person (None: to everybody) until a day.

    `kind` is silence, promise, pause, snooze or weekly. Of a silence: from which rung up, whether it is about what stays within the unit
    only, and whether what it hides is told later (`defer`) or never (`drop`).
    """

    kind: str
    duty_id: int | None = None
    last_day: int | None = None
    rung_min: int | None = None
    by: str | None = None
    reason: str | None = None
    inside: bool = False
    mode: str = "defer"
    person_id: int | None = None


def holds(
    connection: Connection,
    *,
    scope: Scope,
    campaign_id: int,
    path: str,
    duty_ids: Sequence[int],
    person_ids: Collection[int],
    day: int,
    instant: int,
) -> list[Hold]:
    """What was in force on a day, as recorded by the instant at which it ended; of persons only those asked about."""
    return [
        *_pauses(connection, campaign_id, instant),
        *_silences(connection, scope, campaign_id, path, person_ids, day, instant),
        *_promises(connection, duty_ids, day, instant),
        *_put_off(connection, person_ids, day, instant),
        *_weekly(connection, person_ids, instant),
    ]


def _pauses(connection: Connection, campaign_id: int, instant: int) -> list[Hold]:
    then = (PAUSE.c.from_at <= instant, or_(PAUSE.c.to_at.is_(None), PAUSE.c.to_at > instant))
    asked = (
        select(PERSON.c.name, PAUSE.c.reason)
        .outerjoin_from(PAUSE, PERSON, PERSON.c.id == PAUSE.c.by_person)
        .where(PAUSE.c.campaign_id == campaign_id, *then)
    )
    return [Hold("pause", by=by, reason=reason) for by, reason in connection.execute(asked)]


def _silences(
    connection: Connection, scope: Scope, campaign_id: int, path: str, person_ids: Collection[int], day: int, instant: int
) -> list[Hold]:
    """Those of a unit in scope at or above the path, and those of no unit."""
    above = and_(SPAN.c.unit_id == SILENCE.c.unit_id, on(day))
    covers = or_(SILENCE.c.unit_id.is_(None), literal(path).like(SPAN.c.path + "%"))
    concerns = or_(SILENCE.c.campaign_id.is_(None), SILENCE.c.campaign_id == campaign_id)
    whom = or_(SILENCE.c.person_id.is_(None), SILENCE.c.person_id.in_(person_ids))
    then = (SILENCE.c.first_day <= day, SILENCE.c.last_day >= day, SILENCE.c.recorded_at <= instant)
    lasts = or_(SILENCE.c.ended_at.is_(None), SILENCE.c.ended_at > instant)
    read = (SILENCE.c.last_day, SILENCE.c.rung_min, SILENCE.c.inside, SILENCE.c.mode, SILENCE.c.person_id)
    asked = (
        select(*read, PERSON.c.name, SILENCE.c.reason)
        .outerjoin_from(SILENCE, SPAN, above)
        .outerjoin(PERSON, PERSON.c.id == SILENCE.c.by_person)
        .where(covers, concerns, whom, lasts, *then)
        .order_by(SILENCE.c.id)
    )
    return [
        Hold("silence", last_day=last, rung_min=rung, inside=bool(inside), mode=mode, person_id=person, by=by, reason=reason)
        for last, rung, inside, mode, person, by, reason in connection.execute(asked)
    ]


def _promises(connection: Connection, duty_ids: Sequence[int], day: int, instant: int) -> list[Hold]:
    asked = (
        select(ANSWER.c.duty_id, ANSWER.c.until_day, PERSON.c.name, ANSWER.c.note)
        .join(PERSON, PERSON.c.id == ANSWER.c.person_id)
        .where(ANSWER.c.kind == "promise", ANSWER.c.duty_id.in_(duty_ids), ANSWER.c.until_day >= day, ANSWER.c.at <= instant)
        .order_by(ANSWER.c.id)
    )
    return [
        Hold("promise", duty_id=duty, last_day=until, by=by, reason=note) for duty, until, by, note in connection.execute(asked)
    ]


def _put_off(connection: Connection, person_ids: Collection[int], day: int, instant: int) -> list[Hold]:
    mine = (ANSWER.c.kind == "snooze", ANSWER.c.person_id.in_(person_ids), ANSWER.c.until_day >= day, ANSWER.c.at <= instant)
    asked = select(ANSWER.c.person_id, ANSWER.c.until_day).where(*mine).order_by(ANSWER.c.id)
    return [Hold("snooze", last_day=until, person_id=person) for person, until in connection.execute(asked)]


def _weekly(connection: Connection, person_ids: Collection[int], instant: int) -> list[Hold]:
    asked = select(WISH.c.person_id).where(WISH.c.weekly == true(), WISH.c.person_id.in_(person_ids), WISH.c.at <= instant)
    return [Hold("weekly", person_id=person) for person in connection.execute(asked).scalars()]
