"""Whether data have the shape a schema asks for: a small JSON Schema validator that speaks Chinese.

It knows the keywords our own schemas use, and refuses a schema with others, so that nothing is silently not checked.
`x-path` (how an element of a list is called, 第{n}条) and `x-labels` are ours; other validators ignore them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from math import isfinite
from types import MappingProxyType
from typing import Any

from workflow.errors import Reason

type_words = {
    "object": "一组填报项",
    "array": "列表",
    "string": "文字",
    "integer": "整数",
    "number": "数字",
    "boolean": "“是”或“否”（true 或 false）",
}
NOT_BLANK = r"\S"
_KEYWORDS = {"type", "properties", "required", "additionalProperties", "items", "enum", "minimum", "maximum"}
_KEYWORDS |= {"maxLength", "minItems", "maxItems", "pattern", "format", "x-path", "x-labels"}
_SAYINGS = {"$schema", "$id", "title", "description", "examples"}

Path = tuple[str | int, ...]


@dataclass(frozen=True, kw_only=True)
class Shape:
    """One node of a schema. `hint` is the Chinese half of its description; `element` names it when it stands in a list."""

    type: str
    title: str
    hint: str
    element: str = "第{n}条"
    properties: Mapping[str, Shape] = field(default_factory=lambda: MappingProxyType({}))
    required: tuple[str, ...] = ()
    items: Shape | None = None
    labels: tuple[str, ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    max_length: int | None = None
    min_items: int = 0
    max_items: int | None = None
    not_blank: bool = False
    is_date: bool = False


@dataclass(frozen=True, kw_only=True)
class Misfit:
    """One place that does not fit: `path` as JSON has it (`("items", 1, "due")`) and the reason for people."""

    path: Path
    reason: Reason


def read_shape(schema: Mapping[str, Any]) -> Shape:
    """The schema as values. Raises `ValueError` for a keyword this validator does not know."""
    if unknown := set(schema) - _KEYWORDS - _SAYINGS:
        raise ValueError(f"unknown keywords in a form's schema: {sorted(unknown)}")
    if schema.get("pattern", NOT_BLANK) != NOT_BLANK or schema.get("format", "date") != "date":
        raise ValueError(f"only the pattern {NOT_BLANK} and the format date are known: {schema['title']}")
    if schema["type"] == "object" and schema.get("additionalProperties") is not False:
        raise ValueError(f"an object of a form's schema takes no further properties: {schema['title']}")
    return Shape(
        type=schema["type"],
        title=schema["title"],
        hint=schema["description"].partition(" / ")[0],
        element=schema.get("x-path", Shape.element),
        properties=MappingProxyType({key: read_shape(inner) for key, inner in schema.get("properties", {}).items()}),
        required=tuple(schema.get("required", ())),
        items=read_shape(schema["items"]) if "items" in schema else None,
        labels=tuple(schema.get("enum", ())),
        minimum=schema.get("minimum"),
        maximum=schema.get("maximum"),
        max_length=schema.get("maxLength"),
        min_items=schema.get("minItems", 0),
        max_items=schema.get("maxItems"),
        not_blank="pattern" in schema,
        is_date="format" in schema,
    )


def misfits(shape: Shape, data: object) -> list[Misfit]:
    """Every place where `data` differ from `shape`, from top to bottom."""
    return list(_look(shape, data, (), ""))


def named(where: str, part: str) -> str:
    """A place in words: `第2条` and `整改期限` make `第2条.整改期限`."""
    return f"{where}.{part}" if where else part


def short(value: object) -> str:
    """What was found, quoted and cut to a length that fits a sentence."""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = value if isinstance(value, str) else repr(value)
    cut = f"{text[:20]}{'……' if len(text) > 20 else ''}"
    return f"“{cut}”" if isinstance(value, str) else cut


def _look(shape: Shape, value: object, path: Path, where: str) -> Iterator[Misfit]:
    if not _OF_TYPE[shape.type](value):
        yield _wrong_type(shape, value, path, where or shape.title)
    elif isinstance(value, dict):
        yield from _look_at_object(shape, value, path, where)
    elif isinstance(value, list):
        yield from _look_at_list(shape, value, path, where)
    elif isinstance(value, str):
        yield from _look_at_text(shape, value, path, where)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield from _look_at_number(shape, value, path, where)


def _look_at_object(shape: Shape, value: dict[str, object], path: Path, where: str) -> Iterator[Misfit]:
    for key in shape.required:
        if key not in value:
            inner = shape.properties[key]
            text = f"{named(where, inner.title)}：没有填写。"
            yield _misfit(path, "form-missing", text, f"请填写 {key}：{inner.hint}。")
    for key in value:
        if key not in shape.properties:
            known = "、".join(f"{inner.title}（{name}）" for name, inner in shape.properties.items())
            text = f"{where or shape.title}：没有{short(key)}这一项。"
            yield _misfit(path, "form-unknown", text, f"请删去它；可以填的有：{known}。")
    for key, inner in shape.properties.items():
        if key in value:
            yield from _look(inner, value[key], (*path, key), named(where, inner.title))


def _look_at_list(shape: Shape, value: list[object], path: Path, where: str) -> Iterator[Misfit]:
    if len(value) < shape.min_items:
        yield _misfit(path, "form-empty", f"{where}：一条也没有。", f"请至少填{shape.min_items}条。")
    if shape.max_items is not None and len(value) > shape.max_items:
        text = f"{where}：共{len(value)}条，最多{shape.max_items}条。"
        yield _misfit(path, "form-too-many", text, "请合并或分次报送。")
        return
    if shape.items is None:
        return
    above = where.rpartition(".")[0]  # an element is 第2条, not 整改条目.第2条
    for n, element in enumerate(value):
        yield from _look(shape.items, element, (*path, n), named(above, shape.items.element.format(n=n + 1)))


def _look_at_text(shape: Shape, value: str, path: Path, where: str) -> Iterator[Misfit]:
    if shape.labels and value not in shape.labels:
        choice = "、".join(shape.labels)
        yield _misfit(path, "form-choice", f"{where}：没有{short(value)}这个选项。", f"请从中选一个：{choice}。")
    if shape.is_date and not is_day(value):
        advice = "请写成年-月-日，如 2012-05-31，并核对确有这一天。"
        yield _misfit(path, "form-date", f"{where}：{short(value)}不是一个日期。", advice)
    elif shape.not_blank and not value.strip():
        yield _misfit(path, "form-missing", f"{where}：没有填写。", f"请填写：{shape.hint}。")
    elif shape.max_length is not None and len(value) > shape.max_length:
        text = f"{where}：共{len(value)}字，最多{shape.max_length}字。"
        yield _misfit(path, "form-length", text, f"请压缩，至少减{len(value) - shape.max_length}字。")


def _look_at_number(shape: Shape, value: float, path: Path, where: str) -> Iterator[Misfit]:
    low, high = shape.minimum, shape.maximum
    if (low is not None and value < low) or (high is not None and value > high):
        allowed = f"{low}到{high}之间的" if high is not None else f"不小于{low}的"
        text = f"{where}：{short(value)}超出范围。"
        yield _misfit(path, "form-range", text, f"请填{allowed}{type_words[shape.type]}。")


def _wrong_type(shape: Shape, value: object, path: Path, where: str) -> Misfit:
    found = "空（null）" if value is None else _found(value)
    text = f"{where}：应当是{type_words[shape.type]}，现在是{found}。"
    return _misfit(path, "form-type", text, f"请填写：{shape.hint}。")


def _found(value: object) -> str:
    if isinstance(value, dict | list):
        return type_words["object" if isinstance(value, dict) else "array"]
    if isinstance(value, str):
        return f"文字{short(value)}"
    return f"数字 {short(value)}" if _is_number(value) else short(value)


def _misfit(path: Path, code: str, text: str, unblock: str) -> Misfit:
    return Misfit(path=path, reason=Reason(code=code, text=text, unblock=unblock))


def is_day(text: str) -> bool:
    """True for `2012-05-31`; other ISO spellings (`20120531`, `2012-W22-4`) are not what the form asks for."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _is_number(value: object) -> bool:
    if isinstance(value, float):
        return isfinite(value)  # NaN is no JSON, though Python's reader lets it in
    return isinstance(value, int) and not isinstance(value, bool)


# As JSON Schema has it: true is no number, and 3.0 is an integer.
_OF_TYPE: Mapping[str, Callable[[object], bool]] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "integer": lambda value: _is_number(value) and value == int(value),  # type: ignore[call-overload]
    "number": _is_number,
    "boolean": lambda value: isinstance(value, bool),
}
