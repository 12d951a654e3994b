"""Verbs about first chases and how people are written to: chase list|release 首次催办, wish 个人设置."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from duban.cli.options import By
from duban.cli.speak import Db, Json, answering, console, document, open_engine, say, shell_user
from duban.cli.words import Face

Under = Annotated[str | None, typer.Option("--under", help="只看这个单位和它下面的", metavar="U")]


def add_to(app: typer.Typer) -> None:
    app.add_typer(_chase(), name="chase")
    app.command()(wish)


def _chase() -> typer.Typer:
    group = Face(help="过了时限后的首次催办：先看一看，已收到的纸质材料先登记收件，再发出。", no_args_is_help=True)

    @group.command("list")
    def list_(under: Under = None, db: Db = None, as_json: Json = False) -> None:
        """将要发出的首次催办：涉及谁、催办什么、告诉谁、什么时候自动发出。"""
        with answering(as_json), open_engine(db) as engine:
            found = engine.first_chases(under)
            if as_json:
                document({"chases": [_document(chase) for chase in found]})
            else:
                _show(found)

    @group.command()
    def release(by: By, under: Under = None, db: Db = None, as_json: Json = False) -> None:
        """不再等待：随下一次发送发出。"""
        with answering(as_json), open_engine(db) as engine:
            done = engine.release(by=by, under=under, via=shell_user())
            if as_json:
                document({"messages": done.messages, "left": done.left})
                return
            left = f"；另有{done.left}封还涉及别的单位，由组织部发出，或到时间自动发出" if done.left else ""
            say(f"{done.messages}封首次催办将随下一次发送发出{left}。")

    return group


def wish(
    by: By,
    weekly: Annotated[
        bool, typer.Option("--weekly/--daily", help="只涉及下级的提醒每周合成一封（每周第一个工作日），或每天一封")
    ],
    db: Db = None,
    as_json: Json = False,
) -> None:
    """个人设置：怎样收到提醒。本人应办的和请您定的事项不受影响。"""
    with answering(as_json), open_engine(db) as engine:
        engine.wish(by, weekly=weekly)
        if as_json:
            document({"weekly": weekly})
        else:
            say("只涉及下级的提醒，以后每周第一个工作日合成一封。" if weekly else "提醒以后每个工作日合成一封。")


def _document(chase: Any) -> dict[str, Any]:
    from duban.clock import show_instant

    return {**vars(chase), "duties": list(chase.duties), "leaves_at": show_instant(chase.leaves_at)}


def _show(found: Any) -> None:
    from duban.cli.tables import fold, plain_table
    from duban.clock import local_minute
    from duban.service.context import ZONE
    from phases.ladder_words import key_words

    if not found:
        say("没有等待查看的首次催办。")
        return
    table = plain_table()
    for words in ("单位", "事项", "步骤", "告诉", "自动发出"):
        table.add_column(words, overflow="fold")
    for chase in found:
        who = f"{chase.recipient}（{chase.role}）" if chase.role else chase.recipient
        duties = "\n".join(fold(key, 18) for key in chase.duties)
        table.add_row(fold(chase.unit, 20), duties, key_words(chase.rung), who, local_minute(chase.leaves_at, ZONE))
    console().print(table)
    say("已收到纸质材料的，先 duban receive 登记收件，就不再催办；其余 duban chase release --by 您 发出，或到时间自动发出。")
