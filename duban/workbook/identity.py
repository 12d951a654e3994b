"""Which rows of 任职 speak of the same person."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from duban.workbook.rows import POSTS, PostRow
from workflow.errors import Problem

Contact = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class Person:
    """A person and all his posts in a file.

    `number` is the 工号. `key` is the same from one import to the next: `工号:19980012`, `邮箱:…`, `手机:…`, or the post
    itself (`任职:0307:书记:…`) if nothing else is known.
    """

    key: str
    name: str
    number: str | None = None
    email: str | None = None
    mobile: str | None = None
    posts: tuple[PostRow, ...]


@dataclass(frozen=True, kw_only=True)
class Persons:
    """`problems` name the rows that contradict others; those rows are not among the posts of `people`."""

    people: tuple[Person, ...]
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]


def persons(posts: Sequence[PostRow]) -> Persons:
    """People by the rule: the same 工号 is one person, else the same e-mail, else the same mobile; the same name alone is not.

    Rows without 工号 that share an address are one person, and join the one 工号 their e-mail, else their mobile, belongs to.
    Two names for one person, or a row that fits two 工号, is a problem of the later row.
    """
    groups, loose = _split(posts)
    owners = _owners(groups)
    problems: list[Problem] = []
    strangers: list[list[PostRow]] = []
    for rows in _sharing(loose):
        numbers = _numbers(rows, owners)
        if len(numbers) == 1:
            groups[numbers[0]].extend(rows)
        elif numbers:
            problems.extend(_several(row, numbers) for row in rows)
        else:
            strangers.append(rows)
    everybody = [*groups.values(), *strangers]
    problems.extend(_two_names(row, rows[0]) for rows in everybody for row in rows if row.name != rows[0].name)
    people = tuple(_person([row for row in rows if row.name == rows[0].name]) for rows in everybody)
    warnings = (*_shared(people), *_changing(people), *_unreachable(people))
    return Persons(people=people, problems=_by_line(problems), warnings=_by_line(warnings))


def _split(posts: Iterable[PostRow]) -> tuple[dict[str, list[PostRow]], list[PostRow]]:
    numbered: dict[str, list[PostRow]] = {}
    loose: list[PostRow] = []
    for row in posts:
        (numbered.setdefault(row.person, []) if row.person else loose).append(row)
    return numbered, loose


def _contacts(row: PostRow) -> Iterator[Contact]:
    """(邮箱, address), then (手机, number): what a row without 工号 is recognised by."""
    if row.email:
        yield "邮箱", row.email.casefold()
    if row.mobile:
        yield "手机", row.mobile


def _owners(groups: Mapping[str, Iterable[PostRow]]) -> dict[Contact, list[str]]:
    owners: dict[Contact, list[str]] = {}
    for number, rows in groups.items():
        for contact in dict.fromkeys(contact for row in rows for contact in _contacts(row)):
            owners.setdefault(contact, []).append(number)
    return owners


def _sharing(loose: Sequence[PostRow]) -> list[list[PostRow]]:
    """Rows that share an e-mail or a mobile, directly or through other rows: the order of rows makes no difference."""
    by_contact: dict[Contact, list[int]] = {}
    for index, row in enumerate(loose):
        for contact in _contacts(row):
            by_contact.setdefault(contact, []).append(index)
    groups: list[list[PostRow]] = []
    seen: set[int] = set()
    for index in range(len(loose)):
        if index not in seen:
            together = _reached(index, loose, by_contact)
            seen |= together
            groups.append([loose[each] for each in sorted(together)])
    return groups


def _reached(start: int, loose: Sequence[PostRow], by_contact: dict[Contact, list[int]]) -> set[int]:
    reached, waiting = {start}, [start]
    while waiting:
        for contact in _contacts(loose[waiting.pop()]):
            new = [index for index in by_contact.pop(contact, ()) if index not in reached]
            reached.update(new)
            waiting.extend(new)
    return reached


def _numbers(rows: Sequence[PostRow], owners: Mapping[Contact, list[str]]) -> list[str]:
    """The 工号 these rows belong to: by e-mail, and only if that says nothing by mobile."""
    for medium in ("邮箱", "手机"):
        contacts = dict.fromkeys(contact for row in rows for contact in _contacts(row) if contact[0] == medium)
        found = list(dict.fromkeys(number for contact in contacts for number in owners.get(contact, ())))
        if found:
            return found
    return []


def _person(rows: Sequence[PostRow]) -> Person:
    first = rows[0]
    email = next((row.email for row in rows if row.email), None)
    mobile = next((row.mobile for row in rows if row.mobile), None)
    known = (("工号", first.person), ("邮箱", email and email.casefold()), ("手机", mobile))
    key = next((f"{what}:{value}" for what, value in known if value), f"任职:{first.unit}:{first.role}:{first.name}")
    return Person(key=key, name=first.name, number=first.person, email=email, mobile=mobile, posts=tuple(rows))


def _several(row: PostRow, numbers: Sequence[str]) -> Problem:
    text = f"「{row.name}」没有工号，邮箱或手机与工号 {'、'.join(numbers)} 都相同，不知是谁；请填写工号"
    return Problem(line=row.line, path=f"{POSTS}!工号", text=text)


def _two_names(row: PostRow, first: PostRow) -> Problem:
    if row.person:
        text = f"工号「{row.person}」在第{first.line}行是「{first.name}」，这里是「{row.name}」；请改正工号或姓名"
    else:
        text = (
            f"没有工号，邮箱或手机与第{first.line}行「{first.name}」相同，姓名却是「{row.name}」；"
            "同一人请统一姓名，不同的人请各填工号"
        )
    return Problem(line=row.line, path=f"{POSTS}!姓名", text=text)


def _shared(people: Iterable[Person]) -> Iterator[Problem]:
    """Two people with one address: each would read the other's messages."""
    owner: dict[Contact, Person] = {}
    for person in people:
        for contact in dict.fromkeys(contact for row in person.posts for contact in _contacts(row)):
            other = owner.setdefault(contact, person)
            if other is not person:
                text = f"「{person.name}」与「{other.name}」的{contact[0]}相同（{contact[1]}），工号不同，算两个人；请核对"
                yield Problem(line=person.posts[0].line, path=f"{POSTS}!{contact[0]}", text=text)


def _changing(people: Iterable[Person]) -> Iterator[Problem]:
    for person in people:
        for row in person.posts:
            for medium, here, first in (("邮箱", row.email, person.email), ("手机", row.mobile, person.mobile)):
                if here and first and here.casefold() != first.casefold():
                    text = f"「{person.name}」前面填的{medium}是 {first}，这里是 {here}；提醒发往前一个"
                    yield Problem(line=row.line, path=f"{POSTS}!{medium}", text=text)


def _unreachable(people: Iterable[Person]) -> Iterator[Problem]:
    for person in people:
        if not (person.number or person.email or person.mobile):
            text = f"「{person.name}」没有工号、邮箱和手机：收不到提醒，也不能与其他行认作同一人；请至少填一项"
            yield Problem(line=person.posts[0].line, path=f"{POSTS}!工号", text=text)


def _by_line(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(problems, key=lambda problem: problem.line or 0))
