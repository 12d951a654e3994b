"""What must come out of the university's campaign year: every number of H1, counted from the rows themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from math import ceil
from statistics import mean, pstdev

from duban.samples.draws import SEED, tally
from duban.samples.organisation import GRADES, Ballot, RegisterItem, Reorganisation, Score
from duban.samples.university_changes import DISSOLVED, MERGED, NEW, SPLIT
from duban.samples.university_grades import BEST, FAIR, GOOD, POOR, unit_of
from duban.samples.university_posts import NOTICE, Posts
from duban.samples.university_regrade import Regrades
from duban.samples.university_units import KINDS, NAME, STUDENTS, seconds
from duban.workbook.rows import UnitRow
from workflow.model import UnitKind

MILESTONES = (date(2012, 3, 30), date(2012, 4, 13), date(2012, 5, 31), date(2012, 12, 31))
PUNCTUALITY = {"on_time": 0.78, "late_1_3": 0.14, "later": 0.06, "never": 0.02}
EXTENSIONS = {"asked": 23, "granted": 17}
# (from, share): what the campaign promises this year, and in two years (any rise counts for 后进).
THIS_YEAR = ((FAIR, Fraction(30, 100)), (POOR, Fraction(50, 100)))
TWO_YEARS = ((FAIR, Fraction(50, 100)), (POOR, Fraction(80, 100)))


def unit_facts(units: Sequence[UnitRow], grades: Mapping[str, str], posts: Posts) -> dict[str, object]:
    """Totals of units, branches and members, and what is odd about them."""
    branches = [row for row in units if row.branch_kind]
    return {
        "kind": "university",
        "name": NAME,
        "seed": SEED,
        "totals": _totals(units, branches),
        "branch_kinds": _branch_kinds(branches),
        "branches_per_unit": dict(sorted(tally(row.parent or "" for row in branches if len(row.code) == 4).items())),
        "sizes": _odd_sizes(branches),
        **_placement(grades),
        **_planted(posts),
    }


def work_facts(
    grades: Mapping[str, str],
    scores: Mapping[str, Score],
    ballots: Mapping[str, Sequence[Ballot]],
    miscounts: Mapping[str, object],
    problems: Mapping[str, Sequence[RegisterItem]],
) -> dict[str, object]:
    """Points, ballots, problems, and how punctual everybody is: shares of the duties, since those come with a definition."""
    return {
        "scores": _score_facts(scores, grades),
        "ballots": _ballot_facts(ballots, miscounts),
        "notice": NOTICE.isoformat(),
        "milestones": [day.isoformat() for day in MILESTONES],
        "punctuality": PUNCTUALITY,
        "extensions": EXTENSIONS,
        "register": _register_facts(problems),
    }


def outcome_facts(
    units: Sequence[UnitRow], grades: Mapping[str, str], changes: Sequence[Reorganisation], regrades: Regrades
) -> dict[str, object]:
    """The reorganisations, the second grading in its variants, and whether the targets are reached."""
    return {
        "reorganisations": [_event(event) for event in changes],
        "reorganisation_totals": _change_facts(changes, units),
        "targets": _targets(grades, regrades, changes),
        "falls": [{"unit": code, "from": grades[code], "to": regrades.a[code]} for code in regrades.fallen],
        "regrade": {"A": regrades.a, "B": regrades.b, "C": regrades.c},
    }


def _totals(units: Sequence[UnitRow], branches: Sequence[UnitRow]) -> dict[str, object]:
    return {
        "second_level": len(seconds()),
        "units_by_kind": tally(row.kind.value for row in units),
        "branches": len(branches),
        "branches_under_second_level": sum(row.kind is UnitKind.BRANCH for row in branches),
        "members": sum(row.members or 0 for row in branches),
        "grades": _in_order(tally(row.grade or "" for row in branches)),
    }


def _branch_kinds(branches: Sequence[UnitRow]) -> dict[str, object]:
    groups = {kind: [row for row in branches if row.branch_kind == kind] for kind in KINDS}
    return {
        kind: {
            "branches": len(rows),
            "members": sum(row.members or 0 for row in rows),
            "grades": _in_order(tally(row.grade or "" for row in rows)),
        }
        for kind, rows in groups.items()
    }


def _in_order(counts: Mapping[str, int]) -> dict[str, int]:
    return {grade: counts.get(grade, 0) for grade in GRADES}


def _odd_sizes(branches: Sequence[UnitRow]) -> dict[str, list[str]]:
    """`under_7` contains `under_3`."""
    size = {row.code: row.members or 0 for row in branches}
    students = {row.code for row in branches if row.branch_kind in STUDENTS}
    return {
        "students_over_20": [code for code in size if code in students and size[code] > 20],
        "over_50": [code for code in size if size[code] > 50],
        "under_7": [code for code in size if size[code] < 7],
        "under_3": [code for code in size if size[code] < 3],
    }


def _placement(grades: Mapping[str, str]) -> dict[str, object]:
    """Of the 40 units that have branches below them."""
    found: dict[str, set[str]] = {}
    for code, grade in grades.items():
        if unit_of(code) != code:
            found.setdefault(unit_of(code), set()).add(grade)
    return {
        "units_without_best": [unit for unit, grades in found.items() if BEST not in grades],
        "units_all_best": [unit for unit, grades in found.items() if grades == {BEST}],
    }


def _planted(posts: Posts) -> dict[str, object]:
    return {
        "vacant_posts": [{"unit": vacancy.unit, "role": vacancy.role} for vacancy in posts.vacancies],
        "expired_terms": posts.expired,
        "secretaries_without_email": posts.without_email,
        "secretaries_with_a_namesake": posts.namesakes,
    }


def _score_facts(scores: Mapping[str, Score], grades: Mapping[str, str]) -> dict[str, object]:
    own, superior = [score.own for score in scores.values()], [score.superior for score in scores.values()]
    return {
        "self": {"mean": round(mean(own), 2), "sd": round(pstdev(own), 2)},
        "superior": {"mean": round(mean(superior), 2), "sd": round(pstdev(superior), 2)},
        "final": {"mean": round(mean(score.final for score in scores.values()), 2)},
        "weights": {"self": 0.4, "superior": 0.6},
        "cut_offs": {BEST: 90, GOOD: 75, FAIR: 60},
        "gap_15_or_more": [code for code, score in scores.items() if score.own - score.superior >= 15],
        "vetoes": [
            {
                "unit": code,
                "ground": score.veto.ground,
                "ceiling": score.veto.ceiling,
                "computed": score.computed,
                "grade": grades[code],
            }
            for code, score in scores.items()
            if score.veto
        ],
        "satisfaction_mean": round(mean(score.satisfaction for score in scores.values()), 1),
        "satisfaction_under_80": [code for code, score in scores.items() if score.satisfaction < 80],
    }


def _ballot_facts(ballots: Mapping[str, Sequence[Ballot]], miscounts: Mapping[str, object]) -> dict[str, object]:
    few = [code for code, counts in ballots.items() for count in counts if count.group == "群众" and count.returned < 5]
    return {
        "issued": sum(count.issued for counts in ballots.values() for count in counts),
        "fewer_than_5_people": few,
        "miscounted": list(miscounts),
    }


def _register_facts(problems: Mapping[str, Sequence[RegisterItem]]) -> dict[str, object]:
    items = [item for rows in problems.values() for item in rows]
    return {
        "items": len(items),
        "closed": sum(item.closed for item in items),
        "reopened": sum(item.reopened for item in items),
        "by_category": tally(item.category for item in items),
    }


def _event(event: Reorganisation) -> dict[str, object]:
    return {
        "date": event.on.isoformat(),
        "kind": event.kind,
        "units": list(event.units),
        "becomes": [
            {"code": row.code, "name": row.name, "parent": row.parent, "branch_kind": row.branch_kind} for row in event.becomes
        ],
        "reason": event.reason,
    }


def _change_facts(changes: Sequence[Reorganisation], units: Sequence[UnitRow]) -> dict[str, object]:
    """`branches_after` = 341 + new - dissolved - absorbed + one more for each split."""
    kinds = {row.code: row.branch_kind for row in units}
    concerned = [kinds[event.units[0]] if event.units else event.becomes[0].branch_kind for event in changes]
    counts = tally(event.kind for event in changes)
    before = sum(1 for row in units if row.branch_kind)
    return {
        "events": len(changes),
        "by_kind": counts,
        "of_students": sum(kind in STUDENTS for kind in concerned),
        "branches_after": before + counts[NEW] - counts[DISSOLVED] - counts[MERGED] + counts[SPLIT],
    }


def _targets(grades: Mapping[str, str], regrades: Regrades, changes: Sequence[Reorganisation]) -> dict[str, object]:
    """The frozen cohort of each variant: how many branches it has, how many must rise, how many did."""
    dissolved = {event.units[0] for event in changes if event.kind == DISSOLVED}
    cohorts = {"A": list(grades), "B": list(grades), "C": [code for code in grades if code not in dissolved]}
    now = {"A": regrades.a, "B": regrades.b, "C": regrades.c}
    successors = _successors(changes)
    this_year = {
        variant: {
            grade: {
                "cohort": len(of := [code for code in cohort if grades[code] == grade]),
                "needed": ceil(share * len(of)),
                "reached": sum(_risen(grade, _now(code, now[variant], successors)) for code in of),
            }
            for grade, share in THIS_YEAR
        }
        for variant, cohort in cohorts.items()
    }
    two_years = {
        grade: {"cohort": (size := list(grades.values()).count(grade)), "needed": ceil(share * size)}
        for grade, share in TWO_YEARS
    }
    return {**this_year, "two_years": two_years}


def _successors(changes: Sequence[Reorganisation]) -> dict[str, list[str]]:
    """{code: who is judged in its place}: a merged branch by its successor, a split one by both parts."""
    return {event.units[0]: [row.code for row in event.becomes] for event in changes if event.kind in (MERGED, SPLIT)}


def _now(code: str, grades: Mapping[str, str], successors: Mapping[str, Sequence[str]]) -> list[str]:
    judged = [code] if code in grades else successors[code]
    return [grades[each] for each in judged]


def _risen(grade: str, now: Sequence[str]) -> bool:
    """一般 must be 先进 now; 后进 anything better; with several successors all of them."""
    if grade == FAIR:
        return all(each == BEST for each in now)
    return all(GRADES.index(each) < GRADES.index(grade) for each in now)
