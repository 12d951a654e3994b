"""Verbs about definitions and dates: check, read-back, graph, form, deadline."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from duban.cli.speak import Campaign, Db, Json, answering, console, document, open_engine, parse_day, problem_document, say
from duban.files import write_file

if TYPE_CHECKING:
    from duban.checking import Checked
    from duban.definition_file import DefinitionFile
    from workflow.model import Campaign as Compiled

File = Annotated[
    Path, typer.Argument(help="活动设置：YAML，或导出的任务分解表 .xlsx；也可以写 standard、d0 … d4", metavar="FILE")
]


def add_to(app: typer.Typer) -> None:
    app.command()(check)
    app.command("read-back")(read_back)
    app.command()(graph)
    app.command()(form)
    app.command()(deadline)


def check(
    file: File,
    units: Annotated[
        list[Path] | None,
        typer.Option("--units", help="单位表，核对有没有单位要办、有没有人可提醒；两个 CSV 就写两次", metavar="FILE"),
    ] = None,
    on: Annotated[str | None, typer.Option("--on", help="哪一天启动，从这天核对时间；默认公布日期", metavar="DAY")] = None,
    as_json: Json = False,
) -> None:
    """检查活动设置：一次列出所有问题、要看一看的地方和待定的事。"""
    with answering(as_json):
        from duban.definition_file import open_definition
        from phases.checks import in_order

        day = parse_day(on, "--on") if on else None
        found = open_definition(file).checked(units=units or (), on=day)
        if as_json:
            warnings = in_order((*found.warnings, *found.questions))
            document({"problems": [*map(problem_document, found.problems)], "warnings": [*map(problem_document, warnings)]})
        else:
            _show_checked(file, found)
        if found.problems:
            raise typer.Exit(1)


def _show_checked(file: Path, found: Checked) -> None:
    """What must be mended, what should be looked at, what is to be decided: each under its heading."""
    groups = (
        ("问题", "改正以后才能启动", found.problems),
        ("请看一看", "不影响启动", found.warnings),
        ("待定", "有关的时间定下来以前不提醒", found.questions),
    )
    for heading, means, problems in groups:
        if problems:
            say(f"{heading} {len(problems)}处（{means}）：")
        for problem in problems:
            say(f"  {problem}", hang=4)
    verdict = "请先改正问题。" if found.problems else "可以启动。"
    counts = f"{len(found.problems)}个问题，{len(found.warnings)}处请看一看，{len(found.questions)}处待定"
    say(f"{file}：{counts}。{verdict}")


def read_back(
    file: File,
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", help="写到 .xlsx（签发页和可修改的任务分解表）或 .yaml；默认在屏幕上给出", metavar="FILE"),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="文件已经存在也覆盖")] = False,
    as_json: Json = False,
) -> None:
    """给出一页任务分解表，供领导审签；可导出为 Excel，改好的 Excel 也可再写成活动设置。"""
    with answering(as_json):
        from dataclasses import asdict

        from duban.definition_file import open_definition
        from phases import read_back as pages

        found = open_definition(file)
        campaign = found.compiled()
        if out is not None:
            written = _write_out(found, campaign, out, force=force)
            if as_json:
                document({"campaign": campaign.name, "file": str(out)})
            else:
                say(written)
        elif as_json:
            document({"campaign": campaign.name, "rows": [asdict(row) for row in pages.rows_of(campaign)]})
        else:
            typer.echo(pages.read_back(campaign))


def _write_out(found: DefinitionFile, campaign: Compiled, out: Path, *, force: bool) -> str:
    """Write the workbook or the YAML; what to tell about it."""
    from workflow.errors import DubanError, UsageError

    kind = out.suffix.lower()
    if kind not in (".xlsx", ".yaml", ".yml"):
        raise UsageError(f"-o 只能写 .xlsx 或 .yaml，现在是“{out.name}”")
    if out.exists() and not force:
        raise DubanError(f"“{out}”已经存在：换一个文件名，或加 --force 覆盖。", code="exists")
    if kind != ".xlsx":
        write_file(out, found.text)
        return f"已写到 {out}。检查：duban check {out}"
    from duban.task_table import write_table

    write_file(out, write_table(campaign, found.text))
    return f"已写到 {out}：“签发页”供领导审签，“任务分解表”“基本情况”可以修改，改好后检查：duban check {out}"


def graph(
    file: Annotated[
        Path | None, typer.Argument(help="活动设置（YAML 或 .xlsx）；不写时画正在进行的活动", metavar="FILE")
    ] = None,
    out: Annotated[Path | None, typer.Option("-o", "--out", help="写到 .svg 或 .mmd 文件；默认在屏幕上给出 Mermaid")] = None,
    track: Annotated[str | None, typer.Option("--track", help="适用对象，如 党支部；默认第一个")] = None,
    campaign: Campaign = None,
    db: Db = None,
    as_json: Json = False,
) -> None:
    """画出阶段和时限；正在进行的活动带上各阶段的单位数。"""
    with answering(as_json):
        from workflow import diagram
        from workflow.errors import NotFound, UsageError

        counts: dict[str, dict[int, int]] = {}
        if file is not None:
            from duban.definition_file import open_definition

            found = open_definition(file).compiled()
        else:
            with open_engine(db) as engine:
                running = engine.campaign(campaign)
                found, counts = running.campaign, engine.phase_counts(running.id)
        names = list(found.track_by_key)
        if track is not None and track not in found.track_by_key:
            raise NotFound(f"没有适用对象“{track}”；有：{'、'.join(names)}", candidates=names)
        if out is not None and out.suffix not in (".svg", ".mmd"):
            raise UsageError(f"-o 只能写 .svg 或 .mmd，现在是“{out.name}”")
        chosen = found.track_by_key[track or names[0]]
        draw = diagram.svg if out is not None and out.suffix == ".svg" else diagram.mermaid
        picture = draw(found, chosen, counts.get(chosen.key))
        if out is not None:
            write_file(out, picture)
        if as_json:
            document(
                {"track": chosen.key, "tracks": names, "file": str(out) if out else None, "mermaid": None if out else picture}
            )
        elif out is not None:
            console().print(f"已画到 {out}", soft_wrap=True)
        else:
            typer.echo(picture)


def form(
    name: Annotated[str, typer.Argument(help="表单名，如 自评、定级、整改计划", metavar="FORM")], as_json: Json = False
) -> None:
    """给出一个表单的 JSON Schema（报送时 --data 按它填写）。"""
    with answering(as_json):
        import json

        from phases.forms import schema

        typer.echo(json.dumps(schema(name), ensure_ascii=False, indent=None if as_json else 2))


def deadline(
    text: Annotated[str | None, typer.Argument(help="时限的原文，如 3月30日前", metavar="TEXT")] = None,
    anchor: Annotated[str | None, typer.Option("--anchor", help="通知的日期，用来确定年份", metavar="DATE")] = None,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="从标准输入逐行读 {text, anchor}，逐行回答")] = False,
    as_json: Json = False,
) -> None:
    """读一个时限：是哪一天，按什么规则读的。"""
    with answering(as_json or jsonl):
        from duban.checking import deadline_document, deadline_lines
        from workflow.errors import UsageError

        if jsonl:
            for line in deadline_lines(sys.stdin):
                document(line)
            return
        if text is None:
            raise UsageError("请写出时限的原文，如 duban deadline 3月30日前 --anchor 2012-03-26")
        day = parse_day(anchor, "--anchor") if anchor else None
        found = deadline_document(text, day)
        if as_json:
            document(found)
        else:
            _show_deadline(text, found, day)


def _without_day(text: str, found: dict[str, Any], anchor: date | None) -> str:
    """What a phrase without a last day says instead: how often, or counted from what."""
    from workflow.deadline import often, read

    deadline = read(text, anchor)
    if deadline.every:
        return "；".join(often(every) for every in (deadline.every, *deadline.more))
    if deadline.event and (deadline.after_workdays or deadline.after_days):
        days = deadline.after_workdays or deadline.after_days or 0
        unit = "个工作日" if deadline.after_workdays else "天"
        return f"“{deadline.event}”{'前' if days < 0 else '后'}{abs(days)}{unit}；那一天定了才有最后一天"
    if deadline.event:
        return f"要看“{deadline.event}”在哪天"
    from_day = f"{found['start']} 起，" if found["start"] else ""
    return f"{from_day}没有最后一天（{KINDS.get(found['kind'], found['kind'])}）"


def _show_deadline(text: str, found: dict[str, Any], anchor: date | None) -> None:
    from datetime import time

    from workflow.deadline import FLAGS, show
    from workflow.statutory import last_published_year
    from workflow.workdays import provisional

    if found["end"]:
        end = date.fromisoformat(found["end"])
        hour = time.fromisoformat(found["time"]) if found["time"] else None
        start = f"{found['start']} 起，" if found["start"] else ""
        say(f"“{text}”：{start}{end.year}年{show(end, hour)}", hang=2)
        if end.year > last_published_year():
            say(f"  请留意：{provisional(end.year)}", hang=4)
    else:
        say(f"“{text}”：{_without_day(text, found, anchor)}", hang=2)
    if len(found["all"]) > 1:
        every = "；".join("至".join(day for day in span if day) for span in found["all"])
        say(f"  各个时间：{every}", hang=4)
    for flag in found["flags"]:
        say(f"  请留意：{FLAGS.get(flag, flag)}", hang=4)
    if "no-year" in found["flags"]:
        say("  加上通知的日期再读：--anchor 2012-03-26", hang=4)


KINDS = {
    "before": "某日前",
    "on": "某日",
    "window": "一段时间",
    "month": "某月",
    "xun": "某旬",
    "open_start": "从某日起",
    "relative": "从另一件事算起",
    "recurring": "定期",
    "none": "没有读出时间",
}


def text_of(file: Path) -> str:
    """The YAML of a definition: a file, a workbook, or one of the ready-made campaigns by its name."""
    from duban.definition_file import definition_text

    return definition_text(file)
