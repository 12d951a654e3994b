"""What the sheet 任务分解表 says: one entry a filled cell, and every cell, row and header that cannot be understood."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from duban.task_table.cells import cell_text
from duban.task_table.names import ITEMS, UNREAD
from duban.task_table.spots import Found, Grid, Spot
from duban.workbook.cells import Cell, Unreadable, is_empty, narrow, words
from phases.cell_words import Unclear, meaning
from phases.columns import CATEGORIES, CATEGORY, Column, columns
from phases.fit import SYNONYMS
from phases.source import nearest

LOOKED_AT = 8
OTHER_WORDS = {"事项": "任务", "工作任务": "任务", "督办程序": "督办", "问题": "待定", "待定问题": "待定", "晋位目标": "目标"}


@dataclass(frozen=True, kw_only=True)
class _Headers:
    """Row (from 0) and columns: `places` is {index: column}, `category` the index of 类别."""

    row: int
    category: int
    places: Mapping[int, Column]


def item_entries(sheet: Grid, found: Found) -> None:
    """Read the items of the sheet, each row by itself."""
    headers = _headers(sheet, found)
    if headers is None:
        return
    _unknown_headers(sheet, headers, found)
    _merged_items(sheet, headers, found)
    numbers: Counter[str] = Counter()
    for number, row in enumerate(sheet.filled_down()[headers.row + 1 :], headers.row + 2):
        said = {at: cell for at, cell in enumerate(row) if at in headers.places and not is_empty(cell)}
        if said and (category := _category(row[headers.category], Spot(sheet=ITEMS, row=number, header=CATEGORY), found)):
            _item(category, numbers[category], number, [(headers.places[at], cell) for at, cell in said.items()], found)
            numbers[category] += 1


def _item(category: str, at: int, number: int, said: Sequence[tuple[Column, Cell]], found: Found) -> None:
    """One row. A cell that cannot be read is blamed and left out; the row keeps its place, so that no other problem moves."""
    found.spots.setdefault((category, at), Spot(sheet=ITEMS, row=number, category=category))
    for column, cell in said:
        spot = Spot(sheet=ITEMS, row=number, header=column.header, category=category)
        slot = column.slots.get(category)
        if slot is None:
            known = "、".join(each.header for each in columns() if category in each.slots)
            found.blame(spot, f"“{category}”没有这一项，现在写着“{_short(cell)}”；请清空这一格。可填：{known}")
            continue
        try:
            value = meaning(cell_text(cell, slot.kind, str(slot.place[-1])), slot.kind, str(slot.place[-1]))
        except (Unreadable, Unclear) as error:
            found.blame(spot, str(error))
        else:
            found.take((category, at, *slot.place), value, spot)


def _category(cell: Cell, spot: Spot, found: Found) -> str | None:
    text = narrow(cell).replace(" ", "")
    text = OTHER_WORDS.get(text, text)
    if text in CATEGORIES:
        return text
    if not text:
        found.blame(spot, f"没有填类别；请填 {'、'.join(CATEGORIES)} 之一，或删去这一行")
    else:
        meant = nearest(text, CATEGORIES)
        guess = f"是不是“{meant}”？" if meant else ""
        found.blame(spot, f"没有“{_short(cell)}”这个类别；{guess}可填：{'、'.join(CATEGORIES)}")
    return None


def _headers(sheet: Grid, found: Found) -> _Headers | None:
    """The row with most known headers among the first ones; a title may stand above."""
    best = max(enumerate(sheet.rows[:LOOKED_AT]), key=lambda each: sum(1 for _ in _known(each[1])), default=None)
    row = best[1] if best else []
    category = next((at for at, cell in enumerate(row) if _header(cell) == CATEGORY), None)
    if best is None or category is None:
        seen = [words(cell) for cell in row if not is_empty(cell)][:8]
        shown = f"第{best[0] + 1}行是：{'、'.join(seen)}" if best and seen else "表是空的"
        found.blame(
            Spot(sheet=ITEMS, row=best[0] + 1 if best else 1),
            f"没有找到表头“{CATEGORY}”；{shown}。表头要有类别、事项、谁办、时间等",
        )
        return None
    places: dict[int, Column] = {}
    for at, column in _known(row):
        if any(column is other and _header(row[at]) == _header(row[before]) for before, other in places.items()):
            found.blame(Spot(sheet=ITEMS, row=best[0] + 1, header=column.header), "这个表头出现了两次；请并成一列")
        else:
            places[at] = column
    return _Headers(row=best[0], category=category, places=places)


def _known(row: Sequence[Cell]) -> Iterator[tuple[int, Column]]:
    by_name = {name: column for column in columns() for name in column.also} | {column.header: column for column in columns()}
    return ((at, by_name[name]) for at, cell in enumerate(row) if (name := _header(cell)) in by_name)


def _unknown_headers(sheet: Grid, headers: _Headers, found: Found) -> None:
    """A column nobody reads must not hold anything."""
    row = sheet.rows[headers.row]
    for at, cell in enumerate(row):
        name = _header(cell)
        if at in headers.places or at == headers.category or name.lower() in UNREAD:
            continue
        below = ((no, each[at]) for no, each in enumerate(sheet.rows[headers.row + 1 :], headers.row + 2) if at < len(each))
        first = next(((no, each) for no, each in below if not is_empty(each)), None)
        if first:
            meant = SYNONYMS.get(name) or nearest(name, [column.header for column in columns()])
            what = f"不认识的列“{words(cell)}”" if name else "这一列没有表头"
            guess = f"是不是“{meant}”？" if meant and name else ""
            text = f"{what}，第{first[0]}行写着“{_short(first[1])}”；{guess}请改成认识的表头，或删去这一列"
            found.blame(Spot(sheet=ITEMS, row=headers.row + 1, header=words(cell) or f"第{at + 1}列"), text)


def _merged_items(sheet: Grid, headers: _Headers, found: Found) -> None:
    """类别 or 阶段 may be merged over several rows; two items that share one 事项 cannot be told apart."""
    names = [at for at, column in headers.places.items() if column.header == "事项"]
    for (top, left), (bottom, _) in sheet.merged:
        if left in names and bottom > top > headers.row:
            found.blame(Spot(sheet=ITEMS, row=top + 1, header="事项"), f"合并了{bottom - top + 1}行；请取消合并，一行写一项")


def _header(cell: Cell) -> str:
    return narrow(cell).replace(" ", "").replace("*", "")


def _short(cell: Cell) -> str:
    text = words(cell)
    return text if len(text) <= 20 else f"{text[:20]}…"
