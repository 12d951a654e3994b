"""The verb preview 预览: the message people would read, with real names and dates. Nothing is written or sent."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from duban.cli.speak import Campaign, Db, Json, answering, document, open_engine, parse_day, say
from workflow.errors import UsageError


class Form(StrEnum):
    """The forms a message has: e-mail as text or as a page, a robot's short pieces, the facts of a text message."""

    TEXT = "text"
    HTML = "html"
    ROBOT = "robot"
    SMS = "sms"


def add_to(app: typer.Typer) -> None:
    app.command()(preview)


def preview(
    unit: Annotated[str, typer.Argument(help="单位编号或名称", metavar="UNIT")],
    step: Annotated[int | None, typer.Option("--step", help="督办程序第几步；不写是各事项的下一步", metavar="N", min=1)] = None,
    duty: Annotated[str | None, typer.Option("--duty", help="只看这一件事", metavar="KEY")] = None,
    on: Annotated[str | None, typer.Option("--on", help="当作这一天发出；不写是那一步自己的日子", metavar="DAY")] = None,
    form: Annotated[
        Form, typer.Option("--form", help="text 邮件正文，html 邮件网页，robot 群机器人，sms 短信参数")
    ] = Form.TEXT,
    out: Annotated[Path | None, typer.Option("-o", help="存成文件（只有一封时）", metavar="FILE")] = None,
    campaign: Campaign = None,
    db: Db = None,
    as_json: Json = False,
) -> None:
    """预览：这个单位没办完的事，到时会怎样提醒谁。什么也不写入，也不发送。"""
    with answering(as_json):
        day = parse_day(on, "--on") if on is not None else None
        with open_engine(db) as engine:
            found = engine.preview(unit, step=step, duty=duty, on=day, campaign=campaign)
        if out is not None:
            _save(out, found, form)
        if as_json:
            document({"messages": [_document(one, form) for one in found]})
            return
        for no, one in enumerate(found):
            if no:
                say("")
            say(f"{one.day.isoformat()} {one.step} → {one.recipient}（{one.role}）")
            say(f"标题：{one.rendered.subject}", hang=6)
            if out is None:
                say("")
                typer.echo(_said(one, form).rstrip("\n"))


def _save(out: Path, found: Any, form: Form) -> None:
    if len(found) != 1:
        raise UsageError(f"有{len(found)}封不同的消息，存不进一个文件：用 --duty 或 --step 选出一封")
    from duban.files import write_file

    write_file(out, _said(found[0], form).encode())


def _document(one: Any, form: Form) -> dict[str, Any]:
    head = {"recipient": one.recipient, "role": one.role, "step": one.step, "day": one.day.isoformat()}
    said: Any = dict(one.rendered.facts) if form is Form.SMS else _said(one, form)
    return {**head, "subject": one.rendered.subject, str(form): said}


def _said(one: Any, form: Form) -> str:
    match form:
        case Form.TEXT:
            return str(one.rendered.text)
        case Form.HTML:
            return str(one.rendered.html)
        case Form.SMS:
            return "\n".join(f"{name}：{value}" for name, value in one.rendered.facts.items())
        case Form.ROBOT:
            from notifications.forms import plain, unmarked

            blocks = one.rendered.blocks
            pieces = (blocks.head, *(item.text for item in blocks.items), blocks.foot)
            return "\n".join(plain(unmarked(piece)) for piece in pieces)
