"""Phrases of notices, written before the reader was run on them: read right, or asked about; never silently wrong.

A line of `phrases/*.jsonl` is one phrase: `text` and `anchor` (the day of issue, or null) as `duban deadline --jsonl` takes
them, and what a careful clerk would answer: `kind`, `start`, `end`, and where they matter `time`, `all` and `flags` (which must
be among those given). A list names alternatives that are equally right, `"*"` is what the rules leave open (`kind`, `start`,
`end`). `"or": "asked"`: to ask, with a blocking flag, is as right as the dates. `"blocked": true`: it must be asked about.
`"tolerable": true`: another reading is not right, but does no harm. `class` is what the phrase is an example of; classes
in `2` are a second lot written before the reader had met the first, `late` and `last` ones a third and a fourth, each written
after it had been corrected by those before.
"""

from __future__ import annotations

import json
import re
import timeit
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from shell import Shell

from workflow.deadline import BLOCKING, FLAGS

HERE = Path(__file__).parent / "phrases"
CORPUS: list[dict[str, Any]] = [
    json.loads(line) for file in sorted(HERE.glob("*.jsonl")) for line in file.read_text(encoding="utf-8").splitlines()
]
Answered = list[tuple[dict[str, Any], dict[str, Any]]]


@pytest.fixture(scope="module")
def answered(tmp_path_factory: pytest.TempPathFactory) -> Answered:
    """Each phrase with the command's answer to it: one command for all of them."""
    folder = tmp_path_factory.mktemp("phrases")
    shell = Shell(folder=folder, url=f"sqlite:///{folder}/none.db", clock=None)
    answer = shell("deadline", "--jsonl", stdin=_as_asked(CORPUS))
    assert (answer.code, answer.err) == (0, "")
    return list(zip(CORPUS, map(json.loads, answer.out.splitlines()), strict=True))


def test_the_corpus_is_as_its_rules_say() -> None:
    known = {"id", "text", "anchor", "kind", "start", "end", "time", "all", "flags", "or", "blocked", "tolerable", "class"}

    ids = Counter(row["id"] for row in CORPUS)

    assert len(CORPUS) >= 400
    assert [name for name, count in ids.items() if count > 1] == []
    assert [row["id"] for row in CORPUS if not row.keys() <= known or not set(row.get("flags", ())) <= FLAGS.keys()] == []


def test_the_weekdays_of_the_corpus_are_right_where_it_does_not_say_otherwise() -> None:
    said = re.compile(r"(?:(\d{4})年)?(\d+)月(\d+)日[（(【]?(?:含，)?(?:本周|下周|下星期|星期|周|礼拜)([一二三四五六日])")

    slips = [
        row["id"]
        for row in CORPUS
        for year, month, day, weekday in said.findall(row["text"])
        if "一二三四五六日"[date(int(year or row["anchor"][:4]), int(month), int(day)).weekday()] != weekday
    ]

    assert [name for name in slips if "mismatch" not in name] == ["late-asked-07"]
    assert len([name for name in slips if "mismatch" in name]) >= 5


def test_dated_phrases_are_read_right(answered: Answered) -> None:
    dated = [pair for pair in answered if _is_dated(pair[0])]

    misses = _but("right", "tolerated", of=dated)

    assert len(misses) <= 0.03 * len(dated), _table(misses, of=dated)


def test_no_phrase_is_silently_wrong(answered: Answered) -> None:
    wrong = [pair for pair in answered if verdict(*pair) == "wrong"]

    assert wrong == [], _table(wrong, of=answered)


def test_no_date_is_invented(answered: Answered) -> None:
    invented = [pair for pair in answered if verdict(*pair) == "invented"]

    assert invented == [], _table(invented, of=answered)


def test_every_damaged_phrase_is_flagged(answered: Answered) -> None:
    damaged = [pair for pair in answered if "damaged" in pair[0].get("flags", ())]

    silent = [pair for pair in damaged if "damaged" not in pair[1]["flags"]]

    assert len(damaged) >= 20
    assert silent == [], _table(silent, of=damaged)


