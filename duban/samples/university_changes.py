"""Which branches of the university are set up, dissolved, merged, split, renamed and moved from May to October."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from random import Random

from duban.samples.draws import shuffled, stream
from duban.samples.organisation import Reorganisation
from duban.samples.people import Registry, post
from duban.samples.university_grades import BEST, FAIR, GOOD, LEAVING, POOR, unit_of
from duban.samples.university_posts import COMMITTEE_MEMBER, EXAMPLE
from duban.samples.university_units import ADMIN, PG, STAFF, UG
from duban.workbook.rows import PostRow, UnitRow
from workflow.model import UnitKind

NEW, DISSOLVED, MERGED, SPLIT, RENAMED, MOVED = "新建", "撤销", "合并", "拆分", "更名", "隶属调整"
# Days of decision, all of them working days of 2012: one list a kind of change.
DAYS = {
    NEW: "05-08 05-14 05-23 06-05 06-12 09-10 09-12 09-14 09-18 09-20 09-21 09-24 09-26 10-10 10-12 10-16 10-18 10-23",
    DISSOLVED: "06-26 06-27 06-28 06-29 07-02 07-03 07-04 07-05 07-06 07-09 07-10",
    MERGED: "05-16 06-14 09-17 10-15",
    SPLIT: "05-22 09-13 10-17",
    RENAMED: "05-10 05-29 06-07 07-12 09-19 10-11 10-25",
    MOVED: "06-15 09-25 10-24",
}
# Grades at the start of those who leave: two 后进 and two 一般 leave the cohort with them.
LEAVE = (POOR, POOR, FAIR, FAIR, BEST, GOOD, GOOD, GOOD, GOOD, GOOD, GOOD)
# (kind of branch, grade of the one that is absorbed, grade of its successor)
MERGERS = ((STAFF, POOR, BEST), (UG, GOOD, GOOD), (PG, FAIR, FAIR), (ADMIN, GOOD, FAIR))
# (kind of branch, grade)
SPLITS = ((STAFF, FAIR), (UG, FAIR), (STAFF, GOOD))
NEW_KINDS = (UG,) * 8 + (PG,) * 4 + (STAFF,) * 6
# (kind of branch, what its name ends in from then on)
RENAMINGS = (
    (STAFF, "基础教学党支部"),
    (STAFF, "应用研究党支部"),
    (UG, "本科生实验班党支部"),
    (STAFF, "实验教学党支部"),
    (PG, "研究生联合培养党支部"),
    (ADMIN, "综合服务党支部"),
    (STAFF, "交叉学科党支部"),
)


def university_changes(
    units: Sequence[UnitRow], grades: Mapping[str, str], posts: Sequence[PostRow]
) -> tuple[Reorganisation, ...]:
    """46 events: 18 new, 11 dissolved, 4 mergers of two, 3 splits into two, 7 renamed, 3 moved; 28 concern student branches."""
    planning = _Planning(
        units={row.code: row for row in units},
        grades=grades,
        random=stream("university", "changes"),
        registry=_newcomers(posts),
    )
    events = (
        *_dissolved(planning),
        *_mergers(planning),
        *_splits(planning),
        *_renamings(planning),
        *_moves(planning),
        *_new(planning),
    )
    return tuple(sorted(events, key=lambda event: (event.on, event.kind, event.units)))


def _newcomers(posts: Sequence[PostRow]) -> Registry:
    """People for the new branches: numbered on from those who are there."""
    known = {row.person for row in posts}
    names = {row.name for row in posts}
    return Registry(random=stream("university", "newcomers"), serial=len(known) + 100, names=names)


@dataclass(frozen=True, kw_only=True)
class _Wanted:
    """Which branch an event needs. `leaving`: of students who graduate in summer."""

    kind: str
    grade: str | None = None
    leaving: bool = False
    parents: tuple[str, ...] = ()
    members: range = range(1, 100)

    def fits(self, row: UnitRow, grade: str | None) -> bool:
        return (
            row.branch_kind == self.kind
            and grade == (self.grade or grade)
            and (LEAVING in row.name) == self.leaving
            and (not self.parents or row.parent in self.parents)
            and row.members in self.members
        )


@dataclass(kw_only=True)
class _Planning:
    units: dict[str, UnitRow]
    grades: Mapping[str, str]
    random: Random
    registry: Registry
    # A branch takes part in one event only; the one that examples speak of in none.
    taken: set[str] = field(default_factory=lambda: {EXAMPLE})
    names: set[str] = field(default_factory=set)

    def day(self, kind: str, index: int) -> date:
        return date.fromisoformat(f"2012-{DAYS[kind].split()[index]}")

    def branches(self, wanted: _Wanted) -> list[UnitRow]:
        """Branches as wanted that no event concerns so far, in random order."""
        free = [row for row in self.units.values() if row.kind is UnitKind.BRANCH and row.code not in self.taken]
        return shuffled(self.random, [row for row in free if wanted.fits(row, self.grades.get(row.code))])

    def take(self, wanted: _Wanted) -> UnitRow:
        row = self.branches(wanted)[0]
        self.taken.add(row.code)
        return row

    def add(self, parent: str, name: str, branch_kind: str, on: date, members: int) -> UnitRow:
        """A new branch with the next free code of its unit: codes are never used again."""
        last = max(int(code[2:]) for code in self.units if len(code) == 4 and unit_of(code) == parent)
        row = UnitRow(
            code=f"{parent}{last + 1:02d}",
            name=name,
            kind=UnitKind.BRANCH,
            parent=parent,
            branch_kind=branch_kind,
            members=members,
            valid_from=on,
        )
        self.units[row.code] = row
        return row

    def appoint(self, *rows: UnitRow) -> tuple[PostRow, ...]:
        return tuple(
            post(row.code, role, self.registry.somebody(), valid_from=row.valid_from)
            for row in rows
            for role in ("书记", COMMITTEE_MEMBER)
        )


def _dissolved(planning: _Planning) -> list[Reorganisation]:
    events = []
    for index, grade in enumerate(LEAVE):
        row = planning.take(_Wanted(kind=UG, grade=grade, leaving=True))
        on = planning.day(DISSOLVED, index)
        events.append(Reorganisation(on=on, kind=DISSOLVED, units=(row.code,), becomes=(), reason="党员毕业离校"))
    return events


def _mergers(planning: _Planning) -> list[Reorganisation]:
    events = []
    for index, (kind, absorbed, kept) in enumerate(MERGERS):
        one, other = _pair(planning, kind, absorbed, kept)
        becomes = replace(other, members=(one.members or 0) + (other.members or 0))
        planning.taken |= {one.code, other.code}
        events.append(
            Reorganisation(
                on=planning.day(MERGED, index),
                kind=MERGED,
                units=(one.code, other.code),
                becomes=(becomes,),
                reason=f"并入{other.name}",
            )
        )
    return events


def _pair(planning: _Planning, kind: str, absorbed: str, kept: str) -> tuple[UnitRow, UnitRow]:
    """Two branches of one unit, small enough to be one."""
    for one in planning.branches(_Wanted(kind=kind, grade=absorbed)):
        room = range(1, 51 - (one.members or 0))
        for other in planning.branches(_Wanted(kind=kind, grade=kept, parents=(one.parent or "",), members=room)):
            if other is not one:
                return one, other
    raise LookupError(f"no two branches {kind} of one unit with grades {absorbed} and {kept}")


def _splits(planning: _Planning) -> list[Reorganisation]:
    events = []
    for index, (kind, grade) in enumerate(SPLITS):
        row = planning.take(_Wanted(kind=kind, grade=grade, members=range(18, 50)))
        on, half = planning.day(SPLIT, index), (row.members or 0) // 2
        stem = row.name.removesuffix("党支部")
        parts = tuple(
            planning.add(row.parent or "", f"{stem}（{part}）党支部", kind, on, members)
            for part, members in (("东区", half), ("西区", (row.members or 0) - half))
        )
        events.append(
            Reorganisation(
                on=on,
                kind=SPLIT,
                units=(row.code,),
                becomes=parts,
                reason="人数较多，按校区分设",
                posts=planning.appoint(*parts),
            )
        )
    return events


def _renamings(planning: _Planning) -> list[Reorganisation]:
    events = []
    for index, (kind, ending) in enumerate(RENAMINGS):
        row = planning.take(_Wanted(kind=kind))
        name = f"{_short(planning.units[row.parent or ''])}{ending}"
        events.append(
            Reorganisation(
                on=planning.day(RENAMED, index),
                kind=RENAMED,
                units=(row.code,),
                becomes=(replace(row, name=name),),
                reason="学科调整，支部更名",
            )
        )
    return events


def _moves(planning: _Planning) -> list[Reorganisation]:
    """A teachers' branch goes to another college as it is; its code stays."""
    events = []
    parents = [row.code for row in planning.units.values() if row.kind is UnitKind.COMMITTEE]
    for index in range(3):
        row = planning.take(_Wanted(kind=STAFF, parents=tuple(parents[:12])))
        parent = planning.random.choice(parents[12:24])
        events.append(
            Reorganisation(
                on=planning.day(MOVED, index),
                kind=MOVED,
                units=(row.code,),
                becomes=(replace(row, parent=parent),),
                reason="教研室随学科调整划转",
            )
        )
    return events


def _new(planning: _Planning) -> list[Reorganisation]:
    """New branches: of freshmen and of new laboratories; they have no grade and belong to no cohort."""
    events = []
    colleges = [row for row in planning.units.values() if row.kind is UnitKind.COMMITTEE][:24]
    for index, kind in enumerate(NEW_KINDS):
        on = planning.day(NEW, (*range(6, 18), *range(6))[index])
        college = colleges[(index * 5) % len(colleges)]
        word = {UG: "2011级本科生", PG: "2012级研究生"}.get(kind, "重点实验室")
        name = f"{_short(college)}{word}党支部"
        row = planning.add(college.code, name, kind, on, planning.random.randint(8, 16))
        reason = {STAFF: "新建科研平台"}.get(kind, "党员人数达到单设条件")
        events.append(Reorganisation(on=on, kind=NEW, units=(), becomes=(row,), reason=reason, posts=planning.appoint(row)))
    return events


def _short(unit: UnitRow) -> str:
    return unit.name.removesuffix("党总支").removesuffix("党委")
