"""Which key of a definition stands where in the 任务分解表: a column for every key of every category, a line for every other key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, BeforeValidator
from pydantic.fields import FieldInfo

from phases import values as v
from phases.definition import Said
from phases.fit import ITEMS
from phases.source import Place

CATEGORIES = ("阶段", "定级", "任务", "报送", "目标", "项目", "督办", "待定")
CATEGORY = "类别"
KINDS: dict[object, str] = {
    v.by_name: "named",
    v.phrase: "phrase",
    v.flag: "flag",
    v.share: "share",
    v.day: "day",
}
SHARED = {
    "事项": ("事项", "名称", "问"),
    "谁办": ("谁办", "谁来定", "谁报"),
    "时间": ("时间", "何时"),
}
"""One column where the categories have a key of their own for what people would call the same."""
NESTED = {
    "校级验收": ("验收", "校级"),
    "院级验收": ("验收", "院级"),
    "验收原文": ("验收", "原文"),
    "验收本级补充": ("验收", "本级补充"),
}
MAIN = ("事项", "谁办", "责任人", "阶段", "时间", "频次", "数量", "材料", "报给", "方式")
REST = (
    "对象", "等次", "参考", "办法", "基数", "要点", "适用", "推进", "等支部", "适用等次", "适用类别", "范围", "写明", "没有时", "表单",
    "比例", "口径", "可代填", "催办", "锁定", "支部内部时间", "从", "到", "至少", "步骤", *NESTED, "告诉", "提请", "重复", "最多", "间隔",
    "时刻", "前提", "空缺时", "代号", "建议", "原文", "本级补充",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Slot:
    """Where one value belongs: the keys inside its mapping, how its words are read, and what it means in Chinese.

    `kind` is text, list (of texts), names (of names), named (名称: 数), flag, phrase, share, day, items, or mapping.
    """

    place: Place
    kind: str
    means: str
    required: bool = False


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of the table: its header, and what a cell in it means for a row of each category that has it."""

    header: str
    slots: Mapping[str, Slot] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def also(self) -> tuple[str, ...]:
        """Other headers that mean it: the keys that share it."""
        return tuple(key for key in SHARED.get(self.header, ()) if key != self.header)


@cache
def columns() -> tuple[Column, ...]:
    """Every column, the usual ones first."""
    return tuple(Column(header=header, slots=MappingProxyType(dict(_slots(header)))) for header in (*MAIN, *REST))


def _slots(header: str) -> Iterator[tuple[str, Slot]]:
    for category in CATEGORIES:
        places = [NESTED[header]] if header in NESTED else [(key,) for key in SHARED.get(header, (header,))]
        slot = next((slot for place in places if (slot := slot_at(ITEMS[category], place))), None)
        if slot:
            yield category, slot


def slot_at(shape: type[BaseModel], place: Place) -> Slot | None:
    """What stands at `place` inside a mapping of this shape; None if there is no such key."""
    fields = {f.alias: f for f in shape.model_fields.values()}
    info = fields.get(str(place[0])) if place else None
    if info is None:
        return None
    kind, inner = _kind(info)
    rest = place[1:]
    if kind == "items" and rest and isinstance(rest[0], int):
        rest = rest[1:]
    if rest and inner is not None:
        found = slot_at(inner, rest)
        return Slot(place=place, kind=found.kind, means=found.means, required=found.required) if found else None
    if rest and not (kind == "events" and len(rest) == 1):
        return None
    means = (info.description or "").split(" / ")[0]
    return Slot(place=place, kind="day" if rest else kind, means=means, required=info.is_required())


def _kind(info: FieldInfo) -> tuple[str, type[BaseModel] | None]:
    """How the words of a key are read, and the shape of what is nested in it."""
    parts = list(_parts(info.annotation))
    readers = [part.func for part in (*info.metadata, *parts) if isinstance(part, BeforeValidator)]
    inner = next((part for part in parts if isinstance(part, type) and issubclass(part, Said)), None)
    if inner is not None:
        return ("items" if v.single in readers else "mapping"), inner
    if v.by_name not in readers and any(get_origin(part) is dict for part in parts):
        return "events", None
    if v.listed in readers:
        return ("names" if v.name in readers or v.way in readers else "list"), None
    return next((kind for reader, kind in KINDS.items() if reader in readers), "text"), None


def _parts(annotation: Any) -> Iterator[Any]:
    """An annotation with everything in it."""
    yield annotation
    if get_origin(annotation) in (Union, UnionType, Annotated, tuple, dict):
        for part in get_args(annotation):
            yield from _parts(part)
