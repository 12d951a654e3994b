"""Every message of the demo's year in every form it can take: none of them is harsh, none tells a grade, none ranks.

A message is rendered again from what was true at the moment it left; that it comes out word for word as it was sent proves that the
other forms (群机器人, 短信) are those that would have been sent as well.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pytest
from demo_year import FOLDER, demo_year

from duban import Engine
from duban.service import tokens
from duban.service.letters import About, letter_for
from notifications.channels.channel import Parcel
from notifications.channels.dingtalk import DingtalkChannel
from notifications.channels.envelope import SmtpSettings, compose
from notifications.channels.feishu import FeishuChannel
from notifications.channels.robot import Robot
from notifications.channels.wecom import WecomChannel
from notifications.digest import kind_of
from notifications.letter import Letter
from notifications.render import Rendered, render
from notifications.voice import DECISION_PAPER, gentle
from storage import messages as message_rows
from storage.messages import ItemLine
from storage.outbox import Claimed

ZONE = ZoneInfo("Asia/Shanghai")
HARSH = re.compile("督办|逾期|后进|将上报|通报|问责|批评|排名|名次|限期|整顿")
"""What is never said to a branch, and to nobody in a subject, a link, or the name of a file."""
GRADES = re.compile("先进|较好|一般|后进")
"""A unit's grade. A task's name may say one of these (学习先进): names are taken out before this is looked for."""
PORTAL = "https://portal.example.edu.cn/duban"
ROBOTS: tuple[Robot, ...] = (
    WecomChannel("https://robot.example.edu.cn/send?key=0"),
    DingtalkChannel("https://robot.example.edu.cn/send?token=0", clock=lambda: 0.0),
    FeishuChannel("https://robot.example.edu.cn/hook/0", clock=lambda: 0.0),
)
SMTP = SmtpSettings(host="smtp.example.edu.cn", sender="组织部 <zzb@example.edu.cn>")


@dataclass(frozen=True, kw_only=True)
class Message:
    """One message as it left (`sent`, the sandbox's file) and as it is rendered again, with a personal link in `linked`."""

    sent: dict[str, Any]
    person: int
    letter: Letter
    again: Rendered
    linked: Rendered

    @cached_property
    def forms(self) -> dict[str, str]:
        """{form: everything it says}. `mail` is a whole e-mail as it is read, `webhook` what another program is handed."""
        said = self.linked
        forms = {
            "subject": said.subject,
            "text": said.text,
            "html": said.html,
            "sms": json.dumps(dict(said.facts), ensure_ascii=False),
        }
        forms |= {robot.name: _payload(robot, said, to) for robot in ROBOTS for to in ("",)}
        forms["wecom-mention"] = _payload(ROBOTS[0], said, "13800000000")
        forms["mail"] = _mail(self.sent, said)
        forms["webhook"] = json.dumps(self.sent, ensure_ascii=False)
        return forms


class Step(NamedTuple):
    """One line of the journal about a duty."""

    recorded_at: int
    state: str
    due_day: int | None
    reason: str | None


@dataclass(frozen=True, kw_only=True)
class TheYear:
    folder: Path
    messages: tuple[Message, ...]
    in_branches: frozenset[int]
    of_one_branch: frozenset[int]
    names: re.Pattern[str]

    @cached_property
    def to_branches(self) -> tuple[Message, ...]:
        """Those to people who held a post in a branch at any time, whatever else they were."""
        return tuple(message for message in self.messages if message.person in self.in_branches)

    def without_names(self, text: str) -> str:
        """A text without the names of campaigns, phases, tasks, units and people, which are data and not ours to judge."""
        return self.names.sub("□", text) if GRADES.search(text) else text


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TheYear]:
    folder = demo_year(tmp_path_factory) / FOLDER
    connection = sqlite3.connect(f"file:{folder / 'demo.db'}?mode=ro", uri=True)
    with Engine(f"sqlite:///{folder / 'demo.db'}") as engine:
        yield TheYear(
            folder=folder,
            messages=tuple(_messages(engine, connection, folder)),
            in_branches=frozenset(row[0] for row in connection.execute(IN_BRANCHES)),
            of_one_branch=frozenset(row[0] for row in connection.execute(OF_ONE_BRANCH)),
            names=_names(engine, connection),
        )
    connection.close()


