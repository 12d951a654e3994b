"""What differs between two versions of a campaign besides its ladder, its contact and its texts: what a migration cannot carry over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

from workflow.model import Campaign, Deadline, Task, Track

_OF_TASK = {
    "name": "事项",
    "track": "谁办",
    "phase": "阶段",
    "deadline": "时间",
    "owners": "责任人",
    "quantities": "数量",
    "selector": "适用的单位",
    "materials": "材料",
    "receiver": "报给",
    "ways": "方式",
    "form": "表单",
    "grading": "定级",
    "terms": "条件",
    "proxy": "能否代填",
    "chased": "是否催办",
    "locks": "锁定时间",
    "internal_workdays": "支部内部时间",
}
_OF_CAMPAIGN = {
    "name": "活动名称",
    "issuer": "发文",
    "issued": "印发日期",
    "counts_from": "起算日期",
    "ends": "结束日期",
    "zone": "时区",
    "rest_day": "最后一天遇休息日",
    "gradings": "定级",
    "targets": "目标",
    "projects": "项目",
    "addressees": "主送",
    "outside": "外部上级",
    "starting_grades": "起始等次",
}
_TEXTS = frozenset({"quote", "local", "line", "details", "words", "text"})
"""The names of fields that only say something."""


def differences(old: Campaign, new: Campaign) -> list[str]:
    """Chinese sentences, one a thing that differs; empty: the new version may take the place of the old one."""
    return [*_campaign(old, new), *_tracks(old.tracks, new.tracks), *_tasks(old.task_by_key, new.task_by_key)]


def _campaign(old: Campaign, new: Campaign) -> Iterator[str]:
    for name, words in _OF_CAMPAIGN.items():
        if _bare(getattr(old, name)) != _bare(getattr(new, name)):
            yield f"“{words}”变了"


def _tracks(old: Sequence[Track], new: Sequence[Track]) -> Iterator[str]:
    before, after = {t.key: t for t in old}, {t.key: t for t in new}
    for key in [*before, *(key for key in after if key not in before)]:
        if key not in after:
            yield f"不再有“{key}”参加"
        elif key not in before:
            yield f"新增“{key}”参加"
        elif _bare(before[key]) != _bare(after[key]):
            same = before[key].phase_names == after[key].phase_names
            yield f"“{key}”的{'阶段时间或范围' if same else '阶段'}变了"


def _tasks(old: Mapping[str, Task], new: Mapping[str, Task]) -> Iterator[str]:
    for key in old:
        if key not in new:
            yield f"不再有事项“{key}”"
    for key, task in new.items():
        if key not in old:
            yield f"新增事项“{key}”"
            continue
        for name, words in _OF_TASK.items():
            before, after = getattr(old[key], name), getattr(task, name)
            if _bare(before) != _bare(after):
                yield f"事项“{key}”的{words}变了{_from_to(before, after)}"


def _from_to(before: object, after: object) -> str:
    if isinstance(before, Deadline) and isinstance(after, Deadline):
        return f"（{before.words or '没有'} → {after.words or '没有'}）"
    return ""


def _bare(value: Any) -> Any:
    """The same without texts; a deadline is what it means, not how it is written."""
    if isinstance(value, Deadline):
        meant = replace(value, words="", rule="", flags=(), confirmed_by=None)
        return tuple(getattr(meant, each.name) for each in fields(meant) if each.compare)
    if isinstance(value, tuple):
        return tuple(_bare(each) for each in value)
    if hasattr(value, "__dataclass_fields__"):
        return tuple(_bare(getattr(value, each.name)) for each in fields(value) if each.name not in _TEXTS)
    return value
