"""Which grade every branch of the university has at the end of the year, in three variants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from duban.samples.draws import pick, shuffled, stream
from duban.samples.organisation import GRADES, Reorganisation
from duban.samples.university_changes import DISSOLVED, MERGED, SPLIT
from duban.samples.university_grades import BEST, FAIR, GOOD, POOR

# What happens to the 一般 and 后进 of the baseline in variant A: exactly on target, 28 of 92 and 14 of 28.
FAIR_RISEN, POOR_RISEN = 28, 14
FAIR_TO_GOOD, GOOD_TO_BEST = 34, 21
BEST_FALLEN, FAIR_FALLEN = 5, 2
# Where the 14 go: any rise counts for them.
POOR_NOW = (BEST,) * 1 + (GOOD,) * 4 + (FAIR,) * 9


@dataclass(frozen=True, kw_only=True)
class Regrades:
    """{code: grade} for each variant, and the codes behind the numbers."""

    a: dict[str, str]
    b: dict[str, str]
    c: dict[str, str]
    fallen: tuple[str, ...]


def university_regrades(grades: Mapping[str, str], events: Sequence[Reorganisation]) -> Regrades:
    """Variants of one outcome: A reaches both targets exactly, B misses the first by one, C is A after the reorganisations."""
    a = _on_target(grades, events)
    b = {**a, _last_risen(grades, a, events): GOOD}
    fallen = tuple(code for code in grades if GRADES.index(a[code]) > GRADES.index(grades[code]))
    return Regrades(a=a, b=b, c=_after(a, events), fallen=fallen)


def _on_target(grades: Mapping[str, str], events: Sequence[Reorganisation]) -> dict[str, str]:
    random = stream("university", "regrade")
    moved = {code for event in events if event.kind in (DISSOLVED, MERGED, SPLIT) for code in event.units}
    quiet = {grade: [c for c in grades if grades[c] == grade and c not in moved] for grade in GRADES}
    now = dict(grades)
    # Of those that rise one 一般 and one 后进 are dissolved, so that C has one less of both, just as many as it needs.
    fair = [*_of(grades, events, DISSOLVED, FAIR)[:1], *_of(grades, events, SPLIT, FAIR)[:1]]
    poor = [*_of(grades, events, DISSOLVED, POOR)[:1], *_of(grades, events, MERGED, POOR)]
    fair += _draw(random, quiet[FAIR], FAIR_RISEN - len(fair))
    poor += _draw(random, quiet[POOR], POOR_RISEN - len(poor))
    now.update(dict.fromkeys(fair, BEST))
    now.update(zip(poor, reversed(POOR_NOW), strict=True))
    now.update(dict.fromkeys(_draw(random, quiet[FAIR], FAIR_FALLEN), POOR))
    now.update(dict.fromkeys(_draw(random, quiet[BEST], BEST_FALLEN), GOOD))
    now.update(dict.fromkeys(_draw(random, quiet[FAIR], FAIR_TO_GOOD), GOOD))
    now.update(dict.fromkeys(_draw(random, quiet[GOOD], GOOD_TO_BEST), BEST))
    return now


def _draw(random: Random, codes: list[str], count: int) -> list[str]:
    """`count` of `codes`, which are then no longer among them."""
    drawn = pick(random, shuffled(random, codes), count)
    codes[:] = [code for code in codes if code not in drawn]
    return drawn


def _of(grades: Mapping[str, str], events: Sequence[Reorganisation], kind: str, grade: str) -> list[str]:
    """Branches of that grade that go in events of that kind: the absorbed one of a merger, all others by themselves."""
    return [event.units[0] for event in events if event.kind == kind and grades[event.units[0]] == grade]


def _last_risen(grades: Mapping[str, str], now: Mapping[str, str], events: Sequence[Reorganisation]) -> str:
    moved = {code for event in events for code in event.units}
    return [code for code in grades if grades[code] == FAIR and now[code] == BEST and code not in moved][-1]


def _after(now: Mapping[str, str], events: Sequence[Reorganisation]) -> dict[str, str]:
    """The grades as organised at the end of the year. New branches are not rated (不参评).

    Of the branches that were split, the parts of one that rose are both 先进, of the next one only one is: it has not risen.
    """
    after = dict(now)
    for event in events:
        if event.kind in (DISSOLVED, MERGED):
            del after[event.units[0]]
        elif event.kind == SPLIT:
            grade = after.pop(event.units[0])
            first, second = (row.code for row in event.becomes)
            after.update({first: BEST if grade == FAIR else grade, second: grade})
    return dict(sorted(after.items()))