def test_what_has_no_single_day_is_asked_about(answered: Answered) -> None:
    open_ones = [pair for pair in answered if pair[0].get("blocked") or BLOCKING & set(pair[0].get("flags", ()))]

    silent = _but("right", of=open_ones)

    assert silent == [], _table(silent, of=open_ones)


def test_phrases_without_a_date_are_called_what_they_are(answered: Answered) -> None:
    undated = [pair for pair in answered if not _is_dated(pair[0]) and pair[0]["kind"] != "*"]

    misses = _but("right", "tolerated", of=undated)

    assert len(misses) <= 0.03 * len(undated), _table(misses, of=undated)


def test_a_thousand_phrases_take_less_than_a_second() -> None:
    from duban.checking import deadline_lines

    lines = _as_asked(CORPUS).splitlines()

    seconds = min(timeit.repeat(lambda: list(deadline_lines(lines)), number=1, repeat=3))

    assert len(lines) / seconds >= 1000


def verdict(row: dict[str, Any], answer: dict[str, Any]) -> str:
    """One of right, tolerated, refused (a blocking flag), inexact (right dates, else not), missed (no date, nothing
    asked), wrong (other dates or another hour, nothing asked), invented (dates where there are none, nothing asked)."""
    blocked = not BLOCKING.isdisjoint(answer["flags"])
    if _is_right(row, answer, blocked=blocked):
        return "right"
    if row.get("tolerable"):
        return "tolerated"
    if blocked:
        return "refused"
    has_dates = bool(answer["start"] or answer["end"])
    if not _is_dated(row):
        return "invented" if has_dates else "inexact"
    if not has_dates:
        return "missed"
    same_days = _fits(row["start"], answer["start"]) and _fits(row["end"], answer["end"])
    other_hour = "time" in row and answer["time"] and not _fits(row["time"], answer["time"])
    return "inexact" if same_days and not other_hour else "wrong"


def _is_right(row: dict[str, Any], answer: dict[str, Any], *, blocked: bool) -> bool:
    flags = set(row.get("flags", ()))
    if blocked and row.get("or") == "asked" and flags & BLOCKING <= set(answer["flags"]):
        return True
    return (
        all(_fits(row[name], answer[name]) for name in ("kind", "start", "end"))
        and ("time" not in row or _fits(row["time"], answer["time"]))
        and ("all" not in row or row["all"] == answer["all"])
        and flags <= set(answer["flags"])
        and (blocked or not row.get("blocked"))
    )


def _fits(expected: object, found: object) -> bool:
    return expected == "*" or (found in expected if isinstance(expected, list) else found == expected)


def _is_dated(row: dict[str, Any]) -> bool:
    """Whether the phrase states days of its own: some are expected, and they are not open."""
    return any(_states(row[name]) for name in ("start", "end"))


def _states(expected: object) -> bool:
    return isinstance(expected, str | list) and expected != "*" and expected != [None]


def _as_asked(rows: Iterable[dict[str, Any]]) -> str:
    asked = ({"text": row["text"], "anchor": row["anchor"]} for row in rows)
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in asked)


def _but(*good: str, of: Answered) -> Answered:
    return [pair for pair in of if verdict(*pair) not in good]


def _table(misses: Answered, *, of: Answered) -> str:
    """What a person needs to see: how many of each class, and each miss with the answer it got."""
    classes: Callable[[Answered], Counter[str]] = lambda pairs: Counter(row["class"] for row, _ in pairs)  # noqa: E731
    counts = "  ".join(f"{name} {count}/{classes(of)[name]}" for name, count in classes(misses).items())
    lines = [
        f"{row['id']} ({verdict(row, answer)}) {row['text']!r} of {row['anchor']}: "
        f"wanted {row['kind']} {row['start']} {row['end']} {row.get('time', '')} {row.get('flags', '')}, "
        f"got {answer['kind']} {answer['start']} {answer['end']} {answer['time'] or ''} {answer['flags']}"
        for row, answer in misses
    ]
    return "\n".join(["", counts, *lines])
