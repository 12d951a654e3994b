"""The invented university: 45 second-level units, 341 branches, and everything its campaign year needs (H1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from duban.samples.organisation import Organisation
from duban.samples.register import register
from duban.samples.university_changes import university_changes
from duban.samples.university_grades import BEST, FAIR, GOOD, POOR, baseline
from duban.samples.university_posts import university_posts
from duban.samples.university_regrade import university_regrades
from duban.samples.university_scores import university_ballots, university_miscounts, university_scores
from duban.samples.university_truth import outcome_facts, unit_facts, work_facts
from duban.samples.university_units import NAME, university_units

# 1020 items, about 3 a branch, more where the grade is lower; 81 % closed, 6 % reopened on the way.
ITEMS = {BEST: 2, GOOD: 3, FAIR: 3, POOR: 5}
ALL_ITEMS, CLOSED, REOPENED = 1020, 826, 61


def university() -> Organisation:
    bare = university_units()
    grades = baseline(bare)
    units = tuple(replace(row, grade=grades.get(row.code)) for row in bare)
    branches = tuple(row for row in units if row.branch_kind)
    posts = university_posts(units)
    ballots = university_ballots(branches, grades)
    miscounts = university_miscounts(ballots)
    scores = university_scores(grades, ballots)
    problems = register("university", branches, _wanted(grades), closed=CLOSED, reopened=REOPENED)
    changes = university_changes(units, grades, posts.rows)
    regrades = university_regrades(grades, changes)
    return Organisation(
        kind="university",
        name=NAME,
        units=units,
        posts=tuple(posts.rows),
        truth={
            **unit_facts(units, grades, posts),
            **work_facts(grades, scores, ballots, miscounts, problems),
            **outcome_facts(units, grades, changes, regrades),
        },
        problems=problems,
        scores=scores,
        ballots=ballots,
        miscounts=miscounts,
        reorganisations=changes,
    )


def _wanted(grades: Mapping[str, str]) -> dict[str, int]:
    """How many items each branch enters: by its grade, and one more for as many 一般 as it takes to reach 1020."""
    wanted = {code: ITEMS[grade] for code, grade in grades.items()}
    fair = [code for code, grade in grades.items() if grade == FAIR]
    for code in fair[: ALL_ITEMS - sum(wanted.values())]:
        wanted[code] += 1
    return wanted
