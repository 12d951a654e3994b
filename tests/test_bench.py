"""The measuring itself: that every workload runs, does what it says it measures, and that a broken gate is an answer."""

from __future__ import annotations

import json

import pytest

from bench.__main__ import exit_code, main
from bench.rounds import Job, best, figure


@pytest.mark.parametrize(("workload", "n"), [("W1", 50), ("W1-submit", 50), ("W2", 1000)])
def test_one_workload_is_one_json_document(capsys: pytest.CaptureFixture[str], workload: str, n: int) -> None:
    main([workload, "--n", str(n), "--rounds", "1", "--json"])

    said = json.loads(capsys.readouterr().out)
    assert list(said) == ["workload", "n", "db", "floor", "ours", "ratio"]
    assert (said["workload"], said["n"], said["db"]) == (workload, n, "sqlite")
    assert said["ratio"] == round(said["ours"] / said["floor"], 2)


def test_the_table_shows_ratios_and_that_a_second_run_writes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    main(["W2", "--n", "1000", "--rounds", "1"])

    first, again = capsys.readouterr().out.splitlines()[1:]
    assert "100 due, one reminder and one message each" in first
    assert "wrote 0 rows, 0 bytes" in again


def test_a_broken_gate_is_exit_code_1() -> None:
    kept = figure("W1", 10, "sqlite", 1.0, 6.0, gate=6.0)
    broken = figure("W1", 10, "sqlite", 1.0, 6.1, gate=6.0)

    assert exit_code([kept]) == 0
    assert exit_code([kept, broken]) == 1


def test_a_gate_that_is_not_kept_is_measured_again_before_it_counts() -> None:
    rounds = 0

    def side() -> tuple[Job, Job]:
        nonlocal rounds
        rounds += 1
        return (lambda: None), (lambda: None)

    best(2, side, side, gate=0.0)

    assert rounds == 2 * 3 * 2
