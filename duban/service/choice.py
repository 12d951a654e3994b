"""领导意见: what a leader's choice leaves behind, within the transaction of the act 签发: kept once, and for a 督办单 a draft."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from duban.service import papers
from duban.service.context import Context, Running, day_of
from duban.service.paper_facts import Matter
from storage import decisions as rows
from storage.acts import Acts, CaseRead, DutyRead
from storage.decisions import DecisionRead
from workflow.deadline import short
from workflow.errors import NotFound, Reason, Refused
from workflow.model import Campaign

if TYPE_CHECKING:
    from sqlalchemy import Connection

ORDER = "督办单"


def keep(
    context: Context,
    acts: Acts,
    running: Running,
    case: CaseRead,
    duty: DutyRead,
    *,
    choice: str,
    note: str | None,
    by: int,
    via: str | None,
    now: int,
) -> None:
    """Raises `Refused` (`already-decided`) if another choice stands; then nothing of the act is written."""
    connection = acts.connection
    assert connection is not None
    rung = asked_at(acts, running.campaign, duty)
    earlier = standing(connection, duty, rung)
    if earlier is None:
        about = {"duty_id": duty.id, "epoch": duty.epoch, "rung": rung}
        fresh = rows.add(connection, **about, person_id=by, choice=choice, note=note, via=via, at=now)  # type: ignore[arg-type]
        earlier = None if fresh else standing(connection, duty, rung)
    if earlier is not None:
        raise Refused([decided(earlier, now)])
    if choice == ORDER:
        _draft(context, acts, running, case, duty, by=by, via=via, now=now)


def asked_at(acts: Acts, campaign: Campaign, duty: DutyRead) -> str:
    """The key of the highest rung at which a leader was asked about the present line; "" if none was."""
    told = acts.rungs_told(duty.id, duty.epoch)
    asked = [rung for rung in campaign.ladder if rung.kind == "ask" and rung.key in told]
    return max(asked, key=lambda rung: rung.no).key if asked else ""


def standing(connection: Connection, duty: DutyRead, rung: str) -> DecisionRead | None:
    """The choice that stands about a duty at a rung."""
    return next((line for line in rows.of_duty(connection, duty.id, duty.epoch) if line.rung == rung), None)


def decided(earlier: DecisionRead, now: int) -> Reason:
    """The first choice, named."""
    text = f"{earlier.person}已于{short(day_of(earlier.at), day_of(now))}作出决定：{earlier.choice}"
    return Reason(code="already-decided", text=text, unblock="以第一次的决定为准；情况有变化，请与作出决定的领导商量")


def _draft(
    context: Context,
    acts: Acts,
    running: Running,
    case: CaseRead,
    duty: DutyRead,
    *,
    by: int,
    via: str | None,
    now: int,
) -> None:
    """The 督办单 of the second-level unit concerned, one a milestone. An office or a unit outside the tree of 二级党组织 gets none: its
    matter is settled by word of mouth. One already signed or refused stays as it is."""
    connection = acts.connection
    assert connection is not None
    today = day_of(now, running.campaign.zone)
    unit = papers.second_level(connection, case.unit_path, today.toordinal())
    task = running.campaign.task_by_key.get(duty.task_key)
    if unit is None or task is None:
        return
    name, _ = acts.actor(by, today.toordinal())
    about = Matter(task=task, occurrence=duty.occurrence)
    with suppress(Refused, NotFound):  # both before anything is written
        papers.draw_up(context, connection, running, ORDER, about, unit, by=by, requested_by=name, via=via)
