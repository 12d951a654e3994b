"""How the command answers: one JSON document on stdout, or Chinese text; refusals and errors with their exit codes."""

from __future__ import annotations

import errno
import json
import os
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console

    from duban.clock import Clock
    from duban.engine import Engine
    from duban.sandbox import Identity
    from workflow.errors import Problem, Reason


def _or_before_the_verb(context: typer.Context, parameter: typer.CallbackParam, value: Any) -> Any:
    """`duban --db URL status` means the same as `duban status --db URL`."""
    return value if value else context.find_root().params.get(parameter.name or "", value)


Db = Annotated[
    str | None,
    typer.Option(
        "--db", help="数据库；默认 DUBAN_DATABASE_URL 或 sqlite:///duban.db", metavar="URL", callback=_or_before_the_verb
    ),
]
Json = Annotated[bool, typer.Option("--json", help="在标准输出给出一份 JSON", callback=_or_before_the_verb)]
Campaign = Annotated[str | None, typer.Option("--campaign", help="活动的编号或名称；只有一个活动时不用写", metavar="C")]

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class ReadEnough(Exception):
    """Whoever read the output (`head`) has gone: nothing is wrong, and there is nobody left to tell."""


def document(content: Any) -> None:
    """The one JSON document on stdout; in plain ASCII where the place of output does not speak UTF-8."""
    plain = (sys.stdout.encoding or "").replace("-", "").lower() != "utf8"
    try:
        typer.echo(json.dumps(content, ensure_ascii=plain, default=_plain))
    except BrokenPipeError:
        raise ReadEnough from None


def console() -> Console:
    """Where text for people goes; widths of Chinese characters are right in its tables, and no name is read as a markup."""
    from rich.console import Console

    class Plain(Console):
        def on_broken_pipe(self) -> None:
            raise ReadEnough

    return Plain(highlight=False, markup=False, emoji=False)


def say(text: str, *, hang: int = 0, out: Console | None = None, style: str = "") -> None:
    """A sentence: on a terminal folded where Chinese may break, elsewhere on one line, for grep."""
    from duban.cli.lines import folded

    out = out or console()
    lines = folded(text, out.width, hang=hang) if out.is_terminal else [text]
    for line in lines:
        out.print(line, soft_wrap=True, style=style)


@contextmanager
def answering(as_json: bool) -> Iterator[None]:
    """Turn what goes wrong into one clear answer and an exit code."""
    from workflow.errors import DubanError, FileError, Refused, UsageError

    try:
        yield
    except UsageError as error:
        raise typer.Exit(wrong_usage(str(error), as_json=as_json)) from None
    except Refused as refusal:
        reasons = [reason_document(reason) for reason in refusal.reasons]
        _complain(as_json, {"refused": reasons}, "\n".join(sentences(refusal.reasons)))
        raise typer.Exit(1) from None
    except FileError as error:
        _complain(as_json, {"problems": [problem_document(p) for p in error.problems]}, str(error))
        raise typer.Exit(1) from None
    except DubanError as error:
        content = {"code": error.code, "text": str(error), "candidates": list(error.candidates)}
        _complain(as_json, {"error": content}, str(error))
        raise typer.Exit(1) from None
    except BrokenPipeError:
        raise
    except OSError as error:
        if error.filename is None:
            raise
        text = f"“{os.fsdecode(error.filename)}”{_why(error)}"
        _complain(as_json, {"error": {"code": "file", "text": text, "candidates": []}}, text)
        raise typer.Exit(1) from None


def reason_document(reason: Reason) -> dict[str, str]:
    return {"code": reason.code, "text": reason.text, "unblock": reason.unblock}


def problem_document(problem: Problem) -> dict[str, Any]:
    return {"line": problem.line, "path": problem.path, "text": problem.text}


def sentences(reasons: Iterable[Reason]) -> list[str]:
    """A line a reason: why not, and what would unblock it. What unblocks them all alike is said once, at the end."""
    listed = list(reasons)
    same = len(listed) > 1 and len({reason.unblock for reason in listed}) == 1
    lines = [_sentence(reason.text, "" if same else reason.unblock) for reason in listed]
    return [*lines, _sentence(listed[0].unblock, "")] if same and listed[0].unblock else lines


def _sentence(*parts: str) -> str:
    return "".join(part.rstrip("。") + "。" for part in parts if part)


def wrong_usage(text: str, *, as_json: bool) -> int:
    """The words typed were not understood."""
    _complain(as_json, {"error": {"code": "usage", "text": text}}, text)
    return 2


