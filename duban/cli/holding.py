"""Verbs that hold back, hand over and change course: silence 静默, pause 暂停, resume 恢复, delegate 委托, migrate 转到新版."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from duban.cli.options import By, ReasonText, Why
from duban.cli.speak import Campaign, Db, Json, answering, document, open_engine, parse_day, say, shell_user
from duban.cli.words import Face

if TYPE_CHECKING:
    from duban.service.holding import Silence
    from duban.service.migrating import Migrated

Number = Annotated[int, typer.Argument(help="静默的编号，见 duban silence list", metavar="N")]
From = Annotated[str, typer.Option("--from", help="第一天，如 2026-04-07", metavar="DATE")]
To = Annotated[str, typer.Option("--to", help="最后一天（含）", metavar="DATE")]
MODES = {"defer": "推迟", "drop": "略过"}
RUNG_WORDS = {"same": "不变", "changed": "内容改变", "moved": "序号改变", "new": "新增", "removed": "去掉"}


def add_to(app: typer.Typer) -> None:
    app.add_typer(_silence(), name="silence")
    app.command()(pause)
    app.command()(resume)
    app.command()(delegate)
    app.command()(migrate)


def _silence() -> typer.Typer:
    group = Face(help="静默：几天之内不提醒；过后补上，不会漏掉。", no_args_is_help=True)
    group.command("add")(add)
    group.command("end")(end)
    group.command("list")(listed)
    return group


def add(
    first: From,
    last: To,
    by: By,
    reason: Why,
    unit: Annotated[str | None, typer.Option("--unit", help="这个单位及其下级的事项", metavar="U")] = None,
    person: Annotated[str | None, typer.Option("--person", help="只对这个人（工号、邮箱或 单位:角色）", metavar="WHO")] = None,
    rung_min: Annotated[int | None, typer.Option("--rung-min", help="只管第几步及以后的督办", metavar="N")] = None,
    drop: Annotated[bool, typer.Option("--drop", help="略过，而不是推迟：记录在案，过后不补")] = False,
    campaign: Campaign = None,
    db: Db = None,
    as_json: Json = False,
) -> None:
    """设一段静默。组织部可以对任何范围；二级党组织书记、组织员可以对本单位内部，最长5个工作日。"""
    with answering(as_json):
        days = parse_day(first, "--from"), parse_day(last, "--to")
        mode = "drop" if drop else "defer"
        with open_engine(db) as engine:
            number = engine.silence(
                by=by,
                reason=reason,
                first=days[0],
                last=days[1],
                unit=unit,
                campaign=campaign,
                person=person,
                rung_min=rung_min,
                mode=mode,
                via=shell_user(),
            )
            made = next(each for each in engine.silences() if each.id == number)
        if as_json:
            document(_document(made))
        else:
            say(f"已设静默{_line(made)}", hang=2)


def end(number: Number, by: By, db: Db = None, as_json: Json = False) -> None:
    """提前结束一段静默：推迟的提醒随下一次核查发出。"""
    with answering(as_json), open_engine(db) as engine:
        due = engine.end_silence(number, by=by, via=shell_user())
        if as_json:
            document({"silence": number, "state": "ended", "due": due})
        else:
            say(f"静默{number}已结束；下一次核查重新看{due}件事项。")


def listed(db: Db = None, as_json: Json = False) -> None:
    """正在生效和将要生效的静默。"""
    with answering(as_json), open_engine(db) as engine:
        found = engine.silences()
        if as_json:
            document({"silences": [_document(each) for each in found]})
        elif not found:
            say("现在没有静默。")
        else:
            for each in found:
                say(_line(each), hang=2)


def pause(by: By, reason: Why, campaign: Campaign = None, db: Db = None, as_json: Json = False) -> None:
    """暂停一个活动的督办：报送、审核照常，不再提醒；还没发出的收回。"""
    with answering(as_json), open_engine(db) as engine:
        running = engine.campaign(campaign)
        taken_back = engine.pause(running.id, by=by, reason=reason, via=shell_user())
        if as_json:
            document({"campaign": running.id, "state": "paused", "taken_back": taken_back})
        else:
            say(f"“{running.campaign.name}”已暂停督办，收回{taken_back}条还没发出的提醒。恢复：duban resume")


def resume(by: By, campaign: Campaign = None, db: Db = None, as_json: Json = False) -> None:
    """恢复督办：从下一次核查起，一次一步，从最低一步补起。"""
    with answering(as_json), open_engine(db) as engine:
        running = engine.campaign(campaign)
        due = engine.resume(running.id, by=by, via=shell_user())
        if as_json:
            document({"campaign": running.id, "state": "running", "due": due})
        else:
            say(f"“{running.campaign.name}”已恢复督办；下一次核查要看{due}件事项。")


def delegate(
    unit: Annotated[str, typer.Argument(help="单位编号或名称", metavar="UNIT")],
    role: Annotated[str, typer.Argument(help="角色，如 书记", metavar="ROLE")],
    to: Annotated[str, typer.Option("--to", help="委托给谁：工号、邮箱或 单位:角色", metavar="WHO")],
    first: From,
    last: Annotated[str, typer.Option("--until", help="最后一天（含）", metavar="DATE")],
    by: By,
    holder: Annotated[str | None, typer.Option("--holder", help="有几位任职时，替哪一位", metavar="WHO")] = None,
    reason: ReasonText = None,
    db: Db = None,
    as_json: Json = False,
) -> None:
    """委托：这几天由另一个人代办，提醒发给他，不发给本人。由本人或组织部办理。"""
    with answering(as_json):
        days = parse_day(first, "--from"), parse_day(last, "--until")
        with open_engine(db) as engine:
            done = engine.delegate(
                unit, role, to=to, first=days[0], last=days[1], by=by, holder=holder, reason=reason, via=shell_user()
            )
        if as_json:
            document(vars(done))
        else:
            say(f"{done.first}至{done.last}由{done.to}代{done.holder}（{done.unit} {done.role}）。")


def migrate(
    file: Annotated[Path, typer.Argument(help="新版活动设置（YAML 或 .xlsx）", metavar="FILE")],
    by: By,
    reason: Why,
    campaign: Campaign = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只看每件未办结事项会怎样，不写入")] = False,
    db: Db = None,
    as_json: Json = False,
) -> None:
    """让进行中的活动按新版的督办、联系人和文字继续；已经发过的不再发。别处有改动就拒绝，并列出来。"""
    with answering(as_json), open_engine(db) as engine:
        done = engine.migrate(file, campaign=campaign, by=by, reason=reason, via=shell_user(), preview=dry_run)
        if as_json:
            document(_migrated(done))
        else:
            _show_migrated(done)


def _show_migrated(done: Migrated) -> None:
    from duban.service.migrating import VERDICTS

    say(f"“{done.name}”{'将' if done.preview else '已'}转到第{done.version}版，未办结事项{done.duties}件。")
    for rung in done.rungs:
        numbers = "→".join(str(no) for no in (rung.before, rung.after) if no is not None)
        say(f"  第{numbers}步（{rung.key}）：{RUNG_WORDS[rung.verdict]}", hang=4)
    for verdict, count in done.verdicts.items():
        if count:
            say(f"  {count}件：{VERDICTS[verdict]}", hang=4)
    if done.skipped:
        say(f"  {done.skipped}条新加的、日子已过的步骤略过，不补发。", hang=4)


def _migrated(done: Migrated) -> dict[str, Any]:
    return {**vars(done), "rungs": [vars(rung) for rung in done.rungs]}


def _document(silence: Silence) -> dict[str, Any]:
    return vars(silence)


def _line(silence: Silence) -> str:
    about = "，".join(
        part
        for part in (
            f"活动“{silence.campaign}”" if silence.campaign else "",
            f"{silence.unit} {silence.unit_name}{'内部' if silence.inside else '及下级'}" if silence.unit else "",
            f"只对{silence.person}" if silence.person else "",
            f"第{silence.rung_min}步及以后" if silence.rung_min else "",
        )
        if part
    )
    by = f"，{silence.by}设" if silence.by else ""
    return f"{silence.id}：{silence.first}至{silence.last}，{MODES[silence.mode]}，{about or '全部'}{by}（{silence.reason}）"


def restored(by: By, db: Db = None, as_json: Json = False) -> None:
    """数据库刚从备份恢复：先不发送，等核对哪些消息在备份之后已经发出。"""
    with answering(as_json), open_engine(db) as engine:
        held = engine.restored(by=by, via=shell_user())
        if as_json:
            document({"state": "restored", "held": held})
        else:
            say(f"已暂停{held}封等待中的消息；下一次核查后用 duban run confirm 编号 确认，已发出的用 --sent 指明。")


def rewind(by: By, reason: Why, db: Db = None, as_json: Json = False) -> None:
    """时钟曾经拨快，核查记到了将来：改为从现在起计时。已经提醒过的不会再提醒。"""
    with answering(as_json), open_engine(db) as engine:
        span = engine.rewind(by=by, reason=reason, via=shell_user())
        if as_json:
            document(span)
        else:
            say(f"核查从{span['to']}重新计时（原来记到{span['from']}）。")


def keys_of(given: list[str], file: Path | None) -> list[str]:
    """Keys of messages: as typed, and one a line from a file."""
    from duban.given_files import decoded, read_file

    lines = decoded(read_file(file), file.name).splitlines() if file is not None else []
    return [*given, *(line.strip() for line in lines if line.strip())]
