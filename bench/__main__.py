"""`python -m bench W2 --n 100000 --json`: measure one workload, or `all`. Exit code 1 if a gate is broken."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence

from bench.advance import advance, submit
from bench.places import Place, open_place
from bench.rounds import Figure
from bench.sweep import growth, sweep

Workload = Callable[[Place, int, int], list[Figure]]
WORKLOADS: dict[str, tuple[Workload, dict[str, int]]] = {
    "W1": (advance, {"sqlite": 5_000, "postgresql": 5_000}),
    "W1-submit": (submit, {"sqlite": 5_000, "postgresql": 5_000}),
    "W2": (sweep, {"sqlite": 100_000, "postgresql": 100_000}),
    "W2-growth": (growth, {"sqlite": 1_000_000, "postgresql": 100_000}),
}
"""Each with its usual n. A million duties take PostgreSQL minutes to be made and copied: ask for them with --n."""
KINDS = {"sqlite": ("sqlite",), "postgresql": ("postgresql",), "both": ("sqlite", "postgresql")}


def main(arguments: Sequence[str] | None = None) -> int:
    asked = _asked(arguments)
    names = list(WORKLOADS) if asked.workload == "all" else [asked.workload]
    kinds = KINDS[asked.db or ("both" if asked.workload == "all" else "sqlite")]
    figures = [figure for kind in kinds for name in names for figure in _measure(name, kind, asked.n, asked.rounds)]
    if asked.json:
        shown = [figure.public() for figure in figures if figure.workload == asked.workload or asked.workload == "all"]
        print(json.dumps(shown[0] if len(shown) == 1 else shown, ensure_ascii=False))
    else:
        print(_table(figures))
    return exit_code(figures)


def exit_code(figures: Sequence[Figure]) -> int:
    return 1 if any(figure.broken for figure in figures) else 0


def _asked(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("workload", choices=[*WORKLOADS, "all"])
    parser.add_argument("--n", type=int, help="how many acts (W1) or duties (W2); a number that ten divides")
    parser.add_argument("--db", choices=list(KINDS), help="default: sqlite; both for all")
    parser.add_argument("--rounds", type=int, default=7, help="the best of so many counts (default 7)")
    parser.add_argument("--json", action="store_true", help="one JSON document on stdout, times in seconds")
    return parser.parse_args(arguments)


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
