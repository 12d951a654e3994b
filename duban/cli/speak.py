"""How the command answers: one JSON document on stdout, or Chinese text; refusals and errors with their exit codes."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from duban.engine import Engine

Db = Annotated[str | None, typer.Option("--db", help="数据库；默认 DUBAN_DATABASE_URL 或 sqlite:///duban.db", metavar="URL")]
Json = Annotated[bool, typer.Option("--json", help="在标准输出给出一份 JSON")]
Campaign = Annotated[str | None, typer.Option("--campaign", help="活动的编号或名称；只有一个活动时不用写")]


def document(content: Any) -> None:
    """The one JSON document on stdout."""
    typer.echo(json.dumps(content, ensure_ascii=False, default=_plain))


def console() -> Console:
    """Where text for people goes; widths of Chinese characters are right in its tables."""
    from rich.console import Console

    return Console(highlight=False, soft_wrap=False)


@contextmanager
def answering(as_json: bool) -> Iterator[None]:
    """Turn what goes wrong into one clear answer and an exit code."""
    from workflow.errors import DubanError, FileError, Refused, UsageError

    try:
        yield
    except UsageError as error:
        _say(as_json, {"error": {"code": error.code, "text": str(error)}}, str(error))
        raise typer.Exit(2) from None
    except Refused as refusal:
        reasons = [reason_document(reason) for reason in refusal.reasons]
        text = "\n".join(f"{r.text}{'。' if r.unblock else ''}{r.unblock}" for r in refusal.reasons)
        _say(as_json, {"refused": reasons}, f"没有办理：\n{text}")
        raise typer.Exit(1) from None
    except FileError as error:
        problems = [{"line": p.line, "path": p.path, "text": p.text} for p in error.problems]
        _say(as_json, {"problems": problems}, str(error))
        raise typer.Exit(1) from None
    except DubanError as error:
        content = {"code": error.code, "text": str(error), "candidates": list(error.candidates)}
        _say(as_json, {"error": content}, str(error))
        raise typer.Exit(1) from None


def reason_document(reason: Any) -> dict[str, Any]:
    found = {"code": reason.code, "text": reason.text, "unblock": reason.unblock}
    return {**found, "until": reason.until} if reason.until else found


def unexpected(error: Exception) -> int:
    """An error of ours: one sentence and the place, for whoever reports it."""
    import traceback

    last = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{os.path.basename(last.filename)}:{last.lineno}"
    sys.stderr.write(f"程序出错（{type(error).__name__}: {error}；{place}）。数据没有写入一半；请把这一行告诉维护人员。\n")
    if os.environ.get("DUBAN_TRACEBACK"):
        traceback.print_exception(error)
    return 3


def open_engine(db: str | None) -> Engine:
    """The engine for `--db`, with the settings of this folder, and in a sandbox the clock of `DUBAN_CLOCK`."""
    from pathlib import Path

    from duban import rooms, sandbox, settings
    from storage.database import Database, prepare
    from workflow.errors import UsageError

    rooms.check()
    from duban.engine import Engine

    here = Path.cwd()
    url = settings.database_url(here, db)
    given = os.environ.get("DUBAN_CLOCK")
    database = Database(url)
    prepare(database)
    found = sandbox.identify(database)
    database.close()
    if given is not None and not found.sandbox:
        raise UsageError("这个数据库按真实时间运行，不能用 DUBAN_CLOCK；沙盘请用 duban db create --sandbox 新建")
    clock = sandbox.sandbox_clock(found, given) if found.sandbox else None
    return Engine(url, clock=clock, settings=settings.load(here))


def parse_day(words: str, option: str) -> date:
    """`2012-03-30` -> a day; anything else is wrong usage."""
    from workflow.errors import UsageError

    try:
        return date.fromisoformat(words)
    except ValueError:
        raise UsageError(f"{option} 要写成 2012-03-30 这样的日期，现在是“{words}”") from None


def shell_user() -> str:
    """Who is at the shell: trusted, and recorded as `via`."""
    import getpass

    try:
        return f"shell:{getpass.getuser()}"
    except (KeyError, OSError):
        return "shell"


def _say(as_json: bool, content: Any, text: str) -> None:
    if as_json:
        document(content)
    else:
        sys.stderr.write(text.rstrip() + "\n")


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in JSON")
