"""The tables a clerk hands in, read back from the file."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from fractions import Fraction
from io import BytesIO

import openpyxl
import pytest
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet
from python_calamine import CalamineWorkbook

from duban.sheets import (
    GradingRow,
    Head,
    RectificationRow,
    file_name,
    grading_table,
    promotion_table,
    rectification_table,
)
from duban.sheets.grading import GRADING_COLUMNS
from duban.sheets.layout import lines, settle, spans
from phases.cohort import Event, Fate, cohort
from phases.targets import flow_matrix, measure
from workflow.errors import UsageError
from workflow.model import Deadline, Target

SCALE = ("先进", "较好", "一般", "后进")
HEAD = Head(
    title="党支部分类定级汇总表",
    unit="化学学院党委",
    date=date(2012, 3, 30),
    exporter="王老师",
    purpose="报组织部",
    at_text="2012-03-30 09:12",
    contact="0000-0000",
)


def sheet(file: bytes) -> Worksheet:
    book = openpyxl.load_workbook(BytesIO(file))
    assert len(book.worksheets) == 1
    return book.worksheets[0]


def filled_cells(page: Worksheet) -> list[list[object]]:
    return [[cell for cell in row if cell is not None] for row in page.iter_rows(values_only=True)]


def row_of(page: Worksheet, first: object) -> list[object]:
    return next(row for row in filled_cells(page) if row and row[0] == first)


def rows_from(page: Worksheet, header: str) -> list[list[object]]:
    """The rows of the table below the header row that begins with `header`, up to the next line of one cell."""
    rows = filled_cells(page)
    start = next(n for n, row in enumerate(rows) if len(row) > 1 and row[0] == header)
    end = next(n for n in range(start + 1, len(rows)) if len(rows[n]) <= 1 or str(rows[n][0]).startswith("负责人"))
    return rows[start:end]


def branches() -> list[GradingRow]:
    grades = {"本科生": ("先进", "较好", "较好", "一般"), "教工": ("先进", "后进", "较好", None)}
    return [
        GradingRow(superior="化学学院党委", branch=f"{kind}第{n}党支部", kind=kind, members=10 + n, grade=grade)
        for kind, given in grades.items()
        for n, grade in enumerate(given, 1)
    ]


def problem(branch: str, category: str, closed: bool | None = None) -> RectificationRow:
    return RectificationRow(
        superior="化学学院党委",
        branch=branch,
        baseline="一般",
        target="较好",
        category=category,
        problem="请假没有记录",
        goal="每次都有考勤",
        measure="使用统一的考勤页",
        owner="组织委员",
        due=date(2012, 5, 31),
        closed=closed,
    )


def all_tables(head: Head = HEAD) -> dict[str, bytes]:
    members = cohort({"1": "一般"}, {}, {"1": "先进"})
    return {
        "grading": grading_table(head, branches(), scale=SCALE),
        "no grading": grading_table(head, [], scale=SCALE),
        "plan": rectification_table(head, [problem("一支部", "制度")], result=False),
        "result": rectification_table(head, [problem("一支部", "制度", True)], result=True),
        "promotion": promotion_table(head, flow_matrix(members, SCALE), []),
    }


def test_totals_by_grade_and_kind_equal_the_rows() -> None:
    rows = branches()

    page = sheet(grading_table(HEAD, rows, scale=SCALE))

    header, *kinds, whole, shares = rows_from(page, "类别")
    labels = header[1:-1]
    assert labels == [*SCALE, "尚未定级"]
    for line in kinds:
        found = Counter(row.grade or "尚未定级" for row in rows if row.kind == line[0])
        assert line[1:] == [*(found[str(label)] for label in labels), sum(found.values())]
    assert [line[0] for line in kinds] == ["本科生", "教工"]
    assert whole[1:] == [sum(int(str(line[n])) for line in kinds) for n in range(1, len(header))]
    assert shares[1:3] == ["25.0%", "37.5%"]  # 2 and 3 of 8, below their counts
    assert row_of(page, "合计（8个）") == ["合计（8个）", sum(row.members or 0 for row in rows)]


def test_every_row_stands_in_the_table_with_its_number() -> None:
    page = sheet(grading_table(HEAD, branches(), scale=SCALE))

    table = [row for row in filled_cells(page) if row and isinstance(row[0], int)]
    assert [row[0] for row in table] == list(range(1, 9))
    assert table[5] == [6, "教工第2党支部", "教工", 12, "后进"]


def test_the_sum_of_members_is_blank_when_one_is_unknown() -> None:
    unknown = GradingRow(superior="化学学院党委", branch="新党支部", kind="教工")

    page = sheet(grading_table(HEAD, [*branches(), unknown], scale=SCALE))

    assert row_of(page, "合计（9个）") == ["合计（9个）"]


def test_the_committee_has_a_column_only_when_there_are_several() -> None:
    other = GradingRow(superior="物理学院党委", branch="一支部", grade="先进")

    one, several = (
        row_of(sheet(grading_table(HEAD, rows, scale=SCALE)), "序号") for rows in (branches(), [*branches(), other])
    )

    assert "二级党组织" not in one
    assert several[1:3] == ["二级党组织", "党支部"]


def test_columns_can_be_chosen_and_ordered() -> None:
    page = sheet(grading_table(HEAD, branches(), scale=SCALE, columns=["定级", "党支部"]))

    assert row_of(page, "序号") == ["序号", "定级", "党支部"]
    assert rows_from(page, "类别")[-2][0] == "合计"


@pytest.mark.parametrize("heading", GRADING_COLUMNS)
def test_a_table_of_one_chosen_column_still_has_totals_and_signatures(heading: str) -> None:
    page = sheet(grading_table(HEAD, branches(), scale=SCALE, columns=[heading]))

    assert row_of(page, "序号") == ["序号", heading]
    assert rows_from(page, "类别")[-2] == ["合计", 2, 3, 1, 1, 1, 8]
    assert len(row_of(page, "负责人签字：")) == 3
    assert page.max_column == 7
    assert page.print_area.endswith(f"$G${page.max_row}")


def test_a_column_that_does_not_exist_is_refused_with_those_that_do() -> None:
    with pytest.raises(UsageError, match=r"排名.*可以选的列.*突出问题"):
        grading_table(HEAD, branches(), scale=SCALE, columns=["排名"])


@pytest.mark.parametrize("nasty", ["=1+1", "+86", "@SUM(A1)", "http://例子", "{=1}", "-1", "0307"])
def test_a_name_that_looks_like_a_formula_link_or_number_stays_text(nasty: str) -> None:
    rows = [GradingRow(superior="化学学院党委", branch=nasty, kind=nasty, secretary=nasty, reason=nasty, grade="先进")]

    page = sheet(grading_table(Head(**{**vars(HEAD), "unit": nasty}), rows, scale=SCALE))

    cells = [cell for row in page.iter_rows() for cell in row if cell.value == nasty]
    assert len(cells) == 5  # branch, kind, secretary, reason, and the kind among the totals
    assert {cell.data_type for cell in cells} == {"s"}
    assert not any(cell.hyperlink for row in page.iter_rows() for cell in row)


@pytest.mark.parametrize("name", ["grading", "no grading", "plan", "result", "promotion"])
def test_every_table_is_set_up_for_a4_and_complete(name: str) -> None:
    page = sheet(all_tables()[name])

    assert (page.page_setup.orientation, page.page_setup.paperSize) == ("landscape", 9)
    assert page.sheet_properties.pageSetUpPr.fitToPage
    assert page.page_setup.fitToWidth in (None, 1)  # left out of the file, it is 1
    assert page.page_setup.fitToHeight == 0
    assert page.print_options.horizontalCentered
    assert page.print_area == f"'{page.title}'!$A$1:${get_column_letter(page.max_column)}${page.max_row}"
    assert "&P" in page.oddFooter.center.text
    assert "&N" in page.oddFooter.center.text
    assert "非涉密系统，严禁处理国家秘密" in page.oddFooter.left.text
    texts = "\n".join(str(cell) for row in filled_cells(page) for cell in row)
    for words in (
        "填报单位（盖章）：化学学院党委",
        "填报日期：2012年3月30日",
        "负责人签字：",
        "填表人：",
        "联系电话：0000-0000",
        "非涉密系统，严禁处理国家秘密",
        "导出人：王老师　用途：报组织部　导出时间：2012-03-30 09:12",
    ):
        assert words in texts


@pytest.mark.parametrize("name", ["grading", "plan", "result"])
def test_the_header_is_repeated_on_every_page_and_stays_in_sight(name: str) -> None:
    page = sheet(all_tables()[name])

    assert page.print_title_rows == "$3:$3"
    assert page.freeze_panes == "A4"
    assert page["A3"].value == "序号"


def test_the_title_is_centred_over_the_whole_table_and_cells_have_borders_and_wrap() -> None:
    page = sheet(all_tables()["grading"])

    assert page["A1"].value == "党支部分类定级汇总表"
    assert page["A1"].alignment.horizontal == "center"
    assert f"A1:{get_column_letter(page.max_column)}1" in {str(merged) for merged in page.merged_cells.ranges}
    assert page["B4"].border.left.style == page["B4"].border.bottom.style == "thin"
    assert page["B4"].alignment.wrap_text
    assert page["B4"].font.name == "仿宋"


def test_long_texts_get_the_room_they_need_and_short_ones_stay_low() -> None:
    long = RectificationRow(**{**vars(problem("一支部", "制度")), "measure": "每月核对一次考勤。" * 20})

    page = sheet(rectification_table(HEAD, [problem("一支部", "制度"), long], result=False))

    low, high = page.row_dimensions[4].height, page.row_dimensions[5].height
    assert low < 45
    assert 150 < high <= 409


@pytest.mark.parametrize("name", ["no grading"])
def test_an_empty_table_says_so_and_shows_no_share(name: str) -> None:
    page = sheet(all_tables()[name])

    texts = [str(cell) for row in filled_cells(page) for cell in row]
    assert "无应报" in texts
    assert not [text for text in texts if "100%" in text or text == "合计"]


def test_an_empty_plan_and_an_empty_cohort_say_so() -> None:
    plan = sheet(rectification_table(HEAD, [], result=False))
    promotion = sheet(promotion_table(HEAD, flow_matrix([], SCALE), []))

    assert ["无应报"] in filled_cells(plan)
    assert ["无应报"] in filled_cells(promotion)


def test_the_result_counts_problems_and_branches_and_what_is_closed() -> None:
    rows = [
        problem("一支部", "制度", True),
        problem("一支部", "制度", False),
        problem("一支部", "班子", True),
        problem("二支部", "班子", None),
    ]

    page = sheet(rectification_table(HEAD, rows, result=True))

    assert rows_from(page, "问题类别") == [
        ["问题类别", "问题数", "涉及支部数", "已销号", "未销号"],
        ["制度", 2, 1, 1, 1],
        ["班子", 2, 2, 1, 1],
        ["合计", 4, 2, 2, 2],
    ]


def test_the_plan_has_no_columns_of_the_result_and_real_dates() -> None:
    plan, result = (sheet(rectification_table(HEAD, [problem("一支部", "制度")], result=r)) for r in (False, True))

    assert row_of(plan, "序号")[-1] == "时限"
    assert row_of(result, "序号")[-3:] == ["进展", "是否销号", "复评等次"]
    assert row_of(plan, 1)[-1] == datetime(2012, 5, 31)  # noqa: DTZ001


def test_the_promotion_table_shows_matrix_targets_and_who_left() -> None:
    baseline = {"1": "一般", "2": "一般", "3": "一般", "4": "后进", "5": "先进"}
    events = {
        "3": Event(state=Fate.DISSOLVED, reason="毕业后撤销"),
        "4": Event(state=Fate.MERGED, successors=("5",)),
    }
    names = {"3": "化工研一党支部", "4": "后勤二党支部", "5": "机关党支部"}
    members = cohort(baseline, events, {"1": "先进", "2": "后进", "5": "先进"}, names)
    year = Deadline(words="今年内", end=date(2012, 12, 31))
    targets = [
        Target(from_grade="一般", to_grades=("先进",), share=Fraction(3, 5), words="", deadline=year),
        Target(from_grade="后进", to_grades=SCALE[:3], share=Fraction(1, 2), words="", deadline=Deadline(words="")),
        Target(from_grade="较好", to_grades=("先进",), share=Fraction(1, 2), words="", deadline=year),
    ]

    page = sheet(promotion_table(HEAD, flow_matrix(members, SCALE), [measure(t, members, SCALE) for t in targets]))

    matrix = rows_from(page, "起始等次")
    assert matrix[3] == ["一般", 1, 0, 0, 1, 0, 1, 0, 3, 1, 1]
    assert matrix[-1] == ["合计", *(sum(int(str(row[n])) for row in matrix[1:-1]) for n in range(1, len(matrix[0])))]
    assert rows_from(page, "目标")[1:] == [
        ["一般→先进，60%以上", "今年内（至2012-12-31）", 2, 2, 1, "50.0%", 1, "撤销1个"],
        ["后进→一般及以上，50%以上", "时间（待定）", 1, 1, 1, "100.0%", 0, "并入、分设1个"],
        ["较好→先进，50%以上", "今年内（至2012-12-31）", 0, "无应报"],
    ]
    assert [1, "化工研一党支部", "一般", "毕业后撤销"] in filled_cells(page)
    assert [1, "后勤二党支部", "并入", "机关党支部（先进）"] in filled_cells(page)


def test_a_target_missed_by_a_hair_does_not_read_as_reached() -> None:
    # 299 of 997 is 29.99 %, 300 are needed
    members = cohort({str(n): "一般" for n in range(997)}, {}, {str(n): "先进" for n in range(299)})
    target = Target(from_grade="一般", to_grades=("先进",), share=Fraction(3, 10), words="", deadline=Deadline(words="年内"))

    page = sheet(promotion_table(HEAD, flow_matrix(members, SCALE), [measure(target, members, SCALE)]))

    assert rows_from(page, "目标")[1][2:7] == [997, 300, 299, "29.9%", 1]


def test_another_reader_sees_the_same_totals() -> None:
    file = grading_table(HEAD, branches(), scale=SCALE)

    grid = CalamineWorkbook.from_filelike(BytesIO(file)).get_sheet_by_index(0).to_python()

    assert [cell for cell in next(row for row in grid if row[0] == "合计") if cell != ""][1:] == [2, 3, 1, 1, 1, 8]


def test_the_same_rows_make_the_same_file() -> None:
    assert all_tables() == all_tables()


@pytest.mark.parametrize("missing", ["exporter", "purpose", "at_text"])
def test_no_table_leaves_without_exporter_purpose_and_time(missing: str) -> None:
    with pytest.raises(UsageError, match="导出"):
        Head(**{**vars(HEAD), missing: " "})


def test_an_ampersand_or_a_number_in_the_exporters_name_does_not_change_the_footer() -> None:
    page = sheet(all_tables(Head(**{**vars(HEAD), "exporter": "0307&D" + "长" * 300}))["plan"])

    assert page.oddFooter.right.text.startswith("0307&&D长")
    assert (page.oddFooter.right.size, page.oddFooter.right.font) == (9, "仿宋,Regular")
    assert len(str(page.oddFooter.right.text)) < 100


@pytest.mark.parametrize(
    ("title", "unit", "expected"),
    [
        ("分类定级汇总表", "化学学院党委", "分类定级汇总表_化学学院党委_2012-03-30.xlsx"),
        ("后进党支部整改汇总表", "化学学院党委", "党支部整改汇总表_化学学院党委_2012-03-30.xlsx"),
        ("整顿后进情况表", "组织部", "整改提高情况表_组织部_2012-03-30.xlsx"),
        ("后后进进表", "组织部", "表_组织部_2012-03-30.xlsx"),
        ("后 进表", "../../etc/passwd", "表_etcpasswd_2012-03-30.xlsx"),
        ('a/b\\c:d*e?f"g<h>i|j', "", "abcdefghij_2012-03-30.xlsx"),
        ("", "后进", "2012-03-30.xlsx"),
    ],
)
def test_a_file_name_is_safe_and_discreet(title: str, unit: str, expected: str) -> None:
    assert file_name(title, unit, date(2012, 3, 30)) == expected


def test_a_long_title_still_makes_a_file_name_that_every_system_takes() -> None:
    assert len(file_name("长" * 300, "单" * 300, date(2012, 3, 30)).encode()) <= 255


def test_the_sheet_and_the_properties_do_not_name_the_last_grade() -> None:
    file = grading_table(Head(**{**vars(HEAD), "title": "后进党支部汇总表"}), branches(), scale=SCALE)

    book = openpyxl.load_workbook(BytesIO(file))

    assert "后进" not in f"{book.properties.title}{book.sheetnames}"
    assert book.properties.created == datetime(2012, 3, 30)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [
        ("", 10, 1),
        ("十个字的一段话就是它", 20, 1),
        ("十个字的一段话就是它。", 20, 2),
        ("一\n二\n三", 20, 3),
        ("abcdefghij", 10, 1),
    ],
)
def test_lines_are_counted_with_wide_characters(text: str, width: float, expected: int) -> None:
    assert lines(text, width) == expected


def test_cells_are_laid_over_the_grid_by_weight_and_each_gets_a_column() -> None:
    assert spans([5, 10, 20, 5, 5, 30], (1, 1, 1)) == [(0, 1), (2, 4), (5, 5)]
    assert spans([100, 1, 1], (1, 1, 1)) == [(0, 0), (1, 1), (2, 2)]
    with pytest.raises(ValueError, match="3 cells"):
        spans([1, 2], (1, 1, 1))


def test_rows_shrink_a_little_so_that_the_signature_does_not_stand_alone() -> None:
    # 20 rows of 25 and a signature of 20 are 520; 500 fit on a page
    heights = [25.0] * 20 + [20.0]

    settled = settle(heights, range(20), [19], 500.0, 30.0)

    assert settled[0] == 23.0  # 20 * 23 + 20 is 480, within 98 % of the page
    assert settled[-1] == 20.0


def test_rows_stay_as_they_are_when_all_fits() -> None:
    assert settle([25.0] * 10, range(9), [8], 500.0, 30.0) == [25.0] * 10
