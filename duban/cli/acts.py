"""Verbs that act: submit 报送, accept 审核通过, return 退回补正, ... One unit, several, or all branches of one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from duban.cli.options import By, Duty, ReasonText
from duban.cli.speak import (
    Campaign,
    Db,
    Json,
    answering,
    document,
    open_engine,
    parse_day,
    reason_document,
    say,
    sentences,
    shell_user,
)

if TYPE_CHECKING:
    from duban.engine import Engine

Units = Annotated[list[str] | None, typer.Option("--unit", help="单位编号或名称，可以写多次", metavar="U")]
Under = Annotated[str | None, typer.Option("--under", help="这个单位下面的全部支部", metavar="U")]
To = Annotated[str | None, typer.Option("--to", help="新的最后一天，如 2012-04-10", metavar="DATE")]
Data = Annotated[Path | None, typer.Option("--data", help="表单数据（JSON 文件）", metavar="FILE")]
Version = Annotated[int | None, typer.Option("--expect-version", help="您看到的版本号；已被他人更新时不办理", metavar="N")]
Ways = Annotated[
    list[str] | None, typer.Option("--way", help="收到的是 纸质 或 电子邮件，可以写多次；默认通知要求的", metavar="WAY")
]
Received = Annotated[str | None, typer.Option("--received", help="收件日期，如 2012-03-30；默认今天", metavar="DATE")]

VERBS = {
    "submit": "报送一件事项。",
    "accept": "审核通过。",
    "return": "退回补正（--reason 写明哪里要改，--to 补正时间）。",
    "withdraw": "撤回还没有审核的报送。",
    "receive": "登记收件（默认按通知要求的方式都已收到；只收到一种用 --way 写明）。",
    "extend": "延期到 --to（写明 --reason）。",
    "waive": "免报（写明 --reason）。",
    "reopen": "重新办理已办结的事项（写明 --reason）。",
    "advance": "把单位转入下一阶段（写明 --reason）。",
    "sign": "领导对提请的事项作出决定（--data 里写 decision）。",
}


TAKES = {"data": ("submit", "sign"), "to": ("extend", "return", "reopen"), "way": ("receive",), "received": ("receive",)}
"""Which verbs can use an option at all: one that would be passed over in silence is refused."""


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
        with answering(as_json):
            units = list(dict.fromkeys(unit or ()))
            _understood(name, units, under, duty, expect_version)
            _usable(name, {"data": data, "to": to, "way": way, "received": received})
            words: dict[str, Any] = {
                "reason": reason,
                "to": parse_day(to, "--to") if to else None,
                "data": _data(data),
                "ways": _ways(way),
                "received_on": parse_day(received, "--received") if received else None,
                "expect_version": expect_version,
                "via": shell_user(),
            }
            with open_engine(db) as engine:
                words["by"] = engine.person(by)
                found = engine.targets(units=units, under=under, duty=duty, campaign=campaign)
                if name == "receive" and duty is not None and not words["ways"]:
                    words["ways"] = _asked_ways(engine, duty, campaign)
                if len(found) == 1 and not under:
                    _one(engine.act(name, **{**found[0].words(), **words}), words["ways"], as_json)
                    return
                ready = _ready(name, found) if under else found
                result = engine.act_many(name, ready, **words)
                _many(result, as_json, waiting=[t.unit for t in found if t not in ready])
                if result.refused:
                    raise typer.Exit(1)

    return verb


def _understood(name: str, units: list[str], under: str | None, duty: str | None, version: int | None) -> None:
    from workflow.errors import UsageError

    if bool(units) == bool(under):
        raise UsageError("请用 --unit 指明单位（可以写多次），或用 --under 指明一个二级党组织的全部支部")
    if duty is None and name != "advance":
        raise UsageError("请用 --duty 指明事项；duban status --unit 单位 可以查看")
    if version is not None and (under or len(units) > 1):
        raise UsageError("--expect-version 是一个单位的版本号，只能和一个 --unit 同用")


def _usable(name: str, given: dict[str, Any]) -> None:
    from workflow.errors import UsageError

    for option, value in given.items():
        if value and name not in TAKES[option]:
            raise UsageError(f"{name} 用不到 --{option}；它用于 {'、'.join(TAKES[option])}")


def _one(done: Any, ways: tuple[str, ...], as_json: bool) -> None:
    if as_json:
        document(_done(done))
        return
    from workflow.model import STATE_WORDS, DutyState

    state = f"：{STATE_WORDS[DutyState(done.state)]}" if done.state else ""
    copies = f"，收到{'和'.join(ways)}" if ways else ""
    say(f"已办理。{done.duty or ''}{state}{copies}（阶段：{done.phase}，第{done.version}版）")


def _ready(name: str, found: list[Any]) -> list[Any]:
    """Of all branches of one: those whose duty is in a state in which there is such an act. The others are no refusals, they wait."""
    from workflow.machine import CASE_ACTS, duty_machine, sources

    if name in CASE_ACTS:
        return found
    states = sources(duty_machine(), name)
    return [target for target in found if target.state in states]


def _many(result: Any, as_json: bool, *, waiting: list[str]) -> None:
    if as_json:
        refused = [{"unit": t.unit} | reason_document(r) for t, refusal in result.refused for r in refusal.reasons]
        document({"done": [_done(d) for d in result.done], "refused": refused, "waiting": waiting})
        return
    say(f"已办理{len(result.done)}件，没有办理{len(result.refused)}件。")
    if waiting:
        say(f"另有{len(waiting)}个单位现在没有可以这样办理的：{'、'.join(waiting)}", hang=2)
    for target, refusal in result.refused:
        say(f"  {target.unit}：{''.join(sentences(refusal.reasons))}", hang=4)


def _done(done: Any) -> dict[str, Any]:
    return {"case": done.case, "phase": done.phase, "duty": done.duty, "state": done.state, "version": done.version}


def _data(path: Path | None) -> Any:
    if path is None:
        return None
    import json

    from duban.given_files import decoded, read_file
    from workflow.errors import FileError, Problem

    text = decoded(read_file(path), str(path))
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        said = f"不是正确的 JSON（第{error.colno}个字附近读不懂）：检查逗号、引号和括号"
        raise FileError(str(path), [Problem(text=said, line=error.lineno)]) from None
    except (ValueError, RecursionError):  # a number of thousands of digits; brackets in brackets in brackets
        raise FileError(str(path), [Problem(text="数字太长或括号套得太深：请按表单重新填写")]) from None
    if not isinstance(found, dict):
        raise FileError(str(path), [Problem(text='最外层要是一个对象，如 {"summary": "…"}')])
    return found


def _ways(words: list[str] | None) -> tuple[str, ...]:
    from workflow.errors import UsageError

    known = _copies()
    strange = [word for word in words or [] if word not in known]
    if strange:
        raise UsageError(f"--way 只能是{'或'.join(known)}，现在是“{strange[0]}”")
    return tuple(dict.fromkeys(words or ()))


def _asked_ways(engine: Engine, duty: str, campaign: str | None) -> tuple[str, ...]:
    """What came, if the clerk does not say: the copies that the notice asks for, or paper where it asks for none."""
    from workflow.errors import UsageError

    tasks = engine.campaign(campaign).campaign.tasks
    key = duty.partition("@")[0]
    named = [t for t in tasks if t.key == key] or [t for t in tasks if t.key.rpartition("/")[2] == key]
    asked = {tuple(str(way) for way in task.ways if way in _copies()) for task in named}
    if len(asked) > 1:
        raise UsageError(f"叫“{duty}”的事项不止一件，报送方式不同：请用 --way 写明收到的是纸质还是电子邮件")
    return next(iter(asked), ()) or _copies()[:1]


def _copies() -> tuple[str, ...]:
    """The ways in which something reaches the desk."""
    from workflow.model import Way

    return str(Way.PAPER), str(Way.EMAIL)
