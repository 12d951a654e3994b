"""A calendar file: what its lines mean, and every problem of it at once."""

from __future__ import annotations

import io
import random
from datetime import date

import pytest
from openpyxl import Workbook

from duban.calendar_file import CalendarFile, read_calendar_file

DAYS = "日期,类型,说明\n"


def read(text: str, name: str = "校历.csv") -> CalendarFile:
    return read_calendar_file(name, text.encode())


def said(found: CalendarFile) -> dict[str, bool | None]:
    assert found.problems == ()
    return {str(line.day): line.works for line in found.days}


def texts(found: CalendarFile) -> list[str]:
    return [str(problem) for problem in found.problems]


def ics(*events: str) -> str:
    body = "".join(
        f"BEGIN:VEVENT\r\nUID:{no}\r\nDTSTAMP:20261101T000000Z\r\n{each}\r\nEND:VEVENT\r\n" for no, each in enumerate(events)
    )
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//y//CN\r\n{body}END:VCALENDAR\r\n"


def event(summary: str, first: str, last: str | None = None, mark: str = "") -> str:
    end = f"\r\nDTEND;VALUE=DATE:{last}" if last else ""
    special = f"\r\nX-APPLE-SPECIAL-DAY:{mark}" if mark else ""
    return f"SUMMARY:{summary}\r\nDTSTART;VALUE=DATE:{first}{end}{special}"


def test_days_of_a_csv_work_rest_or_are_as_usual_again() -> None:
    found = read("起,止,类型,说明\n2027-02-05,2027-02-07,休息,春节\n2027/2/20,,补班,\n2027年2月21日,,照常,\n")

    assert said(found) == {
        "2027-02-05": False,
        "2027-02-06": False,
        "2027-02-07": False,
        "2027-02-20": True,
        "2027-02-21": None,
    }


def test_marked_days_of_a_feed_are_taken_and_its_end_is_exclusive() -> None:
    text = ics(event("春节", "20270205", "20270208", "WORK-HOLIDAY"), event("春节", "20270220", None, "ALTERNATE-WORKDAY"))

    assert said(read(text, "节假日.ics")) == {
        "2027-02-05": False,
        "2027-02-06": False,
        "2027-02-07": False,
        "2027-02-20": True,
    }


@pytest.mark.parametrize(
    ("summary", "works"),
    [
        ("春节（休）", False),
        ("春节 休", False),
        ("春节放假", False),
        ("春节（班）", True),
        ("春节补班", True),
        ("调休上班", True),
        ("校庆不放假", True),
        ("停电，不上班", False),
        ("国庆调休", True),  # 2027-02-20 is a Saturday: swapped, it is worked
    ],
)
def test_unmarked_days_are_read_by_their_title(summary: str, works: bool) -> None:
    assert said(read(ics(event(summary, "20270220")), "a.ics")) == {"2027-02-20": works}


def test_other_events_of_a_feed_are_left_aside_and_counted() -> None:
    found = read(ics(event("清明", "20270405"), event("元旦 休", "20270101")), "a.ics")

    assert list(said(found)) == ["2027-01-01"]
    assert "另有1条日程" in str(found.warnings[0])


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (ics(event("清明", "20270405")), "没有一条写明放假"),
        (ics(event("休，20日补班", "20270405")), "又有休又有班"),
        (ics("SUMMARY:放假\r\nDTSTART:20270405T083000"), "全天"),
        (ics("SUMMARY:放假\r\nDTSTART;VALUE=DATE:20270405\r\nRRULE:FREQ=YEARLY"), "重复"),
        (ics("SUMMARY:放假\r\nDTSTART;VALUE=DATE:20270230"), "日期读不出来"),
        (ics("SUMMARY:放假\r\nDTSTART;VALUE=DATE:20270101\r\nDTEND;VALUE=DATE:20290101"), "太长"),
        ("BEGIN:VCALENDAR\r\nnonsense", "读不出日历"),
    ],
)
def test_a_feed_that_cannot_be_meant_so_is_refused(text: str, says: str) -> None:
    (problem,) = texts(read(text, "a.ics"))

    assert says in problem


