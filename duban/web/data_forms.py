"""A form's JSON Schema as fields of a page, with what is in them and what is wrong with it.

A field is called by its place in the data: `f.items.0.problem`. Lists have rows; rows are added and taken away by sending the form, so that
no script is needed. (What is posted becomes data in `data_posted`.)
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from duban.service.known import Known, NamedRows
from duban.web.fields import Field, Part, Row, Rows
from duban.web.plain_words import days_read, unblock_words
from phases.forms import schema
from phases.forms.shape import Path, Shape, misfits, read_shape
from workflow.errors import Reason

ROOT = "f"
AREA = 60
"""Characters from which a text gets several lines."""
LONG, HALF_PAGE = 300, 7
"""Characters from which half a page is meant, and its lines."""
KEY_IN_BRACKETS = re.compile(r"（[a-z_]+）")
IN_ROW = re.compile(r"(?<=\D)\.(?=\D)")
"""第2条.整改期限"""
DAY_WRITTEN = re.compile(r"^写到日，如 [\d-]+，?")
ROW_NUMBER = re.compile(r"^第(\d+)行")
MANY = 3
"""Rows of which one line tells that they lack the same."""
KEY_NAMED = re.compile(r"请填写 [a-z_]+：")


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


def field_lines(reasons: Iterable[Reason], known: Known | None = None) -> tuple[str, ...]:
    """Why a form was not taken, in the words of the page: no names of keys, and given rows as `known` calls them."""
    names = [name for given in (known.lists if known else {}).values() for name in given.names.values()]
    lines = [_line(reason) for reason in reasons]
    if not names:
        return tuple(lines)
    tails: dict[str, list[str]] = {}
    for line in lines:
        tails.setdefault(ROW_NUMBER.sub("", line), []).append(line)
    return tuple(said for tail, same in tails.items() for said in _of_rows(tail, same, names))


def _of_rows(tail: str, lines: Sequence[str], names: Sequence[str]) -> list[str]:
    """的等次：没有填写。 of fourteen rows is one line; of few, a line each with its name."""
    if len(lines) > MANY:
        return [f"{len(lines)}个单位{tail}表里已标出。"]
    return [ROW_NUMBER.sub(lambda row: _called(int(row[1]), names), line) for line in lines]


def _called(row: int, names: Sequence[str]) -> str:
    return f"“{names[row - 1]}”" if 0 < row <= len(names) else f"第{row}行"


def _line(reason: Reason) -> str:
    more = "" if reason.code == "form-missing" else _plain(unblock_words(reason))
    return f"{days_read(IN_ROW.sub('的', reason.text)).rstrip('。')}。{more}"


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
        hint=_hint(shape, known.suggested.get(str(path[-1]), ())),
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
        more=f"再加{shape.items.element.replace('第{n}', '一')}",
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


def _hint(shape: Shape, suggested: Sequence[str]) -> str:
    """What a page need not say is left out: how to write a day or a yes, which are picked there."""
    if suggested:
        return f"通知所列：{'、'.join(suggested)}"
    return "" if shape.type == "boolean" else DAY_WRITTEN.sub("", shape.hint)


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
