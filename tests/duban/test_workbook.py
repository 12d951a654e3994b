"""Workbooks of units and posts: what is understood, what is refused, and in which words."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from duban.samples import generate
from duban.workbook import PostRow, UnitRow, UnitsFile, persons, read_units, write_units
from workflow.model import UnitKind

DATA = Path(__file__).parent / "data"
UNIT_HEADERS = ("编号", "名称", "类型", "上级编号", "支部类别", "党员数", "起始等次", "成立")
POST_HEADERS = ("单位编号", "角色", "姓名", "工号", "邮箱", "手机", "起", "止")
# Wang leads Li's branch 0307; Zhao belongs to 0308.
UNITS = (
    ("00", "岚川大学党委", "学校党委", "", "", "", "", ""),
    ("03", "化学化工学院党委", "二级党委", "00", "", "", "", ""),
    ("0307", "化学化工学院教师第一党支部", "党支部", "03", "专任教师", 18, "一般", ""),
    ("0308", "化学化工学院研究生党支部", "党支部", "03", "研究生", 21, "较好", date(2010, 10, 15)),
)
POSTS = (
    ("0307", "书记", "王若川", "0019980012", "wang@example.edu", "10000000001", date(2010, 9, 1), ""),
    ("0307", "组织委员", "李书遥", "20010034", "", "10000000002", date(2010, 9, 1), date(2012, 8, 31)),
    ("0308", "书记", "赵予舟", "", "zhao@example.edu", "", "", ""),
)


def workbook(
    units: Sequence[Sequence[object]] = UNITS,
    posts: Sequence[Sequence[object]] = POSTS,
    *,
    unit_headers: Sequence[str] = UNIT_HEADERS,
    post_headers: Sequence[str] = POST_HEADERS,
    names: tuple[str, str] = ("单位", "任职"),
) -> dict[str, bytes]:
    """A workbook as somebody might type it: each cell as it is given."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"default_date_format": "yyyy-mm-dd"})
    for name, headers, rows in zip(names, (unit_headers, post_headers), (units, posts), strict=True):
        sheet = book.add_worksheet(name)
        for number, row in enumerate((headers, *rows)):
            for place, cell in enumerate(row):
                sheet.write(number, place, cell)
    book.close()
    return {"units.xlsx": out.getvalue()}


def csv_files(encoding: str, separator: str = ",") -> dict[str, bytes]:
    files = {}
    for name, headers, rows in (("units.csv", UNIT_HEADERS, UNITS), ("posts.csv", POST_HEADERS, POSTS)):
        text = io.StringIO()
        csv.writer(text, delimiter=separator).writerows((headers, *rows))
        files[name] = text.getvalue().encode(encoding)
    return files


def texts(file: UnitsFile) -> list[str]:
    return [str(problem) for problem in file.problems]


def in_units(*changed: tuple[int, int, Any]) -> list[list[Any]]:
    """The four units with some cells changed: (row of the sheet, column from 0, cell)."""
    rows: list[list[Any]] = [list(row) for row in UNITS]
    for line, place, cell in changed:
        rows[line - 2][place] = cell
    return rows


def in_posts(*changed: tuple[int, int, Any]) -> list[list[Any]]:
    rows: list[list[Any]] = [list(row) for row in POSTS]
    for line, place, cell in changed:
        rows[line - 2][place] = cell
    return rows


def test_the_small_workbook_says_who_is_where() -> None:
    file = read_units(workbook())

    assert texts(file) == []
    assert file.units[2] == UnitRow(
        code="0307",
        name="化学化工学院教师第一党支部",
        kind=UnitKind.BRANCH,
        parent="03",
        branch_kind="专任教师",
        members=18,
        grade="一般",
    )
    assert file.units[3].valid_from == date(2010, 10, 15)
    assert [unit.line for unit in file.units] == [2, 3, 4, 5]
    assert file.posts[0] == PostRow(
        unit="0307",
        role="书记",
        name="王若川",
        person="0019980012",
        email="wang@example.edu",
        mobile="10000000001",
        valid_from=date(2010, 9, 1),
    )
    assert file.posts[1].valid_to == date(2012, 8, 31)
    assert (file.posts[2].valid_from, file.posts[2].valid_to) == (None, None)


