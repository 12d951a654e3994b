"""How does a letter become a few short pieces, for channels that count bytes (群机器人)?

A piece may use two marks of Markdown, `**bold**` and `[words](link)`. Names and other data cannot: what could be read as a mark, a
mention or a tag is *protected*, moved to private code points until a channel says how it shows them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

ACTIVE = "\\`*_[]<>#!|~&@"
_PRIVATE, _WIDE = 0xE000, 0xFEE0
_TAKEN = re.compile(f"[{chr(_PRIVATE)}-{chr(_PRIVATE + 0xFF)}]")
_PROTECT = {ord(char): _PRIVATE + ord(char) for char in ACTIVE}
_PLAIN = {private: char for char, private in _PROTECT.items()}
_WIDENED = {private: char + _WIDE for char, private in _PROTECT.items()}

COUNT = chr(_PRIVATE + 0xFF)  # stands for a number that is known only when the pieces have been cut
_LINK = re.compile(r"\[([^\[\]\n]*)\]\(([^()\s]*)\)")


@dataclass(frozen=True, kw_only=True)
class Item:
    """One line of a short message. `count` is the number of duties it tells of."""

    text: str
    count: int


@dataclass(frozen=True, kw_only=True)
class Blocks:
    """A letter in pieces: `head`, `items` in the order of their weight, `foot`. `total` counts the duties of the whole letter.

    `more` is what is said of duties that no shown item tells of, 「……另有N件，见 …」, with `COUNT` where N belongs.
    """

    head: str
    items: tuple[Item, ...]
    more: str
    foot: str
    total: int


def protect(text: str) -> str:
    """Data as it may stand among marks: nothing in it is one."""
    return _TAKEN.sub("", text).translate(_PROTECT)


def plain(text: str) -> str:
    """Protected data as it was. For channels that show everything as written."""
    return text.translate(_PLAIN)


def lookalike(text: str) -> str:
    """Protected data in full width (＊ for *), where a channel knows no way to write a mark that is none."""
    return text.translate(_WIDENED)


def unmarked(text: str) -> str:
    """A piece without marks: bold vanishes, `[words](link)` becomes 「words：link」."""
    return _LINK.sub(r"\1：\2", text).replace("**", "")


def spans(line: str) -> Iterable[tuple[str, str | None]]:
    """A line in (words, link or None), without bold."""
    at = 0
    for found in _LINK.finditer(line):
        if found.start() > at:
            yield line[at : found.start()].replace("**", ""), None
        yield found[1].replace("**", ""), found[2]
        at = found.end()
    if at < len(line):
        yield line[at:].replace("**", ""), None


def fitted(blocks: Blocks, make: Callable[[tuple[str, ...]], bytes], limit: int) -> bytes | None:
    """What `make` makes of the pieces, with as many items as stay within `limit` bytes; None if it is too long without any.

    Cut only between items; what is not told of is counted.
    """
    for shown in range(len(blocks.items), -1, -1):
        made = make(pieces(blocks, shown))
        if len(made) <= limit:
            return made
    return None


def pieces(blocks: Blocks, shown: int) -> tuple[str, ...]:
    """The paragraphs of a message that lists its first `shown` items."""
    items = blocks.items[:shown]
    missing = blocks.total - sum(item.count for item in items)
    more = (blocks.more.replace(COUNT, str(missing)),) if missing else ()
    return (blocks.head, *(item.text for item in items), *more, blocks.foot)
