"""What becomes of a message on its way through real mail servers on this machine, until it is sent, failed or held."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from multiprocessing import get_context
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from herd import Herd
from world import CHEN, LI, SCHOOL, SUN, ZHAO, ZHOU, World, post

from duban.clock import Clock
from duban.engine import Engine
from duban.settings import Settings, Smtp

R1_DAY, R2_DAY = "2026-03-25 08:30", "2026-03-31 08:30"
TO_LI, TO_ZHAO, TO_SUN, TO_ZHOU = (f"p{number}@example.edu.cn" for number in (LI, ZHAO, SUN, ZHOU))
HARSH = ("督办", "逾期", "将上报", "后进")
Start = Callable[..., "Office"]


class Office:
    """A mail server. It keeps what it accepts; a test says what it answers to whom, and what happens when a letter arrives."""

    def __init__(self) -> None:
        self.port = 0
        self.asked: list[str] = []
        self.letters: list[tuple[str, EmailMessage]] = []
        self.senders = 0
        self.sender_answer = "250 OK"
        self.rcpt: dict[str, str] = {}
        self.silent: set[str] = set()
        self.arrived: Callable[[str], None] = lambda to: None

    async def handle_MAIL(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:
        self.senders += 1
        if self.sender_answer.startswith("250"):
            envelope.mail_from = address
        return self.sender_answer

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:
        self.asked.append(address)
        if address in self.rcpt:
            return self.rcpt[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        [to] = envelope.rcpt_tos
        assert isinstance(envelope.content, bytes)
        self.letters.append((to, _read(envelope.content)))
        await asyncio.get_running_loop().run_in_executor(None, self.arrived, to)
        if to in self.silent:
            await asyncio.sleep(60)
        return "250 OK"

    def to(self, address: str) -> list[EmailMessage]:
        return [letter for to, letter in self.letters if to == address]


@pytest.fixture
def start() -> Iterator[Start]:
    """Opens mail servers on free ports of the loopback."""
    running: list[Controller] = []

    def open_office(port: int | None = None) -> Office:
        office = Office()
        controller = Controller(office, hostname="127.0.0.1", port=port or _free_port())
        controller.start()
        running.append(controller)
        office.port = controller.port
        return office

    yield open_office
    for controller in running:
        controller.stop()


@pytest.fixture
def office(start: Start) -> Office:
    return start()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def _read(content: bytes) -> EmailMessage:
    message = message_from_bytes(content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def _text(message: EmailMessage, kind: str = "plain") -> str:
    body = message.get_body((kind,))
    assert body is not None
    return str(body.get_content())


def _mail(port: int, *, timeout: float = 5.0, templates: Path | None = None) -> Settings:
    smtp = Smtp(host="127.0.0.1", port=port, sender="组织部 <zzb@example.edu.cn>", timeout=timeout)
    return Settings(smtp=smtp, templates=str(templates) if templates else None)


def _in_earnest(engine: Engine, settings: Settings) -> Engine:
    """The same school as a database that is no sandbox and does send, on days that the test still chooses."""
    engine.context.sandbox = False
    engine.context.settings = settings
    return engine


def _due(world: World, settings: Settings, moment: str = R1_DAY) -> None:
    """A launched campaign and a run at the moment when every branch is first reminded: eight messages wait."""
    world.launch()
    _in_earnest(world.engine, settings)
    world.run(moment)


def _real_time(world: World) -> list[int]:
    """Real time, which the test moves from now on, beside the campaign's."""
    real = [world.engine.context.clock.real()]
    world.engine.context.clock = Clock(now=lambda: world.time, real=lambda: real[0])
    return real


def _messages(world: World, number: str = LI) -> list[tuple[str, int]]:
    sql = "SELECT m.state, m.attempts FROM message m JOIN person p ON p.id = m.recipient_id"
    return [(str(state), int(n)) for state, n in world.rows(f"{sql} WHERE p.number = '{number}' ORDER BY m.id")]


