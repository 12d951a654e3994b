"""The six ready-made campaigns, walked: every unit of every track through all its states, to 办结.

Each is walked six times: everything handed in on the last second of its line, a second late, after the lock, within an
extension, returned and corrected, and registered from paper. What people do goes through the engine; what the calendar does,
through its runs on the day.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from places import Places
from world import SCHOOL, School, World, instant

from duban import sandbox
from duban.samples import generate
from duban.samples.organisation import Organisation
from duban.service.status import DutyStatus, Row
from duban.workbook.write import write_units
from phases.compile import compile_definition
from phases.forms import schema
from workflow.errors import Refused
from workflow.model import BRANCHES, DONE_PHASE, SECOND_LEVEL, Campaign, Task, Track, Way

REVIEWERS = ("组织员", "书记", "联系人", "干事")
SUBMITTERS = ("书记", "主任", "部长", "组织委员", "联系人")
GRADES = {"0101": "一般", "0102": "先进", "010901": "较好", "0201": "先进", "0202": "优秀", "0203": "后进", "03": "一般"}


@dataclass(frozen=True)
class Unit:
    kind: str
    parent: str | None


@dataclass(frozen=True)
class Place:
    """An organisation: what is imported, and who acts for whom. `officer` does what is 组织部's to do."""

    files: Mapping[str, bytes]
    units: Mapping[str, Unit]
    posts: tuple[tuple[str, str, str], ...]
    officer: str

    def own(self, code: str) -> str:
        return self._holder(code, SUBMITTERS)

    def reviewer(self, code: str) -> str:
        unit = self.units[code]
        return self._holder(unit.parent or "", REVIEWERS) if unit.kind == "党支部" else self.officer

    def stranger(self, code: str) -> str:
        """Zhao: somebody who has a post elsewhere, and none in this unit, above it, or in an office."""
        near = {code, self.units[code].parent, *self.offices}
        known = {number for unit, _, number in self.posts if unit in near}
        return next(number for _, _, number in self.posts if number not in known)

    @property
    def offices(self) -> set[str]:
        return {code for code, unit in self.units.items() if unit.kind in ("部门", "领导小组", "领导小组办公室")} | {"00"}

    def below(self, code: str) -> list[str]:
        """A unit and all below it."""
        return [code, *(c for child, unit in self.units.items() if unit.parent == code for c in self.below(child))]

    def _holder(self, code: str, roles: tuple[str, ...]) -> str:
        return next(number for role in roles for unit, held, number in self.posts if (unit, held) == (code, role))


@cache
def university() -> Place:
    """The school of tests/world.py, with starting grades."""
    school: School = SCHOOL
    for code, grade in GRADES.items():
        school = school.changed(code, grade=grade)
    return Place(
        files=school.files(),
        units={unit.code: Unit(unit.kind, unit.parent or None) for unit in school.units},
        posts=tuple((post.unit, post.role, post.number) for post in school.posts),
        officer="9101",
    )


@cache
def generated(kind: str) -> Place:
    made: Organisation = generate(kind)  # type: ignore[arg-type]
    posts = tuple((post.unit, post.role, post.person or "") for post in made.posts)
    return Place(
        files={"units.xlsx": write_units(made.units, made.posts)},
        units={unit.code: Unit(str(unit.kind), unit.parent) for unit in made.units},
        posts=posts,
        officer=next(number for unit, role, number in posts if unit == "95" and role == "联系人"),
    )


@dataclass(frozen=True)
class Play:
    """A campaign of the library and where it is walked. `locks` is what is added to its text for the walk after the lock;
    `by_hand` are the tracks whose last phase has neither duties nor a day, so that an officer ends it."""

    name: str
    place: Callable[[], Place]
    begins: str
    locks: str = "超过2个工作日"
    by_hand: frozenset[str] = frozenset()

    def text(self, way: str) -> str:
        text = files("phases.library").joinpath(f"{self.name}.yaml").read_text(encoding="utf-8")
        return text.replace("\n联系人:", f"\n锁定: {self.locks}\n联系人:") if way == "locked" else text