@pytest.mark.parametrize("kind", ["university", "hospital", "college"])
def test_a_written_organisation_reads_back_the_same(kind: Any) -> None:
    organisation = generate(kind)

    file = read_units({"units.xlsx": write_units(organisation.units, organisation.posts)})

    assert texts(file) == []
    assert file.units == organisation.units
    assert file.posts == organisation.posts


def test_the_date_of_making_is_no_part_of_a_written_workbook() -> None:
    content = write_units((), ())

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert b"2012-01-01T00:00:00Z" in archive.read("docProps/core.xml")


def test_an_empty_form_can_be_written_and_says_that_it_is_empty() -> None:
    file = read_units({"units.xlsx": write_units([], [])})

    assert texts(file) == ["单位：表中没有单位；请至少填写最上级单位和参加活动的单位"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_two_csv_files_read_like_the_workbook(encoding: str, separator: str) -> None:
    file = read_units(csv_files(encoding, separator))

    assert texts(file) == []
    assert file.units == read_units(workbook()).units
    assert file.posts == read_units(workbook()).posts


@pytest.mark.parametrize("name", ["units.xls", "units.ods"])
def test_old_excel_and_open_document_files_read_like_the_workbook(name: str) -> None:
    # Made with a spreadsheet program from the workbook of UNITS and POSTS: no library here writes these formats.
    file = read_units({name: (DATA / name).read_bytes()})

    assert texts(file) == []
    assert file.units == read_units(workbook()).units
    assert file.posts == read_units(workbook()).posts


def test_headers_may_be_english_and_in_any_order() -> None:
    english = ("kind", "code", "parent", "name", "from")
    units = [(row[2], row[0], row[3], row[1], row[7]) for row in UNITS]
    posts = [(row[2], row[1], row[0], row[4]) for row in POSTS]

    file = read_units(
        workbook(units, posts, unit_headers=english, post_headers=("name", "role", "unit", "email"), names=("Units", "posts"))
    )

    assert texts(file) == []
    assert [unit.code for unit in file.units] == ["00", "03", "0307", "0308"]
    assert file.units[3].valid_from == date(2010, 10, 15)
    assert [post.email for post in file.posts] == ["wang@example.edu", None, "zhao@example.edu"]


def test_headers_may_be_both_chinese_and_english_and_stand_below_a_title() -> None:
    headers = ("编号 code", "名称 name", "类型*", " 上级编号 parent")
    units = [headers, *(row[:4] for row in UNITS)]

    file = read_units(workbook(units, unit_headers=("岚川大学党组织一览表",)))

    assert texts(file) == []
    assert [unit.line for unit in file.units] == [3, 4, 5, 6]


def test_a_column_nobody_knows_is_ignored_but_not_silently() -> None:
    file = read_units(workbook(unit_headers=(*UNIT_HEADERS[:5], "党员人头", *UNIT_HEADERS[6:])))

    assert texts(file) == []
    assert [unit.members for unit in file.units] == [None] * 4
    assert "列「党员人头」不认识，未读取" in str(file.warnings[0])


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        (307.0, "307"),
        ("0307", "0307"),
        ("　０３０７ ", "0307"),  # full-width, as a Chinese keyboard types it
        ("307-A", "307-A"),
        ("化学", "化学"),
    ],
)
def test_a_code_is_text(cell: object, code: str) -> None:
    units = in_units((4, 0, cell))
    posts = in_posts((2, 0, cell), (3, 0, cell))

    file = read_units(workbook(units, posts))

    assert texts(file) == []
    assert file.units[2].code == code
    assert file.posts[0].unit == code


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        (date(2012, 3, 26), date(2012, 3, 26)),
        ("2012-03-26", date(2012, 3, 26)),
        ("2012/3/26", date(2012, 3, 26)),  # what Excel makes of a date in a CSV
        ("2012.3.26", date(2012, 3, 26)),
        ("2012年3月26日", date(2012, 3, 26)),
        ("2012-02-29", date(2012, 2, 29)),
        ("", None),
    ],
)
def test_a_day_is_a_date_or_year_month_day(cell: object, day: date | None) -> None:
    file = read_units(workbook(in_units((4, 7, cell))))

    assert texts(file) == []
    assert file.units[2].valid_from == day


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("分党委", UnitKind.COMMITTEE),
        ("党委", UnitKind.COMMITTEE),
        ("总支", UnitKind.GENERAL_BRANCH),
        ("直属支部", UnitKind.DIRECT_BRANCH),
        ("committee", UnitKind.COMMITTEE),
        ("Direct Branch", UnitKind.DIRECT_BRANCH),
        ("职能部门", UnitKind.DEPARTMENT),
    ],
)
def test_other_usual_words_for_a_kind_are_understood(word: str, kind: UnitKind) -> None:
    file = read_units(workbook(in_units((3, 2, word))))

    assert texts(file) == []
    assert file.units[1].kind is kind


