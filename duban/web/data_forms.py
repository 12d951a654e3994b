"""A form's JSON Schema as fields of a page, with what is in them and what is wrong with it.

A field is called by its place in the data: `f.items.0.problem`. Lists have rows; rows are added and taken away by sending the form, so that
no script is needed. (What is posted becomes data in `data_posted`.)
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from duban.service.known import Known, NamedRows
from duban.web.api.problems import unblock_words
from phases.forms import schema
from phases.forms.shape import Path, Shape, misfits, read_shape
from workflow.errors import Reason

ROOT = "f"
AREA = 60
"""Characters from which a text gets several lines."""
LONG, HALF_PAGE = 300, 7
"""Characters from which half a page is meant, and its lines."""
TABLE = 4
"""Rows whose entries are given stand in a table if they have at least so many fields."""
KEY_IN_BRACKETS = re.compile(r"（[a-z_]+）")
IN_ROW = re.compile(r"(?<=\D)\.(?=\D)")
"""第2条.整改期限"""
KEY_NAMED = re.compile(r"请填写 [a-z_]+：")


@dataclass(frozen=True, kw_only=True)
class Field:
    """One field. `kind` is text, area, number, day, choice, yesno or hidden; `said` what is in it; `wrong` what is wrong with it."""

    name: str
    title: str
    hint: str
    kind: str
    said: str
    required: bool
    lines: int = 1
    options: tuple[str, ...] = ()
    suggested: tuple[str, ...] = ()
    wrong: str = ""

    @property
    def id(self) -> str:
        return self.name.replace(".", "-")


@dataclass(frozen=True, kw_only=True)
class Row:
    """One entry of a list: `title` is 第2条, or the name of what is given, `note` what else is known of it; `no` its place from 0."""

    no: int
    title: str
    note: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, kw_only=True)
class Rows:
    """A list. `given`: its entries are known, none is added or taken away. `name` without the root is its place, `items`."""

    name: str
    title: str
    hint: str
    rows: tuple[Row, ...]
    required: bool
    given: bool
    may_add: bool
    wrong: str = ""

    @property
    def place(self) -> str:
        return self.name.partition(".")[2]

    @property
    def id(self) -> str:
        return self.name.replace(".", "-")

    @property
    def as_table(self) -> bool:
        return self.given and bool(self.rows) and len([part for part in self.rows[0].parts if not _is_hidden(part)]) > TABLE

    @property
    def single(self) -> bool:
        """Each entry is one text."""
        return bool(self.rows) and len(self.rows[0].parts) == 1 and isinstance(self.rows[0].parts[0], Field)


Part = Field | Rows


def _is_hidden(part: Part) -> bool:
    return isinstance(part, Field) and part.kind == "hidden"


def parts_of(
    form: str, data: Mapping[str, Any], known: Known, *, scale: Sequence[str] = (), judged: bool = False
) -> tuple[Part, ...]:
    """The fields of a form with what is in them; `judged`: with what is wrong, since somebody sent them."""
    shape = shape_of(form, tuple(scale))
    wrong = wrongs(form, data, scale=scale) if judged else {}
    return tuple(_parts(shape, data, (), known, wrong))


def wrongs(form: str, data: Mapping[str, Any], *, scale: Sequence[str] = ()) -> dict[Path, str]:
    """{place: what is wrong there}, in few words."""
    shape = shape_of(form, tuple(scale))
    found = dict.fromkeys(_missing(shape, data, ()), "没有填写")
    for misfit in misfits(shape, data):
        if misfit.reason.code not in ("form-missing", "form-unknown"):
            text = misfit.reason.text.partition("：")[2].rstrip("。")
            advice = "" if misfit.reason.code == "form-type" else _plain(misfit.reason.unblock)  # its hint stands beside it
            found.setdefault(misfit.path, f"{text}。{advice}")
    return found


def reason_lines(reasons: Iterable[Reason]) -> tuple[str, ...]:
    """Why a form was not taken, in the words of the page: no names of keys."""
    return tuple(_line(reason) for reason in reasons)


def _line(reason: Reason) -> str:
    more = "" if reason.code == "form-missing" else _plain(unblock_words(reason))
    return f"{IN_ROW.sub('的', reason.text).rstrip('。')}。{more}"


def _plain(unblock: str) -> str:
    words = KEY_NAMED.sub("请填写：", KEY_IN_BRACKETS.sub("", unblock)).rstrip("。")
    return f"{words}。" if words else ""


@cache
def shape_of(form: str, scale: tuple[str, ...] = ()) -> Shape:
    """A form's schema with the labels of a scale."""
    return read_shape(schema(form, scale=scale))