PLAYS = (
    Play("standard", university, "2012-03-26 09:00"),
    Play("d0", university, "2012-03-26 09:00", by_hand=frozenset({"二级党组织", "党支部"})),
    Play("d1", university, "2012-09-03 09:00", locks="2012-10-31"),
    Play("d2", university, "2012-06-05 09:00", locks="2012-07-31"),
    Play("d3", lambda: generated("college"), "2012-03-28 09:00"),
    Play("d4", lambda: generated("hospital"), "2012-04-24 09:00"),
)


@dataclass
class Walk:
    """One campaign under way: an agenda of what happens when, and the phases every case was seen in."""

    play: Play
    way: str
    world: World
    place: Place = field(init=False)
    campaign: Campaign = field(init=False)
    agenda: list[tuple[int, int, Callable[[], None]]] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=count)
    planned: set[int] = field(default_factory=set)
    people: dict[str, int] = field(default_factory=dict)
    seen: dict[tuple[str, str], list[str]] = field(default_factory=dict)

    def go(self) -> None:
        self.place = self.play.place()
        text = self.play.text(self.way)
        self.campaign = compile_definition(text, name=self.play.name)
        self.world.at(self.play.begins)
        self.world.launch(text)
        for track in self.campaign.tracks:
            for no in range(2, len(track.phases) + 2):
                if day := track.opening_day(no):
                    self.on(day, "08:30", self.runs)
        self.looks()
        while self.agenda:
            moment, _, what = heapq.heappop(self.agenda)
            self.world.time = max(self.world.time, moment)
            what()
            if not self.agenda or self.agenda[0][0] > moment:
                self.looks()
        self.world.at("2013-03-01 08:30")
        self.runs()
        self.looks()

    def runs(self) -> None:
        """A run of the day; nothing of this size is ever held."""
        assert self.world.engine.escalate().state in ("done", "nothing_due")

    def looks(self) -> None:
        """See where every case stands, and plan what was not owed before."""
        for row in self.rows():
            seen = self.seen.setdefault((row.unit, row.track), [])
            if not seen or seen[-1] != row.phase:
                seen.append(row.phase)
            for owed in row.duties:
                if owed.id not in self.planned:
                    self.planned.add(owed.id)
                    self._plan(row, owed)

    def rows(self) -> tuple[Row, ...]:
        return self.world.engine.status().rows

    def _plan(self, row: Row, owed: DutyStatus) -> None:
        task = self.task(owed)
        if task.recurring and not owed.key.endswith(self._first_occurrences()):
            return  # one meeting of the series is enough
        Steps(self, row, owed, task).plan()

    def _first_occurrences(self) -> tuple[str, ...]:
        begin = date.fromisoformat(self.play.begins[:10])
        week = f"@{begin.isocalendar().year}-W{begin.isocalendar().week:02}"
        half = "H1" if begin.month <= 6 else "H2"
        return (week, f"@{begin:%Y-%m}", f"@{begin.year}-{half}", f"@{begin.year}", f"@{begin.year}春")

    def person(self, number: str) -> int:
        if number not in self.people:
            self.people[number] = self.world.engine.person(number)
        return self.people[number]

    def task(self, owed: DutyStatus) -> Task:
        return self.campaign.task_by_key[owed.key.partition("@")[0]]

    def track(self, row: Row) -> Track:
        return self.campaign.track_by_key[row.track]

    def on(self, day: date, hour: str, what: Callable[[], None]) -> None:
        """Put something on the agenda; at the same moment what was put there first comes first."""
        heapq.heappush(self.agenda, (instant(f"{day} {hour}"), next(self.numbers), what))


