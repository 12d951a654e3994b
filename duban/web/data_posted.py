"""What was posted in the fields of a form, as data again: complete or half-way, with a row more or less."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from duban.service.known import Known
from duban.web.data_forms import ROOT, shape_of
from phases.forms.shape import Shape

ROW_LIMIT = 2000
EMPTY: tuple[object, ...] = ([], {}, "")
Change = Callable[[list[Any], Any], list[Any]]


def posted_data(form: str, fields: Iterable[tuple[str, str]], known: Known) -> dict[str, Any]:
    """What was posted, as data: empty rows are kept, empty fields left out."""
    said = {name: value for name, value in fields if name.startswith(ROOT + ".")}
    return known.completed(_data(shape_of(form), said, ROOT))


def complete(data: Mapping[str, Any], known: Known) -> dict[str, Any]:
    """The same as it is submitted: without rows in which nothing was filled in, except those that are given."""
    return {key: value if key in known.lists else _pruned(value) for key, value in data.items() if _pruned(value) not in EMPTY}


def with_row(data: Mapping[str, Any], form: str, place: str) -> dict[str, Any]:
    """One more row of the list at a place (`items`, `groups.0.options`). Unchanged if there is no such list."""
    return _changed(data, form, place, lambda rows, empty: [*(rows or [empty]), empty])


def without_row(data: Mapping[str, Any], form: str, place: str, no: int) -> dict[str, Any]:
    """One row less."""
    return _changed(data, form, place, lambda rows, _: [row for n, row in enumerate(rows) if n != no])


def _data(shape: Shape, said: Mapping[str, str], name: str) -> Any:
    if shape.type == "object":
        found = {key: _data(inner, said, f"{name}.{key}") for key, inner in shape.properties.items()}
        return {key: value for key, value in found.items() if value not in ("", None)}
    if shape.items is not None:
        numbers = sorted(_numbers(said, name))[:ROW_LIMIT]
        return [_data(shape.items, said, f"{name}.{no}") for no in numbers] or None
    return _value(shape, said.get(name, ""))


def _numbers(said: Mapping[str, str], name: str) -> set[int]:
    """The rows of a list that were posted."""
    heads = (field[len(name) + 1 :].partition(".")[0] for field in said if field.startswith(f"{name}."))
    return {int(head) for head in heads if head.isascii() and head.isdigit() and len(head) <= 4}


def _value(shape: Shape, text: str) -> Any:
    """A text as what the field asks for; what is no number stays a text, and is then said to be none."""
    words = text.replace("\r\n", "\n").strip()
    if shape.type in ("integer", "number"):
        plain = unicodedata.normalize("NFKC", words).removesuffix("%")
        if re.fullmatch(r"-?\d{1,15}", plain, re.ASCII):
            return int(plain)
        return float(plain) if re.fullmatch(r"-?\d{1,15}\.\d{1,15}", plain, re.ASCII) else words
    if shape.type == "boolean":
        return {"true": True, "false": False}.get(words, words)
    return words


def _pruned(value: Any) -> Any:
    if isinstance(value, dict):
        kept = {key: _pruned(inner) for key, inner in value.items()}
        return {key: inner for key, inner in kept.items() if inner not in EMPTY}
    if isinstance(value, list):
        return [inner for inner in map(_pruned, value) if inner not in EMPTY]
    return value


def _changed(data: Mapping[str, Any], form: str, place: str, change: Change) -> dict[str, Any]:
    return dict(_at(shape_of(form), dict(data), place.split("."), change))


def _at(shape: Shape, data: Any, place: list[str], change: Change) -> Any:
    """`data` with the list at `place` changed."""
    if not place:
        if shape.items is None:
            return data
        return change(data if isinstance(data, list) else [], {} if shape.items.type == "object" else "")
    head, rest = place[0], place[1:]
    if shape.type == "object" and head in shape.properties and (rest or shape.properties[head].items is not None):
        made = dict(data) if isinstance(data, dict) else {}
        return made | {head: _at(shape.properties[head], made.get(head), rest, change)}
    if shape.items is not None and isinstance(data, list) and head.isascii() and head.isdigit() and len(head) <= 4:
        rows = list(data)
        if int(head) < len(rows):
            rows[int(head)] = _at(shape.items, rows[int(head)], rest, change)
        return rows
    return data