def test_the_word_committee_alone_means_the_school_at_the_top() -> None:
    file = read_units(workbook(in_units((2, 2, "党委"))))

    assert file.units[0].kind is UnitKind.SCHOOL


@pytest.mark.parametrize(
    "typed", ["13800000000", 13800000000, "+86 138-0000-0000", "86 138 0000 0000", "１３８００００００００"]
)
def test_a_mobile_is_eleven_digits_however_it_is_typed(typed: object) -> None:
    file = read_units(workbook(posts=in_posts((2, 5, typed))))

    assert texts(file) == []
    assert file.posts[0].mobile == "13800000000"


def test_a_cell_merged_over_several_rows_counts_for_each_of_them() -> None:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet("单位")
    for number, row in enumerate((UNIT_HEADERS[:4], *(row[:4] for row in UNITS))):
        sheet.write_row(number, 0, row[:3] if number in (3, 4) else row)
    sheet.merge_range(3, 3, 4, 3, "03")
    book.add_worksheet("任职").write_row(0, 0, POST_HEADERS)
    book.close()

    file = read_units({"units.xlsx": out.getvalue()})

    assert texts(file) == []
    assert [unit.parent for unit in file.units] == [None, "00", "03", "03"]


def test_empty_rows_between_are_skipped_and_row_numbers_stay_those_of_the_sheet() -> None:
    units = [*UNITS[:2], [""] * 8, ["　"] * 8, *in_units((5, 5, "很多"))[2:]]

    file = read_units(workbook(units))

    assert [(problem.line, problem.path) for problem in file.problems] == [(7, "单位!党员数")]


TWELVE_UNITS: list[list[object]] = [
    ["00", "岚川大学党委", "学校党委", "", "", "", "", ""],
    ["03", "化学化工学院党委", "二级党委", "00", "", "", "", ""],
    ["0307", "教师第一党支部", "党支部", "03", "专任教师", 18, "一般", ""],
    ["0308", "教师第二党支部", "科协", "03", "专任教师", 12, "", ""],  # 5 unknown kind
    ["0307", "教师第三党支部", "党支部", "03", "专任教师", 12, "", ""],  # 6 code taken
    ["0310", "教师第四党支部", "党支部", "", "专任教师", 12, "", ""],  # 7 no parent, not the top
    ["0311", "教师第五党支部", "党支部", "3", "专任教师", 12, "", ""],  # 8 parent lost its zero
    ["0312", "教师第六党支部", "党支部", "03", "专任教师", "约20", "", ""],  # 9 not a number
    ["0313", "教师第七党支部", "党支部", "03", "专任教师", 12, "", "2012-02-30"],  # 10 no such day
    ["0314", "", "党支部", "03", "专任教师", 12, "", ""],  # 11 no name
]
TWELVE_POSTS: list[list[object]] = [
    ["0307", "书记", "王若川", "19980012", "wang@example.edu", "10000000001", date(2010, 9, 1), ""],
    ["0399", "书记", "赵予舟", "20010034", "", "", "", ""],  # 3 no such unit
    ["0307", "", "李书遥", "20010035", "", "", "", ""],  # 4 no role
    ["0307", "组织委员", "李书遥", "20010036", "li at example", "", "", ""],  # 5 no address
    ["0307", "宣传委员", "李书遥", "20010037", "", "1380000", "", ""],  # 6 too short
    ["0307", "青年委员", "李书遥", "20010038", "", "", date(2012, 3, 1), date(2011, 3, 1)],  # 7 ends before it begins
]


