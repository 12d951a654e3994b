"""How many units are named in a finding: the first few, and how many they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from duban.workbook import UnitRow

SHOWN = 5


def names_of(units: Iterable[UnitRow]) -> str:
    """Names as they stand in the file, with the code where two share one."""
    listed = list({unit.code: unit for unit in units}.values())
    called = [unit.name for unit in listed]
    return some([unit.name if called.count(unit.name) == 1 else f"{unit.name}（{unit.code}）" for unit in listed])


def some(names: Sequence[str]) -> str:
    return "、".join(names[:SHOWN]) + (f"等{len(names)}个" if len(names) > SHOWN else "")
