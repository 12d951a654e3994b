"""`python -m bench W2 --n 100000 --json`: measure one workload, or `all`. Exit code 1 if a gate is broken.

`reading` measures no time: it says how well notices are read, and with --phrases phrases of time. `crash` measures none either: it kills
lives at --points places and says whether they end as if nothing had happened.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from bench.advance import advance, submit
from bench.crowd import crowd
from bench.phrases import PhraseScore, score_phrases
from bench.places import Place, open_place
from bench.reading import OWN, Score, public, score_folder, table, total
from bench.rounds import Figure
from bench.sweep import growth, sweep

Workload = Callable[[Place, int, int], list[Figure]]
WORKLOADS: dict[str, tuple[Workload, dict[str, int]]] = {
    "W1": (advance, {"sqlite": 5_000, "postgresql": 5_000}),
    "W1-submit": (submit, {"sqlite": 5_000, "postgresql": 5_000}),
    "W2": (sweep, {"sqlite": 100_000, "postgresql": 100_000}),
    "W2-growth": (growth, {"sqlite": 1_000_000, "postgresql": 100_000}),
    "W2-crowd": (crowd, {"sqlite": 20_000, "postgresql": 20_000}),
}
"""Each with its usual n. A million duties take PostgreSQL minutes to be made and copied: ask for them with --n."""
READING, CRASH = "reading", "crash"
KINDS = {"sqlite": ("sqlite",), "postgresql": ("postgresql",), "both": ("sqlite", "postgresql")}


def main(arguments: Sequence[str] | None = None) -> int:
    asked = _asked(arguments)
    if asked.workload == CRASH:
        from bench.crash.soak import main as soak

        return soak(KINDS[asked.db or "both"], asked.points)
    figures = _figures(asked)
    read = _folders(asked) if asked.workload in (READING, "all") else {}
    phrases = score_phrases(asked.phrases) if asked.phrases and asked.workload in (READING, "all") else None
    if asked.json:
        shown = [figure.public() for figure in figures if figure.workload == asked.workload or asked.workload == "all"]
        shown += [{**public(scores), "folder": name} for name, scores in read.items()]
        shown += [phrases.public()] if phrases else []
        print(json.dumps(shown[0] if len(shown) == 1 else shown, ensure_ascii=False))
    else:
        print("\n\n".join([*([_table(figures)] if figures else ()), *_spoken(read, phrases, misses=asked.misses)]))
    return max(exit_code(figures), int(any(total(list(scores.values())).loose for scores in read.values())))


def _figures(asked: argparse.Namespace) -> list[Figure]:
    names = {"all": list(WORKLOADS), READING: []}.get(asked.workload, [asked.workload])
    kinds = KINDS[asked.db or ("both" if asked.workload == "all" else "sqlite")]
    return [figure for kind in kinds for name in names for figure in _measure(name, kind, asked.n, asked.rounds)]


def _folders(asked: argparse.Namespace) -> dict[str, dict[str, Score]]:
    """The scores of our own notices, and of a folder of others where there is one."""
    folders = [OWN, *([asked.notices] if asked.notices else ())]
    return {folder.name if folder is not OWN else "own": score_folder(folder) for folder in folders}


def _spoken(read: dict[str, dict[str, Score]], phrases: PhraseScore | None, *, misses: bool) -> list[str]:
    said = []
    for name, scores in read.items():
        said.append(f"{name}: {len(scores)} notices\n{table(scores)}")
        said += ["\n".join(total(list(scores.values())).misses)] if misses else []
    if phrases:
        said.append(phrases.said() + ("\n" + "\n".join(phrases.misses) if misses else ""))
    return said


def exit_code(figures: Sequence[Figure]) -> int:
    return 1 if any(figure.broken for figure in figures) else 0


def _asked(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("workload", choices=[*WORKLOADS, READING, CRASH, "all"])
    parser.add_argument("--n", type=int, help="how many acts (W1) or duties (W2); a number that ten divides")
    parser.add_argument("--db", choices=list(KINDS), help="default: sqlite; both for all")
    parser.add_argument("--rounds", type=int, default=7, help="the best of so many counts (default 7)")
    parser.add_argument(
        "--points", type=int, default=300, help="crash: where lives are killed, a database and policy (default 300)"
    )
    parser.add_argument("--json", action="store_true", help="one JSON document on stdout, times in seconds")
    parser.add_argument(
        "--notices", type=Path, default=_folder("DUBAN_NOTICES"), help="more notices with NAME.gold.json beside"
    )
    parser.add_argument("--phrases", type=Path, default=_folder("DUBAN_PHRASES"), help="phrases as JSON lines")
    parser.add_argument("--misses", action="store_true", help="say of each notice what was missed")
    return parser.parse_args(arguments)


def _folder(variable: str) -> Path | None:
    """The path that an environment variable names, if something is there."""
    path = Path(os.environ.get(variable, ""))
    return path if path.name and path.exists() else None


def _measure(name: str, kind: str, n: int | None, rounds: int) -> list[Figure]:
    workload, usual = WORKLOADS[name]
    print(f"{name} on {kind} …", file=sys.stderr)
    with open_place(kind) as place:
        return workload(place, n or usual[kind], rounds)


def _table(figures: list[Figure]) -> str:
    """Ratios only: absolute times say more about the machine than about the program."""
    head = ("workload", "db", "n", "ratio", "gate", "goal", "", "")
    lines = [head, *(_line(figure) for figure in figures)]
    widths = [max(len(line[no]) for line in lines) for no in range(len(head))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines)


def _line(figure: Figure) -> tuple[str, ...]:
    verdict = "BROKEN" if figure.broken else "ok" if figure.gate is not None else ""
    gate, goal = (f"{limit:g}" if limit is not None else "" for limit in (figure.gate, figure.goal))
    return (figure.workload, figure.db, str(figure.n), f"{figure.ratio:.2f}", gate, goal, verdict, figure.note)


if __name__ == "__main__":
    sys.exit(main())
