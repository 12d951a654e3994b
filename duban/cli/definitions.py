"""Verbs about definitions and dates: check, read-back, graph, form, deadline."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from duban.cli.speak import Campaign, Db, Json, answering, console, document, open_engine, parse_day, problem_document, say

File = Annotated[Path, typer.Argument(help="活动设置（YAML）；也可以写 standard、d0 … d4", metavar="FILE")]


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
    on: Annotated[str | None, typer.Option("--on", help="按哪一天核对（默认活动的公布日期）", metavar="DAY")] = None,
    as_json: Json = False,
) -> None:
    """检查活动设置：一次列出所有问题和提醒。"""
    with answering(as_json):
        from duban.checking import check_definition

        day = parse_day(on, "--on") if on else None
        problems, warnings = check_definition(text_of(file), name=str(file), units=units or (), on=day)
        if as_json:
            document({"problems": [problem_document(p) for p in problems], "warnings": [problem_document(w) for w in warnings]})
        else:
            for word, found in (("问题", problems), ("提醒", warnings)):
                for problem in found:
                    say(f"{word}  {problem}", hang=6)
            words = "可以启动。" if not problems else "请先改正问题。"
            say(f"{file}：{len(problems)}个问题，{len(warnings)}条提醒。{words}")
        if problems:
            raise typer.Exit(1)


def read_back(file: File, as_json: Json = False) -> None:
    """打印一页任务分解表，供领导审签。"""
    with answering(as_json):
        from dataclasses import asdict

        from phases import read_back as pages
        from phases.compile import compile_definition

        campaign = compile_definition(text_of(file), name=str(file))
        if as_json:
            document({"campaign": campaign.name, "rows": [asdict(row) for row in pages.rows_of(campaign)]})
        else:
            typer.echo(pages.read_back(campaign))


def graph(
    file: Annotated[Path | None, typer.Argument(help="活动设置（YAML）；不写时画正在进行的活动", metavar="FILE")] = None,
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
            from phases.compile import compile_definition

            found = compile_definition(text_of(file), name=str(file))
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
            out.write_text(picture, encoding="utf-8")
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
            _show_deadline(text, found)


def _show_deadline(text: str, found: dict[str, Any]) -> None:
    from datetime import date, time

    from workflow.deadline import FLAGS, show

    if found["end"]:
        end = date.fromisoformat(found["end"])
        hour = time.fromisoformat(found["time"]) if found["time"] else None
        start = f"{found['start']} 起，" if found["start"] else ""
        say(f"“{text}”：{start}{end.year}年{show(end, hour)}", hang=2)
    else:
        from_day = f"{found['start']} 起，" if found["start"] else ""
        say(f"“{text}”：{from_day}没有最后一天（{KINDS.get(found['kind'], found['kind'])}）", hang=2)
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
    """The text of a definition: a file, or one of the ready-made campaigns by its name."""
    from duban.engine import decoded, read_file
    from phases import library

    if str(file) in library.names() and not file.exists():
        return library.text(str(file))
    return decoded(read_file(file), str(file))
