"""The invented hospital: one general branch, 11 branches, 186 members, and its departments beside them (H2)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from statistics import mean

from duban.samples.draws import SEED, stream, tally
from duban.samples.organisation import Ballot, Organisation, Score
from duban.samples.people import Registry, post
from duban.samples.register import register
from duban.samples.university_scores import satisfaction
from duban.workbook.rows import PostRow, UnitRow
from workflow.model import UnitKind

NAME = "青岚医院"
ROOT = "00"
OUTSIDE = "岚川市卫生系统党委"
FIVE_GOOD = ("领导班子好", "党员队伍好", "工作机制好", "工作业绩好", "群众反映好")
SESSIONS = 3
# Branch, kind, members, grade, own points by the five-good indicators (20 each), superior's points, 不满意 in percent.
BRANCHES = (
    ("内科一", "临床", 21, "先进", (19, 18, 19, 18, 19), 91, 3),
    ("内科二", "临床", 19, "较好", (18, 17, 17, 17, 17), 82, 6),
    ("外科", "临床", 24, "先进", (19, 19, 18, 18, 19), 90, 4),
    ("妇儿", "临床", 18, "较好", (17, 18, 17, 16, 17), 80, 7),
    ("急诊重症", "临床", 12, "较好", (17, 17, 15, 17, 18), 79, 5),
    ("医技", "医技", 17, "较好", (17, 16, 16, 16, 17), 78, 9),
    ("药剂", "医技", 9, "一般", (15, 15, 14, 14, 15), 68, 12),
    ("护理与门诊", "护理", 22, "先进", (19, 19, 18, 19, 19), 90, 3),
    ("行政", "行政", 16, "较好", (17, 17, 17, 16, 16), 77, 10),
    ("后勤", "后勤", 8, "后进", (13, 12, 11, 12, 13), 54, 24),
    ("离退休", "离退休", 20, "一般", (15, 16, 14, 13, 15), 67, 11),
)
SHARED_SECRETARY = ("药剂", "后勤")
# 8 members, two of them on probation: too few full members for a committee of its own.
FULL_MEMBERS = {"后勤": 6}
# The second tree of recipients: departments get the administrative part of the same notice.
DEPARTMENTS = (
    ("51", "医务科", "科长"),
    ("52", "护理部", "主任"),
    ("53", "人事科", "科长"),
    ("54", "财务科", "科长"),
    ("55", "总务科", "科长"),
    ("56", "门诊部", "主任"),
)
SINCE = date(2010, 10, 8)
ITEMS = {"先进": 2, "较好": 3, "一般": 4, "后进": 5}


def hospital() -> Organisation:
    units = _units()
    branches = [row for row in units if row.branch_kind]
    ballots = {row.code: tuple(_ballots(row, line[6])) for row, line in zip(branches, BRANCHES, strict=True)}
    scores = {
        row.code: _score(parts, superior, ballots[row.code])
        for row, (*_, parts, superior, _against) in zip(branches, BRANCHES, strict=True)
    }
    wanted = {row.code: ITEMS[row.grade or ""] for row in branches}
    items = sum(wanted.values())
    return Organisation(
        kind="hospital",
        name=NAME,
        units=units,
        posts=_posts(branches),
        truth=_truth(branches, scores, ballots, items),
        problems=register("hospital", branches, wanted, closed=items - 4, reopened=2),
        scores=scores,
        ballots=ballots,
    )


def _units() -> tuple[UnitRow, ...]:
    """The general branch is the top: the committee above it is outside and only named in `truth`."""
    return (
        UnitRow(code=ROOT, name=f"{NAME}党总支", kind=UnitKind.GENERAL_BRANCH),
        UnitRow(code="91", name="党办", kind=UnitKind.DEPARTMENT, parent=ROOT),
        UnitRow(code="94", name="活动领导小组", kind=UnitKind.LEADING_GROUP, parent=ROOT),
        UnitRow(code="95", name="活动领导小组办公室", kind=UnitKind.GROUP_OFFICE, parent=ROOT),
        *(
            UnitRow(
                code=f"{no:02d}",
                name=f"{name}党支部",
                kind=UnitKind.BRANCH,
                parent=ROOT,
                branch_kind=kind,
                members=members,
                grade=grade,
            )
            for no, (name, kind, members, grade, *_) in enumerate(BRANCHES, start=1)
        ),
        *(UnitRow(code=code, name=name, kind=UnitKind.SECTION, parent=ROOT) for code, name, _ in DEPARTMENTS),
    )


def _posts(branches: Sequence[UnitRow]) -> tuple[PostRow, ...]:
    """One secretary of the general branch, one clerk in its office; 药剂 and 后勤 have the same secretary."""
    registry = Registry(random=stream("hospital", "people"))
    secretary, director, clerk, shared = (registry.somebody() for _ in range(4))
    rows = [
        post(ROOT, "书记", secretary, valid_from=SINCE),
        post(ROOT, "组织员", clerk, valid_from=SINCE),
        post("91", "主任", secretary, valid_from=SINCE),
        post("91", "干事", clerk, valid_from=SINCE),
        post("94", "组长", secretary, valid_from=SINCE),
        post("94", "副组长", director, valid_from=SINCE),
        post("95", "联系人", clerk, valid_from=SINCE),
    ]
    for row in branches:
        both = row.name.removesuffix("党支部") in SHARED_SECRETARY
        # The retired secretary is reached by telephone only.
        leader = shared if both else registry.somebody(email=row.branch_kind != "离退休")
        rows.append(post(row.code, "书记", leader, valid_from=SINCE))
        if row.name.removesuffix("党支部") not in FULL_MEMBERS:
            rows.append(post(row.code, "组织委员", registry.somebody(), valid_from=SINCE))
    rows += [post(code, role, registry.somebody(), valid_from=SINCE) for code, _, role in DEPARTMENTS]
    return tuple(rows)


def _score(parts: tuple[int, ...], superior: int, ballots: Sequence[Ballot]) -> Score:
    return Score(
        own=sum(parts),
        superior=superior,
        satisfaction=satisfaction(ballots),
        parts=tuple(zip(FIVE_GOOD, parts, strict=True)),
    )


def _ballots(row: UnitRow, against: int) -> Iterator[Ballot]:
    """Shift work: the same ballot in three sessions, each with members and people; `against` is 不满意 in percent."""
    for group, voters in (("党员", row.members or 0), ("群众", 15)):
        dissatisfied = round(voters * against / 100)
        for session in range(1, SESSIONS + 1):
            valid = voters // SESSIONS + (session <= voters % SESSIONS)
            no = dissatisfied // SESSIONS + (session <= dissatisfied % SESSIONS)
            fairly = (valid - no) // 4
            yield Ballot(
                group=group,
                session=session,
                expected=valid,
                present=valid,
                issued=valid,
                returned=valid,
                satisfied=valid - no - fairly,
                fairly=fairly,
                dissatisfied=no,
            )


def _truth(
    branches: Sequence[UnitRow], scores: dict[str, Score], ballots: dict[str, tuple[Ballot, ...]], items: int
) -> dict[str, object]:
    code = {row.name.removesuffix("党支部"): row.code for row in branches}
    return {
        "kind": "hospital",
        "name": NAME,
        "seed": SEED,
        "outside": OUTSIDE,
        "totals": {
            "branches": len(branches),
            "members": sum(row.members or 0 for row in branches),
            "grades": tally(row.grade or "" for row in branches),
            "departments": len(DEPARTMENTS),
        },
        "shared_secretary": [code[name] for name in SHARED_SECRETARY],
        "full_members": {code[name]: number for name, number in FULL_MEMBERS.items()},
        "scores": {
            "indicators": list(FIVE_GOOD),
            "self": round(mean(score.own for score in scores.values()), 2),
            "superior": round(mean(score.superior for score in scores.values()), 2),
            "satisfaction_under_80": [code for code, score in scores.items() if score.satisfaction < 80],
        },
        "ballots": {
            "sessions": SESSIONS,
            "issued": sum(count.issued for counts in ballots.values() for count in counts),
        },
        "promise_letters": len(branches),
        "demonstration_points": 1,
        "register": {"items": items, "closed": items - 4, "reopened": 2},
    }
