"""Terms, vacations and teaching weeks: which day a phrase means by them, and when it is asked instead."""

from __future__ import annotations

from datetime import date

import pytest

from workflow.terms import Break, SchoolYear, Term, with_assumed
from workflow.workdays import WorkCalendar, teaching_weeks

SPRING = Term("2026春", date(2026, 3, 1), date(2026, 7, 10), date(2026, 3, 2))
"""Starts on a Sunday; 第一周 begins on Monday 2 March."""
AUTUMN = Term("2026秋", date(2026, 8, 31), date(2027, 1, 15))
SUMMER = Break("暑假", date(2026, 7, 11), date(2026, 8, 30))
MARCH, JUNE, AUGUST = date(2026, 3, 5), date(2026, 6, 1), date(2026, 8, 3)


def school(anchor: date, *, terms: tuple[Term, ...] = (SPRING, AUTUMN), breaks: tuple[Break, ...] = (SUMMER,)) -> SchoolYear:
    return SchoolYear(terms=terms, breaks=breaks, anchor=anchor)


@pytest.mark.parametrize(
    ("anchor", "words", "end"),
    [
        (MARCH, "第11周周五", "2026-05-15"),  # 2 March + 10 weeks = 11 May, Monday; its Friday
        (MARCH, "第十一教学周周五前", "2026-05-15"),
        (MARCH, "第11周星期天", "2026-05-17"),
        (MARCH, "第11周", "2026-05-17"),
        (MARCH, "第5周至第8周", "2026-04-26"),
        (MARCH, "第5-8周", "2026-04-26"),
        (MARCH, "秋季学期第3周周一", "2026-09-14"),
        (AUGUST, "第一周周一", "2026-08-31"),  # said in the vacation: the term that is about to begin
        (MARCH, "开学前", "2026-08-30"),
        (AUGUST, "新学期开学前", "2026-08-30"),
        (MARCH, "放假前", "2026-07-10"),
        (MARCH, "暑假前", "2026-07-10"),
        (MARCH, "寒假前", "2027-01-15"),  # no 寒假 is known: it comes after the autumn term
        (MARCH, "暑假期间", "2026-08-30"),
        (MARCH, "期末", "2026-07-10"),
        (JUNE, "学期结束前", "2026-07-10"),
        (JUNE, "本学期内", "2026-07-10"),
    ],
)
def test_a_phrase_of_the_school_year_gets_its_day_from_the_terms(anchor: date, words: str, end: str) -> None:
    found = school(anchor).read(words)

    assert found is not None
    assert str(found.end) == end


@pytest.mark.parametrize(
    ("anchor", "words", "why"),
    [
        (MARCH, "第11周前", "before it begins, or before it is over?"),
        (JUNE, "第11周周五", "it is over"),
        (MARCH, "第25周周五", "the term has not so many weeks"),
        (MARCH, "第11周周五至第12周周三", "two days of two weeks"),
        (MARCH, "期末考试前", "another event"),
        (MARCH, "军训开学前", "another event"),
        (MARCH, "第百周", "no number"),
        (date(2024, 3, 5), "开学前", "terms of another year"),
        (date(2024, 3, 5), "期末", "terms of another year"),
    ],
)
def test_what_the_terms_do_not_answer_beyond_doubt_is_asked(anchor: date, words: str, why: str) -> None:
    assert school(anchor).read(words) is None, why


@pytest.mark.parametrize(
    ("anchor", "event", "day"),
    [
        (MARCH, "开学", SPRING.start),  # 14 days from 1 March are not over
        (JUNE, "开学", AUTUMN.start),
        (MARCH, "秋季学期开学", AUTUMN.start),
        (MARCH, "下学期开学", AUTUMN.start),
        (JUNE, "春季学期开学", None),
        (MARCH, "军训", None),
    ],
)
def test_the_opening_of_a_term_is_the_one_whose_time_is_not_over(anchor: date, event: str, day: date | None) -> None:
    assert school(anchor).opening(event, least=14) == day


def test_without_terms_nothing_is_answered() -> None:
    assert school(MARCH, terms=(), breaks=()).read("第11周周五") is None


def test_a_teaching_week_has_its_number_from_the_monday_of_the_first() -> None:
    calendar = WorkCalendar(terms=(SPRING, AUTUMN))

    assert calendar.teaching_week(date(2026, 3, 1)) is None  # the Sunday before
    assert calendar.teaching_week(date(2026, 3, 2)) == (SPRING, 1)
    assert calendar.teaching_week(date(2026, 5, 15)) == (SPRING, 11)
    assert calendar.teaching_week(date(2026, 7, 11)) is None
    assert calendar.teaching_week(date(2027, 1, 4)) == (AUTUMN, 19)  # 31 August + 18 weeks, across the year's end


def test_weeks_are_counted_from_the_first_teaching_week() -> None:
    weeks = teaching_weeks((SPRING,), date(2026, 2, 1), date(2026, 3, 15))

    assert weeks == ((date(2026, 3, 2), date(2026, 3, 8)), (date(2026, 3, 9), date(2026, 3, 15)))


def test_the_season_a_school_has_not_said_yet_is_assumed_and_its_own_are_kept() -> None:
    terms = with_assumed((SPRING,), date(2026, 3, 1), date(2026, 12, 31))

    assert [term.name for term in terms] == ["2025春", "2025秋", "2026春", "2026秋"]
    assert terms[2] is SPRING
    assert with_assumed((), date(2026, 3, 1), date(2026, 12, 31)) == ()
