"""What holds reminders back for a while: silences over days, and campaigns that are paused."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, and_, case, exists, insert, literal, or_, select, true, update

from storage.clocks import line_passed
from storage.enrol import current
from storage.outbox import BAD_TEMPLATE
from storage.scope import Scope, under
from storage.slots import in_doubt
from storage.tables import DUTY, MESSAGE, PERSON, REMINDER, SPAN, TIMER
from storage.tables_telling import PARKED_AT, PAUSE, SILENCE
from storage.unsent import PLANNED

DEFER, DROP = "defer", "drop"


class SilenceRead(NamedTuple):
    """A silence as it was said. Days are ordinals, both within it; `path` is where its unit hangs today (None: no unit, or ended)."""

    id: int
    campaign_id: int | None
    unit_id: int | None
    path: str | None
    person_id: int | None
    rung_min: int | None
    inside: bool
    first_day: int
    last_day: int
    mode: str
    by_person: int | None
    reason: str
    ended_at: int | None


def silences(connection: Connection, *, day: int) -> list[SilenceRead]:
    """Silences in force on a day, oldest first: for the run."""
    return _silences(connection, day, SILENCE.c.first_day <= day, SILENCE.c.last_day >= day, SILENCE.c.ended_at.is_(None))


def listed(connection: Connection, *, scope: Scope, day: int) -> list[SilenceRead]:
    """Silences in force or still to come that concern somebody's units: theirs, and those of whole campaigns.

    One of a person is shown to who sees everybody.
    """
    found = _silences(connection, day, SILENCE.c.last_day >= day, SILENCE.c.ended_at.is_(None))
    if scope.sees("/"):
        return found
    return [each for each in found if each.person_id is None and (each.unit_id is None or scope.sees(each.path or "/"))]


def silence(connection: Connection, silence_id: int, *, day: int) -> SilenceRead | None:
    """One by its number, ours to change until the end of the transaction."""
    connection.execute(select(SILENCE.c.id).where(SILENCE.c.id == silence_id).with_for_update())
    found = _silences(connection, day, SILENCE.c.id == silence_id)
    return found[0] if found else None


def add_silence(connection: Connection, **values: Any) -> int:
    return int(connection.execute(insert(SILENCE).values(values).returning(SILENCE.c.id)).scalar_one())


def end_silence(connection: Connection, found: SilenceRead, *, at: int, until: int, day: int) -> int:
    """It holds no longer: duties it may have put off until `until` are looked at now. Returns how many of those there are."""
    connection.execute(update(SILENCE).where(SILENCE.c.id == found.id).values(ended_at=at))
    if found.person_id is not None:
        return 0
    waiting = and_(TIMER.c.at > at, TIMER.c.at <= until, of_duties(found, TIMER.c.duty_id, day))
    return connection.execute(update(TIMER).where(waiting).values(at=at)).rowcount


def own_silence_since(connection: Connection, unit_id: int, day: int) -> bool:
    """The unit's own people silenced it for some day from `day` on."""
    asked = select(SILENCE.c.id).where(SILENCE.c.last_day >= day, SILENCE.c.unit_id == unit_id, SILENCE.c.inside == true())
    return connection.execute(asked.limit(1)).first() is not None


def silenced(found: Iterable[SilenceRead], day: int) -> ColumnElement[str]:
    """Of a duty: the numbers of the silences that concern it, each with a comma behind it. For a statement over DUTY."""
    total: ColumnElement[str] = literal("")
    for each in found:
        concerned = and_(true(), *_concerned(each, day))
        total = total.concat(case((concerned, literal(f"{each.id},")), else_=literal("")))
    return total


def of_duties(found: SilenceRead, duties: ColumnElement[int], day: int) -> ColumnElement[bool]:
    """Whether a duty, by its id, is among those a silence is about."""
    concerned = _concerned(found, day)
    return exists().where(DUTY.c.id == duties, *concerned) if concerned else true()


def put_off(day: int) -> Select[Any]:
    """The people to whom nothing is said on a day, and all of it afterwards: what is planned for them waits. For a statement."""
    return select(SILENCE.c.person_id).where(
        SILENCE.c.last_day >= day,
        SILENCE.c.first_day <= day,
        SILENCE.c.ended_at.is_(None),
        SILENCE.c.person_id.is_not(None),
        SILENCE.c.mode == DEFER,
    )


