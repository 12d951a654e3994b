"""A definition as the 任务分解表, one line an item, with 基本情况 for the rest; and such lines as a definition's values again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from pydantic import BaseModel

from phases.cell_words import cell_words, meaning, quoted
from phases.columns import CATEGORIES, Slot, columns, slot_at
from phases.definition import Definition
from phases.fit import ITEMS
from phases.source import Place, Value
from phases.written import in_order, written

LADDER, NO_LADDER = "督办", "不督办"
USUAL = (
    "活动", "发文", "文号", "印发", "落款", "公布", "主题", "依据", "主送", "参加", "外部上级", "联系人.单位", "联系人.姓名", "联系人.电话",
    "默认责任人", "结束", "休息日", "审核时限", "锁定", "说明",
)  # fmt: skip
"""The lines of 基本情况 that are there even if empty."""


@dataclass(frozen=True, kw_only=True)
class Item:
    """One line of the table: its category, and the words in its cells by header."""

    category: str
    cells: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One line of 基本情况: 项目 (`联系人.电话`), 内容, and what it means."""

    label: str
    words: str
    means: str


@dataclass(frozen=True, kw_only=True)
class TaskTable:
    items: tuple[Item, ...]
    facts: tuple[Fact, ...]


def table_of(shape: Definition) -> TaskTable:
    """The table of a definition: items by category, each category in its order."""
    values = written(shape)
    return TaskTable(items=tuple(_items(values)), facts=tuple(_facts(values)))


def _items(values: Mapping[str, Value]) -> Iterator[Item]:
    for category in CATEGORIES:
        listed = values.get(category)
        for item in listed if isinstance(listed, list) else ():
            found = ((column, column.slots[category]) for column in columns() if category in column.slots)
            cells = ((column.header, slot, _inside(item, slot.place)) for column, slot in found)
            yield Item(
                category=category, cells={header: cell_words(v, slot.kind) for header, slot, v in cells if v is not None}
            )


def _inside(value: Value, place: Place) -> Value:
    for key in place:
        value = value.get(str(key)) if isinstance(value, dict) else None
    return value


def _facts(values: Mapping[str, Value]) -> Iterator[Fact]:
    given = {label: (slot, value) for label, slot, value in _flat((), {k: v for k, v in values.items() if k not in CATEGORIES})}
    for label in USUAL:
        slot, value = given.pop(label, (_known(label), None))
        yield Fact(label=label, words="" if value is None else cell_words(value, slot.kind), means=slot.means)
    for label, (slot, value) in given.items():
        yield Fact(label=label, words=cell_words(value, slot.kind), means=slot.means)
    if values.get(LADDER) == []:
        yield Fact(label=LADDER, words=NO_LADDER, means="没有督办程序；删去这一行就用随程序的默认办法")


def _known(label: str) -> Slot:
    place = place_of(label)
    slot = slot_at(Definition, place) if place else None
    assert slot is not None
    return slot


def _flat(place: Place, value: Value) -> Iterator[tuple[str, Slot, Value]]:
    """Every value that is no mapping itself, under its label."""
    slot = slot_at(Definition, place) if place else None
    pairs: list[tuple[str | int, Value]] = []
    if isinstance(value, dict):
        pairs = list(value.items())
    elif isinstance(value, list) and slot is not None and slot.kind == "items":
        pairs = list(enumerate(value))
    if not pairs and slot is not None:
        yield label_of(place), slot, value
    for key, inner in pairs:
        yield from _flat((*place, key), inner)


def label_of(place: Place) -> str:
    """`联述联评联考.联述1.谁述`: list entries count from 1; the name of an event may be between double quotes."""
    words = ""
    for at, part in enumerate(place):
        name = _event(part) if isinstance(part, str) and at and place[0] == "日期" else part
        words += str(part + 1) if isinstance(part, int) else f".{name}" if words else str(name)
    return words.replace("\n", "\\n")


def _event(name: str) -> str:
    return quoted(name) if "\n" in name else cell_words(name, "text")


def place_of(label: str) -> Place | None:
    """The place that a label of 基本情况 names; None if a definition has no such key."""
    top, _, rest = label.strip().partition(".")
    if top == "日期" and rest:
        return ("日期", str(meaning(rest, "text", "日期")))
    place: Place = ()
    for part in re.sub(r"\s+", "", label).split("."):
        m = re.fullmatch(r"(\D+)(\d{0,3})", part)
        if not m:
            return None
        place = (*place, m[1], *((max(int(m[2]), 1) - 1,) if m[2] else ()))
        slot = slot_at(Definition, place)
        if slot is not None and slot.kind == "items" and not m[2] and part != label:
            place = (*place, 0)
    return place if slot_at(Definition, place) else None


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One value with the place where it belongs in a definition."""

    place: Place
    value: Value


def arranged(entries: Iterable[Entry]) -> dict[str, Value]:
    """The values of a definition, its keys in the order in which people expect them."""
    values: dict[str, Value] = {}
    for entry in entries:
        _put(values, entry.place, entry.value)
    return _ordered(values, Definition)


def _put(holder: dict[str, Value], place: Place, value: Value) -> None:
    key = str(place[0])
    if len(place) == 1:
        holder[key] = value
        return
    if isinstance(place[1], int):
        listed = holder.setdefault(key, [])
        assert isinstance(listed, list)
        while len(listed) <= place[1]:
            listed.append({})
        inner = listed[place[1]]
        if len(place) == 2:
            return
        place = place[1:]
    else:
        inner = holder.setdefault(key, {})
    if isinstance(inner, dict):
        _put(inner, place[1:], value)


def _ordered(values: dict[str, Value], shape: type[BaseModel]) -> dict[str, Value]:
    return {key: _within(key, values[key]) for key in in_order(shape) if key in values}


def _within(key: str, value: Value) -> Value:
    inner = ITEMS.get(key)
    if inner is None:
        return value
    if isinstance(value, list):
        return [_ordered(each, inner) if isinstance(each, dict) else each for each in value]
    return _ordered(value, inner) if isinstance(value, dict) else value
