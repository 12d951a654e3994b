"""Does the text have the shape of a definition: every misfit as a Problem, and what remains as a Definition.

A value that does not fit is reported once and replaced by a stand-in, then the rest is tried again: one slip hides no other,
and the compiler can go on looking.
"""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from phases import definition as d
from phases.layout import Plan
from phases.source import Place, Source, Value, nearest
from phases.values import UNKNOWN, Bare, found

MAX_ROUNDS = 20
STAND_INS: dict[str, Any] = {
    "材料": [UNKNOWN],
    "等次": [UNKNOWN],
    "步骤": [UNKNOWN],
    "对象": "党支部",
    "至少": "1%",
    "何时": "当天",
    "告诉": "责任人",
    "时间": "待定",
}
ITEMS: dict[str, type[BaseModel]] = {
    "阶段": d.PhaseShape,
    "定级": d.GradingShape,
    "任务": d.TaskShape,
    "报送": d.PaperShape,
    "目标": d.TargetShape,
    "项目": d.ProjectShape,
    "督办": d.RungShape,
    "待定": d.QuestionShape,
    "联系人": d.ContactShape,
    "起点": d.StartShape,
    "联述联评联考": d.ReviewShape,
    "验收": d.AcceptanceShape,
    "联述": d.ReportShape,
    "联评": d.OpinionShape,
    "联考": d.AppraisalShape,
}
SYNONYMS = {
    "截止": "时间", "截止时间": "时间", "期限": "时间", "时限": "时间", "完成时间": "时间", "完成时限": "时间", "日期": "时间",
    "负责人": "责任人", "牵头人": "责任人", "联系电话": "电话", "任务": "事项", "任务名称": "事项", "内容": "事项",
    "标题": "名称", "名字": "名称", "发文单位": "发文", "发文机关": "发文", "印发日期": "印发", "落款日期": "落款",
    "公布日期": "公布", "次数": "频次", "频率": "频次", "单位": "谁办", "承办": "谁办", "承办单位": "谁办", "上报": "报给",
    "报送给": "报给", "报送": "报给", "接收": "报给", "报送方式": "方式", "备注": "说明", "依据文件": "依据", "问题": "问",
    "等级": "等次", "通知": "告诉", "提醒": "告诉", "活动名称": "活动",
}  # fmt: skip


def layout_plan() -> Plan:
    """Which keys stand at the margin, and which in the items of each list."""
    lists = ("阶段", "定级", "任务", "报送", "目标", "督办", "待定")
    return Plan(top=frozenset(d.keys_of(d.Definition)), lists={name: _first_first(ITEMS[name]) for name in lists})


def _first_first(shape: type[BaseModel]) -> tuple[str, ...]:
    """The keys of an item: the one people begin with, which is the first required one, before the others."""
    required = [f.alias for f in shape.model_fields.values() if f.is_required() and f.alias]
    return (*required[:1], *(key for key in d.keys_of(shape) if key not in required[:1]))


def fit(source: Source) -> d.Definition | None:
    """The definition that the text holds, its misfits reported to `source` and replaced; None if there is no telling."""
    data: dict[str, Any] = copy.deepcopy(source.data)
    settled: set[Place] = set()
    for _ in range(MAX_ROUNDS):
        try:
            return d.Definition.model_validate(data)
        except ValidationError as error:
            misfits = error.errors(include_url=False, include_context=False)
            placed = [(misfit, _existing(data, misfit["loc"])) for misfit in misfits]
            strays = _strays(source, data, [place for misfit, place in placed if misfit["type"] == "extra_forbidden"])
            for misfit, place in placed:
                if not any(place[: len(stray)] == stray for stray in strays):
                    _settle(source, data, misfit, place, settled)
    return None


def _strays(source: Source, data: dict[str, Any], extras: list[Place]) -> list[Place]:
    """Items that stand under the wrong heading, each reported once instead of key by key, and blanked."""
    strays: list[Place] = []
    for holder, number in Counter(place[:-1] for place in extras).items():
        item = _at(data, holder)
        if number < 2 or len(holder) != 2 or not isinstance(item, dict):
            continue
        homes = [name for name, shape in ITEMS.items() if name != holder[0] and set(item) <= set(d.keys_of(shape))]
        if homes:
            text = f"这一项像是“{homes[0]}”的内容，却写在“{holder[0]}”里；请移到“{homes[0]}:”下面"
            source.report(holder, text)
            _replace(data, holder)
            strays.append(holder)
    return strays