def test_twelve_bad_rows_are_reported_as_twelve_with_sheet_row_and_column() -> None:
    file = read_units(workbook(TWELVE_UNITS, TWELVE_POSTS))

    assert [(problem.path, problem.line) for problem in file.problems] == [
        ("单位!类型", 5),
        ("单位!编号", 6),
        ("单位!上级编号", 7),
        ("单位!上级编号", 8),
        ("单位!党员数", 9),
        ("单位!成立", 10),
        ("单位!名称", 11),
        ("任职!单位编号", 3),
        ("任职!角色", 4),
        ("任职!邮箱", 5),
        ("任职!手机", 6),
        ("任职!止", 7),
    ]
    assert not file.is_unreadable
    assert [unit.code for unit in file.units] == ["00", "03", "0307"]
    assert [post.name for post in file.posts] == ["王若川"]


def test_every_problem_says_what_was_found_and_what_to_do() -> None:
    file = read_units(workbook(TWELVE_UNITS, TWELVE_POSTS))

    found = texts(file)

    assert found[0].startswith("第5行，单位!类型：不认识的类型「科协」；可填：学校党委、二级党委、")
    assert "编号「0307」与第4行「教师第一党支部」重复；请改成不重复的编号" in found[1]
    assert "第2行（00）已是最上级；只能有一个单位没有上级，请填写上级编号" in found[2]
    assert "上级编号「3」在表中没有；是否为「03」" in found[3]
    assert "「约20」不是人数；请填 0 或正整数" in found[4]
    assert "没有「2012-02-30」这一天" in found[5]
    assert "没有填名称；请补填，或删去这一行" in found[6]
    assert "单位编号「0399」在单位表中没有；请改正编号，或在单位表补上这个单位" in found[7]
    assert "「li at example」不是邮箱地址" in found[9]
    assert "请填 1 开头的 11 位数字" in found[10]
    assert "止（2011-03-01）早于起（2012-03-01）" in found[11]


def test_two_faults_in_one_row_are_both_reported() -> None:
    file = read_units(workbook(in_units((4, 2, "科协"), (4, 5, -1))))

    assert [problem.path for problem in file.problems] == ["单位!类型", "单位!党员数"]


def test_what_stands_under_a_bad_row_is_left_out_but_not_blamed() -> None:
    file = read_units(workbook(in_units((3, 2, "科协"))))

    assert [problem.line for problem in file.problems] == [3]
    assert [unit.code for unit in file.units] == ["00"]
    assert [(problem.path, problem.line) for problem in file.left_out] == [
        ("单位!上级编号", 4),
        ("单位!上级编号", 5),
        ("任职!单位编号", 2),
        ("任职!单位编号", 3),
        ("任职!单位编号", 4),
    ]
    assert "上级第3行（03）有问题" in file.left_out[0].text
    assert file.posts == ()


def test_the_rows_can_stand_in_any_order() -> None:
    file = read_units(workbook(UNITS[::-1], POSTS[::-1]))

    assert texts(file) == []
    assert {unit.code for unit in file.units} == {"00", "03", "0307", "0308"}


def test_a_circle_of_superiors_is_named_on_each_of_its_rows() -> None:
    units = [
        *UNITS,
        ("51", "甲", "部门", "53"),
        ("52", "乙", "部门", "51"),
        ("53", "丙", "部门", "52"),
        ("5301", "丁", "科室", "53"),
    ]

    file = read_units(workbook(units))

    assert [problem.line for problem in file.problems] == [6, 7, 8]
    assert "51（第6行） → 53（第8行） → 52（第7行） → 51（第6行）" in file.problems[0].text
    assert [problem.line for problem in file.left_out] == [9]
    assert len(file.units) == 4


