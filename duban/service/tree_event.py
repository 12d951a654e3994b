"""One event on the tree of units inside its transaction: what it reads, refuses, writes and says."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from duban.service import tree_rules as rules
from duban.service.context import Context
from duban.service.fates import what_became_of
from duban.service.people import standing
from duban.service.tree_rules import words
from duban.service.verdicts import Verdict, Verdicts
from storage import lineage, regroup
from storage import units as rows
from storage.acts import Acts
from storage.regroup import Noted
from storage.scope import EVERYTHING
from storage.succession import OpenDuty
from storage.units import PostLine, UnitRead, path_below
from workflow.errors import NotFound, Reason, Refused
from workflow.facts import Actor
from workflow.model import UnitKind

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What a decision says besides its subject: from which day, recorded by whom (None: the program), which document, why."""

    on: date
    by: int | None
    document: str | None = None
    reason: str | None = None
    via: str | None = None


@dataclass(frozen=True, kw_only=True)
class Part:
    """One of the units a unit is split into. The code of the old unit means that it goes on as this part."""

    code: str
    name: str
    members: int | None = None


@dataclass(frozen=True, kw_only=True)
class Reorganised:
    """What was done (or, with `preview`, would be): Chinese sentences, and a verdict on every open duty concerned."""

    on: date
    preview: bool
    changes: tuple[str, ...]
    verdicts: tuple[Verdict, ...]


@contextmanager
def tree_event(context: Context, decision: Decision, preview: bool) -> Iterator[Event]:
    """Everything of one event is written together, or (refused, or with `preview`) not at all."""
    with context.database.write() as connection:
        regroup.lock_tree(connection)
        context.refresh(connection)
        event = Event(context=context, connection=connection, decision=decision, preview=preview)
        event.refuse(rules.not_yet(decision.on, event.today))
        yield event
        event.verdicts.settle_above(event.left)
        context.record_instant(connection)
        if preview:
            connection.rollback()


