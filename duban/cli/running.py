"""Verbs that run: escalate 例行核查, deliver 发送, run confirm|reject, doctor."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from duban.cli import holding
from duban.cli.speak import Db, Json, answering, console, document, open_engine, say
from duban.cli.words import Face

PATIENCE = 600
"""Seconds for which a delivery from cron waits where only the rate of a channel keeps messages back."""


def add_to(app: typer.Typer) -> None:
    app.command()(escalate)
    app.command()(deliver)
    app.add_typer(_run(), name="run")
    app.command()(doctor)


STATES = {
    "done": "完成",
    "nothing_due": "现在没有到时间的事项",
    "already_running": "另一个例行核查正在进行",
    "needs_confirm": "消息没有发出，等您确认（原因见 duban doctor）",
    "dry": "预演（什么也没有写入）",
}


def escalate(
    db: Db = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", help="按这个时刻核查，如 2012-03-27T08:30:00+08:00", metavar="T")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只预演：什么也不写入")] = False,
    expect: Annotated[
        str | None, typer.Option("--expect", help="预演时给出的 hash；情况有变化就不发送", metavar="HASH")
    ] = None,
    also_deliver: Annotated[bool, typer.Option("--deliver", help="随后发送（crontab 里只写这一行）")] = False,
    backfill: Annotated[bool, typer.Option("--backfill", help="补记：到那时为止该发的都记为略过，一封也不发")] = False,
    as_json: Json = False,
) -> None:
    """例行核查一次：到了时间的提醒合成每人一封消息。"""
    with answering(as_json):
        from duban.clock import parse_instant

        at = parse_instant(as_of) if as_of is not None else None
        with open_engine(db) as engine:
            result = engine.escalate(as_of=at, dry=dry_run, expect=expect, backfill=backfill)
            delivered = engine.deliver(patience=PATIENCE) if also_deliver and not dry_run else None
        content = _run_document(result)
        if delivered is not None:
            content["delivered"] = _delivered_document(delivered)
        if as_json:
            document(content)
        else:
            _show_run(result, delivered)
        if delivered is not None and delivered.failed:
            raise typer.Exit(1)


def deliver(db: Db = None, as_json: Json = False) -> None:
    """发送等待中的消息。"""
    with answering(as_json), open_engine(db) as engine:
        result = engine.deliver(patience=PATIENCE)
        if as_json:
            document(_delivered_document(result))
        else:
            _show_delivered(result)
        if result.failed:
            raise typer.Exit(1)


def _run() -> typer.Typer:
    group = Face(help="被暂停的例行核查：确认或取消；时钟拨快以后重新计时。", no_args_is_help=True)

    @group.command()
    def confirm(
        run: Annotated[int, typer.Argument(metavar="RUN")],
        sent: Annotated[
            list[str] | None, typer.Option("--sent", help="恢复备份之前已发出的消息编号，不再发；可写多次", metavar="KEY")
        ] = None,
        sent_file: Annotated[
            Path | None, typer.Option("--sent-file", help="同上，写在文件里，一行一个", metavar="FILE")
        ] = None,
        db: Db = None,
        as_json: Json = False,
    ) -> None:
        """确认：消息将随下一次发送发出。"""
        _decide(run, db, as_json, accept=True, sent=holding.keys_of(sent or [], sent_file))

    @group.command()
    def reject(run: Annotated[int, typer.Argument(metavar="RUN")], db: Db = None, as_json: Json = False) -> None:
        """取消：这些消息不再发出，原因记录在案。"""
        _decide(run, db, as_json, accept=False)

    group.command("rewind")(holding.rewind)
    return group


def _decide(run: int, db: str | None, as_json: bool, *, accept: bool, sent: Sequence[str] = ()) -> None:
    with answering(as_json), open_engine(db) as engine:
        found = engine.confirm_run(run, accept=accept, sent=sent)
        if as_json:
            document(found)
        else:
            before = f"{found['sent']}封已在备份之后发出；" if "sent" in found else ""
            say(f"核查{run}：{before}{found['messages']}封消息{'将发出' if accept else '已取消'}。")


def doctor(db: Db = None, as_json: Json = False) -> None:
    """什么在等待、被暂停、没送到，为什么；核查停了一个工作日以上时退出码为1。"""
    with answering(as_json), open_engine(db) as engine:
        found = engine.doctor()
        if as_json:
            document(found)
        else:
            for line in found["lines"]:
                say(line, hang=2)
        if not found["healthy"]:
            raise typer.Exit(1)


def _run_document(result: Any) -> dict[str, Any]:
    from duban.clock import show_instant

    content: dict[str, Any] = {
        "run": result.run,
        "as_of": show_instant(result.as_of),
        "state": result.state,
        "reminders": result.reminders,
        "messages": result.messages,
        "held": result.held,
        "skipped": result.skipped,
    }
    if result.warnings:
        content["warnings"] = list(result.warnings)
    if result.state == "dry":
        content["hash"] = result.hash
        content["plan"] = [_planned_document(line) for line in result.plan]
    return content


def _planned_document(line: Any) -> dict[str, Any]:
    """`provisional` is there only where it is true: the year of the last day is not published."""
    return {name: value for name, value in vars(line).items() if name != "provisional" or value}


def _delivered_document(result: Any) -> dict[str, int]:
    return {"sent": result.sent, "failed": result.failed, "unknown": result.unknown, "waiting": result.waiting}


def _show_run(result: Any, delivered: Any) -> None:
    say(
        f"{STATES[result.state]}。提醒{result.reminders}条，消息{result.messages}封，"
        f"暂缓{result.held}，略过{result.skipped}（已过时或启动前的提醒）。"
    )
    for warning in result.warnings:
        say(f"请留意：{warning}", hang=8)
    if result.state == "needs_confirm":
        say(f"核对后运行 duban run confirm {result.run} 或 duban run reject {result.run}")
    if result.state == "dry" and result.plan:
        from duban.cli.tables import SHOWN_PLAN, planned

        console().print(planned(result))
        more = f"……共{len(result.plan)}条，全部见 --json。" if len(result.plan) > SHOWN_PLAN else ""
        say(f"{more}照此发送：duban escalate --expect {result.hash}")
    if delivered is not None:
        _show_delivered(delivered)


def _show_delivered(result: Any) -> None:
    say(f"已发送{result.sent}封，未送达{result.failed}封，结果不明{result.unknown}封，等待中{result.waiting}封。")
    for line in result.problems[:20]:
        say(f"  {line}", hang=4)
