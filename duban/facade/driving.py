"""Runs and what holds them back: escalate, silences, pauses, delegation, another ladder."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial
from pathlib import Path

from duban.facade.base import Base
from duban.service import (
    delegating,
    heartbeat,
    holding,
    migrating,
    pausing,
    run_guards,
)
from duban.service import escalate as escalating
from duban.service.delegating import Delegated
from duban.service.escalate import RunResult
from duban.service.holding import Silence
from duban.service.migrating import Migrated
from storage.scope import EVERYTHING, Scope


class Driving(Base):
    """Runs and what holds them back: escalate, silences, pauses, delegation, another ladder."""

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

    def confirm_run(
        self,
        run: int,
        *,
        accept: bool = True,
        sent: Sequence[str] = (),
        by: str | int | None = None,
        reason: str | None = None,
        via: str | None = None,
    ) -> dict[str, int | str]:
        """Release or reject a run that is held. `sent`: keys of messages that left before a restored backup was made.

        With `by` (somebody of the school's offices) the journal keeps who decided. Raises `Refused`.
        """
        person = self.person(by) if by is not None else None
        return run_guards.confirm_run(self.context, run, accept=accept, sent=sent, by=person, reason=reason, via=via)

    def restored(self, *, by: str | int, via: str | None = None) -> int:
        """The database came from a backup: what waits is held, and so is the next run. Returns how many messages are held."""
        return run_guards.restored(self.context, by=self.person(by), via=via)

    def rewind(self, *, by: str | int, reason: str, via: str | None = None) -> dict[str, str | None]:
        """After a clock that was ahead: runs count from now on again. Raises `Refused` if there is nothing to take back."""
        return run_guards.rewind(self.context, by=self.person(by), reason=reason, via=via)

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