@dataclass(kw_only=True)
class Event:
    """Reads as of today, writes from the day of the decision on."""

    context: Context
    connection: Connection
    decision: Decision
    preview: bool
    changes: list[str] = field(default_factory=list)
    answered: list[Verdict] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    """Paths that units had before: whoever stood above them may have waited for them."""

    def __post_init__(self) -> None:
        self.now = self.context.now()
        self.today = self.context.today()
        self.day = self.decision.on.toordinal()
        self.noted = Noted(day=self.day, at=self.now, by=self.decision.by, via=self.decision.via, reason=self.decision.reason)
        self.verdicts = Verdicts(
            context=self.context, connection=self.connection, noted=self.noted, today=self.today.toordinal()
        )

    @property
    def answer(self) -> Reorganised:
        return Reorganised(
            on=self.decision.on, preview=self.preview, changes=tuple(self.changes), verdicts=tuple(self.answered)
        )

    # --- reading

    def find(self, code: str) -> UnitRead:
        day = self.today.toordinal()
        found = rows.unit(self.connection, code.strip(), scope=EVERYTHING, day=day)
        if found is None:
            ended = what_became_of(self.connection, code.strip(), scope=EVERYTHING, day=day)
            if ended is not None:
                raise NotFound(f"{ended}：不能再调整")
            similar = rows.similar_units(self.connection, code, scope=EVERYTHING, day=day)
            hint = f"；是不是：{'、'.join(similar)}" if similar else ""
            raise NotFound(f"没有找到单位“{code}”：请写单位编号{hint}", candidates=similar)
        return found

    def below(self, unit: UnitRead) -> list[UnitRead]:
        found = rows.units(self.connection, scope=EVERYTHING, day=self.today.toordinal(), beneath=unit.path)
        return [each for each in found if each.id != unit.id]

    def children(self, unit: UnitRead) -> list[UnitRead]:
        return [each for each in self.below(unit) if each.parent_id == unit.id]

    def siblings(self, unit: UnitRead) -> list[UnitRead]:
        above = rows.unit_by_id(self.connection, unit.parent_id or 0, scope=EVERYTHING, day=self.today.toordinal())
        return [each for each in self.children(above) if each.id != unit.id] if above else []

    @cached_property
    def codes(self) -> set[str]:
        """Every code ever used."""
        return set(rows.unit_ids(self.connection))

    def actor(self, unit: UnitRead) -> Actor | None:
        person = self.decision.by
        if person is None:
            return None
        acts = Acts(self.connection.connection.driver_connection, self.context.database.dialect, self.connection)
        posts = acts.posts(person, self.today.toordinal())
        return Actor(person=person, name=acts.name_of(person), standing=standing(posts, unit.id, unit.path))

    # --- refusing

    def refuse(self, *reasons: Iterable[Reason]) -> None:
        """Raises `Refused` with all reasons there are."""
        found = [reason for some in reasons for reason in some]
        if found:
            raise Refused(found)

    def of(self, unit: UnitRead, *, decided: bool = False) -> Iterator[Reason]:
        """What stands against changing a unit; `decided`: it only takes something in, which is decided elsewhere."""
        then = rows.unit_by_id(self.connection, unit.id, scope=EVERYTHING, day=self.day)
        yield from rules.changed_since(unit, then, self.decision.on)
        if not decided:
            yield from rules.top(unit)
            yield from rules.not_entitled(self.actor(unit), unit)

    def ending(self, unit: UnitRead) -> Iterator[Reason]:
        first = regroup.first_days(self.connection, [unit.id])[unit.id]
        return rules.too_young(unit, first, self.decision.on)

    # --- writing

    def keep(self, duties: Sequence[OpenDuty], why: str) -> None:
        self.answered += self.verdicts.keep(duties, why)

    def void(self, duties: Sequence[OpenDuty], why: str) -> None:
        self.answered += self.verdicts.void(duties, why)

    def note(self, act: str, units: Sequence[UnitRead], data: dict[str, str], reason: str | None = None) -> None:
        """A line of the journal about units themselves."""
        noted = replace(self.noted, reason=self.decision.reason or reason)
        if self.decision.document:
            data = {**data, "document": self.decision.document}
        text = json.dumps(data, ensure_ascii=False) if data else None
        ids = [unit.id for unit in units]
        regroup.journal_units(self.connection, act, ids, noted, today=self.today.toordinal(), data=text)

    def lineage(self, kind: str, steps: Iterable[tuple[int | None, int | None]], default: str | None = None) -> None:
        lineage.add_lines(
            self.connection,
            kind,
            steps,
            day=self.day,
            at=self.now,
            by=self.decision.by,
            document=self.decision.document,
            reason=self.decision.reason or default,
        )

    def hang(self, unit: UnitRead, parent: UnitRead) -> None:
        """A unit with all below it goes under another one."""
        above = rows.unit_by_id(self.connection, unit.parent_id or 0, scope=EVERYTHING, day=self.today.toordinal())
        self.keep(self.verdicts.open(beneath=[unit.path]), f"改由{parent.name}管理，事项和时限不变")
        self.note("move", [unit], {"from": above.code if above else "", "to": parent.code})
        regroup.move_subtree(
            self.connection,
            unit_id=unit.id,
            path=unit.path,
            parent_id=parent.id,
            new_path=path_below(parent.path, unit.id),
            day=self.day,
            at=self.now,
        )
        self.lineage(lineage.MOVED, [(unit.id, unit.id)])
        self.left.append(unit.path)
        self.say(f"{words(unit)}由{above.name if above else '上级'}调整到{parent.name}")
        if unit.kind == UnitKind.BRANCH and parent.kind == UnitKind.SCHOOL:
            self.say(f"注意：{unit.name}直接隶属{parent.name}，类型仍是党支部；如果是直属党支部，请在单位表里改类型后导入")

    def take_over(self, ended: Sequence[UnitRead], target: UnitRead) -> None:
        """What stands below units that end goes under their successor."""
        going = {unit.id for unit in ended}
        for unit in ended:
            # Read again: it may have gone along with a unit above it.
            for child in self.children(self.find(unit.code)):
                if child.id not in going:
                    self._warn_of_namesake(child, target)
                    self.hang(child, target)

    def _warn_of_namesake(self, unit: UnitRead, parent: UnitRead) -> None:
        for other in self.children(parent):
            if other.name == unit.name:
                self.say(f"注意：{words(unit)}与{words(other)}同名，请另行更名")

    def end(
        self,
        units: Sequence[UnitRead],
        act: str,
        kind: str,
        steps: Sequence[tuple[int, int | None]],
        *,
        default: str | None = None,
    ) -> None:
        """Units are no more, nor the posts in them."""
        posts = [post for u in units for post in self._holders(u)]
        self.note(act, units, {}, default)
        regroup.end_units(self.connection, [unit.id for unit in units], day=self.day, at=self.now)
        self.lineage(kind, steps, default)
        self.left += [unit.path for unit in units]
        if posts:
            self.say(f"{len(posts)}条任职到{self.decision.on - timedelta(days=1)}为止")

    def _holders(self, unit: UnitRead) -> list[PostLine]:
        return rows.holders(self.connection, scope=EVERYTHING, unit_id=unit.id, day=self.today.toordinal())

    def found(self, parts: Sequence[Part], *, like: UnitRead) -> list[int]:
        """New units beside or under others; without a grade."""
        ids = rows.add_units(self.connection, [part.code for part in parts], self.now)
        above = like.path.removesuffix(path_below("/", like.id)[1:])
        spans: list[dict[str, object]] = [
            {
                "unit_id": ids[part.code],
                "valid_from": self.day,
                "recorded_at": self.now,
                "name": part.name,
                "kind": like.kind,
                "branch_kind": like.branch_kind,
                "members": part.members,
                "grade": None,
                "parent_id": like.parent_id,
                "path": path_below(above, ids[part.code]),
                "depth": like.depth,
            }
            for part in parts
        ]
        rows.add_spans(self.connection, spans)
        return [ids[part.code] for part in parts]

    def go_on(self, unit: UnitRead, part: Part, steps: Sequence[tuple[int, int]]) -> None:
        """A unit that was split and kept its code."""
        self.note("split", [unit], {"from": unit.name, "to": part.name})
        if part.name != unit.name:
            regroup.rename_unit(self.connection, unit.id, part.name, day=self.day, at=self.now)
        if part.members is not None:
            regroup.set_members(self.connection, unit.id, part.members, day=self.day, at=self.now)
        self.lineage(lineage.SPLIT, [(unit.id, unit.id), *steps])

    def count_members(self, unit: UnitRead, together: Sequence[UnitRead]) -> None:
        """The successor's members are those of all, where all are known."""
        counts = [each.members for each in together if each.members is not None]
        if len(counts) == len(together):
            regroup.set_members(self.connection, unit.id, sum(counts), day=self.day, at=self.now)
            self.say(f"{words(unit)}党员{unit.members}人改为{sum(counts)}人")

    def say(self, sentence: str) -> None:
        self.changes.append(sentence)

    def say_empty(self, parts: Sequence[Part]) -> None:
        if parts:
            names = "、".join(part.name for part in parts)
            self.say(f"{names}还没有任职：请用 duban units import 补上书记和委员，否则没有人收到提醒")