def _tries(world: World, number: str = LI) -> list[str | None]:
    joined = "delivery d JOIN message m ON m.id = d.message_id JOIN person p ON p.id = m.recipient_id"
    return [row[0] for row in world.rows(f"SELECT d.outcome FROM {joined} WHERE p.number = '{number}' ORDER BY m.id, d.n")]


def _mail_them(url: str, at: int, port: int) -> tuple[int, int]:
    """(sent, failed) of a delivery in this process."""
    engine = _in_earnest(Engine(url, clock=Clock(now=lambda: at)), _mail(port))
    try:
        done = engine.deliver()
        return done.sent, done.failed
    finally:
        engine.close()


# --- what arrives


def test_everybody_gets_one_letter_that_says_what_and_by_when_and_whom_to_call(world: World, office: Office) -> None:
    _due(world, _mail(office.port))

    done = world.engine.deliver()

    assert (done.sent, done.failed, done.unknown, done.waiting) == (8, 0, 0, 0)
    assert len({to for to, _ in office.letters}) == len(office.letters) == 8
    [letter] = office.to(TO_LI)
    assert letter.get_content_type() == "multipart/alternative"
    assert letter["To"] == "李可 <p1001@example.edu.cn>"
    assert letter["Subject"] == "工作提示：支部换届 换届方案，3月30日（周一）24:00前"
    for kind in ("plain", "html"):
        said = _text(letter, kind)
        for words in ("李可同志", "换届方案", "3月30日", "还有3个工作日", "钱宁", "0000-0000", "如已报送，请忽略"):
            assert words in said
        assert not [word for word in HARSH if word in said]


def test_who_is_told_of_several_branches_gets_one_letter_about_all_of_them(small_world: World, office: Office) -> None:
    world = small_world
    _due(world, _mail(office.port))
    world.engine.deliver()
    world.act("submit", "0102", by=CHEN)

    world.run(R2_DAY, deliver=True)

    [letter] = office.to(TO_ZHOU)
    said = _text(letter)
    assert all(branch in said for branch in ("教工党支部", "学生党支部", "退休党支部"))
    [to_sun] = office.to(TO_SUN)
    assert "教工第一党支部" in _text(to_sun)
    assert "教工第二党支部" not in _text(to_sun)


def test_what_was_handed_in_after_the_run_is_not_asked_for(small_world: World, office: Office) -> None:
    world = small_world
    _due(world, _mail(office.port))
    world.act("submit", "0101", by=LI)

    done = world.engine.deliver()

    assert (done.sent, done.waiting) == (7, 0)
    assert office.to(TO_LI) == []
    assert _messages(world) == [("cancelled", 0)]


# --- what servers answer


def test_an_address_that_is_refused_for_good_is_tried_once_only(small_world: World, office: Office) -> None:
    world = small_world
    _due(world, _mail(office.port))
    office.rcpt[TO_LI] = "550 5.1.1 no such user"

    done = world.engine.deliver()
    for moment in ("2026-03-25 08:36", "2026-03-26 10:00"):
        world.at(moment).deliver()

    assert (done.sent, done.failed) == (7, 1)
    assert any("550" in problem and "李可" in problem for problem in done.problems)
    assert office.asked.count(TO_LI) == 1
    assert _messages(world) == [("failed", 1), ("held", 0)]
    assert world.rows("SELECT why FROM message WHERE state = 'held'") == [("no-address",)]
    assert _tries(world) == ["permanent"]
    assert any(line.startswith("没有送达（地址或内容被拒绝）：1封") for line in world.engine.doctor()["lines"])


