"""Which duties or cases an act is about: found by unit and key, as people write them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from duban.service.context import Context, Running
from duban.service.status import Row, status
from storage.scope import EVERYTHING
from workflow.errors import NotFound
from workflow.model import BRANCHES


@dataclass(frozen=True, kw_only=True)
class Target:
    """What an act is about: a duty, or a case where the act has none."""

    unit: str
    case: int
    duty: int | None
    state: str | None = None

    def words(self) -> dict[str, int | None]:
        """As `Engine.act` takes them."""
        return {"duty": self.duty, "case": None if self.duty is not None else self.case}


def targets(context: Context, running: Running, *, units: Sequence[str], under: str | None, duty: str | None) -> list[Target]:
    """One target a unit; with `under` one a branch below it that has the duty. Raises `NotFound` naming what there is."""
    if under is not None:
        rows = [r for r in status(context, running, scope=EVERYTHING, unit=under).rows if r.kind in BRANCHES]
        found = [t for row in rows for t in _of_row(row, duty)]
        if not found:
            raise NotFound(f"{under}下面没有支部有事项“{duty}”" if duty else f"{under}下面没有支部")
        return found
    return [_one(context, running, unit, duty) for unit in units]


def _one(context: Context, running: Running, unit: str, duty: str | None) -> Target:
    board = status(context, running, scope=EVERYTHING, unit=unit)
    mine = [row for row in board.rows if unit in (row.unit, row.name)]
    found = [t for row in mine for t in _of_row(row, duty)]
    if len(found) == 1:
        return found[0]
    keys = [d.key for row in mine for d in row.duties]
    if duty is None:
        tracks = "、".join(row.track for row in mine)
        raise NotFound(f"{unit}有{len(mine)}份进展（{tracks}），请用 --duty 指明" if mine else f"{unit}没有参加这个活动")
    if not found:
        raise NotFound(f"{unit}没有事项“{duty}”；有：{'、'.join(keys) or '（没有应办事项）'}", candidates=keys)
    same = [key for key in keys if key.rpartition("/")[2] == duty]
    raise NotFound(f"{unit}有{len(found)}件事项叫“{duty}”，请写全：{'、'.join(same)}", candidates=same)


def _of_row(row: Row, duty: str | None) -> list[Target]:
    """A whole key names one duty; the part behind the slash is enough where it is the only one."""
    if duty is None:
        return [Target(unit=row.unit, case=row.case, duty=None)]
    exact = [d for d in row.duties if d.key == duty]
    loose = [d for d in row.duties if d.key.rpartition("/")[2] == duty]
    return [Target(unit=row.unit, case=row.case, duty=d.id, state=d.state) for d in exact or loose]
