"""日历订阅: a person's open lines as an iCalendar, which a phone or a desktop calendar fetches by itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from duban.service.context import Context
from duban.service.visiting import Visitor
from storage import own_lines as rows
from storage.own_lines import OwnLine
from workflow.deadline import show
from workflow.model import Contact, DutyState, duty_name

if TYPE_CHECKING:
    from icalendar import Event

HOURS = 6
"""How often a calendar should look again."""
Link = Callable[[int], str]
"""The address of the page of a duty."""


def address_no(context: Context, person: int) -> int:
    """What the signed address of a person's calendar must hold to open anything."""
    with context.database.read() as connection:
        return rows.address_no(connection, person)


def renew_address(context: Context, person: int) -> int:
    """The old address opens nothing from now on."""
    with context.database.write() as connection:
        return rows.renew_address(connection, person)


def lines_calendar(context: Context, visitor: Visitor, *, name: str, link: Link) -> bytes:
    """What the units he submits for still owe: an all-day entry each, on the last day; none for what is handed in.

    No grade, no reproach; nothing rings by itself.
    """
    from icalendar import Calendar

    made = Calendar()
    made.add("prodid", "-//Duban//duban//ZH")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", name)
    made.add("refresh-interval", timedelta(hours=HOURS), parameters={"VALUE": "DURATION"})
    made.add("x-published-ttl", f"PT{HOURS}H")
    today = context.today()
    with context.database.read() as connection:
        context.refresh(connection)
        found = rows.open_lines(connection, scope=visitor.scope, unit_ids=visitor.own, day=today.toordinal())
    for line in found:
        made.add_component(_event(context, line, today, link))
    content: bytes = made.to_ical()
    return content


def _event(context: Context, line: OwnLine, today: date, link: Link) -> Event:
    from icalendar import Event

    task = context.running(line.campaign_id).campaign.task_by_key[line.task_key]
    day = _day(line, today)
    made = Event()
    made.add("uid", f"duty-{line.duty_id}@{context.instance}.duban")
    made.add("sequence", line.epoch)
    made.add("dtstamp", datetime.fromtimestamp(context.now(), UTC))
    made.add("dtstart", day)
    made.add("dtend", day + timedelta(days=1))
    made.add("transp", "TRANSPARENT")
    made.add("summary", f"{duty_name(task.name, line.occurrence)}：{line.unit}")
    made.add("description", _words(context, line, today))
    made.add("url", link(line.duty_id))
    return made


def _day(line: OwnLine, today: date) -> date:
    """The unit's own earlier line while it lies ahead, then the line itself."""
    internal = date.fromordinal(line.internal_day) if line.internal_day is not None else None
    return internal if internal is not None and internal >= today else date.fromordinal(line.due_day)


def _words(context: Context, line: OwnLine, today: date) -> str:
    campaign = context.running(line.campaign_id).campaign
    task = campaign.task_by_key[line.task_key]
    due = date.fromordinal(line.due_day)
    said = [campaign.name, f"时限：{show(due, task.deadline.hour, today)}"]
    if task.materials:
        said.append(f"材料：{'、'.join(task.materials)}")
    if (day := _day(line, today)) != due:
        said.append(f"支部内部时间：{show(day, None, today)}")
    if line.state == DutyState.RETURNED:
        said.append("已退回补正，请补正后再报送")
    if not context.calendar.is_certain(due):
        said.append("当年的放假安排还没有公布，日期暂按周一至周五推算")
    return "\n".join([*said, f"联系人：{_contact(context.contact(campaign))}", "如已报送，请忽略。"])


def _contact(who: Contact) -> str:
    return " ".join(part for part in (who.unit, who.name, who.phone) if part)
