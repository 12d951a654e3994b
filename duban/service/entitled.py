"""Who may hold reminders back, pause, migrate or delegate: reasons against a person, from the posts he holds today."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from duban.service.context import Context
from duban.service.people import standing
from storage.acts import Acts
from storage.units import UnitRead
from workflow.errors import Reason
from workflow.facts import Actor
from workflow.guards import GROUP_OFFICE, HEADS, TOP_OFFICE

if TYPE_CHECKING:
    from sqlalchemy import Connection


def actor(context: Context, connection: Connection, person: int, unit: UnitRead | None = None) -> Actor:
    """A person as he stands to a unit; without one, as an officer of the school or not."""
    acts = Acts(connection.connection.driver_connection, context.database.dialect, connection)
    posts = acts.posts(person, context.today().toordinal())
    unit_id, path = (unit.id, unit.path) if unit is not None else (0, "/")
    return Actor(person=person, name=acts.name_of(person), standing=standing(posts, unit_id, path))


def is_officer(who: Actor) -> bool:
    """组织部, the leading group's office, and who heads the school's committee."""
    return who.holds(TOP_OFFICE) or who.holds(GROUP_OFFICE) or who.holds("root", HEADS)


def not_an_officer(who: Actor, what: str) -> Iterator[Reason]:
    if not is_officer(who):
        yield Reason(code="wrong-actor", text=f"{who.name}不能办理：{what}由组织部办理", unblock="请组织部办理")


def no_reason(reason: str | None, what: str) -> Iterator[Reason]:
    if not (reason or "").strip():
        yield Reason(code="reason-missing", text=f"{what}要写明理由", unblock="用 --reason 写明理由")
