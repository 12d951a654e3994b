"""Which cases the calendar moves into their next phase, and those that their going frees."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duban.service.act import settle_case
from duban.service.context import Context, Running, day_of
from duban.service.facts import branch_phases
from storage import openings
from storage.acts import Acts
from workflow.errors import DubanError
from workflow.machine import phase_name

if TYPE_CHECKING:
    from sqlalchemy import Connection

A_DAY = 86_400


def open_phases(context: Context, connection: Connection, at: int, now: int) -> int:
    """Cases that wait for the calendar move; those that had already done the next phase move on with it. Returns how many moved."""
    moved, changed = 0, set[int]()
    for opened in openings.due_openings(connection, at):
        try:
            running = context.running(opened.campaign_id)
        except DubanError:  # a definition that can no longer be read: its duties are put aside too
            openings.put_off(connection, opened, to=at + A_DAY)
            continue
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
