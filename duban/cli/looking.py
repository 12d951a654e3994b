"""Verbs that look: status 进度, explain 为什么, export 导出表格."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from duban.cli.speak import Campaign, Db, Json, answering, console, document, open_engine, parse_day, reason_document, say
from workflow.errors import UsageError


def add_to(app: typer.Typer) -> None:
    app.command()(status)
    app.command()(explain)
    app.command()(export)


def status(
    campaign: Campaign = None,
    unit: Annotated[str | None, typer.Option("--unit", help="单位编号或名称：看它和下属单位", metavar="U")] = None,
    phase: Annotated[str | None, typer.Option("--phase", help="只看处在这个阶段的", metavar="PHASE")] = None,
    late: Annotated[bool, typer.Option("--late", help="只看已过时限的")] = False,
    at: Annotated[str | None, typer.Option("--at", help="某一天结束时的情况，如 2012-04-13", metavar="DAY")] = None,
    db: Db = None,
    as_json: Json = False,
) -> None:
    """进度：全校一张表；加 --unit 看到一个单位和它的支部。"""
    with answering(as_json):
        day = parse_day(at, "--at") if at is not None else None
        with open_engine(db) as engine:
            board = engine.status(campaign, unit=unit, phase=phase, late=late, at=day)
        if as_json:
            document(board_document(board))
            return
        from duban.cli.tables import branches, tentative, totals, units

        whole = unit is None and phase is None and not late
        console().print(units(board) if whole else branches(board))
        say(totals(board))
        if not whole and (note := tentative(duty for row in board.rows for duty in row.duties)):
            say(note)
        if whole:
            say("看一个单位：duban status --unit 编号；看来龙去脉：duban explain 编号")


def board_document(board: Any) -> dict[str, Any]:
    """The JSON of `duban status`."""
    totals = board.totals
    return {
        "as_of": board.as_of,
        "totals": {"expected": totals.expected, "on_time": totals.on_time, "late": totals.late, "open": totals.open},
        "rows": [
            {
                "unit": row.unit,
                "name": row.name,
                "track": row.track,
                "phase": row.phase,
                "version": row.version,
                "duties": [_duty_document(duty) for duty in row.duties],
            }
            for row in board.rows
        ],
    }


def _duty_document(duty: Any) -> dict[str, Any]:
    """`provisional` is there only where it is true: the year of the last day is not published."""
    content = {"key": duty.key, "due": duty.due, "state": duty.state, "days_late": duty.days_late}
    return {**content, "provisional": True} if duty.provisional else content


def explain(
    unit: Annotated[str, typer.Argument(help="单位编号或名称", metavar="UNIT")],
    reminders: Annotated[bool, typer.Option("--reminders", help="也列出每一条提醒，和那天为什么（没）提醒")] = False,
    at: Annotated[str | None, typer.Option("--at", help="连同 --reminders：问哪一天，不写是今天", metavar="DAY")] = None,
    grade: Annotated[bool, typer.Option("--grade", help="也列出定级和理由（只给需要知道的人看）")] = False,
    to: Annotated[str | None, typer.Option("--to", help="对谁来说：列出他现在能办的和不能办的原因", metavar="WHO")] = None,
    campaign: Campaign = None,
    db: Db = None,
    as_json: Json = False,
) -> None:
    """来龙去脉：一个单位在哪一步、发生过什么、提醒过谁、能办什么。"""
    with answering(as_json), open_engine(db) as engine:
        if at is not None and not reminders:
            raise UsageError("--at 要和 --reminders 一起用：它问那一天为什么（没）提醒")
        day = parse_day(at, "--at") if at is not None else None
        found = engine.explain(unit, campaign=campaign, to=to)
        told = engine.why_told(unit, at=day, campaign=campaign) if reminders else ()
        if as_json:
            document(_explained(found, grades=grade) | ({"told": [_why(one) for one in told]} if reminders else {}))
            return
        from duban.cli.story import story, why

        story(console(), found, reminders=reminders, grades=grade)
        if reminders:
            why(console(), told)


def _explained(found: Any, *, grades: bool) -> dict[str, Any]:
    return {
        "unit": found.unit,
        "name": found.name,
        "campaign": found.campaign,
        "posts": list(found.posts),
        "rows": [
            {"case": r.case, "track": r.track, "phase": r.phase, "version": r.version, "duties": [vars(d) for d in r.duties]}
            for r in found.rows
        ],
        "held": {str(case): [_reason(r) for r in reasons] for case, reasons in found.held.items()},
        "journal": [_days(line._asdict()) for line in found.journal if grades or line.act != "grade"],
        "reminders": [_days(line._asdict()) for line in found.reminders],
        "actions": [{"act": a.act, "duty": a.key, "reasons": [_reason(r) for r in a.reasons]} for a in found.actions],
    }


def _why(one: Any) -> dict[str, Any]:
    """One duty on the day asked about."""
    from duban.clock import show_instant

    told = [{**vars(line), "at": show_instant(line.at)} for line in one.told]
    ahead = {"step": one.next[0], "day": one.next[1].isoformat()} if one.next is not None else None
    return {"duty": one.duty, "day": one.day.isoformat(), "told": told, "reasons": list(one.reasons), "next": ahead}


def _reason(reason: Any) -> dict[str, Any]:
    """With the day from which the answer would differ by itself."""
    return {**reason_document(reason), "until": reason.until}


def _days(line: dict[str, Any]) -> dict[str, Any]:
    """Ordinals and seconds as people and other programs read them."""
    from datetime import date

    from duban.clock import show_instant

    for name in ("effective_on", "due_day", "due_day_from", "slot_day"):
        if line.get(name) is not None:
            line[name] = date.fromordinal(line[name]).isoformat()
    for name in ("recorded_at", "sent_at"):
        if line.get(name) is not None:
            line[name] = show_instant(line[name])
    return line


def export(
    table: Annotated[
        str,
        typer.Argument(
            help="grades 分类定级汇总表、plan 整改汇总表（计划）、result 整改汇总表（结果）、promotion 晋位升级统计表",
            metavar="TABLE",
        ),
    ],
    by: Annotated[str, typer.Option("--by", help="谁导出：工号、邮箱或 单位:角色", metavar="WHO")],
    out: Annotated[Path, typer.Option("-o", "--out", help="放在哪个文件夹", metavar="D")] = Path("."),
    unit: Annotated[str | None, typer.Option("--unit", help="只要这个单位和下属支部", metavar="U")] = None,
    purpose: Annotated[str, typer.Option("--purpose", help="用途，印在表下", metavar="TEXT")] = "上报",
    campaign: Campaign = None,
    db: Db = None,
    as_json: Json = False,
) -> None:
    """导出可以上报的 Excel 表。"""
    with answering(as_json), open_engine(db) as engine:
        path = engine.export(table, by=by, out=out, unit=unit, purpose=purpose, campaign=campaign)
        if as_json:
            document({"file": str(path)})
        else:
            say(f"已导出 {path}")
