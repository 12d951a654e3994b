"""`duban calendar`: a year as a page of months, one day, an import and its preview, as a person at a shell sees them."""

from __future__ import annotations

import pytest
from shell import Shell

from duban.cli.lines import width

OWN = "日期,类型,说明\n2026-04-20,休息,校庆\n2026-04-25,上班,校庆补班\n"
TERM = "名称,起,止\n2026春,2026-03-02,2026-07-10\n"
LATER = """活动: 支部换届
发文: 学校党委
印发: 2026-03-02
参加: [党支部]
休息日: 顺延
任务:
  - {事项: 换届方案, 谁办: 党支部, 时间: 4月20日前}
"""


def month(page: str, title: str) -> list[str]:
    """The lines of one month of a page, by its place under its title."""
    lines = page.splitlines()
    at = next(no for no, line in enumerate(lines) if title in line.split())
    before = width(lines[at][: lines[at].index(title)])
    column = (before // 24) * 24
    return [_cut(line, column, 21).rstrip() for line in lines[at + 1 : at + 7]]


def _cut(line: str, first: int, cells: int) -> str:
    taken, used = "", 0
    for mark in line:
        if first <= used < first + cells:
            taken += mark
        used += width(mark)
    return taken


def test_a_year_is_a_page_of_months_that_can_be_read_without_colour(shell: Shell) -> None:
    answer = shell("calendar", "2026")

    assert answer.code == 0
    assert month(answer.out, "2月") == [
        "一 二 三 四 五 六 日",
        "                   1-",
        " 2  3  4  5  6  7- 8-",
        " 9 10 11 12 13 14+15*",
        "16*17*18*19*20*21*22*",
        "23*24 25 26 27 28+",
    ]
    assert max(map(width, answer.out.splitlines())) <= 80
    assert "2月15日（周日）至2月23日（周一），共9天  休息（春节）" in answer.out
    assert "国务院办公厅放假安排（chinesecalendar " in answer.out


@pytest.mark.parametrize(("columns", "across"), [(80, 3), (120, 4), (50, 2), (24, 1)])
def test_as_many_months_stand_beside_each_other_as_there_is_room(shell: Shell, columns: int, across: int) -> None:
    shell.columns = columns

    page = shell("calendar", "2026").out

    titles = [line.split() for line in page.splitlines() if line.strip().startswith("1月")]
    assert len(titles[0]) == across


def test_own_days_and_teaching_weeks_stand_on_the_page_with_their_source(shell: Shell) -> None:
    shell.json("calendar", "import", shell.file("校庆.csv", OWN), "--by", "91:部长")
    shell.json("calendar", "import", shell.file("学期.csv", TERM))

    page = shell("calendar", "2026", "--month", "4").out

    assert " 8│20x21 22 23 24 25o26-" in page
    assert "本单位导入 校庆.csv（2026-03-02，郑直）" in page
    assert "4月25日（周六）  上班（校庆补班）" in page
    assert "第几教学周" in page


def test_an_unpublished_year_says_so_at_its_head_and_at_every_month(shell: Shell) -> None:
    page = shell("calendar", "2027").out

    assert page.startswith("2027年  放假安排未公布，暂按周一至周五推算\n")
    assert page.count("月（未公布）") == 12


def test_without_a_year_it_is_this_one(shell: Shell) -> None:
    assert shell.json("calendar")["year"] == 2026
    assert shell("calendar").out.startswith("2026年\n")


def test_the_document_of_a_year_has_every_day_with_its_source(shell: Shell) -> None:
    found = shell.json("calendar", "2027")

    assert (found["published"], found["provisional"]) == (False, True)
    assert len(found["days"]) == 365
    assert found["days"][0] == {
        "day": "2027-01-01",
        "working": True,
        "certain": False,
        "kind": "workday",
        "why": "工作日",
        "source": "未公布，暂按周一至周五推算",
        "week": None,
    }


def test_one_day_says_what_it_is_and_counts_working_days(shell: Shell) -> None:
    answer = shell("calendar", "day", "2026-12-30", "--plus", "3")

    assert "2026年12月30日（周三）：上班" in answer.out
    assert "之后第3个工作日：2027年1月4日（周一）（未公布，暂按周一至周五推算）" in answer.out
    found = shell.json("calendar", "day", "2026-02-14", "--plus", "-1")
    assert (found["kind"], found["next"]["day"], found["reached"]) == (
        "made-up",
        "2026-02-24",
        {"day": "2026-02-13", "certain": True},
    )


@pytest.mark.parametrize(
    "words", [("calendar", "foo"), ("calendar", "99"), ("calendar", "2026", "--month", "13"), ("calendar", "day", "2026-2-3")]
)
def test_a_year_or_day_that_is_none_is_wrong_usage(shell: Shell, words: tuple[str, ...]) -> None:
    answer = shell(*words)

    assert answer.code == 2
    assert answer.err


def test_an_import_is_looked_at_first_and_then_done(shell: Shell) -> None:
    shell.launched(LATER)
    file = shell.file("校庆.csv", OWN)

    looked = shell("calendar", "import", file, "--preview")
    assert "预览，没有写入" in looked.out
    assert "换届方案（支部换届）8件：4月20日（周一） → 4月21日（周二）" in looked.out
    assert shell.duty("0101", "换届方案")["due"] == "2026-04-20"

    done = shell.json("calendar", "import", file)
    assert (done["state"], done["version"], done["duties"], done["timers"]) == ("changed", 2, 8, 8)
    assert shell.duty("0101", "换届方案")["due"] == "2026-04-21"
    assert "日历变化 换届方案，时限2026-04-20 → 2026-04-21" in shell("explain", "0101").out.replace("\n", "")
    assert shell.json("calendar", "import", file)["state"] == "unchanged"


def test_a_bad_file_is_one_answer_with_every_problem(shell: Shell) -> None:
    answer = shell("calendar", "import", shell.file("a.csv", "日期,类型\n2026-02-30,休息\n2026-03-01,值班\n"), "--json")

    assert answer.code == 1
    assert [problem["line"] for problem in answer.document["problems"]] == [2, 3]


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n123", b"not a calendar"])
def test_bytes_that_are_no_calendar_are_one_sentence(shell: Shell, content: bytes) -> None:
    answer = shell("calendar", "import", shell.file("a.ics", content))

    assert (answer.code, answer.out) == (1, "")
    assert answer.err.startswith("a.ics 有 1 处问题：")


def test_days_of_the_settings_are_noticed_by_doctor_and_run_until_they_are_applied(shell: Shell) -> None:
    shell.launched(LATER)
    shell.file("duban.toml", '[calendar.days]\n"2026-04-20" = false\n')

    assert "duban calendar apply" in shell("escalate").out
    assert any("duban calendar apply" in line for line in shell("doctor", "--json").document["lines"])
    assert shell.json("calendar", "apply", "--preview")["duties"] == 8
    assert shell.json("calendar", "apply")["state"] == "planned"

    assert "warnings" not in shell.json("escalate")
    assert shell.duty("0101", "换届方案")["due"] == "2026-04-21"


def test_a_launch_says_which_days_came_from_the_terms(shell: Shell) -> None:
    shell.json("calendar", "import", shell.file("学期.csv", TERM))

    answer = shell("launch", shell.file("a.yaml", LATER.replace("4月20日前", "第11周周五")))

    assert "“第11周周五”按校历（2026春第11周）定为5月15日（周五）" in answer.out.replace("\n", "").replace(" ", "")


def test_the_board_marks_a_line_in_an_unpublished_year(shell: Shell) -> None:
    shell.launched(LATER.replace("4月20日前", "2027年1月8日前").replace("参加", "结束: 2027-03-31\n参加"))

    board = shell("status", "--unit", "0101").out

    assert "1月8日（暂定）" in board
    assert "“暂定”：2027年放假安排未公布，暂按周一至周五推算" in board.replace("\n", "")
    assert shell.duty("0101", "换届方案")["provisional"] is True
    assert "2027年放假安排未公布" in shell("explain", "0101").out.replace("\n", "")