def paused(connection: Connection) -> list[int]:
    """The campaigns that are paused now."""
    return [int(value) for value in connection.scalars(are_paused())]


def are_paused() -> Select[Any]:
    """The same, for a statement."""
    return select(PAUSE.c.campaign_id).where(PAUSE.c.to_at.is_(None))


def pause(connection: Connection, campaign_id: int, **values: Any) -> int:
    """The ladder of a campaign stands still; what has not left yet is taken out of its messages. Returns how many reminders.

    What waits for a person's consent waits on, so that no pause answers for him; `take_back` follows his answer.
    """
    connection.execute(insert(PAUSE).values(campaign_id=campaign_id, **values))
    return take_back(connection, [campaign_id])


def take_back(connection: Connection, campaigns: Sequence[int]) -> int:
    """What certainly has not left, of campaigns that are paused, is taken out of its messages. Returns how many reminders."""
    waits = or_(MESSAGE.c.state == "pending", and_(MESSAGE.c.state == "held", MESSAGE.c.why.startswith(BAD_TEMPLATE)))
    unsent = and_(waits, or_(MESSAGE.c.attempts == 0, ~in_doubt()))
    # Whoever takes one of them for sending at this moment was quicker; the others are ours from here on.
    connection.execute(update(MESSAGE).where(unsent).values(fence=MESSAGE.c.fence + 1))
    mine = and_(
        REMINDER.c.state == "folded",
        REMINDER.c.message_id.in_(select(MESSAGE.c.id).where(unsent)),
        exists().where(DUTY.c.id == REMINDER.c.duty_id, DUTY.c.campaign_id.in_(campaigns)),
    )
    return connection.execute(update(REMINDER).where(mine).values(state="planned", message_id=None)).rowcount


def resume(connection: Connection, campaign_id: int, *, at: int, today: int) -> int:
    """It goes on: everything that came up meanwhile is looked at now. Reminders whose line has passed are not sent late.

    Returns how many duties are looked at.
    """
    connection.execute(update(PAUSE).where(PAUSE.c.campaign_id == campaign_id, PAUSE.c.to_at.is_(None)).values(to_at=at))
    passed = exists().where(
        DUTY.c.id == REMINDER.c.duty_id,
        DUTY.c.campaign_id == campaign_id,
        line_passed(today),
    )
    late = and_(PLANNED, passed)
    connection.execute(update(REMINDER).where(late).values(state="cancelled:paused"))
    parked = and_(TIMER.c.at == PARKED_AT, exists().where(DUTY.c.id == TIMER.c.duty_id, DUTY.c.campaign_id == campaign_id))
    return connection.execute(update(TIMER).where(parked).values(at=at)).rowcount


def names(connection: Connection, found: Sequence[SilenceRead]) -> dict[int, str]:
    """{person: name} of whom silences speak."""
    ids = {id_ for each in found for id_ in (each.person_id, each.by_person) if id_ is not None}
    asked = select(PERSON.c.id, PERSON.c.name).where(PERSON.c.id.in_(sorted(ids)))
    return {int(id_): str(name) for id_, name in connection.execute(asked)}


def _silences(connection: Connection, day: int, *which: ColumnElement[bool]) -> list[SilenceRead]:
    path = select(SPAN.c.path).where(SPAN.c.unit_id == SILENCE.c.unit_id, current(day)).limit(1).scalar_subquery()
    columns = [path.label(name) if name == "path" else SILENCE.c[name] for name in SilenceRead._fields]
    asked = select(*columns).where(*which).order_by(SILENCE.c.id)
    return [SilenceRead._make(row)._replace(inside=bool(row.inside)) for row in connection.execute(asked)]


def _concerned(found: SilenceRead, day: int) -> list[ColumnElement[bool]]:
    """What is asked of a duty before a silence concerns it. A unit that has ended has no duties to be silent about."""
    asked: list[ColumnElement[bool]] = []
    if found.campaign_id is not None:
        asked.append(DUTY.c.campaign_id == found.campaign_id)
    if found.unit_id is not None and found.path is None:
        asked.append(DUTY.c.unit_id == found.unit_id)
    elif found.path is not None:
        # A look at the duty's own unit, however many there are below the silent one.
        asked.append(exists().where(SPAN.c.unit_id == DUTY.c.unit_id, current(day), under(SPAN.c.path, found.path)))
    return asked
