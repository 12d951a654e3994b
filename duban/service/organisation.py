"""导入单位和任职: a workbook becomes the dated tree, or a list of differences to it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

from duban.service.context import Context
from duban.service.verdicts import Verdicts
from duban.workbook import PostRow, UnitRow, persons, read_units
from storage import delegations, regroup
from storage import units as rows
from storage.regroup import Noted
from storage.tables import FOREVER_DAY
from storage.units import PersonRead, PostSpan, UnitRead
from workflow.errors import Problem, WorkbookError

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from duban.workbook.identity import Person

ALWAYS = 1
"""The day from which a unit or post holds that has no first day: 0001-01-01."""
ACTING = re.compile(r"[（(]主持(工作)?[)）]")


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
    problems = read.problems
    if problems and (not skip_bad or read.is_unreadable):
        raise WorkbookError("、".join(files) or "工作簿", problems)
    now, today = context.now(), context.today()
    tally = _Tally()
    with context.database.write() as connection:
        regroup.lock_tree(connection)
        context.refresh(connection)
        before = {u.code: u for u in rows.open_units(connection)}
        _units(connection, read.units, before, today=today, at=now, tally=tally)
        _missing_units(context, connection, read.units, before, today=today, at=now, end=end_missing, tally=tally)
        _people(connection, persons(read.posts).people, today=today, at=now, end=end_missing, tally=tally)
        context.record_instant(connection)
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
        warnings=read.warnings,
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
    ended_on = rows.last_days(connection)
    paths = _paths(wanted, ids, before)
    fresh: list[dict[str, object]] = []
    ended: list[int] = []
    for row in wanted:
        old = before.get(row.code)
        span = _span(row, ids, paths, at=at)
        start = row.valid_from.toordinal() if row.valid_from else ALWAYS
        if old is None:
            tally.units_added += 1
            if last := ended_on.get(ids[row.code]):
                tally.changes.append(f"{row.code} {row.name}：{date.fromordinal(last - 1)}已撤销，现重新设立")
                start = max(last, row.valid_from.toordinal() if row.valid_from else today.toordinal())
            fresh.append({**span, "valid_from": start})
        elif words := _changed(old, span, row):
            tally.units_changed += 1
            tally.changes.append(f"{row.code} {row.name}：{words}")
            ended.append(old.id)
            fresh.append({**span, "valid_from": max(start, today.toordinal())})
    rows.end_spans(connection, ended, day=today.toordinal(), at=at)
    rows.add_spans(connection, fresh)
    _carry_along(connection, before, {ids[row.code]: paths[row.code] for row in wanted}, today=today, at=at)


def _carry_along(
    connection: Connection, before: Mapping[str, UnitRead], paths: Mapping[int, str], *, today: date, at: int
) -> None:
    """What the file no longer has goes where its superior went, with all below it: a path always leads through the superior."""
    for unit in before.values():
        if unit.id in paths or unit.parent_id is None or unit.parent_id not in paths:
            continue
        new_path = rows.path_below(paths[unit.parent_id], unit.id)
        if new_path != unit.path:
            regroup.move_subtree(
                connection,
                unit_id=unit.id,
                path=unit.path,
                parent_id=unit.parent_id,
                new_path=new_path,
                day=today.toordinal(),
                at=at,
            )


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
    context: Context,
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
        verdicts = Verdicts(
            context=context,
            connection=connection,
            noted=Noted(day=today.toordinal(), at=at, by=None),
            today=today.toordinal(),
        )
        verdicts.void(verdicts.open([unit.id for unit in gone]), "单位表里已经没有这个单位")
        rows.end_spans(connection, [unit.id for unit in gone], day=today.toordinal(), at=at)
        verdicts.settle_above(unit.path for unit in gone)
        tally.units_ended = len(gone)


def _people(connection: Connection, people: tuple[Person, ...], *, today: date, at: int, end: bool, tally: _Tally) -> None:
    known = _Known(rows.all_people(connection), rows.open_posts(connection))
    units = rows.unit_ids(connection)
    found = {id(person): known.find(person, units) for person in people}
    strangers = [person for person in people if found[id(person)] is None]
    made = rows.add_people(
        connection,
        [{"number": p.number, "name": p.name, "email": p.email, "mobile": p.mobile, "recorded_at": at} for p in strangers],
    )
    ids = {id(person): new for person, new in zip(strangers, made, strict=True)}
    tally.people_added = len(strangers)
    wanted: set[PostSpan] = set()
    for person in people:
        here = found[id(person)]
        if here is not None:
            ids[id(person)] = here.id
            _update(connection, here, person)
        wanted |= {_post(post, units[post.unit], ids[id(person)]) for post in person.posts}
    _posts(connection, wanted, today=today, at=at, end=end, tally=tally)


def _post(row: PostRow, unit_id: int, person_id: int) -> PostSpan:
    """副书记（主持） is the role 副书记, acting."""
    return PostSpan(
        unit_id=unit_id,
        role=ACTING.sub("", row.role),
        person_id=person_id,
        acting=bool(ACTING.search(row.role)),
        valid_from=row.valid_from.toordinal() if row.valid_from else ALWAYS,
        valid_to=(row.valid_to + timedelta(days=1)).toordinal() if row.valid_to else FOREVER_DAY,
    )


def _posts(connection: Connection, wanted: set[PostSpan], *, today: date, at: int, end: bool, tally: _Tally) -> None:
    """What the file says otherwise replaces what it overlaps; a term that is over stays, whether the file still has it or not."""
    have = rows.open_posts(connection)
    fresh = wanted - have
    terms: dict[tuple[int, str, int], list[PostSpan]] = {}
    for post in fresh:
        terms.setdefault(post[:3], []).append(post)
    replaced = {post for post in have - wanted if any(post.overlaps(term) for term in terms.get(post[:3], ()))}
    gone = {post for post in have - wanted - replaced if post.valid_to > today.toordinal()}
    rows.supersede_posts(connection, replaced | gone if end else replaced, at=at)
    rows.add_posts(connection, _recorded(fresh, at))
    tally.posts_added = len(fresh)
    if end and gone:
        ended = {post._replace(valid_to=today.toordinal()) for post in gone if post.valid_from < today.toordinal()}
        rows.add_posts(connection, _recorded(ended, at))
        tally.posts_ended = len(gone)
    elif gone:
        tally.missing.append(f"{len(gone)}条任职在文件里没有了")
    delegations.end_with_posts(connection, at=at)


def _recorded(posts: set[PostSpan], at: int) -> list[dict[str, object]]:
    return [{**post._asdict(), "recorded_at": at} for post in sorted(posts)]


class _Known:
    """People already in the database, found by the rule: the same 工号, else the same e-mail, else the same mobile is one person.

    Of whom nothing but a name is known, he is who holds the same post under that name and is as unknown.
    """

    def __init__(self, people: list[PersonRead], posts: set[PostSpan]) -> None:
        self._by: dict[tuple[str, str], list[PersonRead]] = {}
        self._unknown: dict[tuple[int, str, str], PersonRead] = {}
        by_id = {person.id: person for person in people}
        for person in people:
            for attribute, value in _marks(person):
                self._by.setdefault((attribute, value), []).append(person)
        for post in posts:
            holder = by_id.get(post.person_id)
            if holder is not None and not any(_marks(holder)):
                self._unknown[post.unit_id, post.role, holder.name] = holder

    def find(self, person: Person, units: Mapping[str, int]) -> PersonRead | None:
        for attribute, value in _marks(person):
            found = self._by.get((attribute, value), [])
            # Somebody with a 工号 of his own is not taken for another who only shares his address.
            fits = [k for k in found if not (person.number and k.number and k.number != person.number)]
            if len(fits) == 1:
                return fits[0]
        if any(_marks(person)):
            return None
        same = ((units[post.unit], ACTING.sub("", post.role), person.name) for post in person.posts)
        return next((self._unknown[post] for post in same if post in self._unknown), None)


def _marks(person: Person | PersonRead) -> Iterator[tuple[str, str]]:
    """What somebody is recognised by, the surest first. An e-mail is the same in capitals."""
    for attribute in ("number", "email", "mobile"):
        if value := getattr(person, attribute):
            yield attribute, value.casefold() if attribute == "email" else value


def _update(connection: Connection, here: PersonRead, person: Person) -> None:
    changes = {
        name: getattr(person, name)
        for name in ("number", "name", "email", "mobile")
        if getattr(person, name) is not None and getattr(person, name) != getattr(here, name)
    }
    if changes:
        rows.update_person(connection, here.id, **changes)
