"""What a generated organisation consists of."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from duban.workbook.rows import PostRow, UnitRow

GRADES = ("先进", "较好", "一般", "后进")
# Final score in tenths from which a grade begins: 90, 75, 60 (a common rule, see `Score`).
CUT_OFFS = ((900, "先进"), (750, "较好"), (600, "一般"), (0, "后进"))


@dataclass(frozen=True, kw_only=True)
class RegisterItem:
    """One row of a branch's 整改台账. `category` is one of 设置 班子 制度 经费场所 活动 作用 其他; `owner` a role;
    `closed`: it is 销号 by the end of the campaign; `reopened`: a later check opens it once more before that."""

    no: int
    problem: str
    category: str
    goal: str
    measure: str
    owner: str
    due: date
    closed: bool
    reopened: bool = False


@dataclass(frozen=True, kw_only=True)
class Veto:
    """一票否决: why, and the best grade that is possible all the same."""

    ground: str
    ceiling: str


@dataclass(frozen=True, kw_only=True)
class Score:
    """Points of one branch out of 100: `own` by itself, `superior` by its committee, `final` = 0.4 own + 0.6 superior.

    `satisfaction` is the share of 满意 and 基本满意 among valid ballots, in percent with one decimal. `parts` are the five-good
    indicators that add up to `own`, where the organisation scores by them.
    """

    own: int
    superior: int
    satisfaction: float
    veto: Veto | None = None
    parts: tuple[tuple[str, int], ...] = ()

    @property
    def tenths(self) -> int:
        """The final score in tenths of a point, exactly: 4 own + 6 superior."""
        return 4 * self.own + 6 * self.superior

    @property
    def final(self) -> float:
        return self.tenths / 10

    @property
    def computed(self) -> str:
        """The grade by the cut-offs alone."""
        return graded(self.tenths)

    @property
    def grade(self) -> str:
        """The grade with the veto: the lower of the computed one and the ceiling."""
        grades = (self.computed, self.veto.ceiling) if self.veto else (self.computed,)
        return max(grades, key=GRADES.index)


@dataclass(frozen=True, kw_only=True)
class Ballot:
    """群众测评 as a count for one group of voters (党员 or 群众) in one session."""

    group: str
    session: int = 1
    expected: int
    present: int
    issued: int
    returned: int
    satisfied: int
    fairly: int
    dissatisfied: int
    abstained: int = 0
    void: int = 0

    @property
    def valid(self) -> int:
        return self.satisfied + self.fairly + self.dissatisfied

    @property
    def adds_up(self) -> bool:
        return self.returned <= self.issued and self.valid + self.abstained + self.void == self.returned


@dataclass(frozen=True, kw_only=True)
class Reorganisation:
    """组织调整 of one day: 新建 撤销 合并 拆分 更名 隶属调整.

    `units` are the codes it concerns; `becomes` the rows that stand for them from that day on: nothing for 撤销, for 合并 the
    successor (the last of `units`), for 拆分 two new units, for 更名 and 隶属调整 the same code. `posts` are the appointments
    that come with it.
    """

    on: date
    kind: str
    units: tuple[str, ...]
    becomes: tuple[UnitRow, ...]
    reason: str
    posts: tuple[PostRow, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Organisation:
    """An invented organisation. The dictionaries go by the code of a branch; `truth` is what must come out, as plain JSON.

    `ballots` are counted rightly; `miscounts` are the same ones of a few branches as they were first, wrongly, written down.
    """

    kind: str
    name: str
    units: tuple[UnitRow, ...]
    posts: tuple[PostRow, ...]
    truth: dict[str, object]
    problems: dict[str, tuple[RegisterItem, ...]] = field(default_factory=dict)
    scores: dict[str, Score] = field(default_factory=dict)
    ballots: dict[str, tuple[Ballot, ...]] = field(default_factory=dict)
    miscounts: dict[str, tuple[Ballot, ...]] = field(default_factory=dict)
    reorganisations: tuple[Reorganisation, ...] = ()


def graded(tenths: int) -> str:
    return next(grade for least, grade in CUT_OFFS if tenths >= least)
