"""The invented vocational college: one general branch, 2 branches, 58 members, five people named in the plan (H3)."""

from __future__ import annotations

from datetime import date

from duban.samples.draws import SEED, stream
from duban.samples.organisation import Organisation
from duban.samples.people import Human, Registry, post
from duban.samples.register import register
from duban.workbook.rows import PostRow, UnitRow
from workflow.model import UnitKind

NAME = "岚川工贸学校"
ROOT, STAFF, STUDENTS, OFFICE, STUDENT_OFFICE, GROUP, GROUP_OFFICE = "00", "01", "02", "91", "92", "94", "95"
OUTSIDE = "学校党委"
ITEMS, CLOSED = 6, 5
SINCE = date(2010, 9, 6)


def college() -> Organisation:
    """Its branches have no grade at the start: the campaign begins with the first grading."""
    units = _units()
    branches = [row for row in units if row.branch_kind]
    registry = Registry(random=stream("college", "people"))
    owners = tuple(registry.somebody() for _ in range(5))
    clerk = registry.somebody()
    return Organisation(
        kind="college",
        name=NAME,
        units=units,
        posts=_posts(owners, clerk, registry),
        truth=_truth(branches, owners, clerk),
        problems=register("college", branches, {row.code: 3 for row in branches}, closed=CLOSED, reopened=1),
    )


def _units() -> tuple[UnitRow, ...]:
    return (
        UnitRow(code=ROOT, name=f"{NAME}党总支", kind=UnitKind.GENERAL_BRANCH),
        _branch(STAFF, "教工", 26),
        _branch(STUDENTS, "学生", 32),
        UnitRow(code=OFFICE, name="办公室", kind=UnitKind.DEPARTMENT, parent=ROOT),
        UnitRow(code=STUDENT_OFFICE, name="学生科", kind=UnitKind.SECTION, parent=ROOT),
        UnitRow(code=GROUP, name="活动领导小组", kind=UnitKind.LEADING_GROUP, parent=ROOT),
        UnitRow(code=GROUP_OFFICE, name="活动领导小组办公室", kind=UnitKind.GROUP_OFFICE, parent=ROOT),
    )


def _branch(code: str, kind: str, members: int) -> UnitRow:
    return UnitRow(code=code, name=f"{kind}党支部", kind=UnitKind.BRANCH, parent=ROOT, branch_kind=kind, members=members)


def _posts(owners: tuple[Human, ...], clerk: Human, registry: Registry) -> tuple[PostRow, ...]:
    """The five owners lead the general branch and, two of them, a branch as well; one clerk does all the paper."""
    secretary, deputy, organiser, publicist, students = owners
    held = (
        (ROOT, "书记", secretary),
        (ROOT, "副书记", deputy),
        (ROOT, "组织委员", organiser),
        (ROOT, "宣传委员", publicist),
        (ROOT, "组织员", clerk),
        (STAFF, "书记", deputy),
        (STAFF, "组织委员", registry.somebody()),
        (STUDENTS, "书记", students),
        (STUDENTS, "组织委员", registry.somebody(email=False)),
        (OFFICE, "主任", organiser),
        (OFFICE, "干事", clerk),
        (STUDENT_OFFICE, "科长", students),
        (GROUP, "组长", secretary),
        (GROUP, "副组长", deputy),
        (GROUP_OFFICE, "主任", organiser),
        (GROUP_OFFICE, "联系人", clerk),
    )
    return tuple(post(unit, role, human, valid_from=SINCE) for unit, role, human in held)


def _truth(branches: list[UnitRow], owners: tuple[Human, ...], clerk: Human) -> dict[str, object]:
    return {
        "kind": "college",
        "name": NAME,
        "seed": SEED,
        "outside": OUTSIDE,
        "totals": {"branches": len(branches), "members": sum(row.members or 0 for row in branches)},
        "owners": [{"name": human.name, "person": human.number} for human in owners],
        "clerk": {"name": clerk.name, "person": clerk.number},
        "register": {"items": ITEMS, "closed": CLOSED, "reopened": 1},
    }
