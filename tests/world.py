"""A small school, its people, and a clock that tests move.

Li is 书记 of a branch, Wang the 组织员 of the committee above it, Zhao 书记 of a branch of another committee, Qian an
officer of 组织部 and Zheng its 部长.

    00 东湖大学党委
    ├─ 01 化学学院党委            Wang 组织员, Sun 书记
    │  ├─ 0101 教工第一党支部      Li 书记
    │  ├─ 0102 教工第二党支部      Chen 书记
    │  └─ 0109 学生党总支          Xu 书记
    │     ├─ 010901 本科生党支部   He 书记
    │     └─ 010902 研究生党支部   Lü 书记
    ├─ 02 机械学院党委            Wu 组织员, Zhou 书记
    │  ├─ 0201 教工党支部          Zhao 书记
    │  ├─ 0202 学生党支部          Kong 书记
    │  └─ 0203 退休党支部          Yan 书记
    ├─ 03 图书馆直属党支部         Cao 书记: a second-level unit and a branch
    ├─ 91 组织部                  Qian 干事, Zheng 部长
    ├─ 92 领导小组                Jin 组长
    └─ 93 党校                    Tao 主任
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from duban import sandbox
from duban.clock import Clock
from duban.engine import Engine
from duban.service.act import Done
from duban.service.deliver import Delivered, messages_folder
from duban.service.status import DutyStatus, Row
from duban.settings import Settings
from storage.database import Database
from workflow.errors import Refused

ZONE = ZoneInfo("Asia/Shanghai")
BEGIN = "2026-03-02 09:00"
"""A Monday: the school is imported then."""

UNIT_HEADERS = ("编号", "名称", "类型", "上级编号", "支部类别", "党员数", "起始等次", "成立")
POST_HEADERS = ("单位编号", "角色", "姓名", "工号", "邮箱", "手机", "起", "止")

LI, WANG, ZHAO, QIAN, ZHENG = "1001", "1002", "2001", "9101", "9102"
SUN, CHEN, XU, HE, LYU = "1003", "1004", "1005", "1006", "1007"
WU, ZHOU, KONG, YAN, CAO, JIN, TAO = "2002", "2003", "2004", "2005", "3001", "9201", "9301"


@dataclass(frozen=True, kw_only=True)
class Unit:
    code: str
    name: str
    kind: str
    parent: str = ""
    branch_kind: str = ""
    members: str = ""
    grade: str = ""
    since: str = ""

    def cells(self) -> tuple[str, ...]:
        return (self.code, self.name, self.kind, self.parent, self.branch_kind, self.members, self.grade, self.since)


@dataclass(frozen=True, kw_only=True)
class Post:
    unit: str
    role: str
    name: str
    number: str = ""
    email: str = ""
    mobile: str = ""
    since: str = ""
    until: str = ""

    def cells(self) -> tuple[str, ...]:
        return (self.unit, self.role, self.name, self.number, self.email, self.mobile, self.since, self.until)


@dataclass(frozen=True)
class School:
    """Units and posts as files have them."""

    units: tuple[Unit, ...]
    posts: tuple[Post, ...]

    def files(self) -> dict[str, bytes]:
        """units.csv and posts.csv."""
        return {
            "units.csv": _csv(UNIT_HEADERS, (unit.cells() for unit in self.units)),
            "posts.csv": _csv(POST_HEADERS, (post.cells() for post in self.posts)),
        }

    def without(self, *, units: Sequence[str] = (), people: Sequence[str] = ()) -> School:
        """The same without some units (and all posts in them), and without some people's posts, by 工号."""
        return School(
            tuple(unit for unit in self.units if unit.code not in units),
            tuple(post for post in self.posts if post.unit not in units and post.number not in people),
        )

    def plus(self, *more: Unit | Post) -> School:
        units = tuple(thing for thing in more if isinstance(thing, Unit))
        return School(self.units + units, self.posts + tuple(thing for thing in more if isinstance(thing, Post)))

    def changed(self, code: str, **values: str) -> School:
        """The same with one unit described otherwise."""
        return School(tuple(replace(u, **values) if u.code == code else u for u in self.units), self.posts)


def post(unit: str, role: str, name: str, number: str, **more: str) -> Post:
    return Post(unit=unit, role=role, name=name, number=number, **{"email": f"p{number}@example.edu.cn", **more})