def test_a_unit_that_is_its_own_superior_is_a_circle() -> None:
    file = read_units(workbook(in_units((4, 3, "0307"))))

    assert "0307（第4行） → 0307（第4行）" in file.problems[0].text


def test_a_file_without_a_top_is_refused_as_a_whole() -> None:
    file = read_units(workbook(in_units((2, 3, "03"))))

    assert file.is_unreadable
    assert "没有最上级单位：每一行都填了上级编号" in file.problems[0].text
    assert file.units == ()


def test_a_second_row_without_superior_is_the_bad_one_even_if_it_comes_first() -> None:
    units = [("0309", "教师第三党支部", "党支部", ""), *(row[:4] for row in UNITS)]

    file = read_units(workbook(units))

    assert [problem.line for problem in file.problems] == [2]
    assert len(file.units) == 4


def test_the_school_is_the_top_even_if_a_college_without_superior_has_more_below_it() -> None:
    file = read_units(workbook(in_units((3, 3, ""))))

    assert [problem.line for problem in file.problems] == [3]
    assert "第2行（00）已是最上级" in file.problems[0].text
    assert [problem.line for problem in file.left_out if problem.path.startswith("单位")] == [4, 5]


def test_a_school_whose_own_row_is_bad_still_holds_its_place() -> None:
    units = [*in_units((2, 2, "大学"))[:4], ["0309", "教师第三党支部", "党支部", "", "", "", "", ""]]

    file = read_units(workbook(units))

    assert [(problem.line, problem.path) for problem in file.problems] == [(2, "单位!类型"), (6, "单位!上级编号")]
    assert [problem.line for problem in file.left_out if problem.path.startswith("单位")] == [3, 4, 5]


def test_a_code_that_the_spreadsheet_took_for_a_date_is_named() -> None:
    file = read_units(workbook(in_units((4, 0, date(2012, 3, 7)))))

    assert "被表格软件当成了日期；请把这一列设为“文本”" in texts(file)[0]


def test_a_number_too_long_for_a_spreadsheet_is_refused_rather_than_changed() -> None:
    file = read_units(workbook(posts=in_posts((2, 3, 430102199001011234.0))))

    assert "位数太多，表格软件已丢失末几位" in texts(file)[0]


def test_a_date_shown_as_a_number_is_explained() -> None:
    file = read_units(workbook(in_units((4, 7, 40994))))

    assert "「40994」是数字；如指 2012-03-26，请把单元格设为日期格式" in texts(file)[0]


@pytest.mark.parametrize("typed", ["3.26", "12-03-26", "26/03/2012", "三月", "2012-13-01"])
def test_a_day_that_would_have_to_be_guessed_is_refused(typed: str) -> None:
    file = read_units(workbook(in_units((4, 7, typed))))

    assert [(problem.line, problem.path) for problem in file.problems] == [(4, "单位!成立")]


def test_a_row_given_twice_is_reported_once() -> None:
    file = read_units(workbook(posts=[*POSTS, POSTS[0]]))

    assert texts(file) == ["第5行，任职!姓名：与第2行完全相同；请删去一行"]
    assert len(file.posts) == 3


def test_a_branch_directly_under_the_school_draws_a_warning_only() -> None:
    file = read_units(workbook(in_units((5, 3, "00"))))

    assert texts(file) == []
    assert "如果是直属党支部，请改类型" in file.warnings[0].text


# --- files that are not what they seem


def test_a_picture_renamed_to_a_workbook_is_recognised() -> None:
    file = read_units({"units.xlsx": b"\x89PNG\r\n\x1a\n" + bytes(500)})

    assert file.is_unreadable
    assert texts(file) == ["units.xlsx：不是可读的工作簿，像是PNG 图片；请用表格软件打开后另存为 .xlsx（或两个 CSV）再导入"]


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"", "文件是空的"),
        (b"<html><table></table></html>", "网页"),
        ("编号,名称".encode(), "请把扩展名改为 .csv"),
        (b"PK\x03\x04" + bytes(100), "压缩包"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "旧版 Office 文档"),
    ],
)
def test_other_files_are_named_for_what_they_are(content: bytes, found: str) -> None:
    file = read_units({"units.xls": content})

    assert file.is_unreadable
    assert found in file.problems[0].text


