"""转到新版: a running campaign takes another ladder, contact or wording; every open duty goes on from where it stood.

Rungs are the same by their keys. What was told stays told and is not told again; a new rung below where a duty stands, or one whose day
has passed before anything else was due, is recorded as skipped; a rung that is gone is passed over. What a new version may not change
(what is owed, by whom, by when) is refused with a list. Submissions that wait for their reviewer keep the last day they have.
组织部 decides.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from duban.service.context import Context, Running, day_of
from duban.service.entitled import actor, no_reason, not_an_officer
from duban.service.projection import hold_everything
from phases.compile import compile_definition
from phases.differences import differences
from storage import campaigns, locks, runs
from storage.database import Collision
from storage.journal import note_event
from storage.projection import OpenDuties, OpenGroup
from storage.regroup import Noted
from storage.tables_telling import PARKED_AT
from workflow.errors import Reason, Refused
from workflow.ladder import Group, first_look, position, slot_day
from workflow.model import Campaign, Rung, Task
from workflow.workdays import WorkCalendar

if TYPE_CHECKING:
    from sqlalchemy import Connection

COLLISIONS = 3
"""How often it begins anew where it met an act on the same duties (PostgreSQL)."""
MIGRATE = "migrate"
VERDICTS = {
    "same": "下一步的时间不变",
    "moved": "下一步的时间改变",
    "resumed": "督办程序已走完，按新版还有下一步",
    "ended": "按新版督办程序已走完",
    "untouched": "不在督办之列（没有时限、不催办，或新旧版都已走完）",
}


@dataclass(frozen=True, kw_only=True)
class RungChange:
    """What becomes of one rung: `verdict` is same, changed, moved (another number), new or removed."""

    key: str
    verdict: str
    before: int | None
    after: int | None


@dataclass(frozen=True, kw_only=True)
class Migrated:
    """What a migration did (or, in a preview, would do). `verdicts` counts the open duties by what becomes of them (see `VERDICTS`),
    `skipped` the lines about rungs that nobody is told about any more. `version` numbers the campaign's versions; the launch is 1.
    """

    campaign: int
    name: str
    version: int
    preview: bool
    duties: int
    verdicts: dict[str, int]
    skipped: int
    rungs: tuple[RungChange, ...]


def migrate(
    context: Context,
    text: str,
    *,
    name: str = "活动设置",
    campaign: str | int | None = None,
    by: int,
    reason: str,
    via: str | None = None,
    preview: bool = False,
) -> Migrated:
    """Let a campaign go on by another version of its definition. Raises `DefinitionError`, `Refused` with every reason."""
    running = context.pick(campaign)
    for left in range(COLLISIONS, -1, -1):
        try:
            with context.database.write() as connection:
                hold_everything(connection)
                locks.hold(connection, locks.FOLD)
                context.refresh(connection)
                running = context.running(running.id)
                new = compile_definition(text, name=name, calendar=context.calendar)
                _refuse(context, connection, running, new, by, reason)
                made = _carry_over(context, connection, running, new, text, Noted(
                    day=context.today().toordinal(), at=context.now(), by=by, via=via, reason=reason.strip()
                ), preview)  # fmt: skip
                if preview:
                    connection.rollback()
                else:
                    context.record_instant(connection)
            return made
        except Collision:
            if not left:
                raise
    raise AssertionError("unreachable")


def _refuse(context: Context, connection: Connection, running: Running, new: Campaign, by: int, reason: str) -> None:
    against = [*no_reason(reason, "转到新版"), *not_an_officer(actor(context, connection, by), "转到新版")]
    if new.digest == running.campaign.digest:
        against.append(Reason(code="same-version", text="活动正是按这份活动设置运行的", unblock="不用再办理"))
    unblock = "改回原样再试；要改的内容另发通知、另启动活动，或用 extend、waive 逐件办理"
    against += [
        Reason(code="not-migratable", text=f"新版不只改了督办、联系人和文字：{difference}", unblock=unblock)
        for difference in differences(running.campaign, new)
    ]
    if against:
        raise Refused(against)


def _carry_over(
    context: Context, connection: Connection, running: Running, new: Campaign, text: str, noted: Noted, preview: bool
) -> Migrated:
    run_id = runs.open_run(connection, as_of=noted.at, at=noted.at, kind=MIGRATE)
    tasks = {
        id_: new.task_by_key[key] for key, id_ in campaigns.task_ids(connection, running.id).items() if key in new.task_by_key
    }
    work = _Work(old=running.campaign, new=new, calendar=context.calendar, now=noted.at, run_id=run_id, tasks=tasks,
                 duties=OpenDuties(connection, campaign_id=running.id))  # fmt: skip
    for group in work.duties.groups():
        work.take(group)
    work.duties.done()
    if not campaigns.has_version(connection, running.id):
        row = campaigns.campaign(connection, running.id)
        assert row is not None
        campaigns.add_version(connection, running.id, row.definition_id, at=row.launched_at, by=None)
    definition_id = campaigns.add_definition(connection, digest=new.digest, text=text, at=noted.at)
    version = campaigns.add_version(
        connection, running.id, definition_id, at=noted.at, by=noted.by, via=noted.via, reason=noted.reason
    )
    runs.close_run(connection, run_id, state="done", finished_at=noted.at, skipped=work.skipped)
    data = {"version": version, "from": running.campaign.digest, "to": new.digest, "duties": dict(work.verdicts)}
    note_event(connection, MIGRATE, noted, campaign_id=running.id, data=json.dumps(data, ensure_ascii=False))
    return Migrated(
        campaign=running.id,
        name=new.name,
        version=version,
        preview=preview,
        duties=sum(work.verdicts.values()),
        verdicts={verdict: work.verdicts.get(verdict, 0) for verdict in VERDICTS},
        skipped=work.skipped,
        rungs=tuple(_rungs(running.campaign.ladder, new.ladder)),
    )


@dataclass
class _Work:
    """One pass over the groups of open duties."""

    old: Campaign
    new: Campaign
    calendar: WorkCalendar
    now: int
    run_id: int
    tasks: dict[int, Task]
    duties: OpenDuties
    verdicts: Counter[str] = field(default_factory=Counter)
    skipped: int = 0

    def take(self, group: OpenGroup) -> None:
        task = self.tasks.get(group.task_id)
        if task is None or not task.chased or group.due_day is None:
            self.verdicts["untouched"] += group.size
            return
        self.duties.renew(group)  # an act that has read the old ladder is decided anew
        stands, passed = self._stands(group, group.due_day)
        look = first_look(self.new, stands, self.calendar)
        for rung in passed:
            day = slot_day(rung, stands, self.calendar).toordinal()
            self.skipped += self.duties.pass_over(group, rung.key, slot_day=day, run_id=self.run_id)
        if look is not None:
            self.duties.start(
                group,
                at=look if group.at != PARKED_AT else PARKED_AT,
                rung=stands.rung,
                repeat=stands.repeat,
                told_on=stands.told_on.toordinal() if stands.told_on else None,
                held_to=group.held_to,
            )
        self.verdicts[self._verdict(group, look)] += group.size

    def _verdict(self, group: OpenGroup, look: int | None) -> str:
        if look is None:
            return "ended" if group.at is not None else "untouched"
        if group.at is None:
            return "resumed"
        return "same" if look == group.at or group.at == PARKED_AT else "moved"

    def _stands(self, group: OpenGroup, due_day: int) -> tuple[Group, list[Rung]]:
        """Where a group stands on the new ladder, and the rungs that are passed over on the way there."""
        # Without a next look the ladder has ended: then it stands on its last rung, and who was told last has had no dwell yet.
        ended = group.at is None
        no = max((rung.no for rung in self.old.ladder), default=0) if ended else group.rung
        after, passed = position(self.old.ladder, self.new.ladder, no)
        told_on = self.now_day if ended and no else _day(group.told_on)
        stands = Group(
            due=date.fromordinal(due_day),
            internal=_day(group.internal_day),
            made_on=date.fromordinal(group.made_on),
            rung=after,
            repeat=group.repeat,
            told_on=told_on,
            held_to=_day(group.held_to),
        )
        if ended or self._key(self.old, no) != self._key(self.new, after):
            stands = self._told_out(stands)
        skipped = list(passed)
        for rung in self._fresh_and_past(stands):
            stands = self._told_out(replace(stands, rung=rung.no))
            skipped.append(rung)
        return stands, skipped

    def _fresh_and_past(self, stands: Group) -> Iterator[Rung]:
        """New rungs right above whose time has come before anybody knew of them."""
        known = {rung.key for rung in self.old.ladder}
        for rung in self.new.ladder:
            if rung.no <= stands.rung:
                continue
            day = slot_day(rung, stands, self.calendar)
            at = datetime.combine(day, rung.at, ZoneInfo(self.new.zone)).timestamp()
            if rung.key in known or at > self.now:
                return
            yield rung

    def _told_out(self, stands: Group) -> Group:
        """Nobody was told this rung: it is not repeated."""
        rung = next((each for each in self.new.ladder if each.no == stands.rung), None)
        return replace(stands, repeat=rung.repeat_most if rung is not None else 0)

    def _key(self, campaign: Campaign, no: int) -> str | None:
        return next((rung.key for rung in campaign.ladder if rung.no == no), None)

    @property
    def now_day(self) -> date:
        return day_of(self.now, self.new.zone)


def _rungs(old: tuple[Rung, ...], new: tuple[Rung, ...]) -> Iterator[RungChange]:
    before, after = {rung.key: rung for rung in old}, {rung.key: rung for rung in new}
    for key, rung in after.items():
        was = before.get(key)
        if was is None:
            yield RungChange(key=key, verdict="new", before=None, after=rung.no)
            continue
        verdict = "moved" if was.no != rung.no else "same" if replace(was, no=rung.no) == rung else "changed"
        yield RungChange(key=key, verdict=verdict, before=was.no, after=rung.no)
    for key, rung in before.items():
        if key not in after:
            yield RungChange(key=key, verdict="removed", before=rung.no, after=None)


def _day(ordinal: int | None) -> date | None:
    return date.fromordinal(ordinal) if ordinal is not None else None
