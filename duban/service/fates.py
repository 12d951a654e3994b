"""What became of a unit that is no more, in one sentence."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from storage import lineage
from storage.lineage import LineageLine, Seen
from storage.scope import Scope

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection

WORDS = {lineage.DISSOLVED: "撤销", lineage.MERGED: "合并", lineage.SPLIT: "拆分"}


def what_became_of(connection: Connection, code: str, *, scope: Scope, day: int) -> str | None:
    """`0102 教工第二党支部已在2026-06-24并入0101 教工第一党支部`; None if it is there, was never, or is out of scope."""
    seen = lineage.last_seen(connection, scope=scope, day=day)
    unit = next((each for each in seen.values() if each.code == code and each.until <= day), None)
    if unit is None:
        return None
    last = [
        line for line in lineage.lines(connection, day=day) if line.from_unit == unit.unit_id and line.kind in lineage.ENDINGS
    ]
    ending = [line for line in last if line.effective_on == unit.until]
    return f"{unit.code} {unit.name}已在{date.fromordinal(unit.until)}{_ended(ending, seen)}"


def _ended(ending: Sequence[LineageLine], seen: Mapping[int, Seen]) -> str:
    heirs = "、".join(f"{seen[i].code} {seen[i].name}" for line in ending if (i := line.to_unit) in seen and i is not None)
    if heirs:
        return f"{'并入' if ending[0].kind == lineage.MERGED else '分设为'}{heirs}"
    return WORDS[ending[0].kind] if ending else "从单位表中去掉"
