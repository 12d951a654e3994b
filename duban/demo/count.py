"""What the year came to, asked of the engine afterwards."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from workflow.machine import phase_name
from workflow.model import BRANCHES, UnitKind

if TYPE_CHECKING:
    from duban.demo import Result
    from duban.demo.year import Year
    from duban.service.status import Board


def count(year: Year, folder: Path) -> Result:
    """Totals from the board, acts from the journal, messages from the folder."""
    from duban.demo import MESSAGES, Result

    engine, campaign = year.engine, year.campaign
    board = engine.status(campaign)
    tracks = engine.campaign(campaign).campaign.track_by_key
    units = {row.unit: row for row in board.rows if row.kind in BRANCHES}
    busiest = max(year.sent.items(), key=lambda pair: pair[1], default=(date.min, 0))
    figures = engine.figures(campaign)
    totals = board.totals
    return Result(
        folder=folder,
        organisation=year.organisation.name,
        units=sum(1 for row in board.rows if row.depth == 1 and row.track == "二级党组织"),
        branches=len(units),
        members=sum(u.members or 0 for u in year.organisation.units if u.kind in BRANCHES),
        campaign=board.campaign,
        cases=len(board.rows),
        totals={"expected": totals.expected, "on_time": totals.on_time, "late": totals.late, "open": totals.open},
        phases={
            track: {phase_name(tracks[track], no): counts.get(no, 0) for no in range(1, len(tracks[track].phases) + 2)}
            for track, counts in engine.phase_counts(campaign).items()
        },
        acts=engine.acts_done(campaign),
        proxies=year.proxies,
        runs=year.runs,
        reminders=_reminders(folder / MESSAGES),
        messages=sum(year.sent.values()),
        longest_day=busiest,
        held={k: v for k, v in engine.doctor()["messages"].items() if k not in ("sent", "cancelled")},
        figures=figures,
        grades=_grades(year),
        example=_example(board),
    )


def _reminders(folder: Path) -> int:
    """Lines of all messages that went out."""
    return sum(len(json.loads(path.read_text(encoding="utf-8"))["items"]) for path in folder.glob("*.json"))


def _example(board: Board) -> str:
    """The first branch with a duty long past its line; if all is done, the first branch."""
    branches = [row for row in board.rows if row.kind == UnitKind.BRANCH]
    waiting = [row for row in branches for duty in row.duties if duty.on_time is None and duty.days_late > 30]
    return (waiting or branches)[0].unit


def _grades(year: Year) -> dict[str, dict[str, int]]:
    """How many branches have each grade, in the first and the last round."""
    rounds = [g for g in year.engine.campaign(year.campaign).campaign.gradings if g.subject == "党支部"]
    found = {}
    for words, grading in (("年初", rounds[0]), ("年底", rounds[-1])):
        grades = Counter(year.engine.grades(year.campaign, grading.no).values())
        found[words] = {label: grades[label] for label in grading.scale if grades[label]}
    return found
