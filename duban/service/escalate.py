"""例行核查: one pass "do what is due as of T": cases the calendar moves, reminders planned by groups, folded into messages.

One transaction: a crash leaves nothing half done, and running again for the same moment finds nothing due.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from duban.clock import local_minute
from duban.service.act import branch_phases, settle_case
from duban.service.audience import chain_of
from duban.service.context import ZONE, Context, Running, day_of
from duban.service.kept import calendar_warnings
from storage import openings, outbox, sweep
from storage.acts import Acts
from storage.campaigns import campaigns, task_ids
from storage.database import Collision
from storage.meta import heartbeat, set_meta
from storage.scope import EVERYTHING
from storage.sweep import Due, DueGroup, Told
from workflow.errors import Reason, Refused
from workflow.ladder import RUNG_TIME, Group, Step, first_look, plan, slot_day
from workflow.machine import phase_name
from workflow.model import Campaign, Task

if TYPE_CHECKING:
    from sqlalchemy import Connection

LONG_LATE = 50
"""More duties than this that were over 30 days late when first seen hold a run: imported or cloned dates.

A flood of messages needs no guard of its own: one person gets one message a window, and who is told holds a post that day, so
there are never more messages than people in posts.
"""


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


@dataclass(frozen=True, kw_only=True)
class Planned:
    """One line of a dry run's plan."""

    unit: str
    duty: str
    due: str
    rung: str
    recipient: str
    role: str
    provisional: bool = False


@dataclass(kw_only=True)
class _Counts:
    long_late: int = 0
    notes: list[tuple[DueGroup, str, int, int, str]] = field(default_factory=list)


def escalate(context: Context, *, as_of: int | None = None, dry: bool = False, expect: str | None = None) -> RunResult:
    """Do what is due as of an instant (default: now).

    A real run refuses an instant after now (`as-of-future`) or before the last run's (`as-of-past`); a dry run takes any and writes
    nothing. With `expect`, the hash of a dry run, a plan that has become different is refused (`plan-changed`).
    """
    now = context.now()
    at = as_of if as_of is not None else now
    if dry:
        with context.database.read() as connection:
            context.refresh(connection)
            return replace(_dry(context, connection, at), warnings=calendar_warnings(context.in_use))
    if at > now:
        raise Refused(
            [Reason(code="as-of-future", text=f"{local_minute(at, ZONE)}还没有到，不能按它发送", unblock="用 --dry-run 预演")]
        )
    for _ in range(COLLISIONS):
        try:
            return _run(context, at, now, expect)
        except Collision:
            continue
    return _run(context, at, now, expect)


def _run(context: Context, at: int, now: int, expect: str | None) -> RunResult:
    """Look first, without a lock; then do everything in one transaction that sees one moment."""
    with context.database.read() as connection:
        _refuse_older(connection, at)
        context.refresh(connection)
        idle = expect is None and not sweep.anything_due(connection, at)
        beat = heartbeat(connection)
    warnings = calendar_warnings(context.in_use)
    if idle:
        if beat is None or at - beat >= HEARTBEAT:
            with context.database.write() as connection:
                set_meta(connection, heartbeat=str(at))
                context.record_instant(connection)
        return RunResult(run=None, as_of=at, state="nothing_due", warnings=warnings)
    with context.database.write(snapshot=True) as connection:
        if not sweep.try_lock(connection):
            return RunResult(run=None, as_of=at, state="already_running")
        last = sweep.last_run(connection)
        if last is not None and last > at:  # it was not a moment ago: another run was quicker
            return RunResult(run=None, as_of=at, state="already_running")
        if expect is None and not sweep.anything_due(connection, at):
            return RunResult(run=None, as_of=at, state="nothing_due")
        context.refresh(connection)
        return replace(_real(context, connection, at, now, expect), warnings=warnings)


def _real(context: Context, connection: Connection, at: int, now: int, expect: str | None) -> RunResult:
    today = day_of(at)
    run_id = sweep.open_run(connection, as_of=at, at=now)
    moved = _open_phases(context, connection, at, now)
    due = Due(connection, at, today.toordinal(), dry=False)
    counts = _plan_all(context, connection, due, at)
    if expect is not None and _hash(due.planned()) != expect:
        raise Refused([Reason(code="plan-changed", text="预演之后情况有变化，没有发送", unblock="重新预演一次，核对后再发")])
    guarded = counts.long_late > LONG_LATE
    window = context.calendar.next(today).day  # a run on a rest day plans; people are told on the next working day
    reminders, messages, unreachable = due.fold(
        channel=channel_of(context),
        run_id=run_id,
        key=context.instance,
        state="held" if guarded else "pending",
        today=(window.toordinal(), max(at, _morning(window))),
        later=_next_window(context, window),
    )
    held, skipped = _noted(due, counts, run_id)
    due.consume()
    set_meta(connection, heartbeat=str(at))
    held += unreachable + (messages if guarded else 0)
    state = "needs_confirm" if guarded else "done"
    sweep.close_run(
        connection,
        run_id,
        state=state,
        finished_at=context.now(),
        reminders=reminders,
        messages=messages,
        held=held,
        skipped=skipped,
        moved=moved,
    )
    context.record_instant(connection)
    return RunResult(
        run=run_id,
        as_of=at,
        state=state,
        reminders=reminders,
        messages=messages,
        held=held,
        skipped=skipped,
        moved=moved,
    )