@pytest.mark.parametrize("cut", [700, 3000, 9000])
def test_a_workbook_cut_off_on_its_way_is_refused_in_words(cut: int) -> None:
    file = read_units({"units.xls": (DATA / "units.xls").read_bytes()[:cut]})

    assert file.is_unreadable
    assert "再导入" in file.problems[0].text


def test_a_stray_cell_at_the_far_end_does_not_bring_the_program_down() -> None:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet("单位")
    sheet.write_row(0, 0, UNIT_HEADERS)
    sheet.write(1048575, 16383, "x")
    book.add_worksheet("任职")
    book.close()

    file = read_units({"units.xlsx": out.getvalue()})

    assert "在很远的行、列还有内容" in file.problems[0].text


def test_a_missing_sheet_is_reported_with_those_that_are_there() -> None:
    file = read_units(workbook(names=("单位", "人员名册")))

    assert texts(file) == ["units.xlsx：没有名为“任职”的工作表；找到的有：单位、人员名册。请改表名，或补上这张表"]
    assert len(file.units) == 4


def test_a_missing_header_is_reported_with_those_that_are_there() -> None:
    file = read_units(workbook(unit_headers=("编号", "单位全称", "类型", "上级编号")))

    assert len(file.problems) == 1
    assert "缺少表头「名称」；第1行找到的是：编号、单位全称、类型、上级编号。表头应为：编号、名称、" in file.problems[0].text


def test_bad_rows_of_one_sheet_are_listed_even_if_the_other_sheet_is_missing() -> None:
    file = read_units(workbook(in_units((4, 2, "科协"), (5, 3, "99")), names=("单位", "名册")))

    assert [problem.line for problem in file.problems] == [None, 4, 5]


def test_one_csv_alone_is_not_enough() -> None:
    file = read_units({"units.csv": csv_files("utf-8")["units.csv"]})

    assert "需要一个工作簿" in file.problems[0].text
    assert file.problems[0].path == "units.csv"


def test_csv_files_are_told_apart_by_their_names() -> None:
    files = csv_files("utf-8")

    chinese = read_units({"单位.csv": files["units.csv"], "任职.csv": files["posts.csv"]})
    unclear = read_units({"a.csv": files["units.csv"], "posts.csv": files["posts.csv"]})

    assert texts(chinese) == []
    assert texts(unclear) == ["a.csv：看不出是单位还是任职；请把两个文件命名为 units.csv 和 posts.csv"]


def test_a_csv_in_an_unknown_encoding_is_refused() -> None:
    files = csv_files("utf-8")

    utf16 = read_units({**files, "posts.csv": csv_files("utf-16")["posts.csv"]})
    broken = read_units({**files, "posts.csv": b"\xff\xff\xff"})

    assert "UTF-16" in utf16.problems[0].text
    assert "既不是 UTF-8 也不是 GB18030" in broken.problems[0].text


# --- who is the same person

WANG = PostRow(unit="0307", role="书记", name="王若川", person="001", email="w@example.edu", mobile="10000000001", line=2)


def test_the_same_number_is_one_person_in_two_posts() -> None:
    found = persons([WANG, replace(WANG, unit="03", role="副书记", email=None, line=3)])

    assert [(person.key, len(person.posts)) for person in found.people] == [("工号:001", 2)]
    assert found.people[0].email == "w@example.edu"
    assert found.problems == ()


def test_the_same_name_alone_is_two_people() -> None:
    found = persons([WANG, replace(WANG, person="002", email=None, mobile=None, line=3)])

    assert [person.key for person in found.people] == ["工号:001", "工号:002"]
    assert found.problems == ()


@pytest.mark.parametrize(
    "other",
    [
        replace(WANG, person=None, email="W@Example.edu", mobile=None, line=3),  # addresses differ in case only
        replace(WANG, person=None, email=None, line=3),
        replace(WANG, person=None, email="another@example.edu", line=3),  # else by mobile
    ],
)
def test_without_a_number_the_address_decides(other: PostRow) -> None:
    found = persons([other, WANG])

    assert [(person.key, len(person.posts)) for person in found.people] == [("工号:001", 2)]
    assert found.problems == ()


