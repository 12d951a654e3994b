"""What a portal developer writes against: one object with the use cases as methods."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypedDict, Unpack

from duban import sandbox
from duban.clock import Clock, system_clock
from duban.service import act as acting
from duban.service import (
    answering,
    deciding,
    delegating,
    heartbeat,
    holding,
    migrating,
    organisation,
    pausing,
    previewing,
    receipts,
    reorganise,
    reply_page,
    replying,
    run_guards,
    signing,
    tending,
    waking,
)
from duban.service import calendar as calendars
from duban.service import chases as chasing
from duban.service import cohort as cohorts
from duban.service import deliver as delivering
from duban.service import doctor as doctoring
from duban.service import escalate as escalating
from duban.service import explain as explaining
from duban.service import export as exporting
from duban.service import launch as launching
from duban.service import papers as paper_drafts
from duban.service import select as selecting
from duban.service import status as standing
from duban.service import why as telling
from duban.service import year as years
from duban.service.act import Asked, Done
from duban.service.answering import Answer, Answered
from duban.service.calendar import By, CalendarChange
from duban.service.chases import Chase, Released
from duban.service.context import Context, Running
from duban.service.deciding import Decided, WaitingDecision
from duban.service.delegating import Delegated
from duban.service.deliver import Delivered
from duban.service.escalate import RunResult
from duban.service.explain import Explained
from duban.service.holding import Silence
from duban.service.launch import Launched
from duban.service.migrating import Migrated
from duban.service.organisation import Imported
from duban.service.papers import PaperRead
from duban.service.people import find_person
from duban.service.previewing import Previewed
from duban.service.reorganise import Decision, Part, Reorganised
from duban.service.reply_page import Reply
from duban.service.replying import Recorded
from duban.service.select import Target
from duban.service.status import Board
from duban.service.tending import ChannelRead, MessageRead
from duban.service.why import Why
from duban.service.year import DayAnswer, YearView
from duban.settings import Settings
from phases.targets import TargetFigure
from storage import grades as grade_rows
from storage import journal as journal_rows
from storage import status as status_rows
from storage.database import Database, prepare
from storage.scope import EVERYTHING, Scope
from workflow.decide import Action
from workflow.errors import DubanError, NotFound, Refused
from workflow.model import Way


@dataclass(frozen=True, kw_only=True)
class BulkResult:
    """What an act on many did, each in a transaction of its own: a refusal of one does not hold up the others."""

    done: tuple[Done, ...]
    refused: tuple[tuple[Target, Refused], ...]


class DecisionWords(TypedDict, total=False):
    """What a decision about the organisation says: the day it holds from, who records it, the document, why, from where."""

    on: date | None
    by: str | int | None
    document: str | None
    reason: str | None
    via: str | None


class Engine:
    """A database, its clock, and everything that can be done.

    `Engine("sqlite:///campaigns.db")` makes and migrates the file on first use; `postgresql+psycopg://…` expects `duban db upgrade`.
    Safe to share between threads; every call is a transaction of its own.
    """

    def __init__(self, url: str, *, clock: Clock | None = None, settings: Settings | None = None) -> None:
        self.database = Database(url)
        try:
            self.context = self._opened(clock, settings or Settings())
        except BaseException:
            self.database.close()  # who has no engine cannot close it
            raise

    def _opened(self, clock: Clock | None, settings: Settings) -> Context:
        prepare(self.database)
        found = sandbox.identify(self.database)
        if clock is not None and not found.sandbox:
            raise DubanError(
                "这个数据库按真实时间运行，不能另给时钟；沙盘请用 duban db create --sandbox 新建", code="not-a-sandbox"
            )
        if clock is None:
            clock = sandbox.resting_clock(found) if found.sandbox else system_clock()
        return Context(
            database=self.database,
            clock=clock,
            settings=settings,
            sandbox=found.sandbox,
            instance=found.instance,
            wake=waking.wake_of(self.database, settings, clock),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Give the connections back."""
        self.database.close()

    # --- setting up

    def import_units(
        self,
        *paths: str | Path,
        files: Mapping[str, bytes] | None = None,
        skip_bad: bool = False,
        end_missing: bool = False,
        preview: bool = False,
    ) -> Imported:
        """Take a workbook, or units.csv and posts.csv, in. Raises `WorkbookError` with every bad row."""
        content = dict(files or {})
        for path in paths:
            content[Path(path).name] = read_file(path)
        return organisation.import_units(self.context, content, skip_bad=skip_bad, end_missing=end_missing, preview=preview)

    def import_calendar(
        self,
        path: str | Path,
        *,
        content: bytes | None = None,
        by: str | int | None = None,
        published: Sequence[int] = (),
        reason: str | None = None,
        via: str | None = None,
        preview: bool = False,
    ) -> CalendarChange:
        """Take rest days, made-up workdays, terms or whole years in from .ics, .xlsx or .csv, and plan what is open by them.

        `published` are years whose whole arrangement the file has. Raises `CalendarFileError` with every problem, `Refused`.
        """
        words = self._calendar_by(by, reason, via)
        given = content if content is not None else read_file(path)
        return calendars.import_calendar(self.context, Path(path).name, given, by=words, published=published, preview=preview)

    def apply_calendar(
        self, *, by: str | int | None = None, reason: str | None = None, via: str | None = None, preview: bool = False
    ) -> CalendarChange:
        """Plan what is open by the calendar in use, after a new release of the statutory days or a change in duban.toml."""
        return calendars.apply_calendar(self.context, by=self._calendar_by(by, reason, via), preview=preview)

    def _calendar_by(self, by: str | int | None, reason: str | None, via: str | None) -> By:
        return By(person=self.person(by) if by is not None else None, via=via, reason=reason)

    def launch(
        self, definition: str | Path, *, by: str | int | None = None, accept_past: bool = False, text: str | None = None
    ) -> int:
        """Start a campaign from a definition, YAML or .xlsx (or `text`); returns its id. Raises `DefinitionError`, `Refused`."""
        return self.launched(definition, by=by, accept_past=accept_past, text=text).campaign

    def launched(
        self, definition: str | Path, *, by: str | int | None = None, accept_past: bool = False, text: str | None = None
    ) -> Launched:
        """The same, with the numbers of cases and duties made."""
        from duban.definition_file import definition_text

        content = text if text is not None else definition_text(definition, calendar=self.context.calendar)
        person = self.person(by) if by is not None else None
        return launching.launch(self.context, content, name=Path(definition).name, by=person, accept_past=accept_past)

    # --- reorganising: dated events on the tree; `on` is the day from which each holds, None today

    def rename_unit(self, code: str, name: str, *, preview: bool = False, **decision: Unpack[DecisionWords]) -> Reorganised:
        """更名. This and the next five answer what changes and what becomes of every open duty; `preview` writes nothing."""
        return reorganise.rename(self.context, code, name, self._decision(decision), preview=preview)

    def move_unit(self, code: str, under: str, *, preview: bool = False, **decision: Unpack[DecisionWords]) -> Reorganised:
        """隶属调整, with everything below it."""
        return reorganise.move(self.context, code, under, self._decision(decision), preview=preview)

    def dissolve_unit(self, code: str, *, preview: bool = False, **decision: Unpack[DecisionWords]) -> Reorganised:
        """撤销; needs a reason."""
        return reorganise.dissolve(self.context, code, self._decision(decision), preview=preview)

    def merge_units(
        self, codes: Sequence[str], into: str, *, preview: bool = False, **decision: Unpack[DecisionWords]
    ) -> Reorganised:
        """合并 into a unit that is there; it may be one of `codes`."""
        return reorganise.merge(self.context, codes, into, self._decision(decision), preview=preview)

    def split_unit(
        self, code: str, into: Sequence[Part], *, preview: bool = False, **decision: Unpack[DecisionWords]
    ) -> Reorganised:
        """拆分 into new units; a part with the old code means that the unit goes on as that part."""
        return reorganise.split(self.context, code, into, self._decision(decision), preview=preview)

    def add_unit(
        self,
        code: str,
        name: str,
        kind: str,
        under: str,
        *,
        branch_kind: str | None = None,
        members: int | None = None,
        preview: bool = False,
        **decision: Unpack[DecisionWords],
    ) -> Reorganised:
        """新建: without a grade, and owing only what is still ahead."""
        return reorganise.add(
            self.context,
            code,
            name,
            kind,
            under,
            self._decision(decision),
            branch_kind=branch_kind,
            members=members,
            preview=preview,
        )

    def _decision(self, words: DecisionWords) -> Decision:
        by = words.get("by")
        return Decision(
            on=words.get("on") or self.context.today(),
            by=self.person(by) if by is not None else None,
            document=words.get("document"),
            reason=words.get("reason"),
            via=words.get("via"),
        )

    # --- acting

    def act(
        self,
        act: str,
        *,
        by: str | int,
        duty: int | None = None,
        case: int | None = None,
        reason: str | None = None,
        to: date | None = None,
        data: Mapping[str, Any] | None = None,
        ways: Sequence[Way | str] = (),
        received_on: date | None = None,
        expect_version: int | None = None,
        via: str | None = None,
    ) -> Done:
        """One act on one duty (or, for `advance`, one case). Raises `Refused` with every reason; then nothing is written."""
        asked = Asked(
            act=act,
            by=self.person(by),
            duty=duty,
            case=case,
            reason=reason,
            to=to,
            data=data,
            ways=frozenset(Way(way) for way in ways),
            received_on=received_on,
            expect_version=expect_version,
            via=via,
        )
        return acting.act(self.context, asked)

    def targets(
        self,
        *,
        units: Sequence[str] = (),
        under: str | None = None,
        duty: str | None = None,
        campaign: int | str | None = None,
    ) -> list[Target]:
        """The duties called `duty` (or, without one, the cases) of some units, or of all branches under one."""
        return selecting.targets(self.context, self.context.pick(campaign), units=units, under=under, duty=duty)

    def act_many(self, act: str, targets: Sequence[Target], **words: Any) -> BulkResult:
        """The same act on many, by the same person with the same words."""
        done: list[Done] = []
        refused: list[tuple[Target, Refused]] = []
        for target in targets:
            try:
                done.append(self.act(act, **{**target.words(), **words}))
            except Refused as refusal:
                refused.append((target, refusal))
        return BulkResult(done=tuple(done), refused=tuple(refused))

    def available(self, case: int, *, to: str | int) -> list[Action]:
        """Every act that exists for a case and its duties now, with what stands against it for this person: the same guards."""
        return explaining.available(self.context, case, self.person(to))

    # --- answering, deciding, papers

    def answer(
        self,
        kind: str,
        *,
        by: str | int,
        duty: int | None = None,
        until: date | None = None,
        note: str | None = None,
        via: str | None = None,
    ) -> Answered:
        """What somebody who was told says: seen (知悉), promise (承诺 `until`) or snooze (no digest to the end of `until`).

        seen without a duty is of everything open he was told about. Raises `Refused` with what would be possible.
        """
        said = Answer(kind=kind, by=self.person(by), duty=duty, until=until, note=note, via=via)
        return answering.answer(self.context, said)

    def decide(self, duty: int, choice: str, *, by: str | int, note: str | None = None, via: str | None = None) -> Decided:
        """A leader's choice about what was brought before him: 电话了解, 督办单, 约谈 or 不处理. The first stands."""
        return deciding.decide(self.context, duty, choice, by=self.person(by), note=note, via=via)

    def waiting_decisions(
        self, by: str | int | None = None, *, campaign: int | str | None = None, scope: Scope = EVERYTHING
    ) -> tuple[WaitingDecision, ...]:
        """What waits for a leader's decision (`by`: what he himself was asked)."""
        person = self.person(by) if by is not None else None
        wanted = self.context.pick(campaign).id if campaign is not None else None
        return deciding.waiting_decisions(self.context, by=person, campaign=wanted, scope=scope)

    def reply_page(self, secret: str) -> Reply:
        """What the link in a message opens; changes nothing. Raises `BadLink`."""
        return reply_page.opened(self.context, secret)

    def reply(self, secret: str, fields: Mapping[str, str]) -> Recorded:
        """What was sent from that page. Acts once. Raises `BadLink`, `Refused`."""
        return replying.reply(self.context, secret, fields)

    def draft_paper(
        self,
        kind: str,
        *,
        duty: str,
        under: str | None = None,
        by: str | int,
        campaign: int | str | None = None,
        until: date | None = None,
        via: str | None = None,
    ) -> PaperRead:
        """起草 a 催办函, 督办单 (to one second-level unit) or 通报 from what is open now."""
        running = self.context.pick(campaign)
        person = self.person(by)
        return paper_drafts.draft(self.context, running, kind, duty=duty, under=under, by=person, until=until, via=via)

    def papers(
        self, *, campaign: int | str | None = None, state: str | None = None, scope: Scope = EVERYTHING
    ) -> tuple[PaperRead, ...]:
        """Papers, oldest first; `state` is draft, signed or refused."""
        wanted = self.context.pick(campaign).id if campaign is not None else None
        return paper_drafts.papers(self.context, campaign=wanted, state=state, scope=scope)

    def paper(self, paper: int, *, scope: Scope = EVERYTHING) -> PaperRead:
        return paper_drafts.paper(self.context, paper, scope=scope)

    def paper_file(self, paper: int, *, scope: Scope = EVERYTHING) -> bytes:
        """A paper as a Word file (.docx), in the office's own template if there is one. `PaperRead.file_name` is what to call it."""
        return paper_drafts.paper_file(self.context, paper, scope=scope)

    def sign_paper(self, paper: int, *, by: str | int, number: str | None = None, via: str | None = None) -> PaperRead:
        """签发; from then on the paper stays as it is. Raises `Refused` if what it lists has come in since."""
        return signing.sign(self.context, paper, by=self.person(by), number=number, via=via)

    def refuse_paper(self, paper: int, *, by: str | int, reason: str, via: str | None = None) -> PaperRead:
        """不签发, and why."""
        return signing.refuse(self.context, paper, by=self.person(by), reason=reason, via=via)

    # --- running

    def escalate(
        self, *, as_of: int | None = None, dry: bool = False, expect: str | None = None, backfill: bool = False
    ) -> RunResult:
        """One run: do what is due. Cron, scheduler, button and test call this one.

        A run of now as cron does it, with none of these, is told to the outside monitor. A `backfill` tells nobody: everything due
        by `as_of`, which may be past, is recorded as skipped.
        """
        run = partial(escalating.escalate, self.context, as_of=as_of, dry=dry, expect=expect, backfill=backfill)
        usual = not (dry or backfill) and as_of is None and expect is None
        return heartbeat.watched(self.context, run) if usual else run()

    def confirm_run(self, run: int, *, accept: bool = True, sent: Sequence[str] = ()) -> dict[str, int | str]:
        """Release or reject a run that is held. `sent`: keys of messages that left before a restored backup was made."""
        return run_guards.confirm_run(self.context, run, accept=accept, sent=sent)

    def restored(self, *, by: str | int, via: str | None = None) -> int:
        """The database came from a backup: what waits is held, and so is the next run. Returns how many messages are held."""
        return run_guards.restored(self.context, by=self.person(by), via=via)

    def rewind(self, *, by: str | int, reason: str, via: str | None = None) -> dict[str, str | None]:
        """After a clock that was ahead: runs count from now on again. Raises `Refused` if there is nothing to take back."""
        return run_guards.rewind(self.context, by=self.person(by), reason=reason, via=via)

    # --- holding back, standing in, another version

    def silence(
        self,
        *,
        by: str | int,
        reason: str,
        first: date,
        last: date,
        unit: str | None = None,
        campaign: int | str | None = None,
        person: str | int | None = None,
        rung_min: int | None = None,
        mode: str = "defer",
        via: str | None = None,
    ) -> int:
        """静默: from `first` to `last` nobody is told about some duties (or one person not at all); returns its number.

        `mode` defer puts off, drop records and passes over. Raises `Refused` with every reason.
        """
        wanted = holding.Wanted(
            by=self.person(by),
            reason=reason,
            first=first,
            last=last,
            unit=unit,
            campaign=campaign,
            person=self.person(person) if person is not None else None,
            rung_min=rung_min,
            mode=mode,
            via=via,
        )
        return holding.silence(self.context, wanted)

    def end_silence(self, silence: int, *, by: str | int, via: str | None = None) -> int:
        """It ends now. Returns about how many duties are due again."""
        return holding.end_silence(self.context, silence, by=self.person(by), via=via)

    def silences(self, *, scope: Scope = EVERYTHING) -> tuple[Silence, ...]:
        """Those in force, and those to come."""
        return holding.silences(self.context, scope=scope)

    def pause(self, campaign: int | str | None = None, *, by: str | int, reason: str, via: str | None = None) -> int:
        """暂停: a campaign's ladder stands still. Returns how many reminders that had not left were taken back."""
        return pausing.pause(self.context, campaign, by=self.person(by), reason=reason, via=via)

    def resume(self, campaign: int | str | None = None, *, by: str | int, via: str | None = None) -> int:
        """恢复: it goes on with the next run. Returns how many duties are due then."""
        return pausing.resume(self.context, campaign, by=self.person(by), via=via)

    def delegate(
        self,
        unit: str,
        role: str,
        *,
        to: str | int,
        first: date,
        last: date,
        by: str | int,
        holder: str | int | None = None,
        reason: str | None = None,
        via: str | None = None,
    ) -> Delegated:
        """委托: on these days `to` is told, and may act, in the place of who holds the role. Raises `NotFound`, `Refused`."""
        return delegating.delegate(
            self.context,
            unit,
            role,
            to=self.person(to),
            first=first,
            last=last,
            by=self.person(by),
            holder=self.person(holder) if holder is not None else None,
            reason=reason,
            via=via,
        )

    def migrate(
        self,
        definition: str | Path = "活动设置",
        *,
        text: str | None = None,
        campaign: int | str | None = None,
        by: str | int,
        reason: str,
        via: str | None = None,
        preview: bool = False,
    ) -> Migrated:
        """转到新版: a running campaign takes another ladder, contact or wording, and every open duty goes on from where it stood.

        Raises `DefinitionError`; `Refused` with everything else that differs. `preview` writes nothing.
        """
        from duban.definition_file import definition_text

        content = text if text is not None else definition_text(definition, calendar=self.context.calendar)
        name, person = Path(definition).name, self.person(by)
        return migrating.migrate(
            self.context, content, name=name, campaign=campaign, by=person, reason=reason, via=via, preview=preview
        )

    def deliver(
        self,
        *,
        only: Sequence[int] | None = None,
        lease: float = delivering.LEASE,
        batch: int = delivering.BATCH,
        interval: int = delivering.INTERVAL,
        patience: float = 0,
    ) -> Delivered:
        """Send what waits; any number of processes may do so at once. See `duban.service.deliver.deliver`."""
        return delivering.deliver(
            self.context, only=only, lease=lease, batch=batch, interval=interval, patience=patience
        )

    def receipt(
        self, provider: str, *, event_id: str, provider_id: str | None, state: str | None, body: bytes | str = b""
    ) -> bool:
        """What a provider reports of a message (`delivered`, `failed`; anything else is only kept). True if it changed one."""
        return receipts.receipt(
            self.context, provider, event_id=event_id, provider_id=provider_id, state=state, body=body
        )

    def messages(
        self, *, state: str | None = None, limit: int = 200, scope: Scope = EVERYTHING
    ) -> tuple[MessageRead, ...]:
        """The newest messages, of one state if it is named: to whomever, about units within the scope."""
        return tending.messages(self.context, state=state, limit=limit, scope=scope)

    def retry_message(self, message: int, *, by: str | int, reason: str, via: str | None = None) -> str:
        """Once more, now or as soon as the hours allow; a refused address counts as mended. Raises `Refused`, `NotFound`."""
        return tending.retry_message(self.context, message, by=self.person(by), reason=reason, via=via)

    def abort_message(self, message: int, *, by: str | int, reason: str, via: str | None = None) -> int:
        """A message that has not left does not leave. Returns how many things it was about. Raises `Refused`, `NotFound`."""
        return tending.abort_message(self.context, message, by=self.person(by), reason=reason, via=via)

    def channels(self) -> tuple[ChannelRead, ...]:
        """Every channel, how it fares, and what waits for it."""
        return tending.channels(self.context)

    def enable_channel(self, name: str, *, by: str | int, reason: str | None = None, via: str | None = None) -> bool:
        """A person says that a channel is in order again. False if nothing was held against it."""
        return tending.enable_channel(self.context, name, by=self.person(by), reason=reason, via=via)

    def first_chases(self, under: str | None = None, *, scope: Scope = EVERYTHING) -> tuple[Chase, ...]:
        """What would go out after the line and waits for a clerk's look: a line a message and unit, with when it leaves by itself."""
        return chasing.first_chases(self.context, under=under, scope=scope)

    def release(self, *, by: str | int, under: str | None = None, via: str | None = None) -> Released:
        """Let first chases leave with the next delivery: 组织部 all, 书记 or 组织员 of a committee those about its own branches."""
        return chasing.release(self.context, by=self.person(by), under=under, via=via)

    def wish(self, by: str | int, *, weekly: bool) -> None:
        """How a person wants to be written to: what concerns others once a week, or each working day. His own duties do not wait."""
        chasing.wish(self.context, by=self.person(by), weekly=weekly)

    # --- looking

    def status(
        self,
        campaign: int | str | None = None,
        *,
        scope: Scope = EVERYTHING,
        unit: str | None = None,
        phase: str | None = None,
        late: bool = False,
        at: date | None = None,
    ) -> Board:
        """The board, now or at the end of a past day."""
        running = self.context.pick(campaign)
        return standing.status(self.context, running, scope=scope, unit=unit, phase=phase, late=late, at=at)

    def explain(
        self, unit: str, *, campaign: int | str | None = None, scope: Scope = EVERYTHING, to: str | int | None = None
    ) -> Explained:
        """Why a unit stands where it stands, what happened, who was told, and what can be done now."""
        person = self.person(to) if to is not None else None
        return explaining.explain(self.context, self.context.pick(campaign), unit, scope=scope, to=person)

    def preview(
        self,
        unit: str,
        *,
        step: int | None = None,
        duty: str | None = None,
        on: date | None = None,
        campaign: int | str | None = None,
        scope: Scope = EVERYTHING,
    ) -> tuple[Previewed, ...]:
        """The messages people would read about a unit's open duties: at their next step, or at a given one, on a given day."""
        return previewing.preview(
            self.context, self.context.pick(campaign), unit, scope=scope, step_no=step, duty=duty, on=on
        )

    def why_told(
        self, unit: str, *, at: date | None = None, campaign: int | str | None = None, scope: Scope = EVERYTHING
    ) -> tuple[Why, ...]:
        """For each duty of a unit and any day up to today: who was told, or why nobody was, and the next step."""
        return telling.why(self.context, self.context.pick(campaign), unit, scope=scope, day=at)

    def phase_counts(self, campaign: int, *, scope: Scope = EVERYTHING) -> dict[str, dict[int, int]]:
        """{track: {phase: cases}}: where the cases of a campaign stand now."""
        with self.database.read() as connection:
            return status_rows.phase_counts(connection, scope=scope, campaign_id=campaign, day=self.context.today().toordinal())

    def figures(self, campaign: int | str | None = None) -> list[TargetFigure]:
        """Where every target stands over its frozen cohort: needed, reached, short by, and who left it."""
        return cohorts.figures(self.context, self.context.pick(campaign))

    def acts_done(self, campaign: int, *, scope: Scope = EVERYTHING) -> dict[str, int]:
        """{act: how often} of a campaign, from its journal."""
        with self.database.read() as connection:
            return journal_rows.counts_by_act(connection, campaign, scope=scope)

    def grades(self, campaign: int, grading: int, *, scope: Scope = EVERYTHING) -> dict[str, str]:
        """{unit code: confirmed grade} of one round."""
        with self.database.read() as connection:
            found = grade_rows.grades(
                connection, scope=scope, campaign_id=campaign, grading=grading, day=self.context.today().toordinal()
            )
        return {grade.code: grade.grade for grade in found.values()}

    def export(
        self,
        table: str,
        *,
        by: str | int,
        out: str | Path,
        unit: str | None = None,
        purpose: str = "上报",
        campaign: int | str | None = None,
    ) -> Path:
        """Write a table (grades, plan, result, promotion) as xlsx into a folder, of what the exporter may see; returns the file."""
        return exporting.export(
            self.context,
            self.context.pick(campaign),
            table,
            by=self.person(by),
            out=Path(out),
            unit=unit,
            purpose=purpose,
        )

    def calendar_year(self, year: int | None = None) -> YearView:
        """A year of the calendar, day by day, with where each day's status comes from."""
        return years.year_view(self.context, year)

    def calendar_day(self, day: date, *, plus: int | None = None) -> DayAnswer:
        """What one day is, the working days around it, and with `plus` the n-th working day from it."""
        return years.day_answer(self.context, day, plus=plus)

    def doctor(self) -> dict[str, Any]:
        """What waits, is held, dead, blocked, and whether the last run is younger than a working day."""
        return doctoring.doctor(self.context)

    def campaign(self, words: int | str | None = None) -> Running:
        return self.context.pick(words)

    def person(self, words: str | int) -> int:
        """The id of a person: itself, or found by 工号, e-mail or `UNIT:ROLE`."""
        return words if isinstance(words, int) else find_person(self.database, words, self.context.today())


def read_file(path: str | Path) -> bytes:
    """The bytes of a file somebody named; a missing or unreadable one is one clear sentence."""
    try:
        return Path(path).read_bytes()
    except FileNotFoundError:
        raise NotFound(f"没有文件“{path}”：请检查路径") from None
    except IsADirectoryError:
        raise DubanError(f"“{path}”是一个文件夹：请写到文件名", code="unreadable") from None
    except PermissionError:
        raise DubanError(f"没有权限读文件“{path}”：请检查文件权限", code="unreadable") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise DubanError(f"读不了文件“{path}”：{reason}", code="unreadable") from None


def decoded(content: bytes, name: str) -> str:
    """Text of a definition: UTF-8 with or without a mark, else GB18030."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise DubanError(f"“{name}”不是文本文件：请用 UTF-8 保存后再试", code="unreadable")