def test_a_busy_server_is_asked_again_after_a_while(world: World, office: Office) -> None:
    _due(world, _mail(office.port))
    office.rcpt[TO_LI] = "451 4.7.1 try again later"

    first = world.engine.deliver()
    state_then = _messages(world)
    del office.rcpt[TO_LI]
    too_soon = world.at("2026-03-25 08:34").deliver()
    later = world.at("2026-03-25 08:35").deliver()

    assert (first.sent, first.failed, first.waiting) == (7, 1, 1)
    assert state_then == [("pending", 1)]
    assert (too_soon.sent, too_soon.waiting) == (0, 1)
    assert (later.sent, later.waiting) == (1, 0)
    assert len(office.to(TO_LI)) == 1
    assert _tries(world) == ["retryable", "ok"]


def test_who_can_never_be_reached_is_given_up_and_shown(small_world: World, office: Office) -> None:
    world = small_world
    _due(world, _mail(office.port))
    office.rcpt[TO_LI] = "451 4.7.1 try again later"

    world.engine.deliver()
    for _ in range(8):
        world.time += 21600
        world.engine.deliver()

    assert _messages(world) == [("dead", 6)]
    assert office.asked.count(TO_LI) == 6
    assert any(line.startswith("多次没有送达：1封") for line in world.engine.doctor()["lines"])


def test_a_server_that_is_not_there_costs_nobody_his_message(small_world: World, start: Start) -> None:
    world = small_world
    port = _free_port()
    _due(world, _mail(port))
    real = _real_time(world)

    away = world.engine.deliver()
    burnt = world.rows("SELECT max(attempts) FROM message")
    office = start(port)
    at_once = world.engine.deliver()
    real[0] += 60
    again = world.engine.deliver()

    assert (away.sent, away.failed, away.unknown, away.waiting) == (0, 1, 0, 8)
    assert burnt == [(0,)]
    assert (at_once.sent, at_once.waiting) == (0, 8)
    assert (again.sent, again.waiting) == (8, 0)
    assert len(office.letters) == 8


def test_a_server_that_lets_nobody_in_is_asked_once_a_pass_and_never_blamed_on_a_message(
    small_world: World, office: Office
) -> None:
    world = small_world
    _due(world, _mail(office.port))
    office.sender_answer = "550 5.7.1 sender rejected"
    real = _real_time(world)

    world.engine.deliver()
    asked_in_one_pass = office.senders
    for _ in range(8):
        world.time, real[0] = world.time + 3600, real[0] + 3600
        world.engine.deliver()
    still = world.rows("SELECT DISTINCT state, attempts FROM message")
    office.sender_answer = "250 OK"
    world.time, real[0] = world.time + 3600, real[0] + 3600
    done = world.engine.deliver()

    assert asked_in_one_pass == 1
    assert office.senders == 9 + 8
    assert still == [("pending", 0)]
    assert done.sent == 8


def test_silence_after_the_message_is_unknown_and_the_same_letter_goes_out_again(small_world: World, office: Office) -> None:
    world = small_world
    _due(world, _mail(office.port, timeout=0.4))
    office.silent.add(TO_LI)

    first = world.engine.deliver()
    office.silent.clear()
    second = world.at("2026-03-25 08:31").deliver()

    assert (first.sent, first.unknown, first.waiting) == (7, 1, 1)
    assert (second.sent, second.waiting) == (1, 0)
    one, other = office.to(TO_LI)
    assert one["Message-ID"] == other["Message-ID"]
    assert "可能已收到过" not in _text(one)
    assert "可能已收到过" in _text(other)
    assert _tries(world) == ["unknown", "ok"]
    assert len({letter["Message-ID"] for _, letter in office.letters}) == 8


def test_wrong_settings_of_the_mail_server_are_said_before_any_message_is_tried(small_world: World) -> None:
    world = small_world
    _due(world, Settings(smtp=Smtp(host="127.0.0.1", sender="")))

    done = world.engine.deliver()

    assert done.failed == 1
    assert "sender" in done.problems[0]
    assert world.rows("SELECT DISTINCT state, attempts FROM message") == [("pending", 0)]
    assert world.rows("SELECT count(*) FROM delivery") == [(0,)]


