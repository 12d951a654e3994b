"""How many points every branch of the university has at the start, and how people voted there.

The points fit the grades through the cut-offs. With 28 branches below 60 and 68 from 90 the mean of the final scores is near 80
and its deviation near 12, whatever else is chosen: means of 88 and 82 with deviations of 5 and 8 do not go with those shares.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random

from duban.samples.draws import pick, shuffled, stream
from duban.samples.organisation import Ballot, Score, Veto
from duban.samples.university_grades import BEST, FAIR, GOOD, POOR
from duban.workbook.rows import UnitRow

# The final scores a grade's branches have, in points, and where most of them lie: 0.4 own + 0.6 superior, cut-offs 90, 75, 60.
BANDS = {BEST: (90, 98, 93), GOOD: (75, 89.9, 87), FAIR: (60, 74.9, 73), POOR: (48, 59.9, 58.5)}
ONE_BETTER = {GOOD: BEST, FAIR: GOOD, POOR: FAIR}
WIDE_GAP, WIDE_GAPS = 15, 14
GAP_MEAN, GAP_SD = 5.6, 3.8
# Two vetoes lower a grade that the points alone would give; four more find the branch at or below their ceiling already.
VETOES = (
    ("半年以上未召开党员大会", FAIR, True),
    ("上年度未开展民主评议", FAIR, True),
    ("主要台账缺失，无法核实", FAIR, False),
    ("班子长期不能正常议事", FAIR, False),
    ("应到会党员连续多次过半缺席", FAIR, False),
    ("党费长期未按月足额收缴", FAIR, False),
)
SATISFIED, UNSATISFIED = 91.0, 80.0
UNSATISFIED_BRANCHES, FEW_BALLOTS, MISCOUNTS = 9, 11, 4


def university_scores(grades: Mapping[str, str], ballots: Mapping[str, Sequence[Ballot]]) -> dict[str, Score]:
    """{code: score}: the grade is the baseline's by the cut-offs, or by a veto where there is one."""
    random = stream("university", "scores")
    vetoes = _vetoes(random, grades)
    wide = set(pick(random, [code for code in grades if grades[code] != BEST and code not in vetoes], WIDE_GAPS))
    scores: dict[str, Score] = {}
    for code, grade in grades.items():
        veto, lowers = vetoes.get(code, (None, False))
        own, superior = _points(random, ONE_BETTER[grade] if lowers else grade, code in wide)
        share = satisfaction(ballots[code])
        scores[code] = Score(own=own, superior=superior, satisfaction=share, veto=veto)
    return scores


def _vetoes(random: Random, grades: Mapping[str, str]) -> dict[str, tuple[Veto, bool]]:
    fair = shuffled(random, [code for code, grade in grades.items() if grade == FAIR])
    poor = shuffled(random, [code for code, grade in grades.items() if grade == POOR])
    chosen = (fair[0], fair[1], fair[2], *poor[:3])
    return {
        code: (Veto(ground=ground, ceiling=ceiling), lowers)
        for code, (ground, ceiling, lowers) in zip(chosen, VETOES, strict=True)
    }


def _points(random: Random, grade: str, wide: bool) -> tuple[int, int]:
    """Own and superior's points: most branches think a little better of themselves than their committee does."""
    low, high, usual = BANDS[grade]
    while True:
        final = random.triangular(low, high, usual)
        gap = random.uniform(WIDE_GAP, 24) if wide else random.gauss(GAP_MEAN, GAP_SD)
        score = Score(own=round(final + 0.6 * gap), superior=round(final - 0.4 * gap), satisfaction=100)
        fits = (score.own - score.superior >= WIDE_GAP) == wide and 0 <= score.superior <= 100 and score.own <= 100
        if fits and score.computed == grade:
            return score.own, score.superior


