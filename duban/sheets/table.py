"""From rows and columns to a page: which columns, which lines, which sums."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import TypeVar

from duban.sheets.head import Head
from duban.sheets.layout import filled
from duban.sheets.page import Column, Page
from workflow.errors import UsageError

Row = TypeVar("Row")
_NUMBER_WIDTH = 5.5


def chosen(known: Sequence[Column[Row]], headings: Sequence[str], rows: Sequence[Row]) -> list[Column[Row]]:
    """The columns with these headings, in this order; without headings those that are useful for `rows`.

    Raises `UsageError` for a heading that does not exist.
    """
    if not headings:
        return [column for column in known if column.useful(rows)]
    by_heading = {column.heading: column for column in known}
    if unknown := [heading for heading in headings if heading not in by_heading]:
        raise UsageError(f"没有这些列：{'、'.join(unknown)}；可以选的列：{'、'.join(by_heading)}。")
    return [by_heading[heading] for heading in headings]


def fill(head: Head, name: str, columns: Sequence[Column[Row]], rows: Sequence[Row]) -> Page:
    """A page with the rows numbered from 1 and their sums, or with 无应报; the caller adds what follows."""
    widths = filled([_NUMBER_WIDTH, *(column.width for column in columns)], [False, *(column.left for column in columns)])
    page = Page(head, name, widths)
    page.header(["序号", *(column.heading for column in columns)])
    for number, row in enumerate(rows, 1):
        page.row([(number, False), *((column.value(row), column.left) for column in columns)])
    if not rows:
        page.nothing()
    elif any(column.summed for column in columns):
        sums = {n: _sum(column, rows) for n, column in enumerate(columns, 1) if column.summed}
        page.total(f"合计（{len(rows)}个）", sums)
    return page


def share(count: int, of: int) -> str:
    """A share to stand beside its count: 68 of 341 is 19.9%."""
    exact = Decimal(count * 100) / Decimal(of)
    return f"{exact.quantize(Decimal('0.1'), ROUND_HALF_UP)}%"


def _sum(column: Column[Row], rows: Sequence[Row]) -> int | None:
    """None when a row has no figure: a sum over the rest would look like a sum over all."""
    values = [column.value(row) for row in rows]
    numbers = [value for value in values if isinstance(value, int)]
    return sum(numbers) if len(numbers) == len(values) else None
