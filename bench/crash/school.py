"""A school of the size of the crash cases: three committees of thirty branches, and a campaign in which every branch owes one thing.

Codes c1 to c3 and c1b1 to c3b30; 工号 s1 to s3 of the committees' secretaries, n1-1 to n3-30 of the branches'.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from duban import sandbox
from duban.clock import fixed_clock
from duban.engine import Engine
from duban.settings import Settings

UNIT_HEADERS = ("编号", "名称", "类型", "上级编号", "支部类别")
POST_HEADERS = ("单位编号", "角色", "姓名", "工号", "邮箱")
OFFICES = (
    ("00", "东湖大学党委", "学校党委", ""),
    ("91", "组织部", "部门", "00"),
    ("92", "领导小组", "领导小组", "00"),
)
OFFICERS = (
    ("91", "干事", "钱宁", "9101"),
    ("91", "部长", "郑直", "9102"),
    ("92", "组长", "金声", "9201"),
)
CAMPAIGN = """活动: 支部换届
发文: 学校党委
印发: 2026-03-02
主送: [二级党组织]
参加: [二级党组织, 党支部]
联系人: {单位: 组织部, 姓名: 钱宁, 电话: 0000-0000}
任务:
  - {事项: 换届方案, 谁办: 党支部, 时间: 3月30日前}
督办:
  - {何时: 提前3个工作日, 告诉: 责任人}
  - {何时: 超过1个工作日, 告诉: 书记}
  - {何时: 超过3个工作日, 告诉: 上级联系人}
  - {何时: 超过7个工作日, 提请: 组长}
"""
"""R1 Wed 2026-03-25 to each branch, R2 Tue 03-31 to its committee, R3 Thu 04-02, R4 Thu 04-09."""
BEGIN = "2026-03-02 09:00"
ZONE = ZoneInfo("Asia/Shanghai")


def instant(words: str) -> int:
    """`2026-03-25 08:30` in the school's zone -> UTC seconds."""
    return int(datetime.fromisoformat(words).replace(tzinfo=ZONE).timestamp())


def build(url: str, committees: int = 3, branches: int = 30, *, campaign: str = CAMPAIGN) -> None:
    """Fill an empty database with the school and launch the campaign, in a sandbox, whose days can be played."""
    sandbox.create(url, sandbox=True).close()
    with Engine(url, clock=fixed_clock(instant(BEGIN)), settings=Settings()) as engine:
        engine.import_units(files=files(committees, branches))
        engine.launch("支部换届.yaml", text=campaign)


def files(committees: int = 3, branches: int = 30) -> dict[str, bytes]:
    """units.csv and posts.csv."""
    units = [(code, name, kind, parent, "") for code, name, kind, parent in OFFICES]
    posts = [_post(*officer) for officer in OFFICERS]
    for c in range(1, committees + 1):
        units.append((f"c{c}", f"第{c}学院党委", "二级党委", "00", ""))
        posts.append(_post(f"c{c}", "书记", f"院书记{c}", f"s{c}"))
        for b in range(1, branches + 1):
            units.append((f"c{c}b{b}", f"第{c}学院第{b}党支部", "党支部", f"c{c}", "专任教师"))
            posts.append(_post(f"c{c}b{b}", "书记", f"支书{c}-{b}", f"n{c}-{b}"))
    return {"units.csv": _csv(UNIT_HEADERS, units), "posts.csv": _csv(POST_HEADERS, posts)}


def _post(unit: str, role: str, name: str, number: str) -> tuple[str, ...]:
    return (unit, role, name, number, f"p{number}@example.edu.cn")


def _csv(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    return "".join(",".join(row) + "\n" for row in (headers, *rows)).encode()
