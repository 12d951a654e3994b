"""The 任务分解表: a definition goes out to a workbook, officers edit it, it comes back; and one page of it is signed."""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from shell import PLAN, Shell
from world import World

from duban.definition_file import open_definition
from duban.task_table import read_table, write_table
from duban.task_table.sign_sheet import LEAST, bands_of, plan_of
from duban.workbook import write_units
from phases import library
from phases.columns import CATEGORIES, columns
from phases.compile import compile_definition
from phases.definition import keys_of
from phases.fit import ITEMS
from phases.sign_page import sign_page
from phases.written import shape_of
from workflow.errors import DefinitionError, DubanError

ITEM_SHEET, FACT_SHEET, SIGN_SHEET = "任务分解表", "基本情况", "签发页"
Edit = Callable[[Any], None]


def book_of(text: str) -> bytes:
    return write_table(compile_definition(text), text)


def edited(content: bytes, edit: Edit) -> bytes:
    """The workbook after an officer worked on it; `edit` gets the whole workbook."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    edit(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def place(sheet: Any, row: int, header: str) -> Any:
    """The cell of a row under a header, which is added if it is not there."""
    headers = [cell.value for cell in sheet[1]]
    if header not in headers:
        sheet.cell(1, len(headers) + 1, header)
        headers.append(header)
    return sheet.cell(row, headers.index(header) + 1)


def row_of(sheet: Any, what: str) -> int:
    """The row of the item called so."""
    return next(int(row[0].row) for row in sheet.iter_rows(min_row=2) if row[1].value == what)


def add(sheet: Any, **cells: object) -> int:
    """A new item in the first empty row."""
    row = next(number for number in range(2, 500) if not sheet.cell(number, 1).value)
    for header, value in cells.items():
        place(sheet, row, header).value = value
    return row


def text_after(content: bytes, edit: Edit) -> str:
    found = read_table("x.xlsx", edited(content, edit))
    assert found.problems == ()
    return found.text


def complaints(shell: Shell, content: bytes, edit: Edit) -> list[tuple[str, str]]:
    """Place and text of every problem after an edit."""
    answer = shell("check", shell.file("改.xlsx", edited(content, edit)), "--json")
    assert answer.code == 1, answer
    return [(problem["path"], problem["text"]) for problem in answer.document["problems"]]


# -- out and back


@pytest.mark.parametrize("name", library.names())
def test_a_campaign_goes_out_to_excel_and_comes_back_as_the_same_definition(empty_shell: Shell, name: str) -> None:
    out = empty_shell("read-back", name, "-o", "表.xlsx")
    back = empty_shell("read-back", "表.xlsx", "-o", "回.yaml")

    assert (out.code, back.code) == (0, 0)
    assert shape_of((empty_shell.folder / "回.yaml").read_text(encoding="utf-8")) == shape_of(library.text(name))
    assert empty_shell("read-back", "表.xlsx").out == empty_shell("read-back", name).out


@pytest.mark.parametrize("name", library.names())
def test_going_out_a_second_time_changes_nothing(name: str) -> None:
    first = read_table("a.xlsx", book_of(library.text(name))).text

    assert read_table("b.xlsx", book_of(first)).text == first
    assert book_of(first) == book_of(first)


def test_every_key_of_every_kind_of_item_has_a_column() -> None:
    for category in CATEGORIES:
        covered = {slot.place[0] for column in columns() if (slot := column.slots.get(category))}

        assert covered == set(keys_of(ITEMS[category]))


def test_a_workbook_is_taken_wherever_a_definition_is(shell: Shell) -> None:
    file = shell.file("活动.yaml", PLAN)
    shell("read-back", file, "-o", "活动.xlsx")

    checked = shell("check", "活动.xlsx")
    drawn = shell("graph", "活动.xlsx")
    launched = shell.json("launch", "活动.xlsx")

    assert checked.code == 0
    assert drawn.out == shell("graph", file).out
    assert launched["cases"] > 0
    assert shell.duty("0101", "摸底/自查表")["due"].startswith("2026-03-20")


def test_a_campaign_from_a_workbook_has_the_digest_of_the_yaml_made_of_it(empty_shell: Shell) -> None:
    empty_shell("read-back", "standard", "-o", "表.xlsx")
    empty_shell("read-back", "表.xlsx", "-o", "回.yaml")

    file, yaml = open_definition(empty_shell.folder / "表.xlsx"), open_definition(empty_shell.folder / "回.yaml")

    assert file.compiled() == yaml.compiled()
    assert file.compiled().digest == yaml.compiled().digest


def test_a_portal_launches_from_the_path_of_a_workbook(small_world: World, tmp_path: Path) -> None:
    path, broken = tmp_path / "活动.xlsx", tmp_path / "错.xlsx"
    path.write_bytes(book_of(PLAN))
    broken.write_bytes(edited(book_of(PLAN), lambda book: add(book[ITEM_SHEET], 类别="任务", 谁办="党支部") and None))

    made = small_world.engine.launched(path)

    assert (made.name, made.cases > 0) == ("支部换届", True)
    with pytest.raises(DefinitionError, match="任务分解表 第11行 事项：没有填“事项”"):
        small_world.engine.launch(broken)


def test_what_looks_like_a_formula_stays_text() -> None:
    text = PLAN + "说明: =1+1\n"

    content = book_of(text)

    facts = openpyxl.load_workbook(io.BytesIO(content))[FACT_SHEET]
    assert {row[0].value: (row[1].value, row[1].data_type) for row in facts.iter_rows()}["说明"] == ("=1+1", "s")
    assert shape_of(read_table("x.xlsx", content).text).remarks == "=1+1"


def test_a_ladder_that_was_left_out_and_one_that_is_empty_are_told_apart() -> None:
    default = PLAN.partition("督办:")[0]
    none = default + "督办: []\n"

    assert shape_of(read_table("x.xlsx", book_of(default)).text).ladder is None
    assert shape_of(read_table("x.xlsx", book_of(none)).text).ladder == ()


LONG = "很长" * 20_000


@pytest.mark.parametrize(
    ("added", "where"),
    [(f"说明: {LONG}\n", "基本情况 说明"), (f"待定:\n  - {{问: 甲, 建议: {LONG}}}\n", "任务分解表 第11行 建议")],
)
def test_text_longer_than_a_cell_is_refused_by_name(empty_shell: Shell, added: str, where: str) -> None:
    answer = empty_shell("read-back", empty_shell.file("长.yaml", PLAN + added), "-o", "长.xlsx")

    assert answer.code == 1
    assert where in answer.err
    assert not (empty_shell.folder / "长.xlsx").exists()


def test_a_file_is_not_overwritten_unasked_and_its_kind_must_be_known(empty_shell: Shell) -> None:
    empty_shell.file("表.xlsx", b"mine")

    assert empty_shell("read-back", "d2", "-o", "表.xlsx").code == 1
    assert (empty_shell.folder / "表.xlsx").read_bytes() == b"mine"
    assert empty_shell("read-back", "d2", "-o", "表.pdf").code == 2
    assert empty_shell("read-back", "d2", "-o", "表.xlsx", "--force").code == 0


# -- what officers do to it


def test_rows_added_deleted_moved_and_left_blank_are_what_they_look_like() -> None:
    def edit(book: Any) -> None:
        sheet = book[ITEM_SHEET]
        sheet.delete_rows(row_of(sheet, "换届方案"))
        sheet.insert_rows(2, 3)
        add(sheet, 类别="任务", 事项="谈心谈话", 谁办="党支部", 阶段="换届", 时间="4月10日前", 材料="记录")

    shape = shape_of(text_after(book_of(PLAN), edit))

    assert [task.name for task in shape.tasks] == ["谈心谈话", "自查表"]
    assert shape.tasks[0].materials == ("记录",)


def test_what_a_spreadsheet_makes_of_numbers_and_days_is_read_as_it_looks() -> None:
    text = PLAN + "定级:\n  - {对象: 党支部, 谁来定: 二级党组织, 等次: [好, 差], 时间: 3月20日前}\n"
    targets = "目标:\n  - {从: 差, 到: 好, 至少: 20%, 时间: 6月底前}\n"

    def edit(book: Any) -> None:
        sheet = book[ITEM_SHEET]
        row = row_of(sheet, "换届方案")
        place(sheet, row, "数量").value = 30
        place(sheet, row, "时间").value = date(2026, 3, 30)
        place(sheet, row, "可代填").value = True
        goal = next(int(cells[0].row) for cells in sheet.iter_rows(min_row=2) if cells[0].value == "目标")
        place(sheet, goal, "至少").value = 0.3
        place(sheet, goal, "至少").number_format = "0%"
        facts = book[FACT_SHEET]
        next(cells for cells in facts.iter_rows() if cells[0].value == "印发")[1].value = date(2026, 3, 2)

    shape = shape_of(text_after(book_of(text + targets), edit))

    task = next(task for task in shape.tasks if task.name == "换届方案")
    assert task.quantity == {"": (30, 30)}
    assert (task.time, task.proxy) == ("2026年3月30日前", True)
    assert shape.targets[0].share.as_integer_ratio() == (3, 10)
    assert shape.issued == date(2026, 3, 2)


def test_merged_cells_spaced_headers_and_a_title_row_are_understood() -> None:
    def edit(book: Any) -> None:
        sheet = book[ITEM_SHEET]
        first, second = row_of(sheet, "自查表"), row_of(sheet, "换届方案")
        assert second == first + 1
        sheet.cell(second, 1).value = None
        sheet.merge_cells(start_row=first, end_row=second, start_column=1, end_column=1)
        for cell in sheet[1]:
            cell.value = " ".join(cell.value)
        sheet.insert_rows(1)
        sheet["A1"] = "支部换届任务分解表"
        book[FACT_SHEET].insert_rows(1)
        sheet.title = "任务分解表 "

    def moved(book: Any) -> None:
        edit(book)
        sheet = book["任务分解表 "]
        # Inserting a row leaves the merged ranges where they were.
        for merged in list(sheet.merged_cells.ranges):
            merged.shift(row_shift=1)

    shape = shape_of(text_after(book_of(PLAN), moved))

    assert shape == shape_of(PLAN)


def test_several_short_names_on_one_line_are_several_but_papers_are_asked_about(empty_shell: Shell) -> None:
    def owners(book: Any) -> None:
        sheet = book[ITEM_SHEET]
        place(sheet, row_of(sheet, "自查表"), "责任人").value = "李老师、王老师，赵老师"

    def papers(book: Any) -> None:
        sheet = book[ITEM_SHEET]
        place(sheet, row_of(sheet, "自查表"), "材料").value = "总结、典型材料"

    def quoted(book: Any) -> None:
        sheet = book[ITEM_SHEET]
        place(sheet, row_of(sheet, "自查表"), "材料").value = '"总结、典型材料"\n名单'

    tasks = shape_of(text_after(book_of(PLAN), owners)).tasks
    assert next(task for task in tasks if task.name == "自查表").owners == ("李老师", "王老师", "赵老师")
    ((where, text),) = complaints(empty_shell, book_of(PLAN), papers)
    assert where.endswith("材料")
    assert "几项写成了一项" in text
    tasks = shape_of(text_after(book_of(PLAN), quoted)).tasks
    assert next(task for task in tasks if task.name == "自查表").materials == ("总结、典型材料", "名单")


def test_a_time_of_day_in_a_frequency_is_no_name_of_something_counted() -> None:
    def edit(book: Any) -> None:
        add(book[ITEM_SHEET], 类别="任务", 事项="例会", 谁办="党支部", 频次="每周1次 15:00")
        add(book[ITEM_SHEET], 类别="任务", 事项="组织生活", 谁办="党支部", 频次="党课：每季度1次\n支委会: 每月1次")

    text = text_after(book_of(PLAN), edit)

    by_name = {task.name: task.frequency for task in shape_of(text).tasks}
    assert by_name["例会"] == {"": "每周1次 15:00"}
    assert by_name["组织生活"] == {"党课": "每季度1次", "支委会": "每月1次"}


# -- what is wrong in it


def test_every_problem_is_named_by_sheet_row_and_column_all_at_once(empty_shell: Shell) -> None:
    rows: dict[str, int] = {}

    def edit(book: Any) -> None:
        sheet = book[ITEM_SHEET]
        rows["day"] = row_of(sheet, "自查表")
        place(sheet, rows["day"], "时间").value = "4月31日前"
        rows["phase"] = row_of(sheet, "换届方案")
        place(sheet, rows["phase"], "阶段").value = "换界"
        rows["number"] = add(sheet, 类别="任务", 事项="甲", 谁办="党支部", 时间=3.3)
        rows["kind"] = add(sheet, 类别="任物", 事项="乙")
        rows["nothing"] = add(sheet, 类别="任务", 谁办="党支部", 时间="4月10日前")
        rows["unused"] = add(sheet, 类别="待定", 事项="问一问", 材料="总结")
        rows["flag"] = add(sheet, 类别="任务", 事项="丙", 谁办="党支部", 时间="4月10日前", 催办="也许")
        place(sheet, rows["flag"], "负责人").value = "李"

    found = dict(complaints(empty_shell, book_of(PLAN), edit))

    table = f"{ITEM_SHEET} 第{{}}行 {{}}"
    assert "4月31日" in found[table.format(rows["day"], "时间")]
    assert "是不是“换届”" in found[table.format(rows["phase"], "阶段")]
    assert "看不出是哪一天" in found[table.format(rows["number"], "时间")]
    assert "是不是“任务”" in found[table.format(rows["kind"], "类别")]
    assert found[table.format(rows["nothing"], "事项")] == "没有填“事项”；请填上"
    assert "没有这一项" in found[table.format(rows["unused"], "材料")]
    assert "是 或 否" in found[table.format(rows["flag"], "催办")]
    assert "是不是“责任人”" in found[f"{ITEM_SHEET} 第1行 负责人"]
    assert len(found) == 8


def test_a_cell_that_cannot_be_read_is_not_called_missing_as_well(empty_shell: Shell) -> None:
    def edit(book: Any) -> None:
        book[ITEM_SHEET].insert_cols(12)
        add(book[ITEM_SHEET], 类别="报送", 事项="总结", 谁办="二级党组织", 材料="甲、乙", 报给="组织部", 时间="4月10日前")

    ((where, _),) = complaints(empty_shell, book_of(PLAN), edit)

    assert where.endswith("材料")


def test_problems_of_the_facts_name_their_line(empty_shell: Shell) -> None:
    def edit(book: Any) -> None:
        sheet = book[FACT_SHEET]
        at = {row[0].value: row[0].row for row in sheet.iter_rows()}
        sheet.cell(at["活动"], 2).value = None
        sheet.cell(at["休息日"], 2).value = "向后"
        sheet.cell(at["说明"] + 1, 1).value = "发文日期"
        sheet.cell(at["说明"] + 1, 2).value = "2026-03-02"

    found = complaints(empty_shell, book_of(PLAN), edit)

    assert [where.split()[-1] for where, _ in found] == ["发文日期", "活动", "休息日"]
    assert all(where.startswith(FACT_SHEET) for where, _ in found)


def test_two_tasks_of_one_name_are_told_apart_by_their_rows(empty_shell: Shell) -> None:
    def edit(book: Any) -> None:
        sheet = book[ITEM_SHEET]
        add(sheet, 类别="任务", 事项="自查表", 谁办="党支部", 阶段="摸底")

    ((where, text),) = complaints(empty_shell, book_of(PLAN), edit)

    first = row_of(openpyxl.load_workbook(io.BytesIO(book_of(PLAN)))[ITEM_SHEET], "自查表")
    assert f"与{ITEM_SHEET} 第{first}行同名" in text
    assert where.startswith(f"{ITEM_SHEET} 第")


def test_an_item_merged_over_two_rows_is_asked_about(empty_shell: Shell) -> None:
    def edit(book: Any) -> None:
        sheet = book[ITEM_SHEET]
        row = row_of(sheet, "自查表")
        sheet.cell(row + 1, 2).value = None
        sheet.merge_cells(start_row=row, end_row=row + 1, start_column=2, end_column=2)

    assert any("取消合并" in text for _, text in complaints(empty_shell, book_of(PLAN), edit))


def test_a_workbook_with_problems_is_not_launched(shell: Shell) -> None:
    def edit(book: Any) -> None:
        place(book[ITEM_SHEET], row_of(book[ITEM_SHEET], "自查表"), "时间").value = "4月31日前"

    answer = shell("launch", shell.file("错.xlsx", edited(book_of(PLAN), edit)))

    assert answer.code == 1
    assert "任务分解表 第4行 时间" in answer.err
    assert "还没有启动任何活动" in shell("status").err


def test_warnings_and_open_questions_name_the_rows_too(empty_shell: Shell) -> None:
    empty_shell("read-back", "d2", "-o", "表.xlsx")

    warnings = empty_shell.json("check", "表.xlsx")["warnings"]

    assert any(warning["path"].startswith(f"{ITEM_SHEET} 第") for warning in warnings)
    assert len(warnings) == len(empty_shell.json("check", "d2")["warnings"])


# -- what is no such workbook


def workbook(*sheets: str) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        for sheet in sheets:
            book.add_worksheet(sheet)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("单位.xlsx", write_units([], []), "单位表"),
        ("校历.xlsx", workbook("日历", "学期"), "校历"),
        ("空.xlsx", b"", "空的"),
        ("字.xlsx", "活动: 甲\n".encode(), ".yaml"),
        ("别的.xlsx", workbook("Sheet1"), "缺少工作表“任务分解表”“基本情况”"),
        ("半.xlsx", workbook(ITEM_SHEET), "缺少工作表“基本情况”"),
        ("白.xlsx", workbook(ITEM_SHEET, FACT_SHEET), "没有找到表头"),
        ("坏.xlsx", book_of(PLAN)[:-400], "工作簿"),
        ("压缩.yaml", b"PK\x03\x04" + bytes(200), "工作簿"),
        ("通知.pdf", b"%PDF-1.4\n", "duban draft"),
        ("图.yaml", b"\x89PNG\r\n\x1a\n" + bytes(50), "图片"),
        ("网页.xlsx", b"<html><table></table></html>", "网页"),
    ],
)
def test_another_file_is_called_what_it_is(empty_shell: Shell, name: str, content: bytes, said: str) -> None:
    answer = empty_shell("check", empty_shell.file(name, content))

    assert answer.code == 1
    assert said in answer.out + answer.err


@settings(deadline=None, max_examples=15)
@given(junk=st.binary(max_size=300), at=st.integers(0, 6000))
def test_any_bytes_are_answered_with_a_sentence(junk: bytes, at: int) -> None:
    whole = book_of(PLAN)

    for content in (junk, b"PK\x03\x04" + junk, whole[:at] + junk + whole[at + len(junk) :]):
        with suppress(DubanError):
            assert read_table("x.xlsx", content).text


# -- the page to sign


@pytest.mark.parametrize("name", library.names())
def test_the_page_fits_one_sheet_of_paper_and_can_be_read(name: str) -> None:
    page = sign_page(compile_definition(library.text(name)))

    plan = plan_of(bands_of(page))

    assert plan.scale >= 0.6
    assert plan.print_size >= LEAST
    assert sum(plan.heights) * plan.scale <= 842 - (0.45 + 0.45) * 72


@pytest.mark.parametrize("name", library.names())
def test_the_sheet_is_set_up_as_one_page_of_a4_with_everything_on_it(name: str) -> None:
    campaign = compile_definition(library.text(name))

    sheet = openpyxl.load_workbook(io.BytesIO(book_of(library.text(name))))[SIGN_SHEET]

    words = "\n".join(str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value)
    setup = sheet.page_setup  # a width or height of one page is the default and not written
    assert (setup.paperSize, setup.fitToWidth or 1, 1 if setup.fitToHeight is None else setup.fitToHeight) == (9, 1, 1)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert all(task.name in words for task in campaign.tasks)
    assert all(question.text in words for question in campaign.questions)
    assert all(project.name in words for project in campaign.projects)
    assert "签发人：" in words
    assert "非涉密系统，严禁处理国家秘密" in words


def test_a_campaign_too_long_for_one_page_takes_more_rather_than_print_too_small() -> None:
    tasks = "".join(f"  - {{事项: 第{no}件要紧的事, 谁办: 党支部, 时间: 4月10日前, 写明: [甲, 乙]}}\n" for no in range(150))
    head = PLAN.partition("阶段:")[0]

    sheet = openpyxl.load_workbook(io.BytesIO(book_of(f"{head}任务:\n{tasks}")))[SIGN_SHEET]

    assert sheet.page_setup.fitToHeight == 0
    assert sheet.print_title_rows


def test_the_page_says_what_a_group_of_kinds_is_called_and_when_a_task_is_due() -> None:
    page = sign_page(compile_definition(library.text("d1")))
    standard = sign_page(compile_definition(library.text("standard")))

    whom = {line.what: line.who for part in page.parts for line in part.lines}
    when = {line.what: line.when for part in standard.parts for line in part.lines}
    assert whom["优化升级"] == "党支部（教工）：书记"
    assert whom["公开承诺书"] == "党支部（定为一般）：书记"
    assert when["支部自评"] == "按阶段"
    assert when["年度小结"] == "12月14日（周五）"
    assert when["党支部书记集中培训"] == "每半年1次"


def test_the_page_keeps_the_hour_of_what_recurs_and_an_end_before_that_of_the_campaign() -> None:
    tasks = "任务:\n  - {事项: 例会, 谁办: 党支部, 频次: 每周五15:00前}\n  - {事项: 党课, 谁办: 党支部, 频次: 每月1次, 时间: 6月底前}\n"

    page = sign_page(compile_definition(PLAN.partition("阶段:")[0] + tasks))

    when = {line.what: line.when for part in page.parts for line in part.lines}
    assert when["例会"].startswith("每周")
    assert "15:00" in when["例会"]
    assert when["党课"] == "每月1次，至6月30日（周二）"


# -- the table to edit


def test_the_table_helps_whoever_fills_it_in() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(book_of(library.text("standard"))))[ITEM_SHEET]

    headers = [cell.value for cell in sheet[1]]
    listed = {str(rule.sqref).split(":")[0]: rule.formula1 for rule in sheet.data_validations.dataValidation}
    assert headers[:2] == ["类别", "事项"]
    assert "步骤" not in headers
    assert sheet.freeze_panes == "C2"
    assert sheet.auto_filter.ref
    assert all(cell.comment and cell.comment.text for cell in sheet[1])
    assert listed["A2"] == '"阶段,定级,任务,报送,目标,项目,督办,待定"'
    assert listed[f"{sheet.cell(2, headers.index('阶段') + 1).coordinate}"] == "$B$2:$B$6"
    assert all(cell.number_format == "@" for cell in sheet[sheet.max_row])