def university_ballots(branches: Sequence[UnitRow], grades: Mapping[str, str]) -> dict[str, tuple[Ballot, ...]]:
    """{code: (members' ballot, people's ballot)}, counted rightly.

    91 % are satisfied on average over the branches; 9 branches are below 80 %, 11 have fewer than 5 ballots of people.
    """
    random = stream("university", "ballots")
    low = [code for code, grade in grades.items() if grade in (FAIR, POOR)]
    unhappy = set(pick(random, low, UNSATISFIED_BRANCHES))
    few = set(pick(random, [row.code for row in branches if row.code not in unhappy], FEW_BALLOTS))
    sizes = {row.code: _sizes(random, row.members or 0, row.code in few) for row in branches}
    against = {code: _against(random, sum(size), grades[code], code in unhappy) for code, size in sizes.items()}
    _settle_mean(random, sizes, against, unhappy)
    return {row.code: tuple(_ballots(random, row.members or 0, sizes[row.code], against[row.code])) for row in branches}


def satisfaction(ballots: Sequence[Ballot]) -> float:
    """满意 and 基本满意 among valid ballots of all groups, in percent with one decimal."""
    valid = sum(ballot.valid for ballot in ballots)
    return round(100 * sum(ballot.satisfied + ballot.fairly for ballot in ballots) / valid, 1)


def university_miscounts(ballots: Mapping[str, tuple[Ballot, ...]]) -> dict[str, tuple[Ballot, ...]]:
    """{code: the same ballots as first written down}: two with more returned than issued, two whose options do not add up."""
    random = stream("university", "miscounts")
    wrong: dict[str, tuple[Ballot, ...]] = {}
    for no, code in enumerate(pick(random, list(ballots), MISCOUNTS)):
        members, people = ballots[code]
        more = {"returned": people.issued + 2} if no % 2 else {"satisfied": people.satisfied + 3}
        wrong[code] = (members, Ballot(**{**vars(people), **more}))
    return wrong


def _sizes(random: Random, members: int, few: bool) -> tuple[int, int]:
    """Valid ballots of members and of people around the branch."""
    present = max(2, members - random.randint(0, max(0, members // 8)))
    return present, random.randint(2, 4) if few else random.randint(8, 20)


def _against(random: Random, valid: int, grade: str, unhappy: bool) -> int:
    """How many are 不满意; more than a fifth where the branch is among the nine."""
    if unhappy:
        return -(-valid * random.randint(22, 36) // 100)
    usual = {BEST: 0.06, GOOD: 0.08, FAIR: 0.1, POOR: 0.13}[grade]
    return min(_most(valid), round(valid * random.uniform(0, 2 * usual)))


def _most(valid: int) -> int:
    """The largest number of 不满意 with which a branch still has 80 %."""
    return valid // 5


def _settle_mean(random: Random, sizes: Mapping[str, tuple[int, int]], against: dict[str, int], unhappy: set[str]) -> None:
    """Moves single ballots until the mean over all branches is 91 %, within a twentieth of a point."""
    while abs(missing := SATISFIED - _mean(sizes, against)) > 0.05:
        code = random.choice([code for code in sizes if code not in unhappy])
        step = -1 if missing > 0 else 1
        if 0 <= against[code] + step <= _most(sum(sizes[code])):
            against[code] += step


def _mean(sizes: Mapping[str, tuple[int, int]], against: Mapping[str, int]) -> float:
    return sum(100 * (1 - against[code] / sum(size)) for code, size in sizes.items()) / len(sizes)


def _ballots(random: Random, members: int, size: tuple[int, int], against: int) -> list[Ballot]:
    first = round(against * size[0] / sum(size))
    ballots = []
    for group, valid, no in (("党员", size[0], first), ("群众", size[1], against - first)):
        # The smallest groups hand in exactly their valid ballots, so that fewer than 5 is fewer than 5 however counted.
        abstained, lost = (int(random.random() < chance and valid >= 5) for chance in (0.15, 0.1))
        issued = valid + abstained + lost
        fairly = random.randint(0, (valid - no) // 3)
        expected = max(members, issued) if group == "党员" else issued + random.randint(0, 3)
        ballots.append(
            Ballot(
                group=group,
                expected=expected,
                present=issued,
                issued=issued,
                returned=issued - lost,
                satisfied=valid - no - fairly,
                fairly=fairly,
                dissatisfied=no,
                abstained=abstained,
            )
        )
    return ballots
