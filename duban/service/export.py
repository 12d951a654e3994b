"""导出: the tables that go upward, filled with what the exporter may see, named and signed for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from duban.clock import local_minute
from duban.files import write_file
from duban.service.context import Context, Running
from duban.service.visiting import Visitor, visitor
from storage import grades as grade_rows
from storage import units as unit_rows
from storage.grades import GradeRead, ItemRead
from storage.scope import EVERYTHING, Scope
from storage.units import UnitRead
from workflow.errors import NotFound, Reason, Refused
from workflow.model import BRANCHES, Grading, UnitKind

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from duban.sheets import GradingRow, RectificationRow

TABLES = {
    "grades": "党支部分类定级汇总表",
    "plan": "党支部整改汇总表（计划）",
    "result": "党支部整改汇总表（结果）",
    "promotion": "党支部晋位升级统计表",
}
OF_GRADES = ("grades", "promotion")
HEAD_ROLES = ("书记", "副书记")


def export(context: Context, running: Running, table: str, *, by: int, out: Path, unit: str | None, purpose: str) -> Path:
    """Write one table; returns the file. Raises `NotFound` for an unknown table, or a unit outside what the exporter may see, `Refused` for
    grades asked by who has no part in grading."""
    from duban.sheets import Head, file_name, grading_table, promotion_table, rectification_table

    if table not in TABLES:
        raise NotFound(f"没有表“{table}”；有：{'、'.join(f'{k} {v}' for k, v in TABLES.items())}", candidates=TABLES)
    today = context.today(running.campaign.zone)
    who = visitor(context, by)
    scope = _judged(who) if table in OF_GRADES else who.scope
    with context.database.read() as connection:
        of = _unit(connection, unit, scope, today)
        head = Head(
            title=TABLES[table],
            unit=of.name,
            date=today,
            exporter=who.name,
            purpose=purpose,
            at_text=local_minute(context.now(), running.campaign.zone),
            contact=running.campaign.contact.phone,
        )
        if table == "grades":
            content = grading_table(head, _grading_rows(connection, running, scope, of, today), scale=_scale(running))
        elif table in ("plan", "result"):
            rows = _rectification_rows(connection, running, scope, who.judges, of, today)
            content = rectification_table(head, rows, result=table == "result")
    if table == "promotion":
        from duban.service.cohort import figures, flow

        mine = Scope((of.path,))  # of what he may see, the unit the table is of
        content = promotion_table(head, flow(context, running, scope=mine), figures(context, running, scope=mine))
    out.mkdir(parents=True, exist_ok=True)
    path = out / file_name(head.title, head.unit, today)
    write_file(path, content)
    return path


def _judged(who: Visitor) -> Scope:
    """The subtrees of whose branches he may learn the grades."""
    if not who.judges.prefixes:
        text = f"{who.name}不能导出等次：由组织部，或上级党组织的书记、组织员导出"
        raise Refused([Reason(code="grades-not-shown", text=text, unblock="请组织部或上级党组织导出")])
    return who.judges


def _unit(connection: Connection, words: str | None, scope: Scope, today: date) -> UnitRead:
    """The unit the table is of: the one named, else the highest the exporter may see."""
    if words is not None:
        found = unit_rows.unit(connection, words, scope=scope, day=today.toordinal())
        if found is None:
            raise NotFound(f"没有找到单位“{words}”：它可能不存在，或者您无权查看")
        return found
    return min(unit_rows.units(connection, scope=scope, day=today.toordinal()), key=lambda u: u.depth)


def _grading_rows(connection: Connection, running: Running, scope: Scope, of: UnitRead, today: date) -> list[GradingRow]:
    from duban.sheets import GradingRow

    grading = _round(running, last=False)
    known = _grades(connection, running, grading, scope, today)
    units = _branches(connection, scope, of, today)
    heads = unit_rows.heads(connection, scope=scope, day=today.toordinal(), roles=HEAD_ROLES)
    names = _superiors(connection, today)
    rows = []
    for unit in units:
        grade = known.get(unit.id)
        rows.append(
            GradingRow(
                superior=_superior(unit, names),
                branch=unit.name,
                kind=unit.branch_kind or "",
                members=unit.members,
                secretary=heads.get(unit.id, ""),
                self_score=grade.self_score if grade else None,
                satisfaction=grade.satisfaction if grade else None,
                superior_score=grade.superior_score if grade else None,
                final_score=grade.final_score if grade else None,
                grade=grade.grade if grade else None,
                reason=(grade.reason or "") if grade else "",
                problem=(grade.problem or "") if grade else "",
            )
        )
    return rows


def _rectification_rows(
    connection: Connection, running: Running, scope: Scope, judged: Scope, of: UnitRead, today: date
) -> list[RectificationRow]:
    """A line an item; the grades stay empty where the exporter has no part in them."""
    from duban.sheets import RectificationRow

    units = {unit.id: unit for unit in _branches(connection, scope, of, today)}
    names = _superiors(connection, today)
    rounds = _round(running, last=False), _round(running, last=True)
    first, last = (_grades(connection, running, grading, scope, today) for grading in rounds)
    graded = {unit.id for unit in units.values() if judged.sees(unit.path)}
    items = grade_rows.items(connection, scope=scope, campaign_id=running.id, day=today.toordinal())
    return [
        RectificationRow(
            superior=_superior(units[item.unit_id], names),
            branch=units[item.unit_id].name,
            category=item.category or "",
            problem=item.problem or "",
            goal=item.goal or "",
            measure=item.measure or "",
            owner=item.owner or "",
            due=date.fromordinal(item.due_day) if item.due_day is not None else None,
            baseline=_label(first, units[item.unit_id]) if item.unit_id in graded else "",
            progress=_progress(item),
            closed=item.state == "closed",
            regrade=_label(last, units[item.unit_id]) if rounds[0] is not rounds[1] and item.unit_id in graded else "",
        )
        for item in items
        if item.unit_id in units
    ]


def _progress(item: ItemRead) -> str:
    if item.state == "closed":
        return item.result or "已完成"
    return item.result or "进行中"


def _label(known: Mapping[int, GradeRead], unit: UnitRead) -> str:
    return known[unit.id].grade if unit.id in known else ""


def _branches(connection: Connection, scope: Scope, of: UnitRead, today: date) -> list[UnitRead]:
    found = unit_rows.units(connection, scope=scope, day=today.toordinal(), beneath=of.path)
    return [unit for unit in found if unit.kind in BRANCHES]


def _superiors(connection: Connection, today: date) -> dict[int, str]:
    """Names of the units above branches, seen or not: a branch's own superior is no secret to it."""
    return unit_rows.names(connection, scope=EVERYTHING, day=today.toordinal())


def _superior(branch: UnitRead, names: Mapping[int, str]) -> str:
    """The 二级党组织 a branch belongs to; a 直属党支部 is one itself."""
    return names.get(branch.parent_id or 0, branch.name) if branch.kind == UnitKind.BRANCH else branch.name


def _grades(
    connection: Connection, running: Running, grading: Grading | None, scope: Scope, today: date
) -> dict[int, GradeRead]:
    if grading is None:
        return {}
    return grade_rows.grades(connection, scope=scope, campaign_id=running.id, grading=grading.no, day=today.toordinal())


def _round(running: Running, *, last: bool) -> Grading | None:
    """The first or last round that grades branches."""
    rounds: Sequence[Grading] = [g for g in running.campaign.gradings if g.subject == "党支部"]
    return rounds[-1 if last else 0] if rounds else None


def _scale(running: Running) -> tuple[str, ...]:
    grading = _round(running, last=False)
    if grading is None:
        raise NotFound("这个活动没有党支部定级，没有分类定级汇总表")
    return grading.scale