def unexpected(error: Exception, *, as_json: bool = False) -> int:
    """An error of ours: one sentence and the place, for whoever reports it."""
    import traceback

    from duban.rooms import ForeignRoom

    if isinstance(error, ForeignRoom):
        _complain(as_json, {"error": {"code": "foreign-room", "text": str(error)}}, str(error))
        return 3
    last = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{os.path.basename(last.filename)}:{last.lineno}"
    said = " ".join(str(error).split())
    text = f"程序出错（{type(error).__name__}: {said}；{place}）。数据没有写入一半；请把这一行告诉维护人员。"
    _complain(as_json, {"error": {"code": "unexpected", "text": text}}, text)
    if os.environ.get("DUBAN_TRACEBACK"):
        traceback.print_exception(error)
    return 3


def open_engine(db: str | None) -> Engine:
    """The engine for `--db`, with the settings of this folder, and in a sandbox the clock of `DUBAN_CLOCK`."""
    from pathlib import Path

    from duban import rooms

    rooms.check()  # before anything of them is imported
    from duban import sandbox, settings
    from duban.engine import Engine
    from storage.database import Database, prepare

    here = Path.cwd()
    known = settings.load(here)
    url = settings.database_url(here, db)
    database = Database(url)
    try:
        given = clock_words()
        if given is not None:
            _refuse_clock_of_none(database.path)
        prepare(database)
        found = sandbox.identify(database)
    finally:
        database.close()
    return Engine(url, clock=_clock(found, given), settings=known)


def clock_words() -> str | None:
    """`DUBAN_CLOCK`; set to nothing, it is not set."""
    return os.environ.get("DUBAN_CLOCK") or None


def _clock(found: Identity, given: str | None) -> Clock | None:
    """A sandbox lives by `DUBAN_CLOCK`, any other database by real time."""
    from duban import sandbox
    from workflow.errors import UsageError

    if found.sandbox:
        return sandbox.sandbox_clock(found, given)
    if given is not None:
        raise UsageError("这个数据库按真实时间运行，不能用 DUBAN_CLOCK；沙盘请用 duban db create --sandbox 新建")
    return None


def _refuse_clock_of_none(path: Path | None) -> None:
    """A database that would come to be on first use would not be a sandbox: refuse before anything is made."""
    from workflow.errors import UsageError

    if path is not None and not path.exists():
        raise UsageError(f"没有沙盘“{path}”，不能用 DUBAN_CLOCK；请先运行 duban db create --sandbox")


def parse_day(words: str, option: str) -> date:
    """`2012-03-30` -> a day; anything else is wrong usage, also a year that calendars can't count from."""
    from duban.clock import YEARS
    from workflow.errors import UsageError

    try:
        found = date.fromisoformat(words) if _DAY.fullmatch(words) else None
    except ValueError:
        found = None
    if found is None:
        raise UsageError(f"{option} 要写成 2012-03-30 这样的日期，现在是“{words}”")
    if found.year not in YEARS:
        raise UsageError(f"{option} 的年份应在{YEARS.start}到{YEARS.stop - 1}之间，现在是“{words}”：请核对")
    return found


def shell_user() -> str:
    """Who is at the shell: trusted, and recorded as `via`."""
    import getpass

    try:
        return f"shell:{getpass.getuser()}"
    except (KeyError, OSError):
        return "shell"


def _complain(as_json: bool, content: Any, text: str) -> None:
    if as_json:
        document(content)
    else:
        sys.stderr.write(text.rstrip() + "\n")


WHY = {
    errno.ENOENT: "所在的文件夹不存在：请先建立，或换一个路径",
    errno.EACCES: "没有权限：请检查文件和文件夹的权限，或换一个路径",
    errno.EPERM: "没有权限：请检查文件和文件夹的权限，或换一个路径",
    errno.EROFS: "在只读的磁盘上：请换一个路径",
    errno.EEXIST: "已经存在，而且不是文件夹：请换一个路径",
    errno.ENOTDIR: "不是文件夹：请换一个路径",
    errno.EISDIR: "是一个文件夹：请写到文件名",
    errno.ENOSPC: "写不下了：磁盘已满，请清理后再试",
    errno.ENAMETOOLONG: "名称太长：请换一个短一些的",
}


def _why(error: OSError) -> str:
    return WHY.get(error.errno or 0, f"不能读写：{error.strerror}")


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in JSON")
