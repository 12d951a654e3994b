"""The scoring of drafts: that a right draft scores full, and that every kind of mistake is counted as what it is."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from bench.__main__ import main
from bench.gold import notices_in
from bench.phrases import score_phrases
from bench.reading import OWN, Score, score, total

NOTICES = {notice.name: notice for notice in notices_in(OWN)}


@pytest.mark.parametrize("name", NOTICES)
def test_what_a_person_says_scores_full(name: str):
    one = scored(name)

    assert (one.found, one.read, one.papers_found) == (one.phases, one.phases, one.papers)
    assert (one.recurring_found, one.targets_found, one.grades, one.issued) == (one.recurring, one.targets, 1, 1)
    assert (one.wrong, one.undated, one.invented, one.extra, one.loose, one.misses) == (0, 0, 0, 0, 0, ())


def test_phase_with_another_day_is_wrong():
    one = scored("010", phases__0__end="2021-03-25")

    assert (one.found, one.wrong, one.undated, one.invented) == (3, 1, 0, 0)


def test_phase_without_its_days_is_undated():
    one = scored("010", phases__0__start=None, phases__0__end=None)

    assert (one.found, one.wrong, one.undated, one.invented) == (3, 0, 1, 0)


def test_phase_of_another_name_is_invented_and_the_right_one_missed():
    one = scored("010", phases__0__name="检查范围")

    assert (one.found, one.read, one.wrong, one.invented) == (3, 4, 0, 1)


def test_phase_read_twice_is_invented_once():
    one = scored("010", phases__4=deepcopy(NOTICES["010"].gold["phases"][0]))

    assert (one.found, one.read, one.invented) == (4, 5, 1)


def test_the_frame_of_a_campaign_is_neither_asked_for_nor_invented():
    with_frame = scored("017")
    without = scored("017", phases__0={**NOTICES["017"].gold["phases"][1], "name": "学习提高"}, phases__1=None)

    assert (with_frame.phases, with_frame.read, with_frame.invented) == (3, 3, 0)
    assert (without.phases, without.found, without.invented) == (3, 3, 0)


def test_another_window_that_is_right_too_is_right():
    one = scored("027", phases__0__start=None)

    assert (one.found, one.wrong) == (4, 0)


def test_paper_of_another_day_is_missed_and_invented():
    one = scored("022", deliverables__0__due="2020-11-28")

    assert (one.papers_found, one.papers, one.extra) == (3, 4, 1)


def test_replaced_deadline_is_an_invention():
    one = scored("013", deliverables__0__due="2018-06-20")

    assert (one.papers_found, one.extra) == (2, 1)


def test_damaged_day_may_be_left_open():
    one = scored("002", deliverables__0__due=None)

    assert (one.papers_found, one.extra) == (1, 0)


def test_act_of_an_office_is_no_invention():
    event = {"what": "换届业务培训", "to": None, "due": "2017-05-20", "quote": "5月中旬组织一次换届业务培训"}
    other_day = {**event, "due": "2017-05-11"}

    assert scored("023", deliverables__2=event).extra == 0
    assert scored("023", deliverables__2=other_day).extra == 1


def test_two_papers_of_one_day_may_be_read_as_one():
    both = {
        "what": "对账自查报告、问题销号表",
        "due": "2015-05-13",
        "quote": "将对账自查报告以正式公文形式报省委高校工委组织处",
    }

    one = scored("030", deliverables__0=both, deliverables__1=None)

    assert (one.papers_found, one.extra) == (3, 0)


def test_rhythm_of_another_unit_is_missed():
    one = scored("028", recurring__1__rule="quarterly")

    assert (one.recurring_found, one.recurring) == (5, 6)


def test_rate_by_another_day_is_missed():
    one = scored("015", targets__0__by="2013-12-31")

    assert (one.targets_found, one.targets) == (2, 3)


def test_quote_with_one_other_character_is_loose():
    one = scored("011", phases__1__quote="摸底登记阶段（4月10日~4月25日）")

    assert one.loose == 1


def test_sum_of_scores_counts_the_notices():
    assert total([scored("010"), scored("011")]).notices == 2


def test_reading_is_one_json_document(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("DUBAN_NOTICES", raising=False)
    monkeypatch.delenv("DUBAN_PHRASES", raising=False)

    code = main(["reading", "--json"])

    said = json.loads(capsys.readouterr().out)
    assert code == 0
    assert (said["workload"], said["folder"], said["all"]["notices"]) == ("reading", "own", len(NOTICES))


def test_phrases_are_right_asked_or_silently_wrong(tmp_path: Path):
    lines: list[dict[str, Any]] = [
        {"text": "3月30日前", "anchor": "2012-03-26", "kind": "before", "start": None, "end": "2012-03-30"},
        {"text": "3月30日前", "anchor": "2012-03-26", "kind": "before", "start": None, "end": "2012-03-29"},
        {"text": "3月30日前", "anchor": "2012-03-26", "kind": "none", "start": None, "end": None},
        {"text": "3月30日前", "anchor": "2012-03-26", "kind": "before", "start": None, "end": ["2012-03-29", "2012-03-30"]},
        {"text": "务于525前报送", "anchor": "2014-05-05", "kind": "*", "start": None, "end": "2014-05-24", "note": "damaged"},
    ]
    file = tmp_path / "phrases.jsonl"
    file.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), encoding="utf-8")

    found = score_phrases(file)

    assert (found.count, found.right, found.asked, found.silent, found.invented) == (5, 2, 1, 2, 1)
    assert (found.damaged, found.flagged) == (1, 1)


def scored(name: str, **changes: Any) -> Score:
    """The score of the gold answer itself as a draft, with changes: `phases__0__end="2021-03-25"`; None for an item drops it."""
    notice = NOTICES[name]
    said = deepcopy(dict(notice.gold))
    for path, value in changes.items():
        kind, no, *key = path.split("__")
        items, at = said[kind], int(no)
        if key:
            items[at][key[0]] = value
        else:
            items[at:] = [value, *items[at + 1 :]]
    for kind in ("phases", "deliverables", "recurring", "targets"):
        said[kind] = [item for item in said[kind] if item is not None]
    return score(notice, said)
