"""Which units the invented university has: 45 at the second level, 341 branches (H1)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from duban.samples.draws import parts, shuffled, stream
from duban.workbook.rows import UnitRow
from workflow.model import UnitKind

NAME = "岚川大学"
ROOT = "00"
OFFICES = (
    ("91", "组织部", UnitKind.DEPARTMENT),
    ("92", "党办", UnitKind.DEPARTMENT),
    ("93", "党校", UnitKind.DEPARTMENT),
    ("94", "领导小组", UnitKind.LEADING_GROUP),
    ("95", "领导小组办公室", UnitKind.GROUP_OFFICE),
)

UG, PG, MIXED, STAFF, ADMIN = "本科生", "研究生", "师生联合", "专任教师", "机关/管理"
AUX, LOGISTICS, RETIRED, HOSPITAL = "教辅/直属单位", "后勤/校产", "离退休", "附属医院"
STUDENTS = (UG, PG, MIXED)
# {kind of branch: (branches, members)}, the table of H1: 341 branches, 6195 members.
KINDS = {
    UG: (104, 1976),
    PG: (62, 1240),
    MIXED: (6, 84),
    STAFF: (96, 1536),
    ADMIN: (28, 476),
    AUX: (14, 224),
    LOGISTICS: (11, 165),
    RETIRED: (14, 350),
    HOSPITAL: (6, 144),
}
# Branches in the order in which a unit numbers them.
ORDER = (STAFF, ADMIN, HOSPITAL, LOGISTICS, AUX, PG, UG, MIXED, RETIRED)
# 24 colleges: (name, 本科生, 研究生, 师生联合, 专任教师, 机关).
COLLEGES = (
    ("文学院", 8, 6, 0, 6, 1),
    ("机电工程学院", 7, 4, 0, 5, 0),
    ("化学化工学院", 6, 4, 0, 5, 0),
    ("数学与统计学院", 6, 3, 0, 5, 0),
    ("经济管理学院", 5, 4, 0, 4, 0),
    ("外国语学院", 5, 3, 0, 4, 1),
    ("生命科学学院", 5, 4, 0, 4, 0),
    ("计算机学院", 5, 3, 0, 4, 0),
    ("物理与电子学院", 4, 4, 0, 4, 0),
    ("土木工程学院", 4, 3, 0, 4, 0),
    ("教育科学学院", 4, 2, 0, 4, 1),
    ("法学院", 4, 2, 0, 4, 0),
    ("材料科学学院", 4, 3, 0, 3, 0),
    ("环境与资源学院", 4, 2, 0, 3, 0),
    ("历史文化学院", 3, 2, 0, 3, 0),
    ("美术学院", 3, 2, 0, 2, 0),
    ("新闻传播学院", 3, 1, 1, 2, 0),
    ("音乐学院", 3, 1, 0, 3, 0),
    ("药学院", 2, 2, 1, 2, 0),
    ("能源与动力学院", 3, 1, 1, 2, 0),
    ("园艺学院", 3, 1, 0, 2, 0),
    ("哲学与社会学院", 2, 1, 1, 2, 0),
    ("公共管理学院", 2, 1, 1, 1, 1),
    ("测绘学院", 2, 1, 1, 1, 0),
)
OTHERS = (
    ("机关", UnitKind.COMMITTEE, {ADMIN: 18}),
    ("后勤", UnitKind.COMMITTEE, {LOGISTICS: 8, RETIRED: 1}),
    ("离退休工作处", UnitKind.COMMITTEE, {RETIRED: 12}),
    ("附属医院", UnitKind.COMMITTEE, {HOSPITAL: 6, ADMIN: 1, RETIRED: 1}),
    ("图书馆", UnitKind.GENERAL_BRANCH, {AUX: 3}),
    ("信息网络中心", UnitKind.GENERAL_BRANCH, {AUX: 2}),
    ("继续教育学院", UnitKind.GENERAL_BRANCH, {STAFF: 1, ADMIN: 2}),
    ("国际教育学院", UnitKind.GENERAL_BRANCH, {STAFF: 1, ADMIN: 1, UG: 1}),
    ("体育教学部", UnitKind.GENERAL_BRANCH, {STAFF: 3, UG: 1}),
    ("公共外语教学部", UnitKind.GENERAL_BRANCH, {STAFF: 4}),
    ("思想政治理论课教学部", UnitKind.GENERAL_BRANCH, {STAFF: 3, PG: 2}),
    ("附属中学", UnitKind.GENERAL_BRANCH, {STAFF: 3, ADMIN: 1}),
    ("资产经营公司", UnitKind.GENERAL_BRANCH, {LOGISTICS: 3}),
    ("出版社", UnitKind.GENERAL_BRANCH, {AUX: 2}),
    ("应用技术学院", UnitKind.GENERAL_BRANCH, {UG: 5, STAFF: 2}),
    ("分析测试中心", UnitKind.GENERAL_BRANCH, {AUX: 3}),
    ("档案馆", UnitKind.DIRECT_BRANCH, {AUX: 1}),
    ("期刊编辑部", UnitKind.DIRECT_BRANCH, {AUX: 1}),
    ("博物馆", UnitKind.DIRECT_BRANCH, {AUX: 1}),
    ("工程训练中心", UnitKind.DIRECT_BRANCH, {AUX: 1}),
    ("校园建设办公室", UnitKind.DIRECT_BRANCH, {ADMIN: 1}),
)
ADMIN_OFFICES = (
    *("党政办公室", "组织宣传", "纪检监察", "工会", "团委", "人事处", "教务处", "科研处", "研究生处"),
    *("学生处", "财务处", "审计处", "国际交流处", "资产处", "招生就业处", "保卫处", "发展规划处", "实验室管理处"),
)
LOGISTICS_CENTRES = ("饮食服务", "公寓管理", "水电维修", "校园绿化", "交通运输", "物资采购", "幼教", "综合管理")
WARDS = ("内科", "外科", "妇儿", "急诊", "医技", "护理")
ORDINALS = "一二三四五六七八九"


@dataclass(frozen=True, kw_only=True)
class Second:
    """A second-level unit: its short name and how many branches of each kind it has."""

    code: str
    short: str
    kind: UnitKind
    branches: dict[str, int]

    @property
    def name(self) -> str:
        ending = {UnitKind.COMMITTEE: "党委", UnitKind.GENERAL_BRANCH: "党总支"}.get(self.kind, "直属党支部")
        return f"{self.short}{ending}"


def seconds() -> tuple[Second, ...]:
    """The 45 units of the second level, codes 01 to 45: 28 committees, 12 general branches, 5 direct branches."""
    colleges = [
        (name, UnitKind.COMMITTEE, {UG: ug, PG: pg, MIXED: mixed, STAFF: staff, ADMIN: admin})
        for name, ug, pg, mixed, staff, admin in COLLEGES
    ]
    return tuple(
        Second(code=f"{no:02d}", short=name, kind=kind, branches=branches)
        for no, (name, kind, branches) in enumerate((*colleges, *OTHERS), start=1)
    )


def university_units() -> tuple[UnitRow, ...]:
    """All units without grades: the school, its offices, 45 second-level units, 336 branches below them."""
    rows = [UnitRow(code=ROOT, name=f"{NAME}党委", kind=UnitKind.SCHOOL)]
    rows += [UnitRow(code=code, name=name, kind=kind, parent=ROOT) for code, name, kind in OFFICES]
    bare = [row for second in seconds() for row in _unit_and_branches(second)]
    sizes = _sizes([row for row in bare if row.branch_kind])
    return (*rows, *(replace(row, members=sizes.get(row.code)) for row in bare))


def _unit_and_branches(second: Second) -> Iterator[UnitRow]:
    direct = second.kind is UnitKind.DIRECT_BRANCH
    own = next(iter(second.branches)) if direct else None
    yield UnitRow(code=second.code, name=second.name, kind=second.kind, parent=ROOT, branch_kind=own)
    if direct:
        return
    no = 0
    for kind in ORDER:
        for name, since in _branch_names(second, kind, second.branches.get(kind, 0)):
            no += 1
            yield UnitRow(
                code=f"{second.code}{no:02d}",
                name=f"{second.short}{name}",
                kind=UnitKind.BRANCH,
                parent=second.code,
                branch_kind=kind,
                valid_from=since,
            )


def _branch_names(second: Second, kind: str, count: int) -> list[tuple[str, date | None]]:
    """Names of the branches of one kind in one unit, and since when they exist (None: always)."""
    if kind == UG:
        return _by_year(("2008级本科生", "2009级本科生", "2010级本科生"), count)
    if kind == PG:
        return _by_year(("2009级研究生", "2010级研究生"), count)
    if kind == ADMIN and second.short == "机关":
        return [(f"{office}党支部", None) for office in ADMIN_OFFICES[:count]]
    if kind == LOGISTICS and second.short == "后勤":
        return [(f"{centre}党支部", None) for centre in LOGISTICS_CENTRES[:count]]
    if kind == HOSPITAL:
        return [(f"{ward}党支部", None) for ward in WARDS[:count]]
    word = {STAFF: "教师", ADMIN: "机关", MIXED: "师生联合", RETIRED: "离退休"}.get(kind, "")
    return [(name, None) for name in _numbered(word, count)]


def _by_year(years: tuple[str, ...], count: int) -> list[tuple[str, date | None]]:
    """Student branches by year of entry, the oldest first; each was set up in its first autumn."""
    per_year = [count // len(years) + (index < count % len(years)) for index in range(len(years))]
    return [
        (name, date(int(year[:4]), 10, 15))
        for year, number in zip(years, per_year, strict=True)
        for name in _numbered(year, number)
    ]


def _numbered(word: str, count: int) -> list[str]:
    if count == 1:
        return [f"{word}党支部"]
    digits = [ORDINALS[no] if no < 9 else "十" + ("" if no == 9 else ORDINALS[no - 10]) for no in range(count)]
    return [f"{word}第{digit}党支部" for digit in digits]


def _sizes(branches: list[UnitRow]) -> dict[str, int]:
    """{code: members}: the sums by kind of H1, and its odd sizes.

    17 student branches have 21 to 38 members, 2 of retired people over 50; 5 have fewer than 7 (no committee of their own),
    3 of those fewer than 3.
    """
    random = stream("university", "members")
    sizes: dict[str, int] = {}
    for kind, (count, total) in KINDS.items():
        codes = shuffled(random, [row.code for row in branches if row.branch_kind == kind and len(row.code) == 4])
        direct = [row.code for row in branches if row.branch_kind == kind and len(row.code) == 2]
        odd = ODD_SIZES.get(kind, ())
        least, most = BOUNDS[kind]
        rest = parts(random, count - len(odd), total - sum(odd), least=least, most=most)
        sizes.update(zip((*codes, *direct), (*odd, *rest), strict=True))
    return sizes


# Sizes that are given, and the bounds of all others. Students: at most 20, 「原则上」.
ODD_SIZES: dict[str, tuple[int, ...]] = {
    UG: (38, 34, 31, 29, 27, 25, 23, 21),
    PG: (36, 33, 31, 30, 28, 26, 25, 24, 22),
    MIXED: (2,),
    STAFF: (2, 5),
    AUX: (2,),
    LOGISTICS: (6,),
    RETIRED: (52, 57),
}
BOUNDS = {
    UG: (12, 20),
    PG: (13, 20),
    MIXED: (12, 20),
    STAFF: (8, 27),
    ADMIN: (9, 28),
    AUX: (9, 25),
    LOGISTICS: (8, 24),
    RETIRED: (11, 34),
    HOSPITAL: (17, 33),
}