@dataclass
class Steps:
    """What is done about one duty, in the way of the walk."""

    walk: Walk
    row: Row
    owed: DutyStatus
    task: Task

    def plan(self) -> None:
        last = self.owed.due or self._quiet_day()
        ways: dict[str, Callable[[date], None]] = {
            "on time": self._on_time,
            "late": self._late,
            "locked": self._locked,
            "extended": self._extended,
            "returned": self._returned,
            "from paper": self._from_paper,
        }
        ways[self.walk.way](last)

    def _on_time(self, last: date) -> None:
        self._on(last, "23:59:59", self.submit)
        self._review(last + timedelta(days=1))

    def _late(self, last: date) -> None:
        """The first second after the line; the review takes so long that the calendar has opened the next phase."""
        self._on(last + timedelta(days=1), "00:00:00", self.submit)
        self._review(last + timedelta(days=20))

    def _locked(self, last: date) -> None:
        """Refused on the first second after the lock, taken within an extension."""
        if self.task.locks is None:  # what recurs has no lock
            self._on_time(last)
            return
        after, new = self.task.locks + timedelta(days=1), self.task.locks + timedelta(days=6)
        self._on(after, "00:00:00", lambda: self.refused("locked", self.submit))
        self._on(after, "09:00:00", lambda: self.act("extend", self.walk.place.officer, reason="情况属实", to=new))
        self._on(new, "23:59:59", self.submit)
        self._review(new + timedelta(days=1))

    def _extended(self, last: date) -> None:
        new = last + timedelta(days=10)
        self._on(last, "10:00:00", lambda: self.act("extend", self.walk.place.officer, reason="班子正在换届", to=new))
        self._on(new, "23:59:59", self.submit)
        self._review(new + timedelta(days=1))

    def _returned(self, last: date) -> None:
        self._on(last, "10:00:00", self.submit)
        self._on(last + timedelta(days=1), "09:00:00", lambda: self.act("return", self.reviewer, reason="缺少党员名册"))
        self._on(last + timedelta(days=1), "09:00:01", lambda: self.stands("returned"))
        self._on(last + timedelta(days=12), "10:00:00", self.submit)
        self._review(last + timedelta(days=13))

    def _from_paper(self, last: date) -> None:
        """It lay on the clerk's desk in the evening of the last day."""
        self._on(last + timedelta(days=1), "09:00:00", lambda: self.receive(Way.PAPER, last))
        if Way.EMAIL in self.task.ways:
            self._on(last + timedelta(days=1), "09:10:00", lambda: self.refused("paper-missing", self.accept))
            self._on(last + timedelta(days=1), "09:20:00", lambda: self.receive(Way.EMAIL, last))
        self._on(last + timedelta(days=1), "09:30:00", self.accept)

    def _review(self, day: date) -> None:
        if Way.PAPER in self.task.ways:
            self._on(day, "09:10:00", lambda: self.refused("paper-missing", self.accept))
            self._on(day, "09:20:00", lambda: self.receive(Way.PAPER, None))
        self._on(day, "09:30:00", self.accept)

    @property
    def reviewer(self) -> str:
        return self.walk.place.reviewer(self.row.unit)

    def submit(self) -> None:
        data = self._data()
        if self.walk.way == "on time":
            stranger = self.walk.place.stranger(self.row.unit)
            assert self._codes(lambda: self.act("submit", stranger, data=data)) == ["wrong-actor"]
        self.act("submit", self.walk.place.own(self.row.unit), data=data)

    def receive(self, way: Way, day: date | None) -> None:
        self.act("receive", self.reviewer, ways=[way], received_on=day)

    def accept(self) -> None:
        self.act("accept", self.reviewer)

    def act(self, name: str, by: str, **words: Any) -> None:
        self.walk.world.engine.act(name, duty=self.owed.id, by=self.walk.person(by), **words)

    def refused(self, code: str, what: Callable[[], None]) -> None:
        """For exactly this reason, and nothing has changed."""
        before = self._now()
        assert self._codes(what) == [code]
        assert self._now() == before

    def stands(self, state: str) -> None:
        (owed,) = (each for each in self._now().duties if each.id == self.owed.id)
        assert owed.state == state

    def _now(self) -> Row:
        rows = self.walk.world.engine.status(unit=self.row.unit).rows
        return next(row for row in rows if row.case == self.row.case)

    def _codes(self, what: Callable[[], None]) -> list[str]:
        try:
            what()
        except Refused as refusal:
            return [reason.code for reason in refusal.reasons]
        raise AssertionError("nobody refused it")

    def _on(self, day: date, hour: str, what: Callable[[], None]) -> None:
        self.walk.on(day, hour, what)

    def _quiet_day(self) -> date:
        """When what has no line is done: at the end of its phase, else some days after the phase before it or the launch."""
        phases = self.walk.track(self.row).phases
        mine = next((phase for phase in phases if phase.name == self.task.phase and len(phases) > 1), None)
        if mine is not None and mine.closes is not None:
            return mine.closes
        closed = phases[mine.no - 2].closes if mine is not None and mine.no > 1 else None
        return (closed or date.fromisoformat(self.walk.play.begins[:10])) + timedelta(days=5)

    def _data(self) -> dict[str, Any] | None:
        if self.task.form is None:
            return None
        if self.task.grading is not None:
            return {"grades": [{"unit": code, "grade": self._grade(code)} for code in self._graded()]}
        data: dict[str, Any] = dict(schema(self.task.form)["examples"][0])
        if "target_grade" in data:
            data["target_grade"] = self.walk.campaign.gradings[0].scale[0] if self.walk.campaign.gradings else "先进"
        return data

    def _graded(self) -> list[str]:
        """Whom this unit grades: an office all second-level units, a second-level unit the branches below it."""
        units, of = self.walk.place.units, self.row.unit
        if units[of].kind in SECOND_LEVEL:
            return [code for code in self.walk.place.below(of) if units[code].kind in BRANCHES]
        return [code for code, unit in units.items() if unit.kind in SECOND_LEVEL]

    def _grade(self, code: str) -> str:
        scale = next(grading.scale for grading in self.walk.campaign.gradings if grading.no == self.task.grading)
        return scale[sum(map(int, code)) % len(scale)]