def test_an_e_mail_counts_for_more_than_a_mobile() -> None:
    zhao = replace(WANG, name="赵予舟", person="002", email="z@example.edu", mobile="10000000003", line=3)
    wang_on_the_phone_of_zhao = replace(WANG, unit="03", person=None, mobile="10000000003", line=4)

    found = persons([zhao, WANG, wang_on_the_phone_of_zhao])

    assert found.problems == ()
    assert {person.name: len(person.posts) for person in found.people} == {"赵予舟": 1, "王若川": 2}


def test_rows_without_numbers_join_through_a_third_in_any_order() -> None:
    first = PostRow(unit="01", role="书记", name="李书遥", email="li@example.edu", line=2)
    second = PostRow(unit="02", role="委员", name="李书遥", mobile="10000000002", line=3)
    both = PostRow(unit="03", role="委员", name="李书遥", email="li@example.edu", mobile="10000000002", line=4)

    for rows in ([first, second, both], [both, second, first], [second, both, first]):
        found = persons(rows)

        assert [(person.key, len(person.posts)) for person in found.people] == [("邮箱:li@example.edu", 3)]
        assert found.people[0].mobile == "10000000002"


def test_one_number_with_two_names_is_a_problem_of_the_later_row() -> None:
    found = persons([WANG, replace(WANG, name="赵予舟", line=9)])

    assert [str(problem) for problem in found.problems] == [
        "第9行，任职!姓名：工号「001」在第2行是「王若川」，这里是「赵予舟」；请改正工号或姓名"
    ]
    assert [post.name for post in found.people[0].posts] == ["王若川"]


def test_a_shared_mailbox_without_numbers_is_a_problem_unless_both_have_one() -> None:
    li = PostRow(unit="0307", role="组织委员", name="李书遥", email="office@example.edu", line=3)
    wang = replace(WANG, person=None, email="office@example.edu", mobile=None)

    without = persons([wang, li])
    numbered = persons([replace(wang, person="001"), replace(li, person="002")])

    assert "同一人请统一姓名，不同的人请各填工号" in without.problems[0].text
    assert numbered.problems == ()
    assert len(numbered.people) == 2
    assert "邮箱相同（office@example.edu），工号不同，算两个人" in numbered.warnings[0].text


def test_a_row_that_fits_two_numbers_is_a_problem() -> None:
    zhao = replace(WANG, name="赵予舟", person="002", line=3)
    unclear = PostRow(unit="0308", role="书记", name="赵予舟", email="w@example.edu", line=4)

    found = persons([WANG, zhao, unclear])

    assert [problem.line for problem in found.problems] == [4]
    assert "与工号 001、002 都相同，不知是谁" in found.problems[0].text


def test_somebody_without_any_address_is_taken_in_with_a_warning() -> None:
    file = read_units(workbook(posts=[("0307", "书记", "王若川"), ("0308", "书记", "王若川")]))

    assert texts(file) == []
    assert [person.key for person in persons(file.posts).people] == ["任职:0307:书记:王若川", "任职:0308:书记:王若川"]
    assert [warning.line for warning in file.warnings] == [2, 3]
    assert "收不到提醒" in file.warnings[0].text


def test_a_second_address_of_one_person_is_pointed_out() -> None:
    found = persons([WANG, replace(WANG, unit="03", email="old@example.edu", line=5)])

    assert found.people[0].email == "w@example.edu"
    assert [warning.line for warning in found.warnings] == [5]
    assert "提醒发往前一个" in found.warnings[0].text


def test_a_row_with_a_wrong_name_is_among_the_problems_of_the_file() -> None:
    file = read_units(workbook(posts=in_posts((3, 3, "0019980012"))))

    assert [(problem.line, problem.path) for problem in file.problems] == [(3, "任职!姓名")]
    assert [post.name for post in file.posts] == ["王若川", "赵予舟"]
