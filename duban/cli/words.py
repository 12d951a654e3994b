"""What Typer says in English, said in Chinese: help, wrong usage, and the exit code of everything."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from duban.cli.lines import folded

ROOM = 80
SAID = (
    (re.compile(r"^Usage: ", re.M), "用法："),
    (re.compile(r"^Options:$", re.M), "选项："),
    (re.compile(r"^Arguments:$", re.M), "参数："),
    (re.compile(r"^Commands:$", re.M), "命令："),
    (re.compile(r"\bShow this message and exit\."), "显示这份说明"),
    (re.compile(r"\[required\]"), "［必填］"),
    (re.compile(r"\[default: ([^\]]*)\]"), r"［默认 \1］"),
    (re.compile(r"\[OPTIONS\]"), "［选项］"),
    (re.compile(r"\{([A-Z]+)\}"), r"\1"),
    (re.compile(r"COMMAND \[ARGS\]\.\.\."), "命令 …"),
)
_UNNAMED = re.compile(r"<[a-z]+(?: range|\[\w+\])?>")
"""How Typer calls a value without a name of its own. Replaced by as many cells, so that columns stay."""
_ENTRY = re.compile(r" {2}\S(?:.*?\S)?(?: {2,})(?=\S)")


class Verb(TyperCommand):
    """A verb whose help is in Chinese and at most 80 cells wide."""

    def get_help(self, ctx: typer.Context) -> str:  # type: ignore[override]  # its base names the private class of the same thing
        return in_chinese(super().get_help(ctx))


class Verbs(TyperGroup):
    """A group of verbs; the outermost turns whatever happens into one answer and an exit code."""

    def get_help(self, ctx: typer.Context) -> str:  # type: ignore[override]
        return in_chinese(super().get_help(ctx))

    def main(self, args: Sequence[str] | None = None, *, standalone_mode: bool = True, **more: Any) -> Any:  # type: ignore[override]
        """Exit codes: 0 done, 1 the answer is no, 2 wrong usage, 3 unexpected, 130 interrupted."""
        from duban.cli.speak import ReadEnough, unexpected, wrong_usage

        words = [_as_typed(word) for word in (sys.argv[1:] if args is None else args)]
        _readable()
        try:
            code = super().main(words, standalone_mode=False, **more)
            sys.stdout.flush()
        except typer.TyperException as error:
            code = wrong_usage(explained(error), as_json="--json" in words)
        except (ReadEnough, BrokenPipeError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            code = 0
        except Exception as error:
            code = unexpected(error, as_json="--json" in words)
        if not standalone_mode:
            return code
        sys.exit(code if isinstance(code, int) else 0)


class Face(typer.Typer):
    """A Typer whose verbs and groups speak Chinese."""

    def __init__(self, **more: Any) -> None:
        super().__init__(cls=Verbs, add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False, **more)

    def command(self, name: str | None = None, **more: Any) -> Callable[[Any], Any]:
        return super().command(name, **({"cls": Verb} | more))


def in_chinese(text: str) -> str:
    """Help as Typer makes it, in Chinese, folded by cells instead of characters."""
    for pattern, words in SAID:
        text = pattern.sub(words, text)
    text = _UNNAMED.sub(lambda found: "…".ljust(len(found[0])), text)
    lines: list[str] = []
    for line in text.split("\n"):
        entry = _ENTRY.match(line)
        lines += folded(line, ROOM, hang=len(entry[0]) if entry else len(line) - len(line.lstrip()))
    return "\n".join(lines)


def explained(error: typer.TyperException) -> str:
    """One sentence: what of the words typed was not understood, and what to type instead."""
    if type(error).__name__ == "NoArgsIsHelpError":
        return error.format_message()
    hint = getattr(getattr(error, "ctx", None), "command_path", "duban")
    return f"{_what(error)}。用法见 {hint} -h"


def _what(error: typer.TyperException) -> str:
    kind, said = type(error).__name__, error.format_message()
    name = getattr(error, "option_name", "")
    if kind == "NoSuchOption":
        return f"没有选项 {name}" + _perhaps(getattr(error, "possibilities", None) or ())
    if kind == "MissingParameter":
        return f"少了 {_names(error)}"
    if kind == "BadOptionUsage":
        return f"{name} 后面不用写值" if "not take" in said else f"{name} 后面要写值"
    if kind == "BadParameter":
        return f"{_names(error)} 要写成{'整数' if 'integer' in said else '数字' if 'number' in said else '说明里的样子'}"
    if found := re.match(r"No such command '(.*?)'", said):
        return f"没有命令“{found[1]}”" + _perhaps(_similar(error, found[1]))
    if found := re.search(r"extra arguments?.*\((.*)\)", said):
        return f"多了“{found[1]}”"
    return "还要写一个命令" if said.startswith("Missing command") else f"看不懂（{said}）"


def _names(error: typer.TyperException) -> str:
    parameter = getattr(error, "param", None)
    return str(parameter.get_error_hint()).replace("'", "") if parameter is not None else "一个参数"


def _similar(error: typer.TyperException, name: str) -> list[str]:
    command = getattr(getattr(error, "ctx", None), "command", None)
    return get_close_matches(name, list(getattr(command, "commands", ())))


def _perhaps(names: Sequence[str]) -> str:
    return f"；是不是 {'、'.join(names)}" if names else ""


def _as_typed(word: str) -> str:
    """A word of the command line where Python took the shell for one that speaks ASCII only (LC_ALL=POSIX), or the shell speaks GBK."""
    try:
        word.encode()
    except UnicodeEncodeError:
        typed = os.fsencode(word)
        for encoding in ("utf-8", "gb18030"):
            try:
                return typed.decode(encoding)
            except UnicodeDecodeError:
                continue
    return word


def _readable() -> None:
    """Where the place of output cannot write Chinese (LC_ALL=C, ASCII), UTF-8; a mark that GBK lacks becomes a question mark."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is None:
            continue
        try:
            "督办".encode(stream.encoding)
        except (UnicodeEncodeError, LookupError):
            reconfigure(encoding="utf-8")
        reconfigure(errors="replace")


__all__ = ["Face", "Verb", "Verbs", "explained", "in_chinese"]
