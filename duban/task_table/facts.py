"""What the sheet 基本情况 says: one entry a filled line (项目, 内容), and every line that cannot be understood."""

from __future__ import annotations

from duban.task_table.cells import cell_text
from duban.task_table.names import CONTENT, FACTS, LABEL
from duban.task_table.spots import Found, Grid, Spot
from duban.workbook.cells import Cell, Unreadable, is_empty, narrow, words
from phases.cell_words import Unclear, meaning
from phases.columns import CATEGORIES, slot_at
from phases.definition import Definition
from phases.fit import SYNONYMS
from phases.source import Place, nearest
from phases.task_table import LADDER, NO_LADDER, USUAL, place_of

LOOKED_AT = 8


def fact_entries(sheet: Grid, found: Found) -> None:
    """Read the lines of the sheet, each by itself. Lines without 内容 say nothing."""
    at = _headers(sheet)
    if at is None:
        found.blame(Spot(sheet=FACTS, row=1), f"没有找到表头“{LABEL}”和“{CONTENT}”；请补上这两列的表头")
        return
    header, label, content = at
    for number, row in enumerate(sheet.filled_down()[header + 1 :], header + 2):
        if content < len(row) and not is_empty(row[content]):
            _fact(str(row[label]).strip() if not is_empty(row[label]) else "", row[content], number, found)


def _headers(sheet: Grid) -> tuple[int, int, int] | None:
    """The row of the headers, the column of 项目 and that of 内容."""
    for number, row in enumerate(sheet.rows[:LOOKED_AT]):
        names = [narrow(cell).replace(" ", "") for cell in row]
        if LABEL in names and CONTENT in names:
            return number, names.index(LABEL), names.index(CONTENT)
    return None


def _fact(label: str, cell: Cell, number: int, found: Found) -> None:
    spot = Spot(sheet=FACTS, row=number, header=words(label))
    if not label:
        found.blame(spot, f"“{words(cell)[:20]}”前面没有写项目；请补上项目，或删去这一行")
        return
    if label.replace(" ", "") in CATEGORIES:
        _category(label.replace(" ", ""), words(cell), spot, found)
        return
    place = _place(label, spot, found)
    slot = slot_at(Definition, place) if place else None
    if place is None or slot is None:
        return
    if slot.kind in ("mapping", "items", "events") and words(cell) not in ("{}", "[]"):
        found.blame(spot, f"这一项要分开写，如 {label}.{'单位' if label == '联系人' else '名称'}；请按“{label}.…”一行写一样")
        return
    try:
        value = meaning(cell_text(cell, slot.kind, str(place[-1])), slot.kind, str(place[-1]))
    except (Unreadable, Unclear) as error:
        found.blame(spot, str(error))
    else:
        found.take(place, value, spot)


def _place(label: str, spot: Spot, found: Found) -> Place | None:
    place = place_of(label)
    if place is None:
        meant = SYNONYMS.get(label) or nearest(label, USUAL)
        guess = f"是不是“{meant}”？" if meant else ""
        found.blame(spot, f"没有“{words(label)}”这一项；{guess}常用的有：{'、'.join(USUAL)}")
    return place


def _category(label: str, said: str, spot: Spot, found: Found) -> None:
    """Items belong to the other sheet; only that there is no ladder at all is said here."""
    if label == LADDER and said in (NO_LADDER, "无", "没有", "[]"):
        if (LADDER, 0) in found.spots:
            found.blame(spot, f"这里写着“{said}”，{found.spots[LADDER, 0]}却有督办程序；请删去一处")
        else:
            found.take((LADDER,), [], spot)
    else:
        found.blame(spot, f"“{label}”请写在工作表“任务分解表”里，类别填“{label}”")
