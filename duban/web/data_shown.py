"""What somebody sent in a form, as read rather than filled in: lines, lists and tables in the words of the form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from phases.forms import FORMS, schema
from phases.forms.shape import Shape, is_day, read_shape
from workflow.workdays import short

BRIEF = 12
"""Characters of a value short enough to be named beside others in one line."""
NUMBER_COLUMN = "no"
CODE_COLUMN = "单位编号"
NOTE = "note"
"""The one thing that may be said where a task has no form."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """One thing with its words: 自评得分, 86.5."""

    title: str
    text: str

    @property
    def is_brief(self) -> bool:
        return len(self.text) <= BRIEF and "\n" not in self.text


@dataclass(frozen=True, kw_only=True)
class Points:
    """A list of sentences under a title."""

    title: str
    points: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Table:
    """A list of entries under a title, one a row; columns that no entry fills in are left out."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


Block = Line | Points | Table


def data_shown(
    form: str | None,
    data: Mapping[str, Any] | None,
    *,
    problems: Mapping[int, str] | None = None,
    names: Mapping[str, str] | None = None,
) -> tuple[Block, ...]:
    """Data of a form (one of `phases.forms.FORMS`) in its order; without a form the note that came with it; else empty.

    What a form of today does not know any more is shown under its own key. `problems` are those of a plan by their numbers: results, which
    name only the number, are shown beside them. `names` are those of units by their codes: grades are read by name.
    """
    if form is None and data is not None and isinstance(data.get(NOTE), str):
        return (Line(title="说明", text=data[NOTE]),)
    if form not in FORMS or data is None:
        return ()
    shape = _shape(form)
    blocks = [_block(_of(shape, key), value) for key, value in _in_order(shape, data)]
    if names:
        blocks = [_by_name(block, names) for block in blocks]
    return tuple(_beside(block, data, problems) if problems else block for block in blocks)


def brief(blocks: Sequence[Block]) -> tuple[Line, ...]:
    """What of it can be said in one line: scores, grades, days."""
    return tuple(block for block in blocks if isinstance(block, Line) and block.is_brief)


def long(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """The rest of it."""
    return tuple(block for block in blocks if not (isinstance(block, Line) and block.is_brief))


@cache
def _shape(form: str) -> Shape:
    return read_shape(schema(form))


def _in_order(shape: Shape, data: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """What is filled in, as the form has it; then what it does not know."""
    known = [key for key in shape.properties if key in data]
    return [(key, data[key]) for key in [*known, *(key for key in data if key not in shape.properties)]]


def _of(shape: Shape, key: str) -> Shape:
    return shape.properties.get(key) or Shape(type="string", title=key, hint="")


def _block(shape: Shape, value: Any) -> Block:
    if isinstance(value, list) and value and all(isinstance(entry, dict) for entry in value):
        return _table(shape, value)
    if isinstance(value, list):
        return Points(title=shape.title, points=tuple(_words(entry) for entry in value))
    return Line(title=shape.title, text=_words(value))


def _table(shape: Shape, entries: Sequence[Mapping[str, Any]]) -> Table:
    of_entry = shape.items or Shape(type="object", title="", hint="")
    keys = dict.fromkeys([*of_entry.properties, *(key for entry in entries for key in entry)])
    filled = [key for key in keys if any(entry.get(key) not in (None, "") for entry in entries)]
    return Table(
        title=shape.title,
        columns=tuple(_of(of_entry, key).title for key in filled),
        rows=tuple(tuple(_words(entry.get(key)) for key in filled) for entry in entries),
    )


def _words(value: Any) -> str:
    """A value within a line: nested entries are joined, 满意 15、基本满意 3."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dict):
        return " ".join(_words(inner) for inner in value.values())
    if isinstance(value, list):
        return "、".join(_words(inner) for inner in value)
    text = str(value).strip()
    return f"{date.fromisoformat(text).year}年{short(date.fromisoformat(text))}" if is_day(text) else text


def _by_name(block: Block, names: Mapping[str, str]) -> Block:
    """A table of units with their names for their codes."""
    if not isinstance(block, Table) or block.columns[0] != CODE_COLUMN:
        return block
    rows = tuple((names.get(row[0], row[0]), *row[1:]) for row in block.rows)
    return Table(title=block.title, columns=("单位", *block.columns[1:]), rows=rows)


def _beside(block: Block, data: Mapping[str, Any], problems: Mapping[int, str]) -> Block:
    """A table of results with what each was to mend, after its number."""
    entries = next((value for value in data.values() if isinstance(value, list)), [])
    if not isinstance(block, Table) or not all(isinstance(entry, dict) and NUMBER_COLUMN in entry for entry in entries):
        return block
    told = [problems.get(entry[NUMBER_COLUMN], "") for entry in entries]
    return Table(
        title=block.title,
        columns=(block.columns[0], "计划里的问题", *block.columns[1:]),
        rows=tuple((row[0], problem, *row[1:]) for row, problem in zip(block.rows, told, strict=True)),
    )
