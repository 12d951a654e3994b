"""How the values of a definition are written as YAML: block style, quoted only where YAML or our traps would read something else."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from unicodedata import east_asian_width

from phases.definition import known_keys
from phases.source import Place, Value

WIDTH = 100
_WORD = r"一-鿿A-Za-z0-9“”〔〕《》（）·—.%％-"
_PLAIN = re.compile(rf"(?=[^一-鿿]*[一-鿿])[一-鿿A-Za-z0-9“〔《（][{_WORD}，。；、]*")
_PLAIN_IN_LIST = re.compile(rf"(?=[^一-鿿]*[一-鿿])[一-鿿A-Za-z0-9“〔《（][{_WORD}]*")
_FIGURE = re.compile(r"\d{4}-\d{2}-\d{2}|\d{1,4}(?:%|-\d{1,4})?", re.ASCII)
# What YAML does not take raw, and the braces whose inside our traps look into.
_ESCAPED = re.compile(r"[\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff{｛]")
_FOLDED = re.compile(
    r"[^\n\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]+(?:\n[^\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]*)+"
)


def scalar(words: str, *, in_list: bool = False) -> str:
    """A value on one line that is read back as these very words."""
    plain = _PLAIN_IN_LIST if in_list else _PLAIN
    return words if plain.fullmatch(words) or _FIGURE.fullmatch(words) else quoted(words)


def quoted(words: str) -> str:
    """The words between double quotes, whatever is in them."""
    return _ESCAPED.sub(lambda m: f"\\u{ord(m[0]):04x}", json.dumps(words, ensure_ascii=False))


def listed(words: Iterable[str]) -> str:
    """A list on one line."""
    return "[" + ", ".join(scalar(word, in_list=True) for word in words) + "]"


def yaml_lines(values: Mapping[str, Value]) -> Iterator[tuple[Place, str]]:
    """The lines of a definition with its `values` in this order, each with the place it tells of; blocks stand apart."""
    for key, value in values.items():
        lines = list(_text_block(key, value) if _is_text_block(value) else _pair(key, value, (key,), 0))
        if len(lines) > 1:
            yield (), ""
        yield from lines


def _is_text_block(value: Value) -> bool:
    return isinstance(value, str) and _FOLDED.fullmatch(value) is not None


def _text_block(key: str, value: Value) -> Iterator[tuple[Place, str]]:
    """Words of several lines, as they are."""
    yield (key,), f"{key}: |"
    yield from (((key,), f"  {line}" if line else "") for line in str(value).split("\n"))


def _pair(key: str, value: Value, place: Place, indent: int) -> Iterator[tuple[Place, str]]:
    head = " " * indent + f"{_name(key, place)}:"
    if value is None or isinstance(value, str):
        yield place, f"{head} {scalar(value)}" if value is not None else head
    elif isinstance(value, dict):
        yield place, head if value else f"{head} {{}}"
        for inner, content in value.items():
            yield from _pair(inner, content, (*place, inner), indent + 2)
    elif all(isinstance(item, str) for item in value):
        yield from _words(head, [str(item) for item in value], place, indent)
    else:
        yield place, head
        for at, item in enumerate(value):
            yield from _item(item, (*place, at), indent)


def _name(key: str, place: Place) -> str:
    """Keys of a definition stand bare. A name that somebody gave (an event, what is counted) might look like one."""
    given = len(place) > 1 and place[-2] in ("日期", "数量", "频次")
    return key if not given else quoted(key) if key in known_keys() else scalar(key, in_list=True)


def _words(head: str, words: list[str], place: Place, indent: int) -> Iterator[tuple[Place, str]]:
    """A list of words: a single one bare, a short list on one line, a long one line by line."""
    if len(words) == 1 and scalar(words[0], in_list=True) == words[0]:
        yield place, f"{head} {words[0]}"
        return
    line = f"{head} {listed(words)}"
    if _columns(line) <= WIDTH or not words:
        yield place, line
        return
    yield place, head
    yield from (((*place, at), f"{' ' * indent}  - {scalar(word, in_list=True)}") for at, word in enumerate(words))


def _item(item: Value, place: Place, indent: int) -> Iterator[tuple[Place, str]]:
    """One mapping of a list: a dash before its first key."""
    pairs = item.items() if isinstance(item, dict) else ()
    lines = [line for key, value in pairs for line in _pair(key, value, (*place, key), indent + 4)]
    for no, (where, line) in enumerate(lines):
        yield where, line if no else f"{' ' * indent}  - {line.lstrip()}"
    if not lines:
        yield place, f"{' ' * indent}  - {{}}"


def _columns(line: str) -> int:
    return sum(2 if east_asian_width(sign) in "WFA" else 1 for sign in line)
