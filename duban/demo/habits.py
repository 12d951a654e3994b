"""When the units of the demo hand in: 78 % on time, 14 % one to three days late, 6 % later, 2 % never, as H1 says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from enum import StrEnum
from random import Random

SHARES = {"on_time": 0.78, "late_1_3": 0.14, "later": 0.06, "never": 0.02}
"""Of the duties of the year; the same as `punctuality` of the generated university's truth.json."""
GRANTED = 17
"""Extensions granted; `extensions` of truth.json."""


class Habit(StrEnum):
    """How one duty is met."""

    ON_TIME = "on_time"
    LATE_1_3 = "late_1_3"
    LATER = "later"
    NEVER = "never"


class Deal:
    """Deals habits so that all duties dealt so far keep the shares, however few come at a time."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.dealt: Counter[Habit] = Counter()

    def deal(self, duties: Sequence[int], may_be_missed: frozenset[int]) -> dict[int, Habit]:
        """A habit for every duty. Only some may be missed for good: without its grading a whole unit would have no grades."""
        wanted = quotas(self.dealt.total() + len(duties))
        left = {habit: max(0, wanted[habit] - self.dealt[habit]) for habit in Habit}
        order = list(duties)
        self.random.shuffle(order)
        missed = [duty for duty in order if duty in may_be_missed][: left[Habit.NEVER]]
        others = [duty for duty in order if duty not in set(missed)]
        bag = [habit for habit in (Habit.LATE_1_3, Habit.LATER) for _ in range(left[habit])][: len(others)]
        bag += [Habit.ON_TIME] * (len(others) - len(bag))
        self.random.shuffle(bag)
        made = dict.fromkeys(missed, Habit.NEVER) | dict(zip(others, bag, strict=True))
        self.dealt.update(made.values())
        return made


def quotas(count: int) -> dict[Habit, int]:
    """Whole numbers that add up to `count`, by the largest remainder."""
    exact = {Habit(name): share * count for name, share in SHARES.items()}
    whole = {habit: int(value) for habit, value in exact.items()}
    rest = sorted(exact, key=lambda habit: exact[habit] - whole[habit], reverse=True)
    for habit in rest[: count - sum(whole.values())]:
        whole[habit] += 1
    return whole