def test_every_message_is_rendered_again_word_for_word(year: TheYear) -> None:
    different = [
        message.sent["id"]
        for message in year.messages
        if any(getattr(message.again, form) != message.sent[form] for form in ("subject", "text", "html"))
    ]

    assert different == []
    assert len(year.messages) == len(list((year.folder / "demo.db.messages").iterdir())) > 1000


def test_the_year_has_messages_of_every_rung_and_many_to_branches(year: TheYear) -> None:
    kinds = {kind_of(message.letter) for message in year.messages}

    assert kinds == {"remind", "chase", "oversee", "ask"}
    assert {kind_of(message.letter) for message in year.to_branches} >= {"remind", "chase"}
    assert len(year.to_branches) > 500


def test_no_form_of_a_message_to_a_branch_has_a_harsh_word(year: TheYear) -> None:
    found = {
        (message.sent["id"], form, word)
        for message in year.to_branches
        for form, text in message.forms.items()
        for word in HARSH.findall(text)
    }

    assert found == set()


def test_no_form_of_a_message_to_a_branch_tells_a_grade(year: TheYear) -> None:
    found = {
        (message.sent["id"], form, word)
        for message in year.to_branches
        for form, text in message.forms.items()
        for word in GRADES.findall(year.without_names(text))
    }

    assert found == set()


def test_the_one_stern_word_stands_where_a_leader_chooses(year: TheYear) -> None:
    """督办单 is one of his four answers: in the body of a letter that asks him, and in no short form."""
    for message in year.messages:
        bodies = ("text", "html", "mail", "webhook") if message.letter.ask else ()
        for form, text in message.forms.items():
            said = text.replace(DECISION_PAPER, "") if form in bodies else text
            assert HARSH.findall(said) == [], (message.sent["id"], form)
            assert GRADES.findall(year.without_names(said)) == [], (message.sent["id"], form)


def test_no_subject_no_link_and_no_file_has_a_harsh_word_or_a_grade(year: TheYear) -> None:
    subjects = {message.linked.subject for message in year.messages}
    links = {link for message in year.messages for form in message.forms.values() for link in re.findall(r"https?://\S+", form)}
    files = {path.name for path in year.folder.rglob("*")}

    assert links
    assert [words for words in subjects | links | files if HARSH.search(words)] == []
    assert [words for words in subjects | links if GRADES.search(year.without_names(words))] == []


def test_who_only_holds_a_post_in_one_branch_is_told_of_no_other_unit(year: TheYear) -> None:
    """So there is nothing to compare with."""
    only = [message for message in year.to_branches if message.person in year.of_one_branch]

    assert len(only) > 300
    assert [m.sent["id"] for m in only if m.letter.below or m.letter.ask or m.letter.review] == []
    assert {len({line.unit_code for line in message.letter.own}) for message in only} == {1}


# -- from the rows and files of the play


LINES = """
    SELECT reminder.message_id, reminder.recipient_id, duty.id, duty.campaign_id, campaign.name, duty.unit_id, unit_span.name,
        unit.code, unit_span.kind, task.key, duty.occurrence, duty.state, duty.due_day, duty.internal_day, duty.review_day,
        reminder.rung, reminder.role, reminder.acting_for, reminder.offers
    FROM reminder JOIN duty ON duty.id = reminder.duty_id JOIN task ON task.id = duty.task_id
    JOIN campaign ON campaign.id = duty.campaign_id JOIN unit ON unit.id = duty.unit_id
    JOIN unit_span ON unit_span.unit_id = unit.id
    WHERE reminder.message_id IS NOT NULL ORDER BY reminder.message_id, unit_span.path, task.ord, duty.occurrence
"""
STEPS = "SELECT duty_id, recorded_at, to_state, due_day, reason FROM journal WHERE duty_id IS NOT NULL ORDER BY id"
IN_BRANCHES = """
    SELECT DISTINCT post.person_id FROM post JOIN unit_span ON unit_span.unit_id = post.unit_id
    WHERE unit_span.kind IN ('党支部', '直属党支部')
"""
OF_ONE_BRANCH = """
    SELECT post.person_id FROM post JOIN unit_span ON unit_span.unit_id = post.unit_id
    GROUP BY post.person_id HAVING count(DISTINCT post.unit_id) = 1 AND max(unit_span.kind) = '党支部'
"""