def test_all_problems_of_a_file_come_at_once_with_their_rows() -> None:
    found = read(DAYS + "2027-02-30,休息,\n2027-03-01,值班,\n2027-03-02,,\n,休息,\n2027-03-03,休息,\n2027-03-03,上班,\n")

    assert [problem.line for problem in found.problems] == [2, 3, 4, 5, 7]
    assert "没有「2027-02-30」这一天" in texts(found)[0]
    assert "与第6行写的休息矛盾" in texts(found)[4]


def test_a_workbook_has_days_terms_and_published_years_in_sheets_of_their_own() -> None:
    book = Workbook()
    days, terms, years = book.active, book.create_sheet("学期"), book.create_sheet("已公布")
    assert days is not None
    days.title = "日历"
    days.append(["日期", "类型", "说明"])
    days.append([date(2027, 10, 1), "休息", "国庆节"])
    terms.append(["名称", "起", "止", "第一周"])
    terms.append(["2026-2027学年第二学期", date(2027, 2, 28), date(2027, 7, 9), date(2027, 3, 1)])
    terms.append(["暑假", date(2027, 7, 10), date(2027, 8, 29), None])
    years.append(["年份"])
    years.append([2027])
    out = io.BytesIO()
    book.save(out)

    found = read_calendar_file("校历.xlsx", out.getvalue())

    assert said(found) == {"2027-10-01": False}
    assert [(term.name, str(term.week_one)) for term in found.terms] == [("2027春", "2027-03-01")]
    assert [off.name for off in found.breaks] == ["暑假"]
    assert found.years == (2027,)


def test_a_term_that_starts_on_a_weekend_must_say_when_its_first_week_begins() -> None:
    found = read("名称,起,止\n2027春,2027-02-28,2027-07-09\n")

    assert "看不出第一周" in texts(found)[0]


def test_terms_that_overlap_are_refused() -> None:
    found = read("名称,起,止\n2027春,2027-03-01,2027-07-09\n2027秋,2027-07-05,2028-01-14\n")

    assert "重叠" in texts(found)[0]


@pytest.mark.parametrize("name", ["a.ics", "a.csv", "a.xlsx", "a.bin", "a"])
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"   \n ",
        b"\x89PNG\r\n\x1a\n" + bytes(200),
        b"PK\x03\x04 broken",
        b"\xd0\xcf\x11\xe0 broken",
        b"%PDF-1.4 nothing",
        b"\xff\xfe" + "日期".encode("utf-16-le"),
        b"BEGIN:VCALENDAR\r\n" * 400,
        b"a,b,c\n1,2,3\n",
        random.Random(7).randbytes(4000),
    ],
)
def test_any_bytes_are_one_clear_sentence(name: str, content: bytes) -> None:
    found = read_calendar_file(name, content)

    assert len(found.problems) == 1
    assert found.is_empty
    assert "Traceback" not in str(found.problems[0])


def test_a_file_with_more_lines_than_a_calendar_has_is_one_problem() -> None:
    found = read(DAYS + "2027-02-30,休息,\n" * 6000)

    assert texts(found) == ["校历.csv：有6001行，太多了：请只留放假、上班和学期的安排"]


@pytest.mark.parametrize("name", ["校历.csv", "校历.ics"])
def test_a_few_lines_that_say_millions_of_days_are_not_spelled_out(name: str) -> None:
    if name.endswith(".ics"):
        found = read(ics(*[event("春节（休）", "20270101", "20271231")] * 150), name)
    else:
        found = read("起,止,类型\n" + "2027-01-01,2027-12-31,休息\n" * 150)

    assert "太多" in texts(found)[0]
    assert len(found.days) < 40_000


def test_what_is_one_endless_line_is_refused_in_chinese() -> None:
    assert texts(read("a" * 200_000)) == ["校历.csv：不是可读的 CSV；请用表格软件打开后另存为 .xlsx 再导入"]
