"""The line of days as a picture: shapes and words only, nothing a strict page refuses, and the same said for those who cannot see it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from lxml import etree

from duban.service.phase_timeline import Bar, Rest, Timeline
from duban.web.timeline import HOLIDAY, NARROW, WEEKEND, WIDE, Paper, picture, words

TODAY = date(2012, 4, 12)
LINE = Timeline(
    first=date(2012, 3, 26),
    last=date(2012, 5, 31),
    day=TODAY,
    bars=(
        Bar(name="调查摸底", words="3月30日前", first=date(2012, 3, 26), last=date(2012, 3, 30), here=2, certain=True),
        Bar(name="健全组织", words="4月13日前", first=date(2012, 3, 31), last=date(2012, 4, 13), here=5, certain=True),
        Bar(name="对标整改", words="5月底前", first=date(2012, 4, 14), last=date(2012, 5, 31), here=0, certain=True),
    ),
    rests=(
        Rest(first=date(2012, 4, 2), last=date(2012, 4, 4), holiday=True),
        Rest(first=date(2012, 4, 7), last=date(2012, 4, 8), holiday=False),
    ),
    uncertain=None,
)
BOTH = pytest.mark.parametrize("paper", [WIDE, NARROW], ids=["wide", "narrow"])


def _drawn(timeline: Timeline, paper: Paper, today: date = TODAY) -> Any:
    return etree.fromstring(picture(timeline, paper, today=today).encode())


def _said(tree: Any) -> str:
    return " ".join(tree.itertext())


def _bars(tree: Any) -> list[tuple[float, float]]:
    """(left, right) of every bar."""
    shapes = [group.find("{*}rect") for group in tree.findall("{*}g[@data-bar]")]
    return [(float(rect.get("x")), float(rect.get("x")) + float(rect.get("width"))) for rect in shapes]


@BOTH
def test_every_bar_stands_within_the_paper_and_after_the_one_before(paper: Paper) -> None:
    bars = _bars(_drawn(LINE, paper))

    assert len(bars) == 3
    assert bars[0][0] == pytest.approx(paper.left)
    assert bars[2][1] == pytest.approx(paper.right, abs=0.1)
    assert bars[0][1] == pytest.approx(bars[1][0], abs=0.1)


@BOTH
def test_todays_line_runs_through_the_bar_of_the_phase_whose_time_it_is(paper: Paper) -> None:
    tree = _drawn(LINE, paper)

    at = float(tree.find("{*}g[@data-day]/{*}line").get("x1"))

    left, right = _bars(tree)[1]
    assert left < at < right
    assert "今天4月12日（周四）" in _said(tree)


def test_a_past_day_is_not_called_today() -> None:
    said = _said(_drawn(replace(LINE, day=date(2012, 4, 5)), WIDE))

    assert "4月5日（周四）" in said
    assert "今天" not in said


@BOTH
def test_rest_days_are_shaded_where_they_are_and_holidays_darker(paper: Paper) -> None:
    tree = _drawn(LINE, paper)

    shaded = {
        rect.get("fill"): float(rect.get("x")) for rect in tree.findall("{*}rect") if rect.get("fill") in (WEEKEND, HOLIDAY)
    }

    per_day = (paper.right - paper.left) / 67
    assert shaded[HOLIDAY] == pytest.approx(paper.left + 7 * per_day, abs=0.1)
    assert shaded[WEEKEND] == pytest.approx(paper.left + 12 * per_day, abs=0.1)


def test_lone_weekends_of_a_long_campaign_would_be_noise_on_a_telephone() -> None:
    long = replace(LINE, last=date(2013, 3, 31))

    fills = [rect.get("fill") for rect in _drawn(long, NARROW).findall("{*}rect")]

    assert HOLIDAY in fills
    assert WEEKEND not in fills


@BOTH
def test_what_is_not_certain_is_dashed_and_says_so(paper: Paper) -> None:
    unsure = replace(LINE, bars=(*LINE.bars[:2], replace(LINE.bars[2], certain=False)), uncertain=date(2012, 5, 1))

    tree = _drawn(unsure, paper)

    dashed = [rect for rect in tree.iter("{*}rect") if rect.get("stroke-dasharray")]
    assert len(dashed) == 1
    assert "放假安排未公布" in _said(tree)
    assert "（暂定）" in words(unsure, TODAY)


def test_a_phase_without_a_last_day_says_that_its_time_is_open() -> None:
    open_ = replace(LINE, bars=(*LINE.bars[:2], replace(LINE.bars[2], last=None)))

    assert "时间待定" in _said(_drawn(open_, WIDE))
    assert "对标整改，时间待定" in words(open_, TODAY)


def test_who_cannot_see_it_is_told_every_phase_and_the_day() -> None:
    label = _drawn(LINE, WIDE).get("aria-label")

    assert label == (
        "各阶段时间。调查摸底，3月26日至3月30日；健全组织，3月31日至4月13日；对标整改，4月14日至5月31日。今天4月12日（周四）"
    )


@BOTH
def test_a_name_stays_text_and_long_ones_are_cut(paper: Paper) -> None:
    nasty = replace(LINE.bars[0], name="<script>alert(1)</script>", words="&" * 80)

    drawn = picture(replace(LINE, bars=(nasty,)), paper, today=TODAY)

    assert "<script" not in drawn
    assert "style=" not in drawn
    assert "…" in drawn
    etree.fromstring(drawn.encode())