SCHOOL = School(
    (
        Unit(code="00", name="东湖大学党委", kind="学校党委"),
        Unit(code="01", name="化学学院党委", kind="二级党委", parent="00"),
        Unit(code="0101", name="教工第一党支部", kind="党支部", parent="01", branch_kind="专任教师", members="12"),
        Unit(code="0102", name="教工第二党支部", kind="党支部", parent="01", branch_kind="专任教师", members="9"),
        Unit(code="0109", name="学生党总支", kind="党总支", parent="01"),
        Unit(code="010901", name="本科生党支部", kind="党支部", parent="0109", branch_kind="本科生", members="30"),
        Unit(code="010902", name="研究生党支部", kind="党支部", parent="0109", branch_kind="研究生", members="22"),
        Unit(code="02", name="机械学院党委", kind="二级党委", parent="00"),
        Unit(code="0201", name="教工党支部", kind="党支部", parent="02", branch_kind="专任教师", members="15"),
        Unit(code="0202", name="学生党支部", kind="党支部", parent="02", branch_kind="本科生", members="28"),
        Unit(code="0203", name="退休党支部", kind="党支部", parent="02", branch_kind="离退休", members="19"),
        Unit(code="03", name="图书馆直属党支部", kind="直属党支部", parent="00", members="14"),
        Unit(code="91", name="组织部", kind="部门", parent="00"),
        Unit(code="92", name="领导小组", kind="领导小组", parent="00"),
        Unit(code="93", name="党校", kind="部门", parent="00"),
    ),
    (
        post("0101", "书记", "李可", LI),
        post("01", "组织员", "王然", WANG),
        post("01", "书记", "孙岩", SUN),
        post("0102", "书记", "陈初", CHEN),
        post("0109", "书记", "徐晴", XU),
        post("010901", "书记", "何川", HE),
        post("010902", "书记", "吕洁", LYU),
        post("0201", "书记", "赵磊", ZHAO),
        post("02", "组织员", "吴桐", WU),
        post("02", "书记", "周延", ZHOU),
        post("0202", "书记", "孔飞", KONG),
        post("0203", "书记", "严松", YAN),
        post("03", "书记", "曹曼", CAO),
        post("91", "干事", "钱宁", QIAN),
        post("91", "部长", "郑直", ZHENG),
        post("92", "组长", "金声", JIN),
        post("93", "主任", "陶敏", TAO),
    ),
)

LADDER = """督办:
  - {何时: 提前3个工作日, 告诉: 责任人}
  - {何时: 超过1个工作日, 告诉: 书记}
  - {何时: 超过3个工作日, 告诉: 上级联系人}
  - {何时: 超过7个工作日, 提请: 组长}
"""
"""The ladder of the cases in escalation.md: R1 to R4. After the line 书记 is the one of the unit above a branch."""
R1, R2, R3, R4 = "-3:责任人", "+1:书记", "+3:上级联系人", "+7:提请组长"


def definition(body: str, *, name: str = "支部换届", issued: str = "2026-03-02", ladder: str = LADDER) -> str:
    """The text of a definition: a head, `body` (阶段, 任务, ...) and a ladder."""
    head = f"活动: {name}\n发文: 学校党委\n印发: {issued}\n主送: [二级党组织]\n参加: [二级党组织, 党支部]\n"
    return head + "联系人: {单位: 组织部, 姓名: 钱宁, 电话: 0000-0000}\n" + body + ladder


ONE_DUTY = definition("任务:\n  - {事项: 换届方案, 谁办: 党支部, 时间: 3月30日前}\n")
ITEM = {
    "category": "支部班子",
    "problem": "换届不及时",
    "goal": "按期换届",
    "measure": "四月开会",
    "owner": "书记",
    "due": "2026-04-20",
}
"""One entry of a 整改计划."""
"""Every branch owes one thing by Monday 2026-03-30. Slots: R1 Wed 03-25, R2 Tue 03-31, R3 Thu 04-02, R4 Thu 04-09."""


def instant(words: str) -> int:
    """`2026-03-25 08:30` in the school's zone -> UTC seconds."""
    return int(datetime.fromisoformat(words).replace(tzinfo=ZONE).timestamp())


