"""Verbs about the database itself: db create 新建, upgrade 升级, backup 备份."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from duban.cli import holding
from duban.cli.speak import Db, Json, answering, clock_words, document, say
from duban.cli.words import Face


def add_to(app: typer.Typer) -> None:
    group = Face(help="数据库：新建、升级、备份，以及从备份恢复之后。", no_args_is_help=True)
    for verb in (create, upgrade, backup):
        group.command()(verb)
    group.command("restored")(holding.restored)
    app.add_typer(group, name="db")


def create(
    db: Db = None,
    sandbox: Annotated[bool, typer.Option("--sandbox", help="沙盘：按 DUBAN_CLOCK 走，不向外发送")] = False,
    as_json: Json = False,
) -> None:
    """新建数据库。"""
    with answering(as_json):
        from duban import sandbox as sandboxes
        from duban.settings import database_url

        _clock_fits(sandbox)
        made = sandboxes.create(database_url(Path.cwd(), db), sandbox=sandbox)
        where = str(made.path or made.url.render_as_string(hide_password=True))
        made.close()
        if as_json:
            document({"database": where, "sandbox": sandbox})
        else:
            say(f"已新建{'沙盘' if sandbox else '数据库'} {where}")


def _clock_fits(sandbox: bool) -> None:
    """Whoever has set `DUBAN_CLOCK` means a sandbox."""
    from duban.clock import parse_instant
    from workflow.errors import UsageError

    given = clock_words()
    if given is None:
        return
    parse_instant(given)
    if not sandbox:
        raise UsageError("设置了 DUBAN_CLOCK，只能新建沙盘：请加 --sandbox，或先去掉 DUBAN_CLOCK")


def upgrade(db: Db = None, as_json: Json = False) -> None:
    """把数据库的结构升级到本程序需要的版本。"""
    with answering(as_json):
        from duban import sandbox as sandboxes
        from duban.settings import database_url, load
        from storage import jobs
        from storage.database import SCHEMA, Database, check_not_newer, prepare
        from storage.database import upgrade as upgrade_tables

        database = Database(database_url(Path.cwd(), db))
        try:
            if database.dialect == "sqlite":
                prepare(database)  # refuses a file with somebody else's tables
            else:
                check_not_newer(database)
                upgrade_tables(database)
            sandboxes.identify(database)
            if load(Path.cwd()).backend == "procrastinate":
                jobs.create(database)
        finally:
            database.close()
        if as_json:
            document({"schema": SCHEMA})
        else:
            say(f"数据库结构已是 {SCHEMA}")


def backup(out: Annotated[Path, typer.Argument(help="备份文件", metavar="FILE")], db: Db = None, as_json: Json = False) -> None:
    """备份 SQLite 数据库（运行中也可以）；PostgreSQL 请用 pg_dump。"""
    with answering(as_json):
        from duban.settings import database_url
        from storage.database import Database
        from storage.database import backup as copy

        _writable(out)
        database = Database(database_url(Path.cwd(), db))
        try:
            copy(database, out)
        finally:
            database.close()
        if as_json:
            document({"backup": str(out), "bytes": out.stat().st_size})
        else:
            say(f"已备份到 {out}")


def _writable(out: Path) -> None:
    """Say it is the backup that cannot be written, before anything blames the database."""
    from workflow.errors import DubanError

    if not out.parent.is_dir():
        raise DubanError(f"文件夹“{out.parent}”不存在：请先建立，或换一个路径", code="file")
    if not os.access(out.parent, os.W_OK):
        raise DubanError(f"“{out.parent}”不能写入：请检查权限，或换一个路径", code="file")