def _parts(shape: Shape, data: Mapping[str, Any], path: Path, known: Known, wrong: Mapping[Path, str]) -> Iterator[Part]:
    for key, inner in shape.properties.items():
        yield _part(inner, data.get(key), (*path, key), known, wrong, required=key in shape.required)


def _part(
    shape: Shape, value: Any, path: Path, known: Known, wrong: Mapping[Path, str], *, required: bool, hidden: bool = False
) -> Part:
    if shape.type == "array":
        return _rows(shape, value if isinstance(value, list) else [], path, known, wrong, required=required)
    return Field(
        name=_name(path),
        title=shape.title,
        hint=shape.hint,
        kind="hidden" if hidden else _kind(shape),
        said=_said(value),
        required=required,
        lines=HALF_PAGE if (shape.max_length or 0) >= LONG else 2,
        options=shape.labels,
        suggested=tuple(known.suggested.get(str(path[-1]), ())),
        wrong=wrong.get(path, ""),
    )


def _rows(shape: Shape, values: list[Any], path: Path, known: Known, wrong: Mapping[Path, str], *, required: bool) -> Rows:
    assert shape.items is not None
    given = known.lists.get(str(path[0])) if len(path) == 1 else None
    shown = values or ([] if given else [{} if shape.items.type == "object" else ""])
    return Rows(
        name=_name(path),
        title=shape.title,
        hint=shape.hint,
        rows=tuple(_row(shape.items, value, (*path, n), known, wrong, given) for n, value in enumerate(shown)),
        required=required,
        given=given is not None,
        may_add=given is None and (shape.max_items is None or len(shown) < shape.max_items),
        wrong=wrong.get(path, ""),
    )


def _row(shape: Shape, value: Any, path: Path, known: Known, wrong: Mapping[Path, str], given: NamedRows | None) -> Row:
    no = int(path[-1])
    title = shape.element.format(n=no + 1)
    if shape.type != "object":
        return Row(no=no, title=title, note="", parts=(_part(shape, value, path, known, wrong, required=True),))
    data = value if isinstance(value, dict) else {}
    parts = (
        _part(
            inner,
            data.get(key),
            (*path, key),
            known,
            wrong,
            required=key in shape.required,
            hidden=given is not None and key == given.key,
        )
        for key, inner in shape.properties.items()
    )
    if given is None:
        return Row(no=no, title=title, note="", parts=tuple(parts))
    known_as = str(data.get(given.key, ""))
    return Row(no=no, title=given.names.get(known_as, known_as), note=given.notes.get(known_as, ""), parts=tuple(parts))


def _kind(shape: Shape) -> str:
    if shape.labels:
        return "choice"
    if shape.is_date:
        return "day"
    if shape.type in ("integer", "number"):
        return "number"
    if shape.type == "boolean":
        return "yesno"
    return "area" if (shape.max_length or 0) > AREA else "text"


def _said(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _name(path: Path) -> str:
    return ".".join((ROOT, *map(str, path)))


def _missing(shape: Shape, data: Any, path: Path) -> Iterator[Path]:
    """Places that must be filled in and are not."""
    if shape.type == "object" and isinstance(data, dict):
        for key, inner in shape.properties.items():
            if key in data:
                yield from _missing(inner, data[key], (*path, key))
            elif key in shape.required:
                yield (*path, key)
    elif shape.items is not None and isinstance(data, list):
        for n, entry in enumerate(data):
            yield from _missing(shape.items, entry, (*path, n))