@dataclass(kw_only=True)
class World:
    """One database with a school in it, and its engine, whose clock tests move."""

    url: str
    folder: Path
    time: int = field(default_factory=lambda: instant(BEGIN))
    backend: str = "poll"
    """Who calls delivery: `poll`, or `procrastinate` as `duban worker` does."""

    def __post_init__(self) -> None:
        settings = Settings(folder=str(self.folder / "messages"))
        self.engine = Engine(self.url, clock=Clock(now=lambda: self.time), settings=settings)

    def at(self, words: str) -> Engine:
        """The engine at an instant, or on the morning (09:00) of a day."""
        self.time = instant(words if ":" in words else f"{words} 09:00")
        return self.engine

    @property
    def day(self) -> date:
        return datetime.fromtimestamp(self.time, ZONE).date()

    @property
    def database(self) -> Database:
        return self.engine.database

    def launch(self, text: str = ONE_DUTY, *, accept_past: bool = False) -> int:
        return self.engine.launch("活动.yaml", text=text, accept_past=accept_past)

    def row(self, unit: str, track: str = "党支部") -> Row:
        return next(r for r in self.engine.status().rows if r.unit == unit and r.track == track)

    def duty(self, unit: str, key: str = "换届方案") -> DutyStatus:
        """A duty as the board shows it; `key` may leave out the phase."""
        rows = [r for r in self.engine.status().rows if r.unit == unit]
        found = [d for r in rows for d in r.duties if d.key == key or d.key.rpartition("/")[2] == key]
        assert len(found) == 1, [d.key for r in rows for d in r.duties]
        return found[0]

    def act(self, name: str, unit: str, key: str = "换届方案", *, by: str, **more: Any) -> Done:
        return self.engine.act(name, duty=self.duty(unit, key).id, by=by, **more)

    def refused(self, name: str, unit: str, key: str = "换届方案", *, by: str, **more: Any) -> list[str]:
        """The codes with which an act is refused."""
        with pytest.raises(Refused) as refusal:
            self.act(name, unit, key, by=by, **more)
        assert all(reason.text for reason in refusal.value.reasons)
        return [reason.code for reason in refusal.value.reasons]

    def run(self, words: str, *, deliver: bool = False) -> Any:
        """A run at an instant (08:30 if none is given)."""
        engine = self.at(words if ":" in words else f"{words} 08:30")
        result = engine.escalate()
        if deliver:
            self.deliver()
        return result

    def deliver(self) -> Delivered:
        """Send what may leave now, in the way of `backend`."""
        from crashkit.backends import drain

        return drain(self.engine, self.backend)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """What is really in the tables."""
        if self.database.dialect == "postgresql":
            sql = sql.replace("%", "%%")
        with self.database.read() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(sql)]

    def break_off(self, table: str, verb: str = "INSERT") -> None:
        """From now on the database itself refuses a verb on a table: whoever comes that far fails there."""
        with self.database.write() as connection:
            if self.database.dialect == "sqlite":
                connection.exec_driver_sql(
                    f"CREATE TRIGGER broken BEFORE {verb} ON \"{table}\" BEGIN SELECT RAISE(ABORT, 'broken off'); END"
                )
                return
            connection.exec_driver_sql(
                "CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION 'broken off'; END$$"
            )
            connection.exec_driver_sql(f'CREATE TRIGGER broken BEFORE {verb} ON "{table}" EXECUTE FUNCTION broken()')

    def everything(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of every table."""
        return contents(self.database)

    @property
    def messages(self) -> dict[int, dict[str, Any]]:
        """{id: content} of every message file that was written."""
        folder = messages_folder(self.engine.context)
        return {int(file.stem): json.loads(file.read_text()) for file in folder.glob("*.json")}

    def close(self) -> None:
        self.engine.close()


def contents(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """{table: its rows, sorted}: two equal answers mean that nothing was written in between."""
    from sqlmodel import SQLModel

    with database.read() as connection:
        tables = [table.name for table in SQLModel.metadata.sorted_tables]
        return {name: sorted(map(tuple, connection.exec_driver_sql(f'SELECT * FROM "{name}"')), key=repr) for name in tables}


def built(url: str, school: School = SCHOOL, *, begin: str = BEGIN) -> None:
    """Fill an empty database with a school, as a sandbox."""
    sandbox.create(url, sandbox=True).close()
    world = World(url=url, folder=Path(), time=instant(begin))
    world.engine.import_units(files=school.files())
    world.close()


def crowd(committees: int = 3, branches: int = 30) -> School:
    """A school of the size of escalation.md's cases: `c1` to `c3` with 30 branches each, offices as in `SCHOOL`."""
    offices = ("00", "91", "92")
    units = [unit for unit in SCHOOL.units if unit.code in offices]
    posts = [one for one in SCHOOL.posts if one.unit in offices]
    for c in range(1, committees + 1):
        units.append(Unit(code=f"c{c}", name=f"第{c}学院党委", kind="二级党委", parent="00"))
        posts.append(post(f"c{c}", "书记", f"院书记{c}", f"s{c}"))
        for b in range(1, branches + 1):
            code = f"c{c}b{b}"
            units.append(Unit(code=code, name=f"第{c}学院第{b}党支部", kind="党支部", parent=f"c{c}", branch_kind="专任教师"))
            posts.append(post(code, "书记", f"支书{c}-{b}", f"n{c}-{b}"))
    return School(tuple(units), tuple(posts))


def days(first: str, last: str) -> list[str]:
    """Every civil day from one to another, both included."""
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    return [(start + timedelta(days=n)).isoformat() for n in range((end - start).days + 1)]


def _csv(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(headers)
    writer.writerows(rows)
    return out.getvalue().encode()
