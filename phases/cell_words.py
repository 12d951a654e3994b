"""What stands in one cell of the 任务分解表 for a value of a definition, and what the words in a cell mean.

A list has one entry a line, what is counted one `名称: 数` a line. An entry that would be taken for something else (several in one,
a line of its own, a sign no cell keeps) stands between double quotes as in JSON, so that nothing is lost on the way.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator

from phases import emit
from phases.source import Value

EMPTY_LIST, EMPTY_MAPPING = "[]", "{}"
SPLIT = ("责任人", "谁办", "适用等次", "适用类别", "适用", "参加", "默认责任人", "方式", "等次")
"""Lists of short names: 甲、乙、丙 on one line are three. Elsewhere (材料, 写明) a comma may belong to the entry."""
_SEVERAL = re.compile("[，；,;]|(?<!（)、(?![^（]*）)")
_COLON = re.compile(r"\s*(?:(?<!\d)[:：]|[:：](?!\d))\s*")
_UNSEEN = "\u200b\u200c\u200d\u2060\ufeff"
_UNKEPT = re.compile(rf"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff{_UNSEEN}]|_x[0-9A-Fa-f]{{4}}_")
_STRING = json.JSONDecoder()


class Unclear(ValueError):
    """Words in a cell that can mean several things, or nothing. `str(error)` says in Chinese what was found and what to do."""


def cell_words(value: Value, kind: str) -> str:
    """The words of a cell for a value of this kind (see `columns.Slot`)."""
    if isinstance(value, dict):
        return "\n".join(f"{_name(name)}: {_one_line(str(each))}" for name, each in value.items()) or EMPTY_MAPPING
    if isinstance(value, list):
        return "\n".join(_entry(str(each), kind) for each in value) or EMPTY_LIST
    words = str(value)
    if kind == "named":
        return quoted(words) if _COLON.search(words) else _one_line(words)
    return quoted(words) if _is_odd(words) else words


def meaning(words: str, kind: str, key: str) -> Value:
    """The value that the words of a cell mean under a key of this kind. Raises `Unclear`."""
    if words.strip() == EMPTY_LIST:
        return []
    if words.strip() == EMPTY_MAPPING:
        return {}
    if kind in ("list", "names"):
        return [entry for line in _lines(words) for entry in _entries(line, kind, key)]
    if kind == "named":
        return _named(list(_lines(words)))
    return _said(words)


def quoted(words: str) -> str:
    """The words between double quotes, without any sign that a spreadsheet or its reader changes."""
    return re.sub(f"[{_UNSEEN}]|_(?=x)", lambda m: f"\\u{ord(m[0]):04x}", emit.quoted(words))


def _is_odd(words: str) -> bool:
    return (
        words.startswith('"')
        or words in (EMPTY_LIST, EMPTY_MAPPING)
        or words != words.strip()
        or _UNKEPT.search(words) is not None
    )


def _one_line(words: str) -> str:
    return quoted(words) if _is_odd(words) or "\n" in words else words


def _entry(words: str, kind: str) -> str:
    return quoted(words) if kind == "names" and _SEVERAL.search(words) else _one_line(words)


def _name(words: str) -> str:
    return quoted(words) if not words or _COLON.search(words) else _one_line(words)


def _lines(words: str) -> Iterator[str]:
    return (line.strip() for line in re.split(r"[\r\n]+", words) if line.strip())


def _said(words: str) -> str:
    plain = words.translate(dict.fromkeys(map(ord, _UNSEEN))).strip()
    said, end = _string(plain)
    return said if end == len(plain) else plain


def _string(words: str) -> tuple[str, int]:
    """What stands between double quotes at the beginning, and where it ends; 0 if nothing does."""
    if words.startswith('"'):
        with contextlib.suppress(ValueError):
            said, end = _STRING.raw_decode(words)
            return str(said), end
    return "", 0


def _entries(line: str, kind: str, key: str) -> list[str]:
    said = _said(line)
    if _string(line)[1] == len(line) or kind == "list" or not (mark := _SEVERAL.search(said)):
        return [said]
    if key in SPLIT:
        return [part.strip() for part in _SEVERAL.split(said) if part.strip()]
    raise Unclear(f"“{said}”像是几项写成了一项（有“{mark[0]}”）；请一行写一项（Alt+Enter 换行），若确是一项，请加英文双引号")


def _named(lines: list[str]) -> Value:
    """`甲: 1` a line; a single value without a name stands for itself."""
    pairs = [_pair(line) for line in lines]
    if len(pairs) == 1 and pairs[0][0] is None:
        return pairs[0][1]
    named: dict[str, Value] = {}
    for name, words in pairs:
        if name is None:
            raise Unclear(f"“{words}”前面没有名称；几样就一行一样，写成 名称: 内容")
        if name in named:
            raise Unclear(f"“{name}”写了两次；请删去一处或并成一处")
        named[name] = words
    return named


def _pair(line: str) -> tuple[str | None, str]:
    name, end = _string(line)
    if end == len(line) > 0:
        return None, name
    if end and (m := re.compile(r"\s*[:：]\s*").match(line, end)):
        return name, _said(line[m.end() :])
    if m := _COLON.search(line):
        return _said(line[: m.start()]), _said(line[m.end() :])
    return None, _said(line)
