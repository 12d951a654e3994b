"""例行核查: one pass "do what is due as of T": cases the calendar moves, reminders planned by groups, folded into messages.

One transaction: a crash leaves nothing half done, and running again for the same moment finds nothing due.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from duban.service.context import Context, day_of
from duban.service.dry_run import Planned, hash_of, shown
from duban.service.folding import Folded, fold
from duban.service.kept import calendar_warnings
from duban.service.opening import open_phases
from duban.service.planning import Planning, Tally, asked_at
from duban.service.run_guards import (
    LONG_LATE,
    RESTORED,
    confirm_run,
    refuse_ahead,
    refuse_older,
    refuse_skew,
)
from storage import consent, locks, runs
from storage.database import Collision
from storage.due import anything_due
from storage.meta import heartbeat, set_meta
from storage.sweep import Due
from workflow.errors import Reason, Refused

if TYPE_CHECKING:
    from sqlalchemy import Connection

__all__ = ["LONG_LATE", "Planned", "RunResult", "confirm_run", "escalate"]

COLLISIONS = 3
"""How often a run that met an act on the same case begins anew (PostgreSQL; SQLite has one writer at a time)."""
HEARTBEAT = 3600
"""Seconds: an idle run says that it was here once an hour, so that most of them write nothing at all."""


@dataclass(frozen=True, kw_only=True)
class RunResult:
    """What one run did: `state` is done, nothing_due, already_running, needs_confirm or dry. Counts are of this run."""

    run: int | None
    as_of: int
    state: str
    reminders: int = 0
    messages: int = 0
    held: int = 0
    skipped: int = 0
    moved: int = 0
    hash: str | None = None
    plan: tuple[Planned, ...] = ()
    warnings: tuple[str, ...] = ()
    """What the people who run this should look at: that the calendar is another one than the duties were planned by."""


def escalate(
    context: Context, *, as_of: int | None = None, dry: bool = False, expect: str | None = None, backfill: bool = False
) -> RunResult:
    """Do what is due as of an instant (default: now).

    A real run refuses an instant after now (`as-of-future`) or before the last run's (`as-of-past`), and a clock that is ahead of the
    database server's (`clock-ahead`); a dry run takes any instant and writes nothing. With `expect`, the hash of a dry run, a plan that
    has become different is refused (`plan-changed`). A `backfill` takes any instant up to now: every rung due by then is recorded as
    `skipped:backfill` for those it would have told, and no message is made.
    """
    now = context.now()
    at = as_of if as_of is not None else now
    if dry:
        with context.database.read() as connection:
            context.refresh(connection)
            return replace(_dry(context, connection, at, backfill), warnings=calendar_warnings(context.in_use))
    refuse_ahead(at, now)
    for _ in range(COLLISIONS):
        try:
            return _run(context, at, now, expect, backfill)
        except Collision:
            continue
    return _run(context, at, now, expect, backfill)


def _run(context: Context, at: int, now: int, expect: str | None, backfill: bool) -> RunResult:
    """Look first, without a lock; then do everything in one transaction that sees one moment."""
    with context.database.read() as connection:
        if not backfill:
            refuse_older(connection, at, now)
        refuse_skew(context, connection, at)
        context.refresh(connection)
        idle = expect is None and not _anything_to_do(connection, at)
        beat = heartbeat(connection)
    warnings = calendar_warnings(context.in_use)
    if idle:
        if not backfill and (beat is None or at - beat >= HEARTBEAT):
            with context.database.write() as connection:
                set_meta(connection, heartbeat=str(at))
                context.record_instant(connection)
        return RunResult(run=None, as_of=at, state="nothing_due", warnings=warnings)
    with context.database.write(snapshot=True) as connection:
        if not locks.try_hold(connection, locks.PLAN):
            return RunResult(run=None, as_of=at, state="already_running")
        last = runs.last_run(connection)
        if not backfill and last is not None and last > at:  # it was not a moment ago: another run was quicker
            return RunResult(run=None, as_of=at, state="already_running")
        if expect is None and not _anything_to_do(connection, at):
            return RunResult(run=None, as_of=at, state="nothing_due")
        context.refresh(connection)
        done = _real(context, connection, at, now, expect, backfill)
    return replace(done, warnings=warnings + done.warnings)


def _anything_to_do(connection: Connection, at: int) -> bool:
    """Something is due, or a restored database waits for the run that asks about it."""
    return anything_due(connection, at) or runs.is_restored(connection)


def _real(context: Context, connection: Connection, at: int, now: int, expect: str | None, backfill: bool) -> RunResult:
    kind = runs.BACKFILL if backfill else runs.RUN_KIND
    run_id = runs.open_run(connection, as_of=at, at=now, kind=kind)
    moved = open_phases(context, connection, at, now)
    due, tally = _planned(context, connection, at, dry=False, backfill=backfill)
    spared = due.hush(run_id=run_id) if not backfill else 0
    if expect is not None and hash_of(due.planned()) != expect:
        raise Refused([Reason(code="plan-changed", text="预演之后情况有变化，没有发送", unblock="重新预演一次，核对后再发")])
    why = None if backfill else _held_for(connection, tally)
    if backfill:
        folded = Folded()
        spared = due.record("skipped:backfill", run_id=run_id)
    else:
        # After a restored backup the keys are those the messages had the first time, so that whoever got them can tell.
        folded = fold(context, connection, due, run_id, at, held=why is not None, as_before=why == RESTORED)
    held, skipped = _noted(due, tally, run_id)
    due.consume()
    held += folded.held + (consent.held_by(connection, RESTORED) if why == RESTORED else 0)
    if why == RESTORED:
        runs.mark_restored(connection, None)
    state = "needs_confirm" if why is not None else "done"
    if not backfill:
        set_meta(connection, heartbeat=str(at))
    done = RunResult(
        run=run_id,
        as_of=at,
        state=state,
        reminders=folded.reminders,
        messages=folded.messages,
        held=held,
        skipped=skipped + spared,
        moved=moved,
        warnings=tuple(_put_aside(tally)),
    )
    counts = {name: getattr(done, name) for name in ("reminders", "messages", "held", "skipped", "moved")}
    runs.close_run(connection, run_id, state=state, why=why, finished_at=context.now(), **counts)
    context.record_instant(connection)
    return done


def _put_aside(tally: Tally) -> Iterator[str]:
    for kind, duties in tally.broken.items():
        yield f"{duties}件应办事项的数据有误，已单独搁置（{kind}），其他的照常：请把这一行和 duban doctor 的结果告诉维护人员"


def _held_for(connection: Connection, tally: Tally) -> str | None:
    """Why nothing may leave until a person agrees."""
    if runs.is_restored(connection):
        return RESTORED
    return "long-late" if tally.long_late > LONG_LATE else None


def _dry(context: Context, connection: Connection, at: int, backfill: bool) -> RunResult:
    due, tally = _planned(context, connection, at, dry=True, backfill=backfill)
    spared = due.hush(run_id=0) if not backfill else 0
    told = due.planned()
    held, skipped = _noted(due, tally, 0)
    if backfill:
        skipped += len(told)
    return RunResult(
        run=None,
        as_of=at,
        state="dry",
        reminders=len(told) if not backfill else 0,
        messages=len({line.recipient_id for line in told}) if not backfill else 0,
        held=held,
        skipped=skipped + spared,
        hash=hash_of(told),
        plan=tuple(shown(context, connection, told, day_of(at))),
    )


def _planned(context: Context, connection: Connection, at: int, *, dry: bool, backfill: bool) -> tuple[Due, Tally]:
    due = Due(connection, asked_at(context, connection, at, backfill=backfill), dry=dry)
    planning = Planning(context=context, connection=connection, due=due, at=at, backfill=backfill)
    return due, planning.go()


def _noted(due: Due, tally: Tally, run_id: int) -> tuple[int, int]:
    """Write down what nobody was told and why. Returns how much of it is (held, skipped)."""
    held = skipped = 0
    for group, note in tally.notes:
        written = due.note(group, rung=note.rung, repeat=note.repeat, slot_day=note.slot_day, state=note.state, run_id=run_id)
        if note.state.startswith(("skipped", "suppressed")):
            skipped += written
        else:
            held += written
    return held, skipped
