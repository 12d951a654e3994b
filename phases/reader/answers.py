"""Answers to the questions of a draft, put where they belong; whatever is not understood is reported, all of it at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TypeVar

from pydantic_core import PydanticCustomError

from phases import values
from phases.reader.doubts import (
    TIMELESS_KEY,
    aim_key,
    doubts_of,
    event_key,
    is_timeless,
    line_field,
    scale_key,
    units_key,
    unread_key,
)
from phases.reader.keys import demand_key, stage_key
from phases.reader.nouns import Aim, Demand, Draft, Head, Scale, Stage
from phases.reader.said import is_settled, with_anchor
from phases.source import nearest
from workflow.errors import DefinitionError, Problem
from workflow.model import Deadline

AS_PROPOSED = ("建议", "按建议", "采用建议", "同意", "=", "＝")
LEFT_OPEN = ("", "待定")
DROPPED = ("删去", "不办", "不列")
TAKEN = ("采用", "列入")
Item = TypeVar("Item")
Found = TypeVar("Found")


@dataclass
class Answers:
    """What was answered, under which key; it collects what is wrong with any answer."""

    given: Mapping[str, str]
    problems: list[Problem] = field(default_factory=list)
    known: set[str] = field(default_factory=set)

    def at(self, key: str) -> str | None:
        """The answer under a key, or None if the question is left open."""
        self.known.add(key)
        words = self.given.get(key, "").strip()
        return None if words in LEFT_OPEN else words

    def wrong(self, key: str, text: str) -> None:
        self.problems.append(Problem(text=text, path=key))

    def complain(self) -> None:
        """Raises `DefinitionError` with everything that was wrong, and every answer nobody asked for."""
        for key in self.given:
            if key not in self.known:
                close = nearest(key, tuple(sorted(self.known)))
                self.wrong(key, f"草稿里没有这一项；{f'是不是“{close}”？' if close else '请照草稿里写的编号填'}")
        if self.problems:
            raise DefinitionError("答复", self.problems)


def head_with(head: Head, answers: Answers) -> Head:
    """The head with 活动, 发文, 印发 and 主送 as answered: before anything else is read, since the year hangs on it."""
    if (day := _day(answers, "印发")) is not None:
        head = replace(head, issued=day, why="由本单位填写")
    if (words := answers.at("主送")) is not None:
        head = replace(head, addressees=tuple(w for w in re.split("[、，,；;]", words) if w))
    title, issuer = answers.at("活动"), answers.at("发文")
    return replace(head, title=title or head.title, issuer=issuer or head.issuer)


def settled(found: Draft, answers: Answers) -> Draft:
    """The draft with every other answer in its place."""
    proposals = {doubt.answer_key: doubt.value for doubt in doubts_of(found)}
    answers = _with_proposals(answers, proposals)
    anchor = found.head.anchor
    found = _with_units(found, answers)
    stages = _each(found.stages, lambda s: _stage(s, answers, anchor))
    for_all = _line(answers, TIMELESS_KEY, anchor)
    timed = tuple(replace(d, deadline=for_all) if for_all and is_timeless(d) else d for d in found.tasks)
    changed = [_each(group, lambda d: _demand(d, answers, anchor)) for group in (found.deliverables, found.recurring, timed)]
    moved = tuple(d for d in changed[2] if d.deadline is not None and d.deadline.every is not None)
    stays = tuple(d for d in changed[2] if d not in moved)
    unread = found.document.unread
    left = tuple(words for words in unread if answers.at(unread_key(words)) is None)
    return replace(
        found,
        document=replace(found.document, unread=left),
        stages=stages,
        deliverables=changed[0],
        recurring=(*changed[1], *moved),
        tasks=stays,
        scales=_each(found.scales, lambda scale: _scale(scale, answers)),
        aims=_each(found.aims, lambda aim: _aim(aim, answers, anchor)),
        dates=tuple(_dates(found, answers)),
    )


def _with_proposals(answers: Answers, proposals: Mapping[str, str]) -> Answers:
    """建议 as an answer takes what the draft proposes; for the day of an event that is to leave it open."""
    given = dict(answers.given)
    for key, words in answers.given.items():
        if words.strip() in AS_PROPOSED:
            given[key] = proposals.get(key, "")
            if key in proposals and not proposals[key] and not key.startswith(event_key("")):
                answers.wrong(key, "这一项没有可以直接采用的建议；请写出具体内容")
    return replace(answers, given=given)


def _each(items: Iterable[Item], change: Callable[[Item], Found | None]) -> tuple[Found, ...]:
    changed = (change(item) for item in items)
    return tuple(item for item in changed if item is not None)


def _verdict(answers: Answers, key: str) -> str | None:
    """Whether an item stays: 采用 or 删去, and nothing else."""
    words = answers.at(key)
    if words is not None and words not in (*DROPPED, *TAKEN):
        answers.wrong(key, f"“{words}”看不懂；要列入就写 采用，不要就写 删去，还没有定就写 待定")
    return words


def _stage(stage: Stage, answers: Answers, anchor: date | None) -> Stage | None:
    key = stage_key(stage)
    if _verdict(answers, key) in DROPPED:
        return None
    line = _line(answers, f"{key}/时间", anchor)
    return replace(stage, deadline=line) if line else stage


def _demand(demand: Demand, answers: Answers, anchor: date | None) -> Demand | None:
    key = demand_key(demand)
    verdict = _verdict(answers, key)
    if verdict in DROPPED:
        return None
    if verdict in TAKEN:
        demand = replace(demand, status="binding")
    if line := _line(answers, f"{key}/{line_field(demand)}", anchor):
        demand = replace(demand, deadline=line, status="binding")
    if receiver := answers.at(f"{key}/报给"):
        demand = replace(demand, to=receiver)
    if who := answers.at(f"{key}/谁办"):
        demand = replace(demand, who=tuple(re.split("[、，,]", who)))
    return demand


def _scale(scale: Scale, answers: Answers) -> Scale | None:
    key = scale_key(scale.no)
    if _verdict(answers, key) in DROPPED:
        return None
    subject, grader, grades = (answers.at(f"{key}/{what}") for what in ("对象", "谁来定", "等次"))
    return replace(
        scale,
        subject=subject or scale.subject,
        grader=grader or scale.grader,
        grades=tuple(re.split("[、，,]", grades)) if grades else scale.grades,
    )


def _aim(aim: Aim, answers: Answers, anchor: date | None) -> Aim | None:
    key = aim_key(aim.no)
    if _verdict(answers, key) in DROPPED:
        return None
    line = _line(answers, f"{key}/时间", anchor)
    source, to = answers.at(f"{key}/从"), answers.at(f"{key}/到")
    return replace(aim, deadline=line or aim.deadline, source=source or aim.source, to=to or aim.to)


def _dates(found: Draft, answers: Answers) -> Iterable[tuple[str, date]]:
    lines = (d.deadline for d in (*found.deliverables, *found.recurring, *found.tasks) if d.deadline and d.deadline.event)
    for event in dict.fromkeys(line.event for line in lines if line.event):
        if (day := _day(answers, event_key(event))) is not None:
            yield event, day


def _with_units(found: Draft, answers: Answers) -> Draft:
    """Words of the notice for units, replaced by the kinds of units a person says they are."""

    def named(words: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(part for w in words for part in re.split("[、，,]", answers.at(units_key(w)) or w)))

    def whose(demands: tuple[Demand, ...]) -> tuple[Demand, ...]:
        return tuple(replace(d, who=named(d.who)) for d in demands)

    return replace(
        found,
        head=replace(found.head, addressees=named(found.head.addressees)),
        deliverables=whose(found.deliverables),
        recurring=whose(found.recurring),
        tasks=whose(found.tasks),
    )


def _line(answers: Answers, key: str, anchor: date | None) -> Deadline | None:
    words = answers.at(key)
    if words is None:
        return None
    line = with_anchor(words, anchor)
    if is_settled(line) or line.event:
        return line
    answers.wrong(key, f"“{words}”定不出日子；请写成 2012年5月31日前、4月上旬 或 每季度1次，还没有定就写 待定")
    return None


def _day(answers: Answers, key: str) -> date | None:
    words = answers.at(key)
    try:
        return values.day(words) if words else None
    except PydanticCustomError as error:
        answers.wrong(key, error.message())
        return None
