"""Verbs for who was told: answer 回应, decide 领导意见."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from duban.cli.options import By, Duty, WhichDuty
from duban.cli.speak import Campaign, Db, Json, answering, document, open_engine, parse_day, say, shell_user
from duban.cli.words import Face

if TYPE_CHECKING:
    from duban.engine import Engine

Unit = Annotated[str | None, typer.Option("--unit", help="单位编号或名称", metavar="U")]
Note = Annotated[str | None, typer.Option("--note", help="说明", metavar="TEXT")]


def add_to(app: typer.Typer) -> None:
    app.command()(answer)
    app.add_typer(_decide(), name="decide")


def answer(
    kind: Annotated[str, typer.Argument(help="seen 知悉，promise 承诺，snooze 推迟自己的提醒", metavar="KIND")],
    by: By,
    unit: Unit = None,
    duty: Duty = None,
    until: Annotated[str | None, typer.Option("--until", help="承诺或推迟到哪一天，如 2026-04-03", metavar="DATE")] = None,
    note: Note = None,
    campaign: Campaign = None,
    db: Db = None,
    as_json: Json = False,
) -> None:
    """回应收到的提示：知悉、承诺哪天前报送、推迟提醒。"""
    with answering(as_json):
        _understood(kind, unit, duty)
        day = parse_day(until, "--until") if until else None
        with open_engine(db) as engine:
            about = _duty(engine, unit, duty, campaign) if unit and duty else None
            kept = engine.answer(kind, by=by, duty=about, until=day, note=note, via=shell_user())
        if as_json:
            document({"kind": kept.kind, "duties": list(kept.duties), "until": kept.until})
        elif kept.kind == "seen":
            say(f"已记录知悉{len(kept.duties)}件；到{kept.until}不再为此提醒您，督办程序照常。")
        elif kept.kind == "promise":
            say(f"已记录：承诺{kept.until}前报送。")
        else:
            say(f"已记录：{kept.until}之后再提醒。")


def _understood(kind: str, unit: str | None, duty: str | None) -> None:
    from workflow.errors import UsageError

    if kind not in ("seen", "promise", "snooze"):
        raise UsageError(f"没有“{kind}”这种回应；可以用 seen（知悉）、promise（承诺）、snooze（推迟提醒）")
    if bool(unit) != bool(duty):
        raise UsageError("请用 --unit 和 --duty 一起指明是哪一件事项")
    if kind == "promise" and not duty:
        raise UsageError("请用 --unit 和 --duty 指明承诺的是哪一件事项")
    if kind == "snooze" and duty:
        raise UsageError("推迟的是自己的全部提醒，不用 --unit 和 --duty")


def _duty(engine: Engine, unit: str, duty: str, campaign: str | None) -> int:
    (target,) = engine.targets(units=[unit], duty=duty, campaign=campaign)
    assert target.duty is not None
    return target.duty


def _decide() -> typer.Typer:
    group = Face(help="提请领导决定的事项：看有哪些，记录意见。", no_args_is_help=True)

    @group.command("list")
    def waiting(
        by: Annotated[str | None, typer.Option("--by", help="只看提请这位领导的", metavar="WHO")] = None,
        campaign: Campaign = None,
        db: Db = None,
        as_json: Json = False,
    ) -> None:
        """还没有决定的事项。"""
        with answering(as_json), open_engine(db) as engine:
            found = engine.waiting_decisions(by, campaign=campaign)
            if as_json:
                document({"waiting": [_waiting(line) for line in found]})
                return
            for line in found:
                due = f"，最后一天{line.due}" if line.due else ""
                say(f"{line.unit} {line.unit_name}：{line.key}{due}，提请{'、'.join(line.leaders)}", hang=2)
            say(f"共{len(found)}件等待决定。" if found else "目前没有等待决定的事项。")

    @group.command()
    def choose(
        choice: Annotated[str, typer.Argument(help="电话了解、督办单、约谈 或 不处理", metavar="CHOICE")],
        by: By,
        unit: Annotated[str, typer.Option("--unit", help="单位编号或名称", metavar="U")],
        duty: WhichDuty,
        note: Note = None,
        campaign: Campaign = None,
        db: Db = None,
        as_json: Json = False,
    ) -> None:
        """记录领导的意见；以第一次为准。选督办单会给所属二级党组织起草一份。"""
        with answering(as_json), open_engine(db) as engine:
            about = _duty(engine, unit, duty, campaign)
            done = engine.decide(about, choice, by=by, note=note, via=shell_user())
            if as_json:
                document(_decided(done))
                return
            paper = f"督办单已起草（第{done.paper}号），等候签发：duban paper show {done.paper}" if done.paper else ""
            say(f"已记录{done.by}的意见：{done.choice}。{paper}")

    return group


def _waiting(line: Any) -> dict[str, Any]:
    from duban.clock import show_instant

    return {
        "duty": line.duty,
        "campaign": line.campaign_name,
        "unit": line.unit,
        "name": line.unit_name,
        "key": line.key,
        "due": line.due,
        "leaders": list(line.leaders),
        "asked_at": show_instant(line.asked_at),
    }


def _decided(done: Any) -> dict[str, Any]:
    from duban.clock import show_instant

    return {
        "duty": done.duty,
        "choice": done.choice,
        "by": done.by,
        "note": done.note,
        "at": show_instant(done.at),
        "paper": done.paper,
    }
