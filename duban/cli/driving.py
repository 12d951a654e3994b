"""Verbs that go on by themselves: scheduler 值守, worker 发送进程."""

from __future__ import annotations

from functools import partial
from typing import Annotated

import typer

from duban.cli.speak import Db, Json, answering, open_engine


def add_to(app: typer.Typer) -> None:
    app.command()(scheduler)
    app.command()(worker)


def scheduler(
    db: Db = None,
    every: Annotated[int, typer.Option("--every", help="每隔几分钟核查一次（60的约数）", metavar="MINUTES")] = 10,
    as_json: Json = False,
) -> None:
    """值守：一直运行，启动时和以后每隔几分钟核查一次并发送；代替 crontab。"""
    with answering(as_json):
        from duban import scheduler as daemon
        from workflow.errors import UsageError

        if every not in daemon.EVERY:
            raise UsageError(f"--every 要是60的约数（{'、'.join(map(str, daemon.EVERY))}），现在是{every}")
        _leave_words_to_us()
        daemon.keep_running(partial(open_engine, db), log, every=every)


def worker(
    db: Db = None,
    once: Annotated[bool, typer.Option("--once", help="发完现有的就结束")] = False,
    as_json: Json = False,
) -> None:
    """发送进程：一直运行，有消息就发；可以在几台机器上同时运行。只用于 PostgreSQL。"""
    with answering(as_json):
        from duban import worker as daemon

        _leave_words_to_us()
        with open_engine(db) as engine:
            daemon.check(engine)
            if once:
                daemon.Worker(engine=engine, say=log).once()
        if not once:
            daemon.work(partial(open_engine, db), log)


def log(line: str) -> None:
    """A line of a daemon's log, there at once: journald and `>>` see it as it happens."""
    from duban.clock import local_minute, system_clock
    from duban.service.context import ZONE

    typer.echo(f"{local_minute(system_clock().now(), ZONE)} {line}")


def _leave_words_to_us() -> None:
    """What goes wrong is one line of ours; the libraries' own words would be a traceback beside it."""
    import logging

    for name in ("apscheduler", "procrastinate", "psycopg.pool"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
