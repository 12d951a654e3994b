"""Whom would a rung of the ladder not find: by rung, with the units where the post is empty, and who has no address?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from duban.checking.enrolment import HEADS
from duban.checking.organisation import Organisation
from duban.checking.wording import names_of, some
from duban.service.audience import CONTACTS, ROLES, chain_of
from duban.workbook import Person, UnitRow
from phases.checks.look import when
from storage.recipients import OFFICE_KINDS, Candidate
from workflow.errors import Problem
from workflow.guards import CLERKS, TOP_OFFICE
from workflow.model import Audience, Campaign, Rung, Task

PATH = "督办"
OWNERS = ("责任人", "牵头责任人")


@dataclass
class _Search:
    """What looking for one audience came to: who is told, by the person's key, and who is not there.

    `empty` are the places without it, each with the units for which it was sought there; `nowhere` the units that have no such
    place at all; `nobody` those for which the whole chain of stand-ins holds nobody. Units are codes.
    """

    rungs: list[str] = field(default_factory=list)
    told: dict[str, Person] = field(default_factory=dict)
    empty: dict[str, set[str]] = field(default_factory=dict)
    nowhere: dict[str, None] = field(default_factory=dict)
    nobody: dict[str, None] = field(default_factory=dict)


def recipients(campaign: Campaign, organisation: Organisation) -> Iterator[Problem]:
    yield from _owners(campaign, organisation)
    searches = _searches(campaign, organisation)
    for (audience, _), search in searches.items():
        yield from (Problem(text=text, path=PATH) for text in _sentences(organisation, audience, search))
    yield from _unreachable(organisation, {key: who for search in searches.values() for key, who in search.told.items()})


def _owners(campaign: Campaign, organisation: Organisation) -> Iterator[Problem]:
    """Owners and recipients by name who hold no post, or of whom there are several."""
    wanted = {owner: task.line for task in reversed(campaign.tasks) for owner in task.owners if owner not in ROLES}
    wanted |= {a.role: None for rung in campaign.ladder for a in rung.audience if a.level == "named" and a.role not in wanted}
    names = Counter(person.name for person in organisation.people)
    if lost := [name for name in wanted if not names[name]]:
        text = f"任职表里没有{some(lost)}：写了他们的事项提醒发给本单位负责人；请改成真名或职务"
        yield Problem(text=text, line=wanted[lost[0]], path="责任人")
    for name, line in wanted.items():
        if names[name] > 1:
            yield Problem(text=f"任职表里有{names[name]}人叫“{name}”，都会收到提醒；请改写职务", line=line, path="责任人")


def _searches(campaign: Campaign, organisation: Organisation) -> dict[tuple[Audience, bool], _Search]:
    """Every audience of the ladder, looked for once from every unit that owes something."""
    found: dict[tuple[Audience, bool], _Search] = {}
    seen: set[tuple[object, ...]] = set()
    owing = list(_owing(campaign, organisation))
    for rung, audience in [(step, whom) for step in campaign.ladder for whom in step.audience]:
        # After the line 书记 is another one than before it; all else is the same on every rung.
        which = (audience, rung.offset > 0)
        search = found.setdefault(which, _Search())
        search.rungs.append(when(rung))
        for task, unit in owing:
            once = (which, task.owners if audience.level == "own" else None, unit.code)
            if once not in seen:
                seen.add(once)
                _look(organisation, search, unit, audience, rung, task)
    return found


def _owing(campaign: Campaign, organisation: Organisation) -> Iterator[tuple[Task, UnitRow]]:
    """Every task that is chased, with every unit that owes it or may come to owe it."""
    by_grade = campaign.starting_grades is not None
    for task in campaign.tasks:
        if task.chased and task.deadline.end is not None:
            units = organisation.concerned(campaign.track_by_key[task.track], task.selector, by_grade=by_grade)
            yield from ((task, unit) for unit in units)


def _look(organisation: Organisation, search: _Search, unit: UnitRow, audience: Audience, rung: Rung, task: Task) -> None:
    """Look along the chain as a run does, and note where those meant were not found."""
    chain = chain_of(audience, rung, task)
    people = [organisation.holders(unit, candidate) for candidate in chain]
    first = next((no for no, found in enumerate(people) if found), None)
    if first is None:
        search.nobody[unit.code] = None
        return
    search.told |= {person.key: person for person in people[first]}
    meant = _meant(audience, chain)
    if first < meant or (audience.level == "clerk" and unit.kind in OFFICE_KINDS):
        return  # an office has its head, no 组织员
    if audience.role in OWNERS and not organisation.holders(unit, HEADS):
        return  # enrolment names the units without anybody
    places = organisation.places(unit, chain[meant - 1])
    for place in places:
        search.empty.setdefault(place.code, set()).add(unit.code)
    if not places:
        search.nowhere[unit.code] = None


def _meant(audience: Audience, chain: tuple[Candidate, ...]) -> int:
    """How many candidates at the head of the chain are the audience itself; whoever comes later stands in for it."""
    if audience.level == "contact":
        return len(CONTACTS)
    if audience.level == "clerk" and audience.role in CLERKS:
        return 1 + len(CLERKS)
    return next((no for no, candidate in enumerate(chain, 1) if not candidate.names), 1)


def _sentences(organisation: Organisation, audience: Audience, search: _Search) -> Iterator[str]:
    steps = "、".join(dict.fromkeys(search.rungs))
    whom = f"“{steps}”告诉{audience.words}"
    post = "负责人" if audience.role in OWNERS else audience.role
    if search.empty:
        places = [organisation.by_code[code] for code in search.empty]
        kinds = Counter(str(place.kind) for place in places)
        empty = "、".join(f"{number}个{kind}" for kind, number in kinds.items())
        owing = set().union(*search.empty.values())
        many = f"，涉及{len(owing)}个单位" if owing != set(search.empty) else ""
        yield f"{whom}：{empty}没有{post}（{names_of(places)}）{many}，由别人代收"
    if search.nowhere:
        yield f"{whom}：{len(search.nowhere)}个单位没有{_sought(audience)}可找，由别人代收"
    if search.nobody:
        units = [organisation.by_code[code] for code in search.nobody]
        if audience.level in ("contact", "root") and not organisation.offices((audience.office or TOP_OFFICE,)):
            whom += f"：单位表里没有{_sought(audience)}"
        yield f"{whom}：{len(units)}个单位一个人也找不到，不会有人收到；请补任职或改告诉谁：{names_of(units)}"


def _sought(audience: Audience) -> str:
    return "上级" if audience.level in ("clerk", "superior") else f"“{audience.office or TOP_OFFICE}”"


def _unreachable(organisation: Organisation, told: dict[str, Person]) -> Iterator[Problem]:
    """Who would be told and has no e-mail: his messages are held."""
    silent = [person for person in told.values() if not person.email]
    if silent:
        where = [f"{person.name}（{organisation.by_code[person.posts[0].unit].name}）" for person in silent]
        text = f"要收提醒的{len(told)}人中{len(silent)}人没有邮箱，消息会留着发不出去；请补邮箱：{some(where)}"
        yield Problem(text=text, path="任职")
