"""Who holds which post at the university, which posts are vacant, whose term has run out."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from duban.samples.draws import pick, stream
from duban.samples.people import Human, Registry, post
from duban.samples.university_units import RETIRED, ROOT, Second, seconds
from duban.workbook.rows import PostRow, UnitRow
from workflow.model import UnitKind

NOTICE = date(2012, 3, 26)
# Branches elect for three years; committees and general branches for longer. A branch with fewer members has no committee.
TERM_YEARS = 3
COMMITTEE_FROM = 7
SECRETARY, DEPUTY, ORGANISER, CLERK = "书记", "副书记", "组织员", "党务秘书"
COMMITTEE_MEMBER, PATRON = "组织委员", "联系领导"


@dataclass(frozen=True, kw_only=True)
class Vacancy:
    """A post nobody holds on the day of the notice. `left` is the last day of the one before, if he is in the list."""

    unit: str
    role: str
    left: date | None = None


@dataclass(kw_only=True)
class Posts:
    """All posts of the university, and the facts planted in them."""

    rows: list[PostRow] = field(default_factory=list)
    vacancies: list[Vacancy] = field(default_factory=list)
    expired: list[str] = field(default_factory=list)
    without_email: list[str] = field(default_factory=list)
    namesakes: list[str] = field(default_factory=list)


def university_posts(units: tuple[UnitRow, ...]) -> Posts:
    """Posts of the school, its offices, 45 second-level units and 341 branches; 12 are vacant, 9 terms have run out."""
    random = stream("university", "posts")
    staffing = _Staffing(units=units, posts=_planted(units, random), random=random)
    staffing.school()
    for second in seconds():
        staffing.second(second)
    for row in units:
        if row.branch_kind:
            staffing.branch(row)
    order = {row.code: place for place, row in enumerate(units)}
    staffing.posts.rows.sort(key=lambda row: order[row.unit])
    return staffing.posts


def _planted(units: tuple[UnitRow, ...], random: Random) -> Posts:
    """The facts that are decided before anybody is appointed; the branch of the examples has none of them."""
    branches = [row for row in units if row.kind is UnitKind.BRANCH and row.code != EXAMPLE]
    committees = [second.code for second in seconds() if second.kind is UnitKind.COMMITTEE]
    no_secretary = pick(random, [row.code for row in branches], 4)
    led = [row for row in branches if row.code not in no_secretary]
    no_member = pick(random, [row.code for row in led if (row.members or 0) >= COMMITTEE_FROM], 6)
    without_email = pick(random, [row.code for row in led if row.branch_kind == RETIRED], 6)
    # Two of the four secretaries left around New Year; for the other two branches the list never had one.
    left = (date(2012, 1, 13), None, date(2011, 12, 30), None)
    return Posts(
        vacancies=[
            *(Vacancy(unit=code, role=SECRETARY, left=day) for code, day in zip(no_secretary, left, strict=True)),
            *(Vacancy(unit=code, role=COMMITTEE_MEMBER) for code in no_member),
            Vacancy(unit=committees[8], role=ORGANISER),
            Vacancy(unit=committees[15], role=DEPUTY),
        ],
        expired=pick(random, [row.code for row in led if row.valid_from is None], 9),
        without_email=without_email,
        namesakes=pick(random, [row.code for row in led if row.code not in without_email], 2),
    )


@dataclass(kw_only=True)
class _Staffing:
    units: tuple[UnitRow, ...]
    posts: Posts
    random: Random
    registry: Registry = field(default_factory=lambda: Registry(random=stream("university", "people")))
    # {second-level unit: somebody there who may lead a branch as well}
    spare: dict[str, Human] = field(default_factory=dict)
    leaders: list[Human] = field(default_factory=list)

    def school(self) -> None:
        """The committee, its offices, and the leading group with its office; the same few people sit in several of them."""
        since = date(2010, 9, 1)
        secretary, deputy, head, vice, chief = (self.registry.somebody() for _ in range(5))
        self.leaders = [secretary, deputy, *(self.registry.somebody() for _ in range(5))]
        contact, officer, school_contact, office_contact = (self.registry.somebody() for _ in range(4))
        for unit, role, human in (
            (ROOT, SECRETARY, secretary),
            (ROOT, DEPUTY, deputy),
            *((ROOT, "委员", leader) for leader in self.leaders[2:]),
            ("91", "部长", head),
            ("91", "副部长", vice),
            ("91", "联系人", contact),
            ("91", "干事", officer),
            ("92", "主任", chief),
            ("92", "联系人", office_contact),
            ("93", "校长", secretary),
            ("93", "常务副校长", self.registry.somebody()),
            ("93", "联系人", school_contact),
            ("94", "组长", secretary),
            ("94", "副组长", deputy),
            *(("94", "成员", each) for each in (head, chief, *self.leaders[2:])),
            ("95", "主任", head),
            ("95", "副主任", vice),
            ("95", "联系人", contact),
        ):
            self._add(unit, role, human, since)

    def second(self, second: Second) -> None:
        """书记, 副书记, 组织员, a 党务秘书 where there are many branches, and a leader of the school as 联系领导."""
        since = self._day(date(2009, 9, 1), date(2011, 9, 30))
        secretary, organiser = self.registry.somebody(), self.registry.somebody()
        if second.kind is not UnitKind.DIRECT_BRANCH:
            self._add(second.code, SECRETARY, secretary, since)
            deputy = self.registry.somebody()
            self._add(second.code, DEPUTY, deputy, since)
            self.spare[second.code] = (deputy, organiser)[int(second.code) % 2]
        else:
            self.spare[second.code] = organiser
        self._add(second.code, ORGANISER, organiser, since)
        if sum(second.branches.values()) >= 12:
            self._add(second.code, CLERK, self.registry.somebody(), since)
        self._add(second.code, PATRON, self.leaders[int(second.code) % len(self.leaders)], date(2012, 2, 20))

    def branch(self, row: UnitRow) -> None:
        """书记 of every branch; 组织委员 where there is a committee, in some direct branches their 组织员."""
        since = self._since(row)
        self._add(row.code, SECRETARY, self._secretary(row), since)
        if (row.members or 0) >= COMMITTEE_FROM:
            direct = row.kind is UnitKind.DIRECT_BRANCH
            human = self.spare[row.code] if direct and int(row.code) % 2 else self.registry.somebody()
            self._add(row.code, COMMITTEE_MEMBER, human, since)

    def _secretary(self, row: UnitRow) -> Human:
        special = (*self.posts.without_email, *self.posts.namesakes, *self.posts.expired, EXAMPLE)
        if row.code.endswith("02") and int(row.code[:2]) % 3 == 0 and row.code not in special and not self._vacant(row):
            return self.spare[row.parent or ""]
        name = self.posts.rows[0].name if row.code == self.posts.namesakes[0] else None
        name = self.posts.rows[1].name if row.code == self.posts.namesakes[1] else name
        return self.registry.somebody(email=row.code not in self.posts.without_email, name=name)

    def _vacant(self, row: UnitRow) -> bool:
        return any(vacancy.unit == row.code for vacancy in self.posts.vacancies)

    def _add(self, unit: str, role: str, human: Human, since: date) -> None:
        for vacancy in self.posts.vacancies:
            if (vacancy.unit, vacancy.role) == (unit, role):
                if vacancy.left:
                    self.posts.rows.append(post(unit, role, human, valid_from=since, valid_to=vacancy.left))
                return
        self.posts.rows.append(post(unit, role, human, valid_from=since))

    def _since(self, row: UnitRow) -> date:
        """Elected so that no term of three years ends in 2012; nine terms ended before the notice and nobody noticed."""
        if row.code in self.posts.expired:
            return self._day(date(2008, 11, 3), date(2009, 3, 20))
        earliest = max(date(2010, 1, 4), row.valid_from or date.min)
        return self._day(earliest, date(2011, 11, 30))

    def _day(self, first: date, last: date) -> date:
        return first + timedelta(days=self.random.randint(0, (last - first).days))


# The branch that examples speak of: it has all its posts.
EXAMPLE = "0307"