def _messages(engine: Engine, connection: sqlite3.Connection, folder: Path) -> Iterator[Message]:
    steps: dict[int, list[Step]] = {}
    for duty, *step in connection.execute(STEPS):
        steps.setdefault(duty, []).append(Step._make(step))
    items = groupby(map(ItemLine._make, connection.execute(LINES)), key=lambda item: item.message_id)
    own: dict[date, dict[int, set[int]]] = {}
    for number, lines in items:
        sent = json.loads((folder / "demo.db.messages" / f"{number}.json").read_text(encoding="utf-8"))
        at = datetime.fromisoformat(sent["at"])
        today = at.astimezone(ZONE).date()
        then = tuple(_then(item, _before(steps[item.duty_id], at)) for item in lines)
        people = {item.recipient_id for item in then}
        own[today] = own.get(today) or _own(engine, connection, today)
        returned = {i.duty_id: _before(steps[i.duty_id], at)[-1].reason or "" for i in then if i.state == "returned"}
        about = About(items={number: then}, own=own[today], answers={}, returned=returned)
        claimed = _claimed(number, people.pop(), sent)
        letter, _ = letter_for(engine.context, claimed, about, today, None)
        link = tokens.link(PORTAL, "s" * 32)
        yield Message(
            sent=sent,
            person=claimed.recipient_id,
            letter=letter,
            again=render(letter),
            linked=render(replace(letter, link=link)),
        )


def _before(steps: list[Step], at: datetime) -> list[Step]:
    return [step for step in steps if step.recorded_at <= at.timestamp()]


def _then(item: ItemLine, before: list[Step]) -> ItemLine:
    """The duty as it stood when the message left, by the journal."""
    return item._replace(state=before[-1].state, due_day=[step.due_day for step in before if step.due_day is not None][-1])


def _own(engine: Engine, connection: sqlite3.Connection, day: date) -> dict[int, set[int]]:
    people = [row[0] for row in connection.execute("SELECT id FROM person")]
    with engine.context.database.read() as reading:
        return message_rows.own_units(reading, people, day=day.toordinal())


def _claimed(number: int, person: int, sent: dict[str, Any]) -> Claimed:
    return Claimed(number, sent["key"], person, sent["recipient"], "folder", sent["to"], 1, 1, sent["rung"])


def _names(engine: Engine, connection: sqlite3.Connection) -> re.Pattern[str]:
    campaign = engine.campaign().campaign
    phases = {phase.name for track in campaign.tracks for phase in track.phases}
    names = {campaign.name, *(task.name for task in campaign.tasks), *phases}
    names |= {gentle(name) for name in names}
    for table in ("person", "unit_span"):
        names |= {name for (name,) in connection.execute(f"SELECT DISTINCT name FROM {table}")}
    return re.compile("|".join(map(re.escape, sorted(names, key=len, reverse=True))))


def _payload(robot: Robot, said: Rendered, to: str) -> str:
    assert said.blocks is not None
    body = robot._body(_parcel({}, said, to), said.blocks)
    assert body is not None, robot.name
    return body.decode()


def _mail(sent: dict[str, Any], said: Rendered) -> str:
    message = compose(_parcel(sent, said, sent["to"] or "somebody@example.edu.cn"), SMTP)
    parts = [part.get_content() for part in message.iter_parts()]
    return "\n".join([*message.values(), *parts])


def _parcel(sent: dict[str, Any], said: Rendered, to: str) -> Parcel:
    return Parcel(
        id=sent.get("id", "1"),
        key=sent.get("key", "1"),
        to=to,
        recipient=sent.get("recipient", ""),
        subject=said.subject,
        text=said.text,
        html=said.html,
        at=datetime(2012, 3, 26, tzinfo=UTC),
        blocks=said.blocks,
        facts=said.facts,
    )
