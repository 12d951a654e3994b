"""The dated tree of units and the posts in it: who is where on a day, as recorded by an instant; and people, by what they are called."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, FromClause, and_, false, func, insert, or_, select, update

from storage.scope import Scope, under
from storage.tables import FOREVER, FOREVER_DAY, PERSON, POST, SPAN, UNIT


@dataclass(frozen=True, kw_only=True)
class UnitRead:
    """A unit on a day."""

    id: int
    code: str
    name: str
    kind: str
    branch_kind: str | None
    members: int | None
    grade: str | None
    parent_id: int | None
    path: str
    depth: int


@dataclass(frozen=True, kw_only=True)
class PersonRead:
    id: int
    number: str | None
    name: str
    email: str | None
    mobile: str | None


@dataclass(frozen=True, kw_only=True)
class PostLine:
    """A post with its person and unit, as a list shows it."""

    person_id: int
    person: str
    role: str
    unit_id: int
    unit: str
    unit_code: str


class PostSpan(NamedTuple):
    """A person in a role in a unit over a span of days (ordinals; `valid_to` is the first day no longer in it)."""

    unit_id: int
    role: str
    person_id: int
    acting: bool
    valid_from: int
    valid_to: int

    def overlaps(self, other: PostSpan) -> bool:
        return self.valid_from < other.valid_to and other.valid_from < self.valid_to


def on(day: int, recorded_by: int | None = None, spans: FromClause = SPAN) -> ColumnElement[bool]:
    """Spans that hold on a day, as believed at an instant (None: as now believed)."""
    c = spans.c
    return and_(believed(recorded_by, spans), c.valid_from <= day, c.valid_to > day)


def believed(recorded_by: int | None = None, spans: FromClause = SPAN) -> ColumnElement[bool]:
    """Spans as believed at an instant (None: now)."""
    c = spans.c
    if recorded_by is None:
        return c.superseded_at == FOREVER
    return and_(c.recorded_at <= recorded_by, c.superseded_at > recorded_by)


_UNIT = select(
    UNIT.c.id,
    UNIT.c.code,
    SPAN.c.name,
    SPAN.c.kind,
    SPAN.c.branch_kind,
    SPAN.c.members,
    SPAN.c.grade,
    SPAN.c.parent_id,
    SPAN.c.path,
    SPAN.c.depth,
).join(SPAN, SPAN.c.unit_id == UNIT.c.id)


def units(
    connection: Connection, *, scope: Scope, day: int, recorded_by: int | None = None, beneath: str | None = None
) -> list[UnitRead]:
    """Units on a day in the order of the tree; `beneath` a path keeps its subtree (itself included)."""
    asked = _UNIT.where(on(day, recorded_by), scope.on(SPAN.c.path)).order_by(SPAN.c.path)
    if beneath is not None:
        asked = asked.where(under(SPAN.c.path, beneath))
    return [UnitRead(**row) for row in connection.execute(asked).mappings()]


def unit(connection: Connection, code: str, *, scope: Scope, day: int, recorded_by: int | None = None) -> UnitRead | None:
    """A unit by its code, or by its whole name if only one has it."""
    asked = _UNIT.where(on(day, recorded_by), scope.on(SPAN.c.path))
    row = connection.execute(asked.where(UNIT.c.code == code)).mappings().first()
    if row is None:
        rows = connection.execute(asked.where(SPAN.c.name == code).limit(2)).mappings().all()
        row = rows[0] if len(rows) == 1 else None
    return UnitRead(**row) if row else None


def unit_by_id(connection: Connection, unit_id: int, *, scope: Scope, day: int) -> UnitRead | None:
    row = connection.execute(_UNIT.where(on(day), scope.on(SPAN.c.path), UNIT.c.id == unit_id)).mappings().first()
    return UnitRead(**row) if row else None


def similar_units(connection: Connection, words: str, *, scope: Scope, day: int) -> list[str]:
    """「编号 名称」 of a few units whose code or name contains the words."""
    asked = (
        _UNIT.where(on(day), scope.on(SPAN.c.path))
        .where(or_(UNIT.c.code.contains(words, autoescape=True), SPAN.c.name.contains(words, autoescape=True)))
        .order_by(UNIT.c.code)
        .limit(5)
    )
    return [f"{row['code']} {row['name']}" for row in connection.execute(asked).mappings()]


def root(connection: Connection, *, day: int) -> UnitRead | None:
    """The one unit without a parent."""
    row = connection.execute(_UNIT.where(on(day), SPAN.c.parent_id.is_(None))).mappings().first()
    return UnitRead(**row) if row else None


def people(connection: Connection, words: str) -> list[PersonRead]:
    """Persons by 工号 or e-mail, exactly."""
    asked = select(PERSON.c.id, PERSON.c.number, PERSON.c.name, PERSON.c.email, PERSON.c.mobile)
    asked = asked.where(
        or_(PERSON.c.number == words, func.lower(PERSON.c.email) == words.lower()), PERSON.c.erased_at.is_(None)
    )
    return [PersonRead(**row) for row in connection.execute(asked).mappings()]


def person(connection: Connection, person_id: int) -> PersonRead | None:
    asked = select(PERSON.c.id, PERSON.c.number, PERSON.c.name, PERSON.c.email, PERSON.c.mobile)
    row = connection.execute(asked.where(PERSON.c.id == person_id)).mappings().first()
    return PersonRead(**row) if row else None


def holders(connection: Connection, *, scope: Scope, unit_id: int, day: int, role: str | None = None) -> list[PostLine]:
    """Who holds posts in a unit on a day."""
    asked = (
        select(
            POST.c.person_id,
            PERSON.c.name.label("person"),
            POST.c.role,
            POST.c.unit_id,
            SPAN.c.name.label("unit"),
            UNIT.c.code.label("unit_code"),
        )
        .join(PERSON, PERSON.c.id == POST.c.person_id)
        .join(SPAN, SPAN.c.unit_id == POST.c.unit_id)
        .join(UNIT, UNIT.c.id == POST.c.unit_id)
        .where(on(day), post_on(day), POST.c.unit_id == unit_id, scope.on(SPAN.c.path))
        .order_by(POST.c.id)
    )
    if role is not None:
        asked = asked.where(POST.c.role == role)
    return [PostLine(**row) for row in connection.execute(asked).mappings()]


def post_on(day: int, posts: FromClause = POST) -> ColumnElement[bool]:
    """Posts that are held on a day, as now believed."""
    return and_(posts.c.superseded_at == FOREVER, posts.c.valid_from <= day, posts.c.valid_to > day)


def path_below(parent: str, unit_id: int) -> str:
    """`/0000001/` + 93 -> `/0000001/0000093/`. Padded, so that the order of paths is the order in which units were recorded."""
    return f"{parent}{unit_id:07d}/"


# --- writing: the import and the events of a reorganisation


def add_units(connection: Connection, codes: list[str], at: int) -> dict[str, int]:
    """Identities for codes that have none. Returns {code: id} of all codes in the database."""
    known = unit_ids(connection)
    fresh = [{"code": code, "recorded_at": at} for code in codes if code not in known]
    if fresh:
        connection.execute(insert(UNIT), fresh)
        known = unit_ids(connection)
    return known


def unit_ids(connection: Connection) -> dict[str, int]:
    return {code: id_ for code, id_ in connection.execute(select(UNIT.c.code, UNIT.c.id))}


def open_units(connection: Connection) -> list[UnitRead]:
    """Every unit whose end is not known, also one that has not begun."""
    asked = _UNIT.where(SPAN.c.superseded_at == FOREVER, SPAN.c.valid_to == FOREVER_DAY).order_by(SPAN.c.path)
    return [UnitRead(**row) for row in connection.execute(asked).mappings()]


def last_days(connection: Connection) -> dict[int, int]:
    """{unit: the first day no longer in it} of units that have ended."""
    asked = select(SPAN.c.unit_id, func.max(SPAN.c.valid_to)).where(SPAN.c.superseded_at == FOREVER).group_by(SPAN.c.unit_id)
    return {unit_id: day for unit_id, day in connection.execute(asked) if day < FOREVER_DAY}


def add_spans(connection: Connection, rows: list[dict[str, object]]) -> None:
    """New spans; each row has every column but id. Open and believed unless it says otherwise."""
    if rows:
        defaults = {"valid_to": FOREVER_DAY, "superseded_at": FOREVER}
        connection.execute(insert(SPAN), [{**defaults, **row} for row in rows])


def end_spans(connection: Connection, unit_ids_: list[int], *, day: int, at: int) -> None:
    """The present spans of units end with the day before `day`.

    The old row is superseded and its copy with the new end is what is believed from now on, so that "as recorded by T" still shows what
    was believed at T.
    """
    if not unit_ids_:
        return
    here = and_(SPAN.c.unit_id.in_(unit_ids_), SPAN.c.superseded_at == FOREVER, SPAN.c.valid_to == FOREVER_DAY)
    rows = [dict(row) for row in connection.execute(select(SPAN).where(here, SPAN.c.valid_from < day)).mappings()]
    connection.execute(update(SPAN).where(here).values(superseded_at=at))
    for row in rows:
        row.pop("id")
        row.update(valid_to=day, recorded_at=at, superseded_at=FOREVER)
    add_spans(connection, rows)


def add_people(connection: Connection, rows: list[dict[str, object]]) -> list[int]:
    """New persons, in order; returns their ids."""
    if not rows:
        return []
    made = connection.execute(insert(PERSON).returning(PERSON.c.id, sort_by_parameter_order=True), rows)
    return [int(value) for value in made.scalars()]


def update_person(connection: Connection, person_id: int, **values: object) -> None:
    connection.execute(update(PERSON).where(PERSON.c.id == person_id).values(values))


def all_people(connection: Connection) -> list[PersonRead]:
    asked = select(PERSON.c.id, PERSON.c.number, PERSON.c.name, PERSON.c.email, PERSON.c.mobile)
    return [PersonRead(**row) for row in connection.execute(asked.where(PERSON.c.erased_at.is_(None))).mappings()]


def open_posts(connection: Connection) -> set[PostSpan]:
    """Every post now believed. A delegation is no post of a file, and no file ends it."""
    asked = select(*(POST.c[name] for name in PostSpan._fields))
    asked = asked.where(POST.c.superseded_at == FOREVER, POST.c.delegated == false())
    return {PostSpan(*row)._replace(acting=bool(row.acting)) for row in connection.execute(asked)}


def add_posts(connection: Connection, rows: list[dict[str, object]]) -> None:
    if rows:
        defaults = {"valid_to": FOREVER_DAY, "superseded_at": FOREVER, "acting": False, "delegated": False}
        connection.execute(insert(POST), [{**defaults, **row} for row in rows])


def supersede_posts(connection: Connection, posts: Iterable[PostSpan], *, at: int) -> None:
    """Posts are no longer believed as they stand."""
    for post in sorted(posts):
        same = (POST.c[name] == value for name, value in post._asdict().items())
        own = POST.c.delegated == false()
        connection.execute(update(POST).where(*same, own, POST.c.superseded_at == FOREVER).values(superseded_at=at))


def heads(connection: Connection, *, scope: Scope, day: int, roles: tuple[str, ...]) -> dict[int, str]:
    """{unit: name of who heads it}: the first of the roles that is held."""
    asked = (
        select(POST.c.unit_id, POST.c.role, PERSON.c.name)
        .join(PERSON, PERSON.c.id == POST.c.person_id)
        .join(SPAN, SPAN.c.unit_id == POST.c.unit_id)
        .where(on(day), post_on(day), POST.c.role.in_(roles), scope.on(SPAN.c.path))
        .order_by(POST.c.id)
    )
    best: dict[int, tuple[int, str]] = {}
    for unit_id, role, name in connection.execute(asked):
        rank = roles.index(role)
        if unit_id not in best or rank < best[unit_id][0]:
            best[unit_id] = (rank, name)
    return {unit_id: name for unit_id, (_, name) in best.items()}


def names(connection: Connection, *, scope: Scope, day: int) -> dict[int, str]:
    """{unit: name} on a day."""
    asked = select(SPAN.c.unit_id, SPAN.c.name).where(on(day), scope.on(SPAN.c.path))
    return {id_: name for id_, name in connection.execute(asked)}
