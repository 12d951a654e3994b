"""What is kept about telling people of one unit's duties: every reminder with the message it lies in, and every try to send that."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, Select, select

from storage.scope import Scope
from storage.tables import CASE, DELIVERY, DUTY, MESSAGE, PERSON, POST, REMINDER, RUN, TASK
from storage.within import within


class Place(NamedTuple):
    """One unit in one campaign, as organised on a day."""

    unit_id: int
    campaign_id: int
    day: int


class ToldLine(NamedTuple):
    """One reminder. `run_at` is when the run was that made it; instants are UTC seconds.

    `post_unit` is the unit in whose post the person was told, `stands_for` whose delegate he is, `instead` is true where he stands in for
    an empty post.
    """

    task_key: str
    occurrence: str
    rung: str
    repeat: int
    state: str
    run_at: int
    recipient_id: int
    recipient: str | None
    role: str | None
    post_unit: int | None
    instead: bool
    stands_for: str | None
    message_id: int | None
    channel: str | None
    message_state: str | None
    not_before: int | None
    sent_at: int | None
    why: str | None


class TryLine(NamedTuple):
    """One physical try to send one message."""

    message_id: int
    n: int
    started_at: int
    outcome: str | None
    text: str | None


def told(connection: Connection, place: Place, *, scope: Scope) -> list[ToldLine]:
    """Every reminder about a unit's duties, those nobody was told too, in the order of the runs that made them."""
    principal = PERSON.alias("principal")
    asked = (
        select(
            TASK.c.key,
            DUTY.c.occurrence,
            REMINDER.c.rung,
            REMINDER.c.repeat,
            REMINDER.c.state,
            RUN.c.as_of,
            REMINDER.c.recipient_id,
            PERSON.c.name,
            REMINDER.c.role,
            POST.c.unit_id,
            REMINDER.c.acting_for.is_not(None),
            principal.c.name,
            REMINDER.c.message_id,
            MESSAGE.c.channel,
            MESSAGE.c.state,
            MESSAGE.c.not_before,
            MESSAGE.c.sent_at,
            MESSAGE.c.why,
        )
        .select_from(REMINDER)
        .join(DUTY, DUTY.c.id == REMINDER.c.duty_id)
        .join(TASK, TASK.c.id == DUTY.c.task_id)
        .join(RUN, RUN.c.id == REMINDER.c.run_id)
        .outerjoin(PERSON, PERSON.c.id == REMINDER.c.recipient_id)
        .outerjoin(POST, POST.c.id == REMINDER.c.post_id)
        .outerjoin(principal, principal.c.id == POST.c.stands_for)
        .outerjoin(MESSAGE, MESSAGE.c.id == REMINDER.c.message_id)
        .where(DUTY.c.case_id.in_(_cases(place)), within(scope, DUTY.c.unit_id, day=place.day))
        .where(REMINDER.c.state != "carried")  # the same reminder once more, as the key of a later last day
        .order_by(RUN.c.as_of, REMINDER.c.message_id, TASK.c.ord, DUTY.c.occurrence, REMINDER.c.recipient_id)
    )
    return [ToldLine._make(row) for row in connection.execute(asked)]


def tries(connection: Connection, place: Place, *, scope: Scope) -> list[TryLine]:
    """Every try to send the messages in which those reminders lie."""
    about = (
        select(REMINDER.c.message_id)
        .join(DUTY, DUTY.c.id == REMINDER.c.duty_id)
        .where(DUTY.c.case_id.in_(_cases(place)), within(scope, DUTY.c.unit_id, day=place.day))
    )
    columns = (DELIVERY.c.message_id, DELIVERY.c.n, DELIVERY.c.started_at, DELIVERY.c.outcome, DELIVERY.c.text)
    asked = select(*columns).where(DELIVERY.c.message_id.in_(about)).order_by(DELIVERY.c.message_id, DELIVERY.c.n)
    return [TryLine._make(row) for row in connection.execute(asked)]


def phases(connection: Connection, place: Place, *, scope: Scope) -> dict[int, int]:
    """{case: the number of the phase it is in}: names may repeat, numbers cannot."""
    mine = (
        CASE.c.unit_id == place.unit_id,
        CASE.c.campaign_id == place.campaign_id,
        within(scope, CASE.c.unit_id, day=place.day),
    )
    return {int(case): int(phase) for case, phase in connection.execute(select(CASE.c.id, CASE.c.phase).where(*mine))}


def _cases(place: Place) -> Select[tuple[int]]:
    """The few cases of a unit: from them an index leads to its duties."""
    return select(CASE.c.id).where(CASE.c.unit_id == place.unit_id, CASE.c.campaign_id == place.campaign_id)
