"""A definition's shape as the words somebody would write for it: the plain values that are read back as the same shape."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, time
from fractions import Fraction
from typing import Any

from pydantic import BaseModel

from phases.definition import Definition, keys_of, known_keys
from phases.fit import fit, layout_plan
from phases.source import Value, read_source
from workflow.errors import DefinitionError

LAST = ("原文", "本级补充")
WORKDAYS = {"审核时限": "{}个工作日", "支部内部时间": "提前{}个工作日", "重复": "每{}个工作日"}


def shape_of(text: str, *, name: str = "definition") -> Definition:
    """The shape of a definition's text. Raises `DefinitionError` with the problems of the shape; what needs two places at once is
    for phases.compile."""
    source = read_source(text, known_keys(), layout_plan())
    shape = fit(source) if source.data else None
    if shape is None or source.problems:
        raise DefinitionError(name, source.problems)
    return shape


def written(shape: BaseModel) -> dict[str, Value]:
    """The keys of a mapping with their values, in the order in which people write them; what is as by default is left out."""
    pairs = dict(_pairs(shape))
    return {key: pairs[key] for key in in_order(type(shape)) if key in pairs}


def in_order(shape: type[BaseModel]) -> tuple[str, ...]:
    """The keys of a mapping, 原文 and 本级补充 last; those of the whole definition stand before its lists, where nobody takes them
    for the last item's."""
    keys = [key for key in keys_of(shape) if key not in LAST]
    at = keys.index("阶段") if shape is Definition else len(keys)
    return (*keys[:at], *LAST, *keys[at:])


def _pairs(shape: BaseModel) -> Iterator[tuple[str, Value]]:
    for name, field in type(shape).model_fields.items():
        value, key = getattr(shape, name), str(field.alias)
        if field.is_required() or value != field.default:
            yield key, _words(key, value)


def _words(key: str, value: Any) -> Value:
    if isinstance(value, BaseModel):
        return written(value)
    if key in ("数量", "频次") and isinstance(value, Mapping):
        named = {name: _words(name, each) for name, each in value.items()}
        return named[""] if set(named) == {""} else named
    if isinstance(value, Mapping):
        return {name: _words(name, each) for name, each in value.items()}
    if isinstance(value, tuple) and value and isinstance(value[0], int):
        return _amount(*value)
    if isinstance(value, tuple):
        return [_words(key, each) for each in value]
    return _word(key, value)


def _word(key: str, value: Any) -> str:
    if isinstance(value, bool):
        return ("按时间" if value else "按审核") if key == "推进" else "是" if value else "否"
    if isinstance(value, Fraction):
        return percent(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return f"{value:%H:%M}"
    return WORKDAYS.get(key, "{}").format(value) if isinstance(value, int) else str(value)


def _amount(least: int, most: int | None) -> str:
    return f"{least}以上" if most is None else str(least) if least == most else f"{least}-{most}"


def percent(share: Fraction) -> str:
    """3/10 is 30%; exact, however many decimals it takes."""
    figure, decimals = share * 100, 0
    while figure.denominator != 1 and decimals < 40:
        figure, decimals = figure * 10, decimals + 1
    digits = str(figure.numerator // figure.denominator).rjust(decimals + 1, "0")
    return f"{digits[: len(digits) - decimals]}{'.' if decimals else ''}{digits[len(digits) - decimals :]}%"
