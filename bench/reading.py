"""How well notices are read: every draft of a folder of notices against what a person says the notice means."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from bench.gold import (
    Item,
    Notice,
    is_aside,
    is_no_invention,
    notices_in,
    quotes_of,
    same_name,
    same_paper,
    same_phase,
    same_rate,
    same_rhythm,
    window,
)
from duban.drafting import draft_document
from phases.reader.document import Document
from phases.reader.draft import draft

OWN = Path(__file__).parents[1] / "tests" / "data" / "notices"
COLUMNS = ("phases", "wrong", "undated", "invented", "papers", "extra", "recurring", "targets", "grades", "issued", "loose")


@dataclass(frozen=True, kw_only=True)
class Score:
    """One notice, or the sum of many. Pairs of numbers: how many the gold answer has, how many of them were found.

    `read` are the phases of the draft that had to be right or wrong; `wrong` of them have the name of a phase and other days,
    `undated` its name and no days, `invented` are no phase. `extra` are dated deliverables and rates that nobody asked for, `loose`
    quotes that do not stand in the notice. `grades` and `issued` count notices whose grades and day of issue are right.
    """

    phases: int = 0
    found: int = 0
    read: int = 0
    wrong: int = 0
    undated: int = 0
    invented: int = 0
    papers: int = 0
    papers_found: int = 0
    extra: int = 0
    recurring: int = 0
    recurring_found: int = 0
    targets: int = 0
    targets_found: int = 0
    grades: int = 0
    issued: int = 0
    loose: int = 0
    notices: int = 1
    misses: tuple[str, ...] = ()

    def __add__(self, other: Score) -> Score:
        return Score(**{one.name: getattr(self, one.name) + getattr(other, one.name) for one in fields(self)})

    def public(self) -> dict[str, Any]:
        shares = {"recall": _share(self.found, self.phases), "precision": _share(self.found, self.read)}
        numbers = {key: value for key, value in vars(self).items() if key != "misses"}
        return {**numbers, **shares, "papers_recall": _share(self.papers_found, self.papers)}


def read_notice(notice: Notice) -> dict[str, Any]:
    """What `duban draft --json` says of a notice."""
    return dict(draft_document(draft(Document(text=notice.text))))


def score(notice: Notice, said: Item) -> Score:
    """`said` is a draft as JSON."""
    gold, misses = notice.gold, list[str]()
    papers, extra = _papers(gold, said, misses)
    rhythms = _kept("recurring", gold, said, same_rhythm, misses)
    rates = _kept("targets", gold, said, same_rate, misses)
    loose = [quote for quote in quotes_of(said) if quote not in notice.text]
    misses += [f"quote is not verbatim: {quote!r}" for quote in loose]
    return Score(
        **_phases(gold, said, misses),
        papers=papers[0],
        papers_found=papers[1],
        extra=extra + _extra_rates(gold, said, misses),
        recurring=rhythms[0],
        recurring_found=rhythms[1],
        targets=rates[0],
        targets_found=rates[1],
        grades=_grades_right(gold, said, misses),
        issued=_issued_right(gold, said, misses),
        loose=len(loose),
        misses=tuple(f"{notice.name}: {miss}" for miss in misses),
    )


def _phases(gold: Item, said: Item, misses: list[str]) -> dict[str, int]:
    """Counts of phases; each phase of the draft answers for one of the gold answer."""
    left = [phase for phase in said["phases"] if not phase.get("overall")]
    wanted = [phase for phase in gold["phases"] if not is_aside(phase)]
    missed = []
    for phase in wanted:
        match = next((found for found in left if same_phase(phase, found)), None)
        left.remove(match) if match is not None else missed.append(phase)
    asides = [phase for phase in gold["phases"] if is_aside(phase)]
    left = [found for found in left if not any(_is_the_aside(phase, found) for phase in asides)]
    known = [found for found in left if any(same_name(phase["name"], found["name"]) for phase in missed)]
    undated = [found for found in known if window(found) == (None, None)]
    misses += [f"phase missed: {phase['name']} {_days(phase)}" for phase in missed]
    said_of = [("undated" if found in undated else "wrong" if found in known else "invented", found) for found in left]
    misses += [f"phase {verdict}: {found['name']} {_days(found)}" for verdict, found in said_of]
    return {
        "phases": len(wanted),
        "found": len(wanted) - len(missed),
        "read": len(wanted) - len(missed) + len(left),
        "wrong": len(known) - len(undated),
        "undated": len(undated),
        "invented": len(left) - len(known),
    }


def _is_the_aside(phase: Item, found: Item) -> bool:
    return window(phase) == window(found) or same_phase(phase, found)


def _papers(gold: Item, said: Item, misses: list[str]) -> tuple[tuple[int, int], int]:
    """((asked for, found), extra): one draft may put together what is due on one day, or take it apart."""
    counts = _kept("deliverables", gold, said, same_paper, misses)
    extra = [
        paper
        for paper in said["deliverables"]
        if paper["due"] and not any(same_paper(one, paper) for one in gold["deliverables"]) and not is_no_invention(gold, paper)
    ]
    misses += [f"deliverable invented: {paper['what']} {paper['due']}" for paper in extra]
    return counts, len(extra)


def _extra_rates(gold: Item, said: Item, misses: list[str]) -> int:
    rates = {target["rate"] for target in gold["targets"]}
    extra = [target for target in said["targets"] if not any(abs(float(target["rate"]) - rate) < 1e-9 for rate in rates)]
    misses += [f"target invented: {target['what']} {target['rate']}" for target in extra]
    return len(extra)


def _kept(kind: str, gold: Item, said: Item, same: Callable[[Item, Item], bool], misses: list[str]) -> tuple[int, int]:
    wanted = [item for item in gold[kind] if not item.get("optional")]
    missed = [item for item in wanted if not any(same(item, found) for found in said[kind])]
    misses += [f"{kind} missed: {item['what']} {item.get('due') or item.get('rule') or item.get('rate')}" for item in missed]
    return len(wanted), len(wanted) - len(missed)


def _grades_right(gold: Item, said: Item, misses: list[str]) -> int:
    right = list(said["grades"]) == gold["grades"] or (bool(gold.get("grades_optional")) and not said["grades"])
    if not right:
        misses.append(f"grades: {gold['grades']} read as {said['grades']}")
    return int(right)


def _issued_right(gold: Item, said: Item, misses: list[str]) -> int:
    right = said["issued"] in (gold["issued"], *gold.get("issued_alt", ()))
    if not right:
        misses.append(f"issued: {gold['issued']} read as {said['issued']}")
    return int(right)


def _days(phase: Item) -> str:
    return " – ".join(day or "?" for day in window(phase))


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 3) if whole else None


def score_folder(folder: Path) -> dict[str, Score]:
    return {notice.name: score(notice, read_notice(notice)) for notice in notices_in(folder)}


def total(scores: Sequence[Score]) -> Score:
    return sum(scores, Score(notices=0))


def public(scores: Mapping[str, Score]) -> dict[str, Any]:
    """What `--json` prints of a folder."""
    each = {name: one.public() for name, one in scores.items()}
    return {"workload": "reading", "all": total(list(scores.values())).public(), "each": each}


def table(scores: Mapping[str, Score]) -> str:
    """One line a notice and one for all. `3/4` is found of asked for; what should be nought is left blank if it is."""
    head = ("notice", *COLUMNS)
    lines = [head, *(_row(name, one) for name, one in scores.items()), _row("all", total(list(scores.values())))]
    widths = [max(len(line[no]) for line in lines) for no in range(len(head))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines)


def _row(name: str, one: Score) -> tuple[str, ...]:
    pairs = {
        "phases": (one.found, one.phases),
        "papers": (one.papers_found, one.papers),
        "recurring": (one.recurring_found, one.recurring),
        "targets": (one.targets_found, one.targets),
        "grades": (one.grades, one.notices),
        "issued": (one.issued, one.notices),
    }
    shown = {key: f"{part}/{whole}" if whole else "" for key, (part, whole) in pairs.items()}
    return (name, *(shown[key] if key in shown else str(getattr(one, key) or "") for key in COLUMNS))