def _settle(source: Source, data: dict[str, Any], misfit: ErrorDetails, place: Place, settled: set[Place]) -> None:
    """Report one misfit, unless it follows from another, and put something harmless in its place."""
    loc = misfit["loc"]
    if misfit["type"] == "missing":
        key = str(loc[-1])
        if (*place, key) not in settled and not source.is_torn(place):
            source.report((*place, key), f"缺少“{key}”；请补上一行“{key}: …”")
        _at(data, place)[key] = STAND_INS.get(key, UNKNOWN)
    elif misfit["type"] == "extra_forbidden":
        source.report(place, _unknown(str(place[-1]), place))
        del _at(data, place[:-1])[place[-1]]
    else:
        source.report(place, _sentence(misfit, _at(source.data, place)))
        settled.add(place)
        if _existing(data, place) == place:
            _replace(data, place)


def _sentence(misfit: ErrorDetails, value: Value) -> str:
    kind = misfit["type"]
    if kind == "definition":
        return misfit["msg"]
    if kind in ("tuple_type", "list_type"):
        return f"这里应是一个清单，每项前面加“- ”，现在是{found(value)}"
    if kind in ("model_type", "model_attributes_type", "dict_type"):
        return f"这里应是一组“名称: 内容”，现在是{found(value)}"
    return f"内容不合要求：{found(value)}"


def _unknown(key: str, place: Sequence[str | int]) -> str:
    """What was probably meant by a key that does not exist here."""
    known = _keys_at(place[:-1])
    if key.startswith("-"):
        return f"“{key}”：短横后面要有一个空格"
    if (meant := SYNONYMS.get(key)) in known:
        return f"没有“{key}”这一项；是不是“{meant}”？"
    home = [place for place, shape in ITEMS.items() if key in d.keys_of(shape)]
    if key in d.keys_of(d.Definition):
        return f"“{key}”不能写在这里，应顶格写在最外层；这里可写 {'、'.join(known)}"
    if home:
        return f"“{key}”不能写在这里，它属于“{'”“'.join(home)}”；这里可写 {'、'.join(known)}"
    if meant := nearest(key, known):
        return f"没有“{key}”这一项；是不是“{meant}”？"
    return f"没有“{key}”这一项；这里可写 {'、'.join(known)}"


def _keys_at(place: Sequence[str | int]) -> tuple[str, ...]:
    names = [part for part in place if isinstance(part, str)]
    return d.keys_of(ITEMS[names[-1]] if names and names[-1] in ITEMS else d.Definition)


def _existing(data: Value, loc: Sequence[str | int]) -> Place:
    """The part of a pydantic location that the data have: a single value may stand for a list of one, or be nameless."""
    place: Place = ()
    here: Any = data
    for part in loc:
        inside = (isinstance(here, Mapping) and part in here) or (
            isinstance(here, list) and isinstance(part, int) and part < len(here)
        )
        if inside:
            place, here = (*place, part), here[part]
    return place


def _at(data: Any, place: Sequence[str | int]) -> Any:
    for part in place:
        data = data[part]
    return data


def _replace(data: dict[str, Any], place: Place) -> None:
    """Take a misfit out. List items keep their number, so that later problems keep their place."""
    if not place:
        return
    holder, last = _at(data, place[:-1]), place[-1]
    if isinstance(last, int):
        holder[last] = _blank(str(place[-2])) if len(place) > 1 else UNKNOWN
    else:
        del holder[last]


def _blank(key: str) -> Any:
    """An item that says nothing: of the shape that stands under `key`, or the unknown word."""
    if key not in ITEMS:
        return Bare(UNKNOWN)
    required = [f.alias for f in ITEMS[key].model_fields.values() if f.is_required() and f.alias]
    blank = {alias: STAND_INS.get(alias, UNKNOWN) for alias in required}
    return blank | ({"告诉": "责任人"} if key == "督办" else {})
