"""The workbook of a definition: 签发页 to sign, 任务分解表 and 基本情况 to edit. What `read_table` reads back."""

from __future__ import annotations

import io
from datetime import UTC, datetime

from xlsxwriter import Workbook

from duban.sheets.head import discreet
from duban.task_table.fact_sheet import write_fact_sheet
from duban.task_table.item_sheet import write_item_sheet
from duban.task_table.look import Look
from duban.task_table.names import FACTS, ITEMS, SIGN
from duban.task_table.sign_sheet import write_sign_sheet
from phases.sign_page import SignPage, sign_page
from phases.task_table import TaskTable, table_of
from phases.written import shape_of
from workflow.model import Campaign
from workflow.workdays import WorkCalendar

# The day of the first release, not today: the same definition gives the same bytes.
CREATED = datetime(2012, 1, 1, tzinfo=UTC)


def write_table(campaign: Campaign, text: str, *, calendar: WorkCalendar | None = None) -> bytes:
    """The .xlsx of a compiled campaign and the YAML `text` it was compiled from. Raises `DubanError` if a cell is too long."""
    return workbook_of(table_of(shape_of(text)), sign_page(campaign, calendar=calendar))


def workbook_of(table: TaskTable, page: SignPage) -> bytes:
    """The .xlsx of a table, with a page to sign before it."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with Workbook(out, options) as book:
        book.set_properties({"title": discreet(page.title), "created": CREATED})
        look = Look(book)
        write_sign_sheet(book.add_worksheet(SIGN), look, page)
        write_item_sheet(book.add_worksheet(ITEMS), look, table.items)
        write_fact_sheet(book.add_worksheet(FACTS), look, table.facts)
    return out.getvalue()
