"""Verbs that set up: demo, sample, db, units, launch."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from duban.cli.speak import Db, Json, answering, console, document, open_engine


def add_to(app: typer.Typer) -> None:
    app.command()(demo)
    app.command()(sample)
    app.add_typer(_database(), name="db")
    app.add_typer(_units(), name="units")
    app.command()(launch)


def demo(
    folder: Annotated[Path, typer.Option("--dir", help="放数据库、消息和表格的文件夹")] = Path("demo"),
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
    out: Annotated[Path, typer.Option("--out", help="写到哪个文件夹")],
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
            console().print(f"已生成 {workbook} 和 {truth}。下一步：duban units import {workbook}")


def _database() -> typer.Typer:
    group = typer.Typer(help="数据库：新建、升级、备份。", no_args_is_help=True)

    @group.command()
    def create(
        db: Db = None,
        sandbox: Annotated[bool, typer.Option("--sandbox", help="沙盘：按 DUBAN_CLOCK 走，不向外发送")] = False,
        as_json: Json = False,
    ) -> None:
        """新建数据库。"""
        with answering(as_json):
            from duban import sandbox as sandboxes
            from duban.settings import database_url

            made = sandboxes.create(database_url(Path.cwd(), db), sandbox=sandbox)
            where = str(made.path or made.url.render_as_string(hide_password=True))
            made.close()
            if as_json:
                document({"database": where, "sandbox": sandbox})
            else:
                console().print(f"已新建{'沙盘' if sandbox else '数据库'} {where}", soft_wrap=True)

    @group.command()
    def upgrade(db: Db = None, as_json: Json = False) -> None:
        """把数据库的结构升级到本程序需要的版本。"""
        with answering(as_json):
            from duban import sandbox as sandboxes
            from duban.settings import database_url
            from storage.database import Database, check_not_newer
            from storage.database import upgrade as upgrade_tables

            database = Database(database_url(Path.cwd(), db))
            check_not_newer(database)
            version = upgrade_tables(database)
            sandboxes.identify(database)
            database.close()
            if as_json:
                document({"schema": version})
            else:
                console().print(f"数据库结构已是 {version}")

    @group.command()
    def backup(
        out: Annotated[Path, typer.Argument(help="备份文件", metavar="FILE")], db: Db = None, as_json: Json = False
    ) -> None:
        """备份 SQLite 数据库（运行中也可以）；PostgreSQL 请用 pg_dump。"""
        with answering(as_json):
            from duban.settings import database_url
            from storage.database import Database
            from storage.database import backup as copy

            database = Database(database_url(Path.cwd(), db))
            copy(database, out)
            database.close()
            if as_json:
                document({"backup": str(out), "bytes": out.stat().st_size})
            else:
                console().print(f"已备份到 {out}", soft_wrap=True)

    return group


def _units() -> typer.Typer:
    group = typer.Typer(help="单位和任职。", no_args_is_help=True)

    @group.command("import")
    def import_(
        files: Annotated[list[Path], typer.Argument(help="units.xlsx，或 units.csv 和 posts.csv", metavar="FILE...")],
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
                return
            out = console()
            word = "将会" if preview else "已"
            out.print(
                f"{word}新增单位{made.units_added}个、变更{made.units_changed}个、结束{made.units_ended}个；"
                f"新增人员{made.people_added}人，任职新增{made.posts_added}条、结束{made.posts_ended}条。"
            )
            for line in made.changes[:20]:
                out.print(f"  变更：{line}", markup=False)
            if made.missing:
                out.print(f"  文件里没有的{len(made.missing)}项保留不动（要结束请加 --end-missing）：", markup=False)
                for line in made.missing[:20]:
                    out.print(f"    {line}", markup=False)
            for problem in (*made.skipped, *made.warnings)[:40]:
                out.print(f"  {problem}", markup=False)

    _reorganising(group)
    return group


def _imported(made: Any) -> dict[str, Any]:
    counts = ("units_added", "units_changed", "units_ended", "people_added", "posts_added", "posts_ended")
    found: dict[str, Any] = {name: getattr(made, name) for name in counts}
    found |= {"changes": list(made.changes), "missing": list(made.missing)}
    for name in ("skipped", "warnings"):
        found[name] = [{"line": p.line, "path": p.path, "text": p.text} for p in getattr(made, name)]
    return found


def _reorganising(group: typer.Typer) -> None:
    return None


def launch(
    definition: Annotated[Path, typer.Argument(help="活动设置（YAML）", metavar="FILE")],
    db: Db = None,
    by: Annotated[str | None, typer.Option("--by", help="谁启动：工号、邮箱或 单位:角色")] = None,
    accept_past: Annotated[bool, typer.Option("--accept-past", help="时限已过也照常启动")] = False,
    as_json: Json = False,
) -> None:
    """启动一个活动：每个有关单位都有了进展和应办事项。"""
    with answering(as_json), open_engine(db) as engine:
        made = engine.launched(definition, by=by, accept_past=accept_past)
        if as_json:
            document({"campaign": made.campaign, "cases": made.cases, "duties": made.duties})
        else:
            console().print(
                f"已启动“{made.name}”（活动{made.campaign}）：{made.cases}个单位进展，{made.duties}件应办事项。", markup=False
            )
