"""Who acts, a 工号, an e-mail or `UNIT:ROLE`; which unit is meant; and how a person stands to a unit."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from storage import units as rows
from storage.acts import Acts, PostRead
from storage.database import Database
from storage.scope import EVERYTHING, Scope
from storage.units import UnitRead
from workflow.errors import NotFound
from workflow.model import UnitKind

if TYPE_CHECKING:
    from sqlalchemy import Connection

OFFICE_KINDS = (UnitKind.DEPARTMENT, UnitKind.LEADING_GROUP, UnitKind.GROUP_OFFICE)


def find_person(database: Database, words: str, day: date) -> int:
    """The id of the one person meant. Unknown or ambiguous: `NotFound` with candidates."""
    with database.read() as connection:
        if ":" in words or "：" in words:
            unit_words, _, role = words.replace("：", ":").partition(":")
            unit = find_unit(connection, unit_words, day=day)
            posts = rows.holders(connection, scope=EVERYTHING, unit_id=unit.id, day=day.toordinal())
            found = sorted({p.person_id for p in posts if p.role == role})
            names = [f"{p.unit_code}:{p.role} {p.person}" for p in posts]
            if len(found) == 1:
                return found[0]
            if not found:
                raise NotFound(f"{unit.name}现在没有“{role}”{_maybe(names)}", candidates=names)
            same = [f"{p.person}" for p in posts if p.role == role]
            raise NotFound(f"{unit.name}有{len(found)}位“{role}”：{'、'.join(same)}；请改用工号", candidates=same)
        people = rows.people(connection, words)
    if len(people) == 1:
        return people[0].id
    if people:
        names = [f"{p.number or '无工号'} {p.name}" for p in people]
        raise NotFound(f"“{words}”对应{len(people)}人：{'、'.join(names)}；请改用工号", candidates=names)
    raise NotFound(f"没有找到“{words}”：请用工号、邮箱，或 单位编号:角色（如 0307:书记）")


def find_unit(
    connection: Connection, words: str, *, day: date, scope: Scope = EVERYTHING, recorded_by: int | None = None
) -> UnitRead:
    """The unit of a day meant by its code or whole name. Unknown or out of scope: `NotFound` with what may have been meant."""
    found = rows.unit(connection, words.strip(), scope=scope, day=day.toordinal(), recorded_by=recorded_by)
    if found is None:
        similar = rows.similar_units(connection, words.strip(), scope=scope, day=day.toordinal())
        raise NotFound(f"没有找到单位“{words}”{_maybe(similar)}", candidates=similar)
    return found


def standing(posts: Iterable[PostRead], unit_id: int, path: str) -> frozenset[tuple[str, str]]:
    """How a person stands to a unit through his posts: own, superior (any unit above but the root), root, or an office's name."""
    found: set[tuple[str, str]] = set()
    for post in posts:
        if post.unit_id == unit_id:
            found.add(("own", post.role))
        elif post.kind == UnitKind.SCHOOL:
            found.add(("root", post.role))
        elif path.startswith(post.path):
            found.add(("superior", post.role))
        if post.path.count("/") == 2:  # the top of the tree: a hospital's is its 党总支
            found.add(("root", post.role))
        if is_office(post):
            found |= {(post.unit_name, post.role), (str(post.kind), post.role)}
    return frozenset(found)


def scope_of(database: Database, person: int, day: date) -> Scope:
    """What a person may see through his posts on a day: offices and the root see everything, others their own subtrees."""
    with database.read() as connection:
        return scope_of_posts(Acts(connection.connection.driver_connection, database.dialect).posts(person, day.toordinal()))


def scope_of_posts(posts: Iterable[PostRead]) -> Scope:
    """The same for who has read the posts already."""
    posts = tuple(posts)
    if any(is_office(post) or post.kind == UnitKind.SCHOOL for post in posts):
        return EVERYTHING
    return Scope(tuple(dict.fromkeys(post.path for post in posts)))


def is_office(post: PostRead) -> bool:
    """An office of the school: right under the root, or within such an office. A college's own 组织部 has no say over others."""
    depth = post.path.count("/") - 2
    return post.kind in OFFICE_KINDS and (depth <= 1 or (depth == 2 and post.above in OFFICE_KINDS))


def _maybe(candidates: list[str]) -> str:
    return f"；是不是：{'、'.join(candidates)}" if candidates else ""
