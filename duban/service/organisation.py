"""导入单位和任职: a workbook becomes the dated tree, or a list of differences to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

from duban.service.context import Context
from duban.workbook import PostRow, UnitRow, persons, read_units
from storage import units as rows
from storage.meta import set_meta
from storage.scope import EVERYTHING
from storage.tables import FOREVER_DAY
from storage.units import PersonRead, UnitRead
from workflow.errors import Problem, WorkbookError

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from duban.workbook.identity import Person

ALWAYS = 1
"""The day from which a unit or post holds that has no first day: 0001-01-01."""


@dataclass(frozen=True, kw_only=True)
class Imported:
    """What an import changed (or, with `preview`, would change). The lists are short Chinese sentences."""

    units_added: int = 0
    units_changed: int = 0
    units_ended: int = 0
    people_added: int = 0
    posts_added: int = 0
    posts_ended: int = 0
    changes: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    skipped: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()


@dataclass(kw_only=True)
class _Tally:
    units_added: int = 0
    units_changed: int = 0
    units_ended: int = 0
    people_added: int = 0
    posts_added: int = 0
    posts_ended: int = 0
    changes: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


def import_units(
    context: Context,
    files: Mapping[str, bytes],
    *,
    skip_bad: bool = False,
    end_missing: bool = False,
    preview: bool = False,
) -> Imported:
    """Take a workbook (or two CSV files) in, in one transaction.

    Raises `WorkbookError` with every bad row and imports nothing, unless `skip_bad`. A unit or post that the file no longer has is
    listed as missing and ended only with `end_missing`; nothing is ever deleted.
    """
    read = read_units(files)
    people = persons(read.posts)
    problems = (*read.problems, *people.problems)
    if problems and (not skip_bad or read.is_unreadable):
        raise WorkbookError("、".join(files) or "工作簿", problems)
    now, today = context.now(), context.today()
    tally = _Tally()
    with context.database.write() as connection:
        before = {u.code: u for u in rows.units(connection, scope=EVERYTHING, day=today.toordinal())}
        _units(connection, read.units, before, today=today, at=now, tally=tally)
        _missing_units(connection, read.units, before, today=today, at=now, end=end_missing, tally=tally)
        _people(connection, people.people, today=today, at=now, end=end_missing, tally=tally)
        context.record_instant(connection)
        set_meta(connection, organisation_at=str(now))
        if preview:
            connection.rollback()
    return Imported(
        units_added=tally.units_added,
        units_changed=tally.units_changed,
        units_ended=tally.units_ended,
        people_added=tally.people_added,
        posts_added=tally.posts_added,
        posts_ended=tally.posts_ended,
        changes=tuple(tally.changes),
        missing=tuple(tally.missing),
        skipped=(*problems, *read.left_out),
        warnings=(*read.warnings, *people.warnings),
    )


def _units(
    connection: Connection,
    wanted: tuple[UnitRow, ...],
    before: Mapping[str, UnitRead],
    *,
    today: date,
    at: int,
    tally: _Tally,
) -> None:
    ids = rows.add_units(connection, [row.code for row in wanted], at)
    paths = _paths(wanted, ids, before)
    fresh: list[dict[str, object]] = []
    ended: list[int] = []
    for row in wanted:
        old = before.get(row.code)
        span = _span(row, ids, paths, at=at)
        if old is None:
            tally.units_added += 1
            fresh.append({**span, "valid_from": row.valid_from.toordinal() if row.valid_from else ALWAYS})
        elif words := _changed(old, span, row):
            tally.units_changed += 1
            tally.changes.append(f"{row.code} {row.name}：{words}")
            ended.append(old.id)
            fresh.append({**span, "valid_from": today.toordinal()})
    rows.end_spans(connection, ended, day=today.toordinal(), at=at)
    rows.add_spans(connection, fresh)


def _span(row: UnitRow, ids: Mapping[str, int], paths: Mapping[str, str], *, at: int) -> dict[str, object]:
    path = paths[row.code]
    return {
        "unit_id": ids[row.code],
        "recorded_at": at,
        "name": row.name,
        "kind": str(row.kind),
        "branch_kind": row.branch_kind,
        "members": row.members,
        "grade": row.grade,
        "parent_id": ids[row.parent] if row.parent is not None else None,
        "path": path,
        "depth": path.count("/") - 2,
    }


def _paths(wanted: tuple[UnitRow, ...], ids: Mapping[str, int], before: Mapping[str, UnitRead]) -> dict[str, str]:
    """The path of every code; the reader has made sure that there is one top and no circle."""
    parents = {row.code: row.parent for row in wanted}
    known = {code: unit.path for code, unit in before.items() if code not in parents}
    for start in parents:
        chain: list[str] = []
        code: str | None = start
        while code is not None and code not in known:
            chain.append(code)
            code = parents[code]
        path = known[code] if code is not None else "/"
        for step in reversed(chain):
            path = rows.path_below(path, ids[step])
            known[step] = path
    return known


NAMES = {"name": "名称", "kind": "类型", "branch_kind": "支部类别", "members": "党员数", "grade": "起始等次", "path": "隶属"}


def _changed(old: UnitRead, span: Mapping[str, object], row: UnitRow) -> str:
    found = []
    for key, word in NAMES.items():
        if getattr(old, key) != span[key]:
            found.append(f"{word}改为{row.parent}" if key == "path" else f"{word}由{getattr(old, key)}改为{span[key]}")
    return "，".join(found)


def _missing_units(
    connection: Connection,
    wanted: tuple[UnitRow, ...],
    before: Mapping[str, UnitRead],
    *,
    today: date,
    at: int,
    end: bool,
    tally: _Tally,
) -> None:
    codes = {row.code for row in wanted}
    gone = [unit for code, unit in before.items() if code not in codes]
    tally.missing += [f"{unit.code} {unit.name}" for unit in gone]
    if end and gone:
        rows.end_spans(connection, [unit.id for unit in gone], day=today.toordinal(), at=at)
        tally.units_ended = len(gone)


def _people(connection: Connection, people: tuple[Person, ...], *, today: date, at: int, end: bool, tally: _Tally) -> None:
    known = _Known(rows.all_people(connection))
    units = rows.unit_ids(connection)
    found = {id(person): known.find(person) for person in people}
    strangers = [person for person in people if found[id(person)] is None]
    made = rows.add_people(
        connection,
        [{"number": p.number, "name": p.name, "email": p.email, "mobile": p.mobile, "recorded_at": at} for p in strangers],
    )
    ids = {id(person): new for person, new in zip(strangers, made, strict=True)}
    tally.people_added = len(strangers)
    wanted: set[tuple[int, str, int, int, int]] = set()
    for person in people:
        here = found[id(person)]
        if here is not None:
            ids[id(person)] = here.id
            _update(connection, here, person)
        wanted |= {_post(post, units[post.unit], ids[id(person)]) for post in person.posts}
    _posts(connection, wanted, today=today, at=at, end=end, tally=tally)


def _post(row: PostRow, unit_id: int, person_id: int) -> tuple[int, str, int, int, int]:
    start = row.valid_from.toordinal() if row.valid_from else ALWAYS
    stop = (row.valid_to + timedelta(days=1)).toordinal() if row.valid_to else FOREVER_DAY
    return (unit_id, row.role, person_id, start, stop)


def _posts(
    connection: Connection,
    wanted: set[tuple[int, str, int, int, int]],
    *,
    today: date,
    at: int,
    end: bool,
    tally: _Tally,
) -> None:
    have = rows.open_posts(connection)
    fresh = sorted(wanted - have)
    same_post = {(unit, role, person) for unit, role, person, _, _ in fresh}
    replaced = {key[:3] for key in have - wanted if key[:3] in same_post}
    rows.supersede_posts(connection, replaced, at=at)
    rows.add_posts(connection, [_post_row(post, at) for post in fresh])
    tally.posts_added = len(fresh)
    gone = {key for key in have - wanted if key[:3] not in same_post and key[4] > today.toordinal()}
    if end and gone:
        rows.supersede_posts(connection, {key[:3] for key in gone}, at=at)
        rows.add_posts(connection, [_post_row((*key[:4], today.toordinal()), at) for key in gone if key[3] < today.toordinal()])
        tally.posts_ended = len(gone)
    elif gone:
        tally.missing.append(f"{len(gone)}条任职在文件里没有了")


def _post_row(post: tuple[int, str, int, int, int], at: int) -> dict[str, object]:
    unit, role, person, start, stop = post
    acting = "主持" in role
    return {
        "unit_id": unit,
        "role": role.replace("（主持）", "").replace("(主持)", "") if acting else role,
        "person_id": person,
        "valid_from": start,
        "valid_to": stop,
        "acting": acting,
        "recorded_at": at,
    }


class _Known:
    """People already in the database, found by the rule: the same 工号, else the same e-mail, else the same mobile is one person."""

    def __init__(self, people: list[PersonRead]) -> None:
        self._by: dict[tuple[str, str], list[PersonRead]] = {}
        for person in people:
            for attribute in ("number", "email", "mobile"):
                if value := getattr(person, attribute):
                    self._by.setdefault((attribute, value), []).append(person)

    def find(self, person: Person) -> PersonRead | None:
        for attribute in ("number", "email", "mobile"):
            value = getattr(person, attribute)
            found = self._by.get((attribute, value), []) if value else []
            # Somebody with a 工号 of his own is not taken for another who only shares his address.
            fits = [k for k in found if not (person.number and k.number and k.number != person.number)]
            if len(fits) == 1:
                return fits[0]
        return None


def _update(connection: Connection, here: PersonRead, person: Person) -> None:
    changes = {
        name: getattr(person, name)
        for name in ("number", "name", "email", "mobile")
        if getattr(person, name) is not None and getattr(person, name) != getattr(here, name)
    }
    if changes:
        rows.update_person(connection, here.id, **changes)