# --- several who deliver, and one who dies


def test_what_a_dead_process_had_claimed_is_taken_over_at_once(world: World, office: Office) -> None:
    _killed_on_the_wire(world, office)

    done = world.engine.deliver()

    assert (done.sent, done.waiting) == (8, 0)
    first = office.letters[0]
    assert [letter["Message-ID"] for letter in office.to(first[0])] == [first[1]["Message-ID"]] * 2
    assert len(office.letters) == 9
    assert world.rows("SELECT outcome, count(*) FROM delivery GROUP BY outcome ORDER BY outcome") == [("ok", 8), ("unknown", 8)]


def test_what_a_process_of_another_machine_had_claimed_waits_for_its_lease(world: World, office: Office) -> None:
    _killed_on_the_wire(world, office)
    with world.database.write() as connection:
        connection.exec_driver_sql("UPDATE message SET lease_owner = 'elsewhere:0:0/7/7/x' WHERE state = 'claimed'")

    meanwhile = world.engine.deliver()
    real = world.engine.context.clock.real() + 601
    world.engine.context.clock = Clock(now=lambda: world.time, real=lambda: real)
    done = world.engine.deliver()

    assert (meanwhile.sent, meanwhile.waiting) == (0, 8)
    assert (done.sent, done.waiting) == (8, 0)


def _killed_on_the_wire(world: World, office: Office) -> None:
    """Eight messages are claimed by a process that dies while the server has the first of them."""
    _due(world, _mail(office.port))
    arrived, released = threading.Event(), threading.Event()

    def hold(to: str) -> None:
        arrived.set()
        released.wait(20)

    office.arrived = hold
    process = get_context("forkserver").Process(target=_mail_them, args=(world.url, world.time, office.port))
    process.start()
    assert arrived.wait(30)
    process.kill()
    process.join()
    office.arrived = lambda to: None
    released.set()


def test_two_who_deliver_at_once_send_every_letter_once(crowded: World, office: Office, herd: Herd) -> None:
    _due(crowded, _mail(office.port))

    answers = herd.together(_mail_them, [(crowded.url, crowded.time, office.port)] * 2)

    assert sum(sent for sent, _ in answers) == 90
    assert len(office.letters) == len({letter["Message-ID"] for _, letter in office.letters}) == 90
    assert crowded.rows("SELECT state, max(attempts), count(*) FROM message GROUP BY state") == [("sent", 1, 90)]


def test_a_slow_batch_stays_with_the_one_who_is_sending_it(small_world: World, office: Office) -> None:
    world = small_world
    """Each letter takes ten minutes here: longer than a claim holds, unless it is renewed."""
    _due(world, _mail(office.port))
    real = [1_000_000]
    world.engine.context.clock = Clock(now=lambda: world.time, real=lambda: real[0])
    other = Engine(world.url, clock=Clock(now=lambda: world.time, real=lambda: real[0]))
    _in_earnest(other, _mail(office.port))
    taken: list[int] = []

    def slow(to: str) -> None:
        real[0] += 590
        if len(office.letters) == 4:
            taken.append(other.deliver().sent)

    office.arrived = slow
    done = world.engine.deliver()
    other.close()

    assert taken == [0]
    assert done.sent == 8
    assert len(office.letters) == 8


def test_an_act_does_not_wait_for_a_slow_mail_server(world: World, office: Office) -> None:
    _due(world, _mail(office.port, timeout=30))
    stalled, released = threading.Event(), threading.Event()

    def stall(to: str) -> None:
        stalled.set()
        released.wait(8)

    office.arrived = stall
    thread = threading.Thread(target=world.engine.deliver)
    thread.start()
    assert stalled.wait(10)

    world.act("submit", "0201", by=ZHAO)
    sent_by_then = world.rows("SELECT count(*) FROM message WHERE state = 'sent'")
    released.set()
    thread.join()

    assert world.duty("0201").state == "submitted"
    assert sent_by_then == [(0,)]