def _dry(context: Context, connection: Connection, at: int) -> RunResult:
    today = day_of(at)
    due = Due(connection, at, today.toordinal(), dry=True)
    counts = _plan_all(context, connection, due, at)
    told = due.planned()
    held, skipped = _noted(due, counts, 0)
    return RunResult(
        run=None,
        as_of=at,
        state="dry",
        reminders=len(told),
        messages=len({line.recipient_id for line in told}),
        held=held,
        skipped=skipped,
        hash=_hash(told),
        plan=tuple(_shown(context, connection, told, today)),
    )


def _noted(due: Due, counts: _Counts, run_id: int) -> tuple[int, int]:
    """Write down what nobody was told and why. Returns how much of it is (held, skipped)."""
    held = skipped = 0
    for group, rung, repeat, day, state in counts.notes:
        written = due.note(group, rung=rung, repeat=repeat, slot_day=day, state=state, run_id=run_id)
        if state.startswith("skipped"):
            skipped += written
        else:
            held += written
    return held, skipped


def _plan_all(context: Context, connection: Connection, due: Due, at: int) -> _Counts:
    """Ask the ladder once a group; write what it answers about all duties of the group."""
    counts = _Counts()
    tasks = _tasks(context, connection)
    unanswered = bool(outbox.held_runs(connection))
    for group in due.groups():
        running, task = tasks[group.task_id]
        values = _group_values(group)
        step = _told_in_the_window(context, running.campaign, values, plan(running.campaign, values, at, context.calendar), at)
        _tell(context, due, running.campaign, task, group, values, step, counts)
        if step.next_at is not None:
            told_on = step.told_on.toordinal() if step.told_on is not None else None
            due.look_again(group, at=step.next_at, rung=step.told, repeat=step.repeat, told_on=told_on)
        # While nobody has answered for a held run, the next rung of what it held is no safer than the first was.
        if (group.rung == 0 or unanswered) and group.due_day < day_of(at).toordinal() - 30:
            counts.long_late += group.size
    return counts


def _told_in_the_window(context: Context, campaign: Campaign, values: Group, step: Step, at: int) -> Step:
    """The step, with its dwell counted from the working day on which people are told: on a rest day that is the next one."""
    window = context.calendar.next(day_of(at)).day
    if step.fire is None or step.next_at is None or window == step.told_on:
        return step
    stands = replace(values, rung=step.told, repeat=step.repeat, told_on=window)
    look = first_look(campaign, stands, context.calendar)
    return replace(step, told_on=window, next_at=max(look, step.next_at) if look is not None else None)


def _tell(
    context: Context,
    due: Due,
    campaign: Campaign,
    task: Task,
    group: DueGroup,
    values: Group,
    step: Step,
    counts: _Counts,
) -> None:
    for rung, why in step.skipped:
        day = slot_day(rung, values, context.calendar).toordinal()
        counts.notes.append((group, rung.key, 0, day, f"skipped:{why}"))
    if step.blocked is not None:
        rung = next(r for r in campaign.ladder if r.no > group.rung)
        day = slot_day(rung, values, context.calendar).toordinal()
        counts.notes.append((group, rung.key, 0, day, f"blocked:{step.blocked}"))
    if step.fire is None:
        return
    day = slot_day(step.fire, values, context.calendar).toordinal()
    covered = [
        due.tell(
            group,
            rung=step.fire.key,
            no=step.fire.no,
            repeat=step.repeat,
            slot_day=day,
            chain=chain_of(audience, step.fire, task),
        )
        for audience in step.fire.audience
    ]
    if not any(covered):
        counts.notes.append((group, step.fire.key, step.repeat, day, "undeliverable:vacant"))


