"""为什么: one unit's way through a campaign: where it stands and why, what happened, who was told, what can be done now."""

from __future__ import annotations

from dataclasses import dataclass

from duban.service.context import Context, Running
from duban.service.facts import NO_CASE, Asked, facts_of
from duban.service.status import Row, status
from storage import journal as journal_rows
from storage import units as unit_rows
from storage.acts import Acts
from storage.journal import JournalLine, ReminderLine
from storage.scope import EVERYTHING, Scope
from workflow.decide import Action, held_by
from workflow.decide import available as available_acts
from workflow.errors import NotFound, Reason


@dataclass(frozen=True, kw_only=True)
class Explained:
    """`rows` as on the board; `journal` and `reminders` oldest first; `actions` for the person asked about (empty: nobody named)."""

    unit: str
    name: str
    campaign: str
    rows: tuple[Row, ...]
    journal: tuple[JournalLine, ...]
    reminders: tuple[ReminderLine, ...]
    actions: tuple[Action, ...]
    held: dict[int, tuple[Reason, ...]]
    """{case id: what keeps it in its phase}."""
    posts: tuple[str, ...]


def explain(context: Context, running: Running, unit: str, *, scope: Scope, to: int | None) -> Explained:
    """Everything about one unit (itself, not what is below it). Raises `NotFound` outside the scope."""
    today = context.today(running.campaign.zone)
    board = status(context, running, scope=scope, unit=unit, alone=True)
    with context.database.read() as connection:
        found = unit_rows.unit(connection, unit, scope=scope, day=today.toordinal())
        assert found is not None
        lines = journal_rows.of_unit(connection, scope=scope, unit_id=found.id, day=today.toordinal(), campaign_id=running.id)
        reminders = journal_rows.reminders_of_unit(
            connection, scope=scope, unit_id=found.id, day=today.toordinal(), campaign_id=running.id
        )
        posts = unit_rows.holders(connection, scope=scope, unit_id=found.id, day=today.toordinal())
    rows = tuple(row for row in board.rows if row.unit == found.code)
    actions = tuple(a for row in rows for a in available(context, row.case, to)) if to is not None else ()
    return Explained(
        unit=found.code,
        name=found.name,
        campaign=running.campaign.name,
        rows=rows,
        journal=tuple(lines),
        reminders=tuple(reminders),
        actions=actions,
        held={row.case: _held(context, row.case) for row in rows},
        posts=tuple(f"{post.role} {post.person}" for post in posts),
    )


def _held(context: Context, case_id: int) -> tuple[Reason, ...]:
    today = context.today()
    with context.database.read() as connection:
        acts = Acts(connection.connection.driver_connection, context.database.dialect)
        case = acts.case(case_id, today.toordinal())
        if case is None:
            return ()
        context.keep_up(case.calendar, case.version_now)
        running = context.running(case.campaign_id)
        asked = Asked(act="complete", by=0)
        return held_by(running.campaign, facts_of(context, acts, running, case, None, asked, context.now(), counts=True))


def available(context: Context, case_id: int, person: int, *, scope: Scope = EVERYTHING) -> list[Action]:
    """The acts that exist for a case and each of its duties, judged by the guards that will judge them."""
    now = context.now()
    today = context.today()
    found: list[Action] = []
    with context.database.read() as connection:
        acts = Acts(connection.connection.driver_connection, context.database.dialect)
        case = acts.case(case_id, today.toordinal())
        if case is None or not scope.sees(case.unit_path):
            raise NotFound(NO_CASE)
        context.keep_up(case.calendar, case.version_now)
        running = context.running(case.campaign_id)
        for duty in [None, *acts.duties_of(case_id)]:
            asked = Asked(act="sign" if duty else "advance", by=person)
            facts = facts_of(context, acts, running, case, duty, asked, now, counts=True)
            found += available_acts(running.campaign, facts)
    return found
