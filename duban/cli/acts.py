"""Verbs that act: submit 报送, accept 审核通过, return 退回补正, ... One unit, several, or all branches of one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from duban.cli.speak import (
    Campaign,
    Db,
    Json,
    answering,
    console,
    document,
    open_engine,
    parse_day,
    reason_document,
    shell_user,
)

Units = Annotated[list[str] | None, typer.Option("--unit", help="单位编号或名称，可以写多次", metavar="U")]
Under = Annotated[str | None, typer.Option("--under", help="这个单位下面的全部支部", metavar="U")]
Duty = Annotated[str | None, typer.Option("--duty", help="事项，如 调查摸底/支部自评", metavar="KEY")]
By = Annotated[str, typer.Option("--by", help="谁办理：工号、邮箱或 单位:角色（0307:书记）", metavar="WHO")]
ReasonText = Annotated[str | None, typer.Option("--reason", help="理由")]
To = Annotated[str | None, typer.Option("--to", help="新的最后一天，如 2012-04-10", metavar="DATE")]
Data = Annotated[Path | None, typer.Option("--data", help="表单数据（JSON 文件）", metavar="FILE")]
Version = Annotated[int | None, typer.Option("--expect-version", help="您看到的版本号；已被他人更新时不办理", metavar="N")]
Ways = Annotated[list[str] | None, typer.Option("--way", help="收到的方式：纸质、电子邮件，可以写多次")]
Received = Annotated[str | None, typer.Option("--received", help="收件日期，如 2012-03-30；默认今天", metavar="DATE")]

VERBS = {
    "submit": "报送一件事项。",
    "accept": "审核通过。",
    "return": "退回补正（--reason 写明哪里要改，--to 补正时间）。",
    "withdraw": "撤回还没有审核的报送。",
    "receive": "登记收件（--way 纸质 或 电子邮件）。",
    "extend": "延期到 --to（写明 --reason）。",
    "waive": "免报（写明 --reason）。",
    "reopen": "重新办理已办结的事项（写明 --reason）。",
    "advance": "把单位转入下一阶段（写明 --reason）。",
    "sign": "领导对提请的事项作出决定（--data 里写 decision）。",
}


def add_to(app: typer.Typer) -> None:
    for name, words in VERBS.items():
        app.command(name, help=words)(_verb(name))


def _verb(name: str) -> Any:
    def verb(
        by: By,
        unit: Units = None,
        under: Under = None,
        duty: Duty = None,
        reason: ReasonText = None,
        to: To = None,
        data: Data = None,
        way: Ways = None,
        received: Received = None,
        expect_version: Version = None,
        campaign: Campaign = None,
        db: Db = None,
        as_json: Json = False,
    ) -> None:
        with answering(as_json), open_engine(db) as engine:
            from workflow.errors import UsageError

            if bool(unit) == bool(under):
                raise UsageError("请用 --unit 指明单位（可以写多次），或用 --under 指明一个二级党组织的全部支部")
            if duty is None and name != "advance":
                raise UsageError("请用 --duty 指明事项；duban status --unit 单位 可以查看")
            words: dict[str, Any] = {
                "by": engine.person(by),
                "reason": reason,
                "to": parse_day(to, "--to") if to else None,
                "data": _data(data),
                "ways": _ways(way),
                "received_on": parse_day(received, "--received") if received else None,
                "expect_version": expect_version,
                "via": shell_user(),
            }
            found = engine.targets(units=unit or [], under=under, duty=duty, campaign=campaign)
            if len(found) == 1 and not under:
                done = engine.act(name, **{**found[0].words(), **words})
                _one(done, as_json)
                return
            result = engine.act_many(name, found, **words)
            _many(result, as_json)
            if result.refused:
                raise typer.Exit(1)

    return verb


def _one(done: Any, as_json: bool) -> None:
    if as_json:
        document(_done(done))
    else:
        from workflow.model import STATE_WORDS, DutyState

        state = f"：{STATE_WORDS[DutyState(done.state)]}" if done.state else ""
        console().print(f"已办理。{done.duty or ''}{state}（阶段：{done.phase}，第{done.version}版）", markup=False)


def _many(result: Any, as_json: bool) -> None:
    refused = [{"unit": t.unit, "refused": [reason_document(r) for r in e.reasons]} for t, e in result.refused]
    if as_json:
        document({"done": [_done(d) for d in result.done], "refused": refused})
        return
    out = console()
    out.print(f"已办理{len(result.done)}件，没有办理{len(result.refused)}件。")
    for target, refusal in result.refused:
        out.print(f"  {target.unit}：{refusal}", markup=False)


def _done(done: Any) -> dict[str, Any]:
    return {"case": done.case, "phase": done.phase, "duty": done.duty, "state": done.state, "version": done.version}


def _data(path: Path | None) -> Any:
    if path is None:
        return None
    import json

    from duban.engine import decoded, read_file
    from workflow.errors import FileError, Problem

    try:
        found = json.loads(decoded(read_file(path), str(path)))
    except json.JSONDecodeError as error:
        text = f"不是正确的 JSON（第{error.colno}个字附近：{error.msg}）"
        raise FileError(str(path), [Problem(text=text, line=error.lineno)]) from None
    if not isinstance(found, dict):
        raise FileError(str(path), [Problem(text="最外层要是一个对象 {…}")])
    return found


def _ways(words: list[str] | None) -> tuple[str, ...]:
    from workflow.errors import UsageError
    from workflow.model import Way

    known = [str(way) for way in Way]
    strange = [word for word in words or [] if word not in known]
    if strange:
        raise UsageError(f"--way 只能是{'、'.join(known)}，现在是“{strange[0]}”")
    return tuple(words or ())