def _open_phases(context: Context, connection: Connection, at: int, now: int) -> int:
    """Cases that wait for the calendar move; those that had already done the next phase move on with it."""
    moved, changed = 0, set[int]()
    for opened in openings.due_openings(connection, at):
        running = context.running(opened.campaign_id)
        track = running.campaign.track_by_key[opened.track]
        before = track.phases[opened.phase - 2]
        day = day_of(at, running.campaign.zone).toordinal()
        names = (phase_name(track, opened.phase - 1), phase_name(track, opened.phase))
        waits_for = branch_phases(running.campaign, track, before) if before.waits_for_branches else ()
        moved += openings.move_waiting(
            connection,
            opened,
            by_calendar=before.by_calendar,
            waits_for=waits_for,
            names=names,
            day=day,
            at=now,
        )
        for no in range(opened.phase, len(track.phases) + 1):
            phase = track.phases[no - 1]
            if phase.by_calendar or phase.waits_for_branches:
                break
            onward = (phase_name(track, no), phase_name(track, no + 1))
            if not openings.move_finished(connection, running.id, track.key, no, names=onward, day=day, at=now):
                break
        changed.add(opened.campaign_id)
    openings.drop_openings(connection, at)
    return moved + sum(_free_waiting(context, connection, context.running(id_), now) for id_ in sorted(changed))


def _free_waiting(context: Context, connection: Connection, running: Running, now: int) -> int:
    """Branches that left a phase by the calendar may free the second-level cases that wait for them."""
    acts = Acts(connection.connection.driver_connection, context.database.dialect, connection)
    waiting = [
        case
        for track in running.campaign.tracks
        for phase in track.phases
        if phase.waits_for_branches
        for case in openings.cases_in(connection, running.id, track.key, phase.no)
    ]
    return sum(settle_case(context, acts, running, case, by=None, now=now) for case in waiting)


def confirm_run(context: Context, run_id: int, *, accept: bool) -> dict[str, int | str]:
    """A held run is released (its messages leave with the next delivery) or rejected (they are cancelled, recorded as such)."""
    with context.database.write() as connection:
        state = outbox.run_state(connection, run_id)
        if state is None:
            raise Refused(
                [Reason(code="no-such-run", text=f"没有编号为{run_id}的核查", unblock="用 duban doctor 查看待确认的核查")]
            )
        if state != "needs_confirm":
            raise Refused([Reason(code="not-held", text=f"核查{run_id}不在等待确认（现在是{state}）")])
        count = outbox.release(connection, run_id) if accept else outbox.reject(connection, run_id)
        context.record_instant(connection)
    return {"run": run_id, "state": "done" if accept else "rejected", "messages": count}


def channel_of(context: Context) -> str:
    """A sandbox sends nothing out; a database without a mail server keeps files."""
    return "folder" if context.sandbox or not context.settings.smtp.host else "email"


def _tasks(context: Context, connection: Connection) -> dict[int, tuple[Running, Task]]:
    found: dict[int, tuple[Running, Task]] = {}
    for row in campaigns(connection, running=True):
        running = context.running(row.id)
        for key, id_ in task_ids(connection, row.id).items():
            if key in running.campaign.task_by_key:
                found[id_] = (running, running.campaign.task_by_key[key])
    return found


def _group_values(group: DueGroup) -> Group:
    return Group(
        due=date.fromordinal(group.due_day),
        internal=date.fromordinal(group.internal_day) if group.internal_day is not None else None,
        made_on=date.fromordinal(group.made_on),
        rung=group.rung,
        repeat=group.repeat,
        told_on=date.fromordinal(group.told_on) if group.told_on is not None else None,
    )


def _refuse_older(connection: Connection, at: int) -> None:
    last = sweep.last_run(connection)
    if last is not None and at < last:
        text = f"{local_minute(at, ZONE)}早于上一次核查（{local_minute(last, ZONE)}）"
        raise Refused([Reason(code="as-of-past", text=text, unblock="用 --dry-run 查看当时会发什么")])


def _hash(told: list[Told]) -> str:
    """The same for the same people told the same things about the same duties."""
    digest = hashlib.sha256()
    for line in told:
        digest.update(repr(tuple(line[:5])).encode())
    return digest.hexdigest()[:16]


def _shown(context: Context, connection: Connection, told: list[Told], today: date) -> Iterator[Planned]:
    names = outbox.names_for_plan(connection, [t.duty_id for t in told], scope=EVERYTHING, day=today.toordinal())
    people = outbox.person_names(connection, {t.recipient_id for t in told})
    for line in told:
        unit, duty, due = names.get(line.duty_id, ("", "", None))
        yield Planned(
            unit=unit,
            duty=duty,
            due=date.fromordinal(due).isoformat() if due else "",
            rung=line.rung,
            recipient=people.get(line.recipient_id, ""),
            role=line.role or "",
            provisional=due is not None and not context.calendar.is_certain(date.fromordinal(due)),
        )


def _morning(day: date, zone: str = ZONE) -> int:
    return int(datetime.combine(day, RUNG_TIME, ZoneInfo(zone)).timestamp())


def _next_window(context: Context, today: date) -> tuple[int, int]:
    day = context.calendar.add(today, 1).day
    return day.toordinal(), _morning(day)