# --- what does not leave


def test_a_sandbox_sends_nothing_out_whatever_its_settings_say(world: World, office: Office) -> None:
    world.launch()
    world.engine.context.settings = replace(_mail(office.port), folder=world.engine.context.settings.folder)

    world.run(R1_DAY)
    done = world.engine.deliver()

    assert done.sent == 8
    assert (office.senders, office.letters) == (0, [])
    assert world.rows("SELECT DISTINCT channel FROM message") == [("folder",)]
    assert len(world.messages) == 8


def test_what_was_to_be_mailed_stays_where_it_is_when_the_database_is_a_sandbox(small_world: World, office: Office) -> None:
    world = small_world
    _due(world, _mail(office.port))
    world.engine.context.sandbox = True

    done = world.engine.deliver()

    assert (done.sent, done.waiting) == (0, 8)
    assert (office.senders, office.letters) == (0, [])


def test_a_message_to_somebody_without_an_e_mail_is_held_and_the_doctor_says_so(small_world: World, office: Office) -> None:
    world = small_world
    school = SCHOOL.without(people=[LI]).plus(post("0101", "书记", "林远", "1010", email=""))
    world.engine.import_units(files=school.files(), end_missing=True)
    world.launch()
    _in_earnest(world.engine, _mail(office.port))

    run = world.run(R1_DAY)
    done = world.engine.deliver()

    assert (run.messages, run.held) == (8, 1)
    assert (done.sent, done.waiting) == (7, 1)
    assert _messages(world, "1010") == [("held", 0)]
    assert world.rows("SELECT why FROM message WHERE state = 'held'") == [("no-address",)]
    assert any(line.startswith("没有可用的联系方式，送不出去：1封") for line in world.engine.doctor()["lines"])


def test_a_wording_that_fails_for_one_letter_holds_that_one_until_it_is_mended(
    small_world: World, office: Office, tmp_path: Path
) -> None:
    world = small_world
    for name, field in (("wrong", "nickname"), ("right", "recipient")):
        wording = '工作提示：{{ letter.first_campaign }}{% if letter.recipient == "赵磊" %}{{ letter.FIELD }}{% endif %}'
        (tmp_path / name).mkdir()
        (tmp_path / name / "subject.j2").write_text(wording.replace("FIELD", field), encoding="utf-8")
    _due(world, _mail(office.port, templates=tmp_path / "wrong"))

    first = world.engine.deliver()
    said = world.engine.doctor()["lines"]
    again = world.engine.deliver()
    world.engine.context.settings = _mail(office.port, templates=tmp_path / "right")
    mended = world.engine.deliver()

    assert (first.sent, first.failed, first.waiting) == (7, 1, 1)
    assert any(line.startswith("模板有误，暂停：1封") for line in said)
    assert (again.sent, again.failed) == (0, 0)
    assert (mended.sent, mended.waiting) == (1, 0)
    [letter] = office.to(TO_ZHAO)
    assert letter["Subject"] == "工作提示：支部换届赵磊"
    assert _tries(world, ZHAO) == ["template", "ok"]


def test_a_wording_that_cannot_be_used_at_all_loses_no_message(small_world: World, office: Office, tmp_path: Path) -> None:
    world = small_world
    (tmp_path / "subject.j2").write_text("工作提示：{{ letter.first_campaign ", encoding="utf-8")
    _due(world, _mail(office.port, templates=tmp_path))

    wrong = world.engine.deliver()
    world.engine.context.settings = _mail(office.port)
    mended = world.engine.deliver()

    assert (wrong.sent, wrong.waiting) == (0, 8)
    assert all("subject.j2" in problem for problem in wrong.problems)
    assert (mended.sent, mended.waiting) == (8, 0)
