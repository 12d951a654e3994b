"""What of a letter goes to a group's robot, and what into a text message?

A group reads along: no recipient, no post, no word that a person wrote (退回意见, 回应), no matter about which a leader decides (提请).
Units, tasks, days and the named contact remain.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar
from urllib.parse import quote

from notifications.digest import Digest, Units
from notifications.forms import COUNT, Blocks, Item, protect

MACROS = ("head", "own", "review", "below", "more", "foot")
"""What a `robot.md.j2` defines: each takes the letter, `own` a line, `review` and `below` a group, `more` a number besides."""

_PRIVATE = ("returned_text", "answered_text", "answered")
_Value = TypeVar("_Value")
Say = Callable[..., str]


class NoFact(ValueError):
    """A line of a text message's facts that is no 「名称：值」."""

    def __init__(self, line: str) -> None:
        super().__init__(f"每一行要写成“名称：值”，名称不重复，值不能空；现在有一行是“{line}”")


def public(letter: Digest) -> Digest:
    """The letter without its reader, every text of it protected."""
    link = quote(letter.link, safe=":/?#@!$&'*+,;=%-._~") if letter.link and letter.web_link else letter.link
    # `web_link` decides whether the link is one; any other is words and protected like words.
    hidden = replace(_protected(letter), recipient="", role="")
    return replace(hidden, link=link) if letter.web_link else hidden


def blocks(say: Say, letter: Digest) -> Blocks:
    """The pieces of a robot's message; `say(macro, …)` asks the template. `letter` is public."""
    return Blocks(
        head=say("head", letter).strip(),
        items=tuple(_items(say, letter)),
        more=say("more", letter, COUNT).strip(),
        foot=say("foot", letter).strip(),
        total=total(letter),
    )


def total(letter: Digest) -> int:
    """How many duties the letter tells of."""
    return letter.own.total + letter.review.lines + letter.below.lines + letter.ask.lines


def facts(text: str) -> dict[str, str]:
    """The parameters of a text message, from lines 「名称：值」. Raises `NoFact` for the first line that is none."""
    found: dict[str, str] = {}
    for line in filter(str.strip, text.splitlines()):
        name, colon, value = line.partition("：")
        if not (colon and name.strip() and value.strip()) or name.strip() in found:
            raise NoFact(line.strip())
        found[name.strip()] = value.strip()
    return found


def _items(say: Say, letter: Digest) -> Iterable[Item]:
    for line in letter.own.lines:
        yield Item(text=say("own", letter, line).strip(), count=1)
    for kind in ("review", "below"):
        units: Units = getattr(letter, kind)
        for group in units.groups:
            yield Item(text=say(kind, letter, group).strip(), count=group.total)


def _protected(value: _Value) -> _Value:
    """A copy with every text protected and every private one left out."""
    if is_dataclass(value) and not isinstance(value, type):
        changed: dict[str, Any] = {}
        for field in fields(value):
            old = getattr(value, field.name)
            new = None if field.name in _PRIVATE else _protected(old)
            if new is not old:
                changed[field.name] = new
        return replace(value, **changed) if changed else value
    made: Any = value
    if isinstance(value, str):
        made = protect(value)
    elif isinstance(value, tuple):
        made = tuple(_protected(item) for item in value)
    return made  # type: ignore[no-any-return]
