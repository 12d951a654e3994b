"""Who is named as responsible for a part of the notice: （责任人：甲、乙）, 责任单位：教务处."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from phases.reader.nouns import Demand, Section
from phases.reader.plain import plain
from phases.reader.utterance import Notice, Utterance

_ROLE = (
    r"(?:责任人|负责人|责任领导|分管领导|牵头领导|责任校领导|责任单位|责任部门|责任科室|责任处室|牵头单位|牵头部门|牵头科室|主办单位|承办单位|承办部门|实施单位|落实单位|配合单位|配合部门|协办单位|协办部门|参与单位|参加单位|"
    r"完成单位|牵头|配合)"
)
_NAMED = re.compile(
    rf"(?P<role>{_ROLE})[::]\s?(?P<names>[^;。)\]\n]{{2,120}}?)(?=[;。)\]]|$|[,\s]{{1,2}}{_ROLE}[::]|[,\s](?:完成|时限|时间|联系|电话))"
)
_DIVIDED = re.compile(r"[、,，;；]|\s{1,4}|和(?=.{2})")
_PERSON = frozenset({"责任人", "负责人", "责任领导", "分管领导", "牵头领导", "责任校领导"})
_HELPING = frozenset({"配合单位", "配合部门", "协办单位", "协办部门", "参与单位", "参加单位", "配合"})


@dataclass(frozen=True, kw_only=True)
class Responsible:
    """Persons (the first leads), units that owe it (the first leads), units that help."""

    persons: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    helpers: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.persons or self.units or self.helpers)


def named_in(utterance: Utterance) -> Responsible:
    """The responsible named in one sentence."""
    found: dict[str, list[str]] = {"persons": [], "units": [], "helpers": []}
    for match in _NAMED.finditer(utterance.text):
        names = utterance.sentence.text[match.start("names") : match.end("names")]
        kind = "persons" if match["role"] in _PERSON else "helpers" if match["role"] in _HELPING else "units"
        found[kind] += _names(names)
    return Responsible(**{kind: tuple(dict.fromkeys(names)) for kind, names in found.items()})


def by_section(notice: Notice) -> dict[int, Responsible]:
    """The responsible for a part of the notice, by the index of its section."""
    found: dict[int, Responsible] = {}
    for utterance in notice.utterances:
        section = utterance.sentence.section
        if section is not None and (named := named_in(utterance)):
            found[section] = _together(found.get(section, Responsible()), named)
    return found


def _together(first: Responsible, second: Responsible) -> Responsible:
    return Responsible(
        persons=tuple(dict.fromkeys((*first.persons, *second.persons))),
        units=tuple(dict.fromkeys((*first.units, *second.units))),
        helpers=tuple(dict.fromkeys((*first.helpers, *second.helpers))),
    )


def _names(words: str) -> Iterable[str]:
    return (
        name
        for part in _DIVIDED.split(words)
        if len(name := part.strip(" 　等")) > 1 and not re.search(r"[0-9]{5}|电话", plain(name))
    )


def with_owners(notice: Notice, found: list[tuple[Utterance, Demand]]) -> tuple[Demand, ...]:
    """Demands with the responsible of their part; a part with named responsible and no demand is a piece of work itself."""
    responsible = by_section(notice)
    served: set[int] = set()
    owned: list[Demand] = []
    for utterance, demand in found:
        section = next((i for i in _indexes(notice, utterance.sentence.section) if i in responsible), None)
        if section is None:
            owned.append(demand)
            continue
        served.add(section)
        owned.append(_owned(demand, responsible[section]))
    items = (_item(notice, i, r) for i, r in responsible.items() if i not in served)
    return (*owned, *(item for item in items if item is not None))


def _indexes(notice: Notice, section: int | None) -> Iterator[int]:
    while section is not None:
        yield section
        section = notice.outline.sections[section].parent


def _owned(demand: Demand, responsible: Responsible) -> Demand:
    helpers = tuple(f"配合：{name}" for name in responsible.helpers)
    return replace(
        demand,
        owners=demand.owners or responsible.persons,
        who=demand.who or responsible.units,
        details=tuple(dict.fromkeys((*demand.details, *helpers))),
    )


def _item(notice: Notice, index: int, responsible: Responsible) -> Demand | None:
    section = notice.outline.sections[index]
    name = _heading(section)
    if not name:
        return None
    bare = Demand(what=name, quote=section.quote, stage=_stage_name(notice, index))
    return _owned(bare, responsible)


def _heading(section: Section) -> str:
    return re.split(r"[（(]责任|责任人|责任单位", section.heading)[0].strip(" ，,、。:：（(")[:40]


def _stage_name(notice: Notice, index: int) -> str | None:
    return next((u.stage.name for u in notice.utterances if u.sentence.section == index and u.stage), None)
