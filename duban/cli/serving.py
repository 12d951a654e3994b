"""The verb that opens the portal: serve 门户."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from duban.cli.speak import Db, Json, answering, open_engine


def add_to(app: typer.Typer) -> None:
    app.command()(serve)


def serve(
    db: Db = None,
    host: Annotated[str, typer.Option("--host", help="在哪个地址上打开；默认只有本机能打开", metavar="HOST")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", help="端口", metavar="PORT", min=0, max=65535)] = 8000,
    setup: Annotated[bool, typer.Option("--setup", help="给出设置第一个账号的一次性链接")] = False,
    with_scheduler: Annotated[
        bool, typer.Option("--with-scheduler", help="同时值守：每10分钟核查一次并发送（只有一台机器时用）")
    ] = False,
    root_path: Annotated[
        str, typer.Option("--root-path", help="反向代理把哪个路径转到这里，如 /duban；代理转来时去掉它", metavar="PATH")
    ] = "",
    as_json: Json = False,
) -> None:
    """门户：打开网页和接口，一直运行。谁能登录、显示成什么样，写在 duban.toml 的 [portal]。"""
    with answering(as_json):
        from duban import serving

        place = serving.Place(host=host, port=port, root=root_path)
        serving.serve(partial(open_engine, db), _say, place, folder=Path.cwd(), ticking=with_scheduler, setup=setup)


def _say(line: str) -> None:
    """There at once, also in a file or a journal."""
    import sys

    typer.echo(line)
    sys.stdout.flush()
