"""Verbs that set up: demo, sample, units, launch."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from duban.cli import keeping, reorganising
from duban.cli.definitions import text_of
from duban.cli.speak import Db, Json, answering, console, document, open_engine, problem_document, say
from duban.cli.words import Face


def add_to(app: typer.Typer) -> None:
    app.command()(demo)
    app.command()(sample)
    keeping.add_to(app)
    units = Face(help="单位和任职。", no_args_is_help=True)
    units.command("import")(import_)
    reorganising.add_to(units)
    app.add_typer(units, name="units")
    app.command()(launch)


def demo(
    folder: Annotated[Path, typer.Option("--dir", help="放数据库、消息和表格的文件夹", metavar="D")] = Path("demo"),
    as_json: Json = False,
) -> None:
    """在生成的大学上跑完2012年的一整个活动，最后给出一屏数字。"""
    with answering(as_json):
        from duban.demo import play
        from duban.demo.screen import progress, show

        result = play(folder, progress=progress())
        if as_json:
            document(result.document())
        else:
            show(console(), result)


def sample(
    kind: Annotated[str, typer.Argument(help="university、hospital 或 college", metavar="KIND")],
    out: Annotated[Path, typer.Option("--out", help="写到哪个文件夹", metavar="D")],
    as_json: Json = False,
) -> None:
    """生成一个虚构的单位：units.xlsx 和 truth.json。"""
    with answering(as_json):
        from duban import samples
        from workflow.errors import UsageError

        if kind not in ("university", "hospital", "college"):
            raise UsageError(f"没有样例“{kind}”：可以写 university、hospital 或 college")
        made = samples.generate(kind)  # type: ignore[arg-type]
        workbook, truth = samples.write(made, out)
        if as_json:
            document({"units": str(workbook), "truth": str(truth)})
        else:
            say(f"已生成 {workbook} 和 {truth}。下一步：duban units import {workbook}")


def import_(
    files: Annotated[list[Path], typer.Argument(help="units.xlsx，或 units.csv 和 posts.csv", metavar="FILE")],
    db: Db = None,
    skip_bad: Annotated[bool, typer.Option("--skip-bad", help="跳过有问题的行")] = False,
    end_missing: Annotated[bool, typer.Option("--end-missing", help="文件里没有的单位和任职到今天为止")] = False,
    preview: Annotated[bool, typer.Option("--preview", help="只看变化，不写入")] = False,
    as_json: Json = False,
) -> None:
    """导入单位和任职；再次导入只写入变化。"""
    with answering(as_json), open_engine(db) as engine:
        made = engine.import_units(*files, skip_bad=skip_bad, end_missing=end_missing, preview=preview)
        if as_json:
            document(_imported(made))
        else:
            _show_imported(made, preview)


SHOWN = 20


def _show_imported(made: Any, preview: bool) -> None:
    say(
        f"{'将会' if preview else '已'}新增单位{made.units_added}个、变更{made.units_changed}个、结束{made.units_ended}个；"
        f"新增人员{made.people_added}人，任职新增{made.posts_added}条、结束{made.posts_ended}条。"
    )
    _some([f"变更：{line}" for line in made.changes])
    if made.missing:
        say(f"  文件里没有的{len(made.missing)}项保留不动（要结束请加 --end-missing）：", hang=4)
        _some([f"  {line}" for line in made.missing])
    _some([f"跳过：{problem}" for problem in made.skipped])
    _some([f"提醒：{problem}" for problem in made.warnings])


def _some(lines: list[str]) -> None:
    for line in lines[:SHOWN]:
        say(f"  {line}", hang=4)
    if len(lines) > SHOWN:
        say(f"  ……共{len(lines)}条，全部见 --json")


def _imported(made: Any) -> dict[str, Any]:
    counts = ("units_added", "units_changed", "units_ended", "people_added", "posts_added", "posts_ended")
    found: dict[str, Any] = {name: getattr(made, name) for name in counts}
    found |= {"changes": list(made.changes), "missing": list(made.missing)}
    return found | {name: [problem_document(p) for p in getattr(made, name)] for name in ("skipped", "warnings")}


def launch(
    definition: Annotated[
        Path, typer.Argument(help="活动设置：YAML，或导出的任务分解表 .xlsx；也可以写 standard、d0 … d4", metavar="FILE")
    ],
    db: Db = None,
    by: Annotated[str | None, typer.Option("--by", help="谁启动：工号、邮箱或 单位:角色", metavar="WHO")] = None,
    accept_past: Annotated[bool, typer.Option("--accept-past", help="时限已过也照常启动")] = False,
    as_json: Json = False,
) -> None:
    """启动一个活动：每个有关单位都有了进展和应办事项。"""
    with answering(as_json):
        from workflow.workdays import provisional

        text = text_of(definition)
        with open_engine(db) as engine:
            made = engine.launched(definition, by=by, accept_past=accept_past, text=text)
        if as_json:
            document({"campaign": made.campaign, "cases": made.cases, "duties": made.duties})
        else:
            say(f"已启动“{made.name}”（活动{made.campaign}）：{made.cases}份进展，{made.duties}件应办事项。")
            for track in made.nobody:
                say(f"请留意：单位表里没有“{track}”，派给它的事项没有人办。")
            for line in made.by_terms:
                say(f"请留意：{line}。", hang=8)
            for year in made.provisional:
                say(f"请留意：{provisional(year)}；公布后请用 duban calendar import 导入。")
