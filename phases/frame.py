"""What all parts of one compilation share: who takes part, which phases there are, and which keys are taken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from phases.definition import Definition
from phases.source import Source, nearest
from phases.times import Times
from phases.tracks import BRANCH, ORGANISATION_OFFICE, SECOND, Who, lowest, meant, who
from phases.values import UNKNOWN
from workflow.model import Deadline

PERSONS = ("书记", "组织员", "部长", "主任", "组长", "委员", "责任人")
PlaceLike = Sequence[str | int]
NOBODY = Who(track=UNKNOWN)
"""Stands in where the words for units were reported, so that the rest of the item is looked at as well."""


@dataclass
class Frame:
    """One definition on its way to a campaign. `tracks` grows with every unit that is named as owing something."""

    source: Source
    shape: Definition
    times: Times
    tracks: dict[str, Who] = field(default_factory=dict)
    participants: tuple[str, ...] = ()
    phases: dict[str, Deadline] = field(default_factory=dict)
    taken: dict[str, str] = field(default_factory=dict)

    def enrol(self) -> None:
        """Read 参加 and the phases, to which everything else refers."""
        for at, words in enumerate(self.shape.participants):
            if named := self.named(words, ("参加", at)):
                known = self.tracks.get(named.track)
                self.tracks[named.track] = known.joined(named) if known else named
        self.participants = tuple(self.tracks)
        for at, phase in enumerate(self.shape.phases):
            if phase.name in self.phases and phase.name != UNKNOWN:
                self.source.report(("阶段", at, "名称"), f"阶段“{phase.name}”写了两次；请改名或删去一个")
            line = self.times.read(phase.time, ("阶段", at, "时间"))
            if line.every:
                self.source.report(("阶段", at, "时间"), f"阶段的时间不能是频次“{line.words}”；请写到哪一天，频次写在“任务”里")
            self.phases[phase.name] = line

    def named(self, words: str, place: PlaceLike) -> Who | None:
        """The units that words name; a slip of the pen is reported."""
        if words == UNKNOWN:
            return None
        if words.endswith(PERSONS):
            self.source.report(place, f"“{words}”是人，这里写单位；请写成 党支部 这样的单位，人写在“责任人”里")
            return None
        if (named := who(words)) is None:
            self.source.report(place, f"没有“{words}”这类单位；是不是“{meant(words)}”？")
        return named

    def owes(self, words: str, place: PlaceLike) -> Who | None:
        """The units that words name, as a track of the campaign."""
        named = self.named(words, place)
        if named is None:
            return None
        if any(unit in self.shape.outside for unit in named.units):
            self.source.report(place, f"“{words}”是外部上级，只登记、不能给它派任务；请改成本校的单位")
            return None
        self.tracks.setdefault(named.track, Who(track=named.track, kinds=named.kinds, units=named.units))
        return named

    def default_owers(self, place: PlaceLike) -> Who | None:
        """Who owes when 谁办 is not written: the most basic of the participants."""
        if (track := lowest(self.participants)) is not None:
            return Who(track=track, kinds=self.tracks[track].kinds)
        if len(self.participants) == 1:
            return self.tracks[self.participants[0]]
        self.source.report(place, "没有写谁办，“参加”里也没有可作默认的单位；请补上 谁办: 党支部")
        return None

    def grader(self, words: str, subject: str, place: PlaceLike) -> Who | None:
        """Who grades: the school's grades are given by its 组织部; the superior of branches is the second level."""
        of_branches = subject == BRANCH
        if words in ("学校党委", "校党委", "学校") or (words in ("上级党组织", "上级") and not of_branches):
            return self.owes(self._organisation_office(), place)
        if words in ("上级党组织", "上级"):
            level = [track for track in self.participants if track in (SECOND, "党总支", "二级党委")]
            return self.owes(level[0] if len(level) == 1 else SECOND, place)
        return self.owes(words, place)

    def _organisation_office(self) -> str:
        """组织部 as this definition calls it (党委组织部), so that one office is not two tracks."""
        names = [name for task in self.shape.tasks for name in task.who]
        names += [paper.who for paper in self.shape.papers] + [grading.grader for grading in self.shape.gradings]
        return next((name for name in names if name.endswith(ORGANISATION_OFFICE)), ORGANISATION_OFFICE)

    def phase(self, name: str | None, place: PlaceLike) -> Deadline | None:
        """The deadline of a phase that something refers to; an unknown phase is reported."""
        if name is None or name in self.phases or name == UNKNOWN:
            return self.phases.get(name or "")
        if UNKNOWN not in self.phases and not self.source.is_torn(("阶段",)):
            self.source.report(place, self._no_such_phase(name))
        return None

    def claim(self, key: str, place: PlaceLike, remedy: str) -> None:
        """Take a key; two tasks must not have the same."""
        if UNKNOWN in key:
            return
        if key in self.taken:
            self.source.report(place, f"“{key}”与{self.taken[key]}同名；{remedy}")
        line = self.source.line(place)
        self.taken.setdefault(key, f"第{line}行" if line else "另一项")

    def scales(self, track: str) -> tuple[tuple[str, ...], ...]:
        """The scales on which the units of a track are graded, in the order of the rounds."""
        subject = BRANCH if track == BRANCH else SECOND
        graded = [(who(g.subject), g.scale) for g in self.shape.gradings]
        return tuple(scale for named, scale in graded if named and (named.track == BRANCH) == (subject == BRANCH))

    def _no_such_phase(self, name: str) -> str:
        if not self.phases:
            return f"没有“{name}”这个阶段，这份设置没有写阶段；请补上“阶段”，或删去这一行"
        close = nearest(name, tuple(self.phases))
        guess = f"是不是“{close}”？" if close else ""
        return f"没有“{name}”这个阶段；{guess}现有：{'、'.join(self.phases)}"
