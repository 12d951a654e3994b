"""A campus of any size, made quickly: a committee with a clerk for so many branches, each of them with a secretary.

Units, people and posts are written in bulk; the campaign is compiled and launched as everywhere.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import partial

from bench.places import Place
from duban import sandbox
from duban.clock import fixed_clock, parse_instant
from duban.engine import Engine
from duban.settings import Settings
from storage import units as rows
from storage.database import Database, prepare, upgrade
from storage.units import path_below

PHASES = ("调查摸底", "健全组织", "对标整改", "学习先进", "考评总结")
LINES = ("3月30日前", "4月13日前", "5月底前", "9月底前", "12月14日前")
LADDER = """
督办:
  - {何时: 提前3个工作日, 告诉: 责任人}
  - {何时: 超过1个工作日, 告诉: 组织员}
  - {何时: 超过3个工作日, 告诉: 书记}
  - {何时: 超过5个工作日, 告诉: 上级联系人}
  - {何时: 超过7个工作日, 提请: 部长}
"""
LAUNCHED = "2012-03-26T09:00:00+08:00"
FIRST_RUNG = "2012-03-27T08:30:00+08:00"
"""Three working days before 30 March 2012, a Friday."""
PER_COMMITTEE = 1000
SOME = 20_000
FROM = 1  # 0001-01-01: a post or unit that always was


@dataclass(frozen=True, kw_only=True)
class Campus:
    """What a workload must know of it: the officer of 组织部, the clerk of each committee, the secretary of each branch."""

    branches: int
    officer: int
    clerks: tuple[int, ...]
    secretaries: tuple[int, ...]
    per_committee: int = PER_COMMITTEE

    def clerk_of(self, branch: int) -> int:
        return self.clerks[branch // self.per_committee]


def definition(phases: int) -> str:
    """A campaign of branches with one task a phase, and the ladder of the ready-made campaign."""
    lines = ["活动: 性能测量", "发文: 学校党委", "印发: 2012-03-26", "主送: [党支部]", "参加: [党支部]", "阶段:"]
    for name, line in zip(PHASES[:phases], LINES, strict=False):
        lines += [f"  - 名称: {name}", f"    时间: {line}"]
    lines += ["任务:"]
    for name, line in zip(PHASES[:phases], LINES, strict=False):
        lines += [f"  - 事项: {name}情况", "    谁办: 党支部", f"    阶段: {name}", f"    时间: {line}"]
    return "\n".join(lines) + LADDER


def build(
    place: Place, name: str, branches: int, *, phases: int, in_sandbox: bool, per_committee: int = PER_COMMITTEE
) -> Campus:
    """A database with the organisation and a running campaign over it: a case a branch, a duty a phase, all still open."""
    place.make(name)
    url = place.url(name)
    database = sandbox.create(url, sandbox=True) if in_sandbox else _real(url)
    campus = _people(database, branches, per_committee)
    database.close()
    with engine(url, at=LAUNCHED if in_sandbox else None) as made:
        made.launch("性能测量.yaml", text=definition(phases), accept_past=True)
    return campus


def engine(url: str, *, at: str | None = None, folder: str | None = None) -> Engine:
    """An engine at an instant (a sandbox's), or at the real one; its messages go into `folder`."""
    clock = fixed_clock(parse_instant(at)) if at is not None else None
    return Engine(url, clock=clock, settings=Settings(folder=folder))


def _real(url: str) -> Database:
    database = Database(url)
    if database.dialect == "sqlite":
        prepare(database)
    else:
        upgrade(database)
    return database


def _people(database: Database, branches: int, per_committee: int) -> Campus:
    committees = -(-branches // per_committee)
    with database.write() as connection:
        codes = ["1", "A1", *(f"C{no}" for no in range(committees)), *(f"B{no}" for no in range(branches))]
        ids = rows.add_units(connection, codes, 0)
        root = path_below("/", ids["1"])
        span = partial(_span, root=ids["1"])
        spans = [
            span(ids["1"], "学校党委", "学校党委", root, parent=None),
            span(ids["A1"], "组织部", "部门", path_below(root, ids["A1"])),
        ]
        for no in range(committees):
            unit = ids[f"C{no}"]
            spans.append(span(unit, f"第{no}党委", "二级党委", path_below(root, unit)))
        for no in range(branches):
            unit, above = ids[f"B{no}"], ids[f"C{no // per_committee}"]
            path = path_below(path_below(root, above), unit)
            spans.append(span(unit, f"第{no}党支部", "党支部", path, parent=above, depth=2))
        for at in range(0, len(spans), SOME):
            rows.add_spans(connection, spans[at : at + SOME])
        holders = [(ids["A1"], "联系人"), *((ids[f"C{no}"], "组织员") for no in range(committees))]
        holders += [(ids[f"B{no}"], "书记") for no in range(branches)]
        people: list[int] = []
        for at in range(0, len(holders), SOME):
            some = range(at, min(at + SOME, len(holders)))
            people += rows.add_people(connection, [_person(no) for no in some])
        posts = [_post(unit, role, person) for (unit, role), person in zip(holders, people, strict=True)]
        for at in range(0, len(posts), SOME):
            rows.add_posts(connection, posts[at : at + SOME])
    return Campus(
        branches=branches,
        officer=people[0],
        clerks=tuple(people[1 : committees + 1]),
        secretaries=tuple(people[committees + 1 :]),
        per_committee=per_committee,
    )


def _span(
    unit: int, name: str, kind: str, path: str, *, root: int, parent: int | None = 0, depth: int = 1
) -> dict[str, object]:
    return {
        "unit_id": unit,
        "valid_from": FROM,
        "recorded_at": 0,
        "name": name,
        "kind": kind,
        "branch_kind": None,
        "members": 20,
        "grade": None,
        "parent_id": root if parent == 0 else parent,
        "path": path,
        "depth": depth,
    }


def _person(no: int) -> dict[str, object]:
    return {"number": f"P{no}", "name": f"人员{no}", "email": f"p{no}@example.invalid", "mobile": None, "recorded_at": 0}


def _post(unit: int, role: str, person: int) -> dict[str, object]:
    return {"unit_id": unit, "role": role, "person_id": person, "valid_from": FROM, "recorded_at": 0}


def shuffled(n: int, seed: int = 2) -> list[int]:
    numbers = list(range(n))
    random.Random(seed).shuffle(numbers)
    return numbers
