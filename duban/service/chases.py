"""首次催办: what would go out after the line, before it does; so that paper that lies on the desk is registered first.

Who registers it (登记收件) takes it out of the message by that alone. The rest is released, or leaves by itself at the stated time.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from duban.service.context import Context, day_of
from duban.service.noting import note
from duban.service.people import find_unit, standing
from duban.service.windows import windows_of
from storage import chases as rows
from storage import contacts
from storage.acts import Acts
from storage.chases import ChaseLine
from storage.scope import EVERYTHING, Scope
from workflow.errors import Reason, Refused
from workflow.guards import CLERKS, TOP_OFFICE
from workflow.model import SECOND_LEVEL

if TYPE_CHECKING:
    from sqlalchemy import Connection

RELEASERS = ("书记", *CLERKS)
"""Of a second-level unit: for messages that are about units under it only. 组织部 releases all."""


@dataclass(frozen=True, kw_only=True)
class Chase:
    """What one message would say about one unit. `leaves_at` is when it leaves by itself, UTC seconds."""

    message: int
    unit: str
    unit_code: str
    duties: tuple[str, ...]
    rung: str
    recipient: str
    role: str
    leaves_at: int


@dataclass(frozen=True, kw_only=True)
class Released:
    """How many messages may leave now, and how many still wait because they are about units of others too."""

    messages: int
    left: int


def first_chases(context: Context, *, under: str | None = None, scope: Scope = EVERYTHING) -> tuple[Chase, ...]:
    """What waits for a look, of a unit and all below it if one is named."""
    with context.database.read() as connection:
        context.refresh(connection)
        path = _path(context, connection, under, scope)
        lines = rows.waiting(connection, scope=scope, day=context.today().toordinal())
    return tuple(_chases(line for line in lines if line.path.startswith(path)))


def release(context: Context, *, by: int, under: str | None = None, via: str | None = None) -> Released:
    """Messages leave with the next delivery instead of at their own time: all a person may release, or those about one subtree.

    Raises `Refused` if there is something and he may release none of it.
    """
    now = context.now()
    with context.database.write() as connection:
        context.refresh(connection)
        path = _path(context, connection, under, EVERYTHING)
        messages = _by_message(rows.waiting(connection, scope=EVERYTHING, day=day_of(now).toordinal()))
        concerned = {id_: paths for id_, paths in messages.items() if any(each.startswith(path) for each in paths)}
        own = _own(context, connection, by)
        mine = [id_ for id_, paths in concerned.items() if _within(paths, own) and _within(paths, (path,))]
        if concerned and not any(_within(paths, own) for paths in concerned.values()):
            raise Refused([_not_his()])
        freed = rows.release(connection, mine, at=windows_of(context).at(now).not_before)
        if freed:
            note(context, connection, "release", by=by, via=via, data={"messages": freed})
        context.record_instant(connection)
    return Released(messages=len(freed), left=len(concerned) - len(freed))


def wish(context: Context, *, by: int, weekly: bool) -> None:
    """How somebody wants to be written to: `weekly`, what concerns others only comes on the first working day of each week."""
    with context.database.write() as connection:
        contacts.wish(connection, by, weekly=weekly, at=context.now())
        context.record_instant(connection)


def _chases(lines: Iterable[ChaseLine]) -> Iterable[Chase]:
    for _, group in groupby(lines, key=lambda line: (line.message_id, line.unit_code, line.recipient, line.rung)):
        found = list(group)
        first = found[0]
        yield Chase(
            message=first.message_id,
            unit=first.unit,
            unit_code=first.unit_code,
            duties=tuple(line.key for line in found),
            rung=first.rung,
            recipient=first.recipient,
            role=first.role or "",
            leaves_at=first.leaves_at,
        )


def _by_message(lines: Iterable[ChaseLine]) -> dict[int, set[str]]:
    """{message: paths of the units it is about}"""
    found: dict[int, set[str]] = {}
    for line in lines:
        found.setdefault(line.message_id, set()).add(line.path)
    return found


def _own(context: Context, connection: Connection, by: int) -> tuple[str, ...]:
    """The subtrees for which a person may release: everything for 组织部, else second-level units he heads or clerks for."""
    posts = Acts(connection.connection.driver_connection, context.database.dialect).posts(by, context.today().toordinal())
    if any(place == TOP_OFFICE for place, _ in standing(posts, 0, "")):
        return ("/",)
    return tuple(post.path for post in posts if post.role in RELEASERS and post.kind in SECOND_LEVEL)


def _within(paths: Iterable[str], subtrees: tuple[str, ...]) -> bool:
    return all(path.startswith(subtrees) for path in paths)


def _path(context: Context, connection: Connection, under: str | None, scope: Scope) -> str:
    if under is None:
        return "/"
    return find_unit(connection, under, day=context.today(), scope=scope).path


def _not_his() -> Reason:
    return Reason(
        code="wrong-role",
        text="首次催办由组织部发出；只涉及本单位党支部的，本单位书记或组织员也可以发出",
        unblock="请组织部办理，或等它到时间自动发出",
    )