@pytest.fixture
def walk(request: pytest.FixtureRequest, sqlite_places: Places, tmp_path: Path) -> Iterator[Walk]:
    play, way = request.param
    place = play.place()
    url = sqlite_places.copy(f"walks-{play.place().officer}", lambda url: _filled(url, place))
    world = World(url=url, folder=tmp_path, time=instant("2012-01-04 09:00"))
    yield Walk(play, way, world)
    world.close()


def _filled(url: str, place: Place) -> None:
    sandbox.create(url, sandbox=True).close()
    world = World(url=url, folder=Path(), time=instant("2012-01-04 09:00"))
    world.engine.import_units(files=dict(place.files))
    world.close()


def walks(*ways: str) -> pytest.MarkDecorator:
    pairs = [pytest.param((play, way), id=f"{play.name}, {way}") for play in PLAYS for way in ways]
    return pytest.mark.parametrize("walk", pairs, indirect=True)


@walks("on time", "late", "locked", "extended", "returned", "from paper")
def test_every_case_reaches_its_end_phase_by_phase(walk: Walk) -> None:
    walk.go()

    by_hand = {row.track for row in walk.rows() if row.phase != DONE_PHASE}
    _ended_by_hand(walk)
    for row in walk.rows():
        seen, names = walk.seen[row.unit, row.track], [*walk.track(row).phase_names, DONE_PHASE]
        assert row.phase == DONE_PHASE
        assert seen == [name for name in names if name in seen], (row.unit, row.track)  # in order, never back
        if walk.way == "on time":
            assert seen == names, (row.unit, row.track)
    assert by_hand == walk.play.by_hand
    _marks_are_right(walk)


def _ended_by_hand(walk: Walk) -> None:
    for row in walk.rows():
        if row.phase != DONE_PHASE:
            assert row.phase == walk.track(row).phases[-1].name
            done = walk.world.engine.act("advance", case=row.case, by=walk.place.officer, reason="学年工作已经结束")
            assert done.phase == DONE_PHASE
    walk.looks()


def _marks_are_right(walk: Walk) -> None:
    """What was handed in is accepted, and on time or late as it was handed in."""
    handed_in = [owed for row in walk.rows() for owed in row.duties if owed.state != "open"]
    left_open = [owed for row in walk.rows() for owed in row.duties if owed.state == "open"]
    assert handed_in
    assert all(walk.task(owed).recurring for owed in left_open)
    for owed in handed_in:
        dated = walk.task(owed).deadline.end is not None
        late = walk.way == "late" and dated
        assert (owed.state, owed.on_time, owed.days_late) == ("accepted", not late, 1 if late else 0), owed
        if walk.way == "extended" and dated and not walk.task(owed).recurring:
            assert owed.extended_from == walk.task(owed).deadline.end
