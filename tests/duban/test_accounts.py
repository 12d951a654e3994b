"""账号: who gets in with a password, how long, how often it may be tried; and the one-time links with which a password is set."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from world import LI, QIAN, WANG, ZHAO, ZHENG, World

from duban.clock import Clock
from duban.engine import Engine
from duban.service import passwords, throttling
from duban.service.accounts import NotSignedIn
from duban.service.invitations import BadInvitation
from duban.service.throttling import TooManyAttempts
from workflow.errors import NotFound, Refused

WORDS = "春风十里不如一早交表"
OTHER = "另一句只有自己知道的话"
HERE = "10.1.2.3"


@dataclass(kw_only=True)
class Door:
    """An engine whose real time tests move, in seconds."""

    world: World
    time: int = 1_800_000_000
    engine: Engine = field(init=False)

    def __post_init__(self) -> None:
        clock = Clock(now=lambda: self.world.time, real=lambda: self.time)
        self.engine = Engine(self.world.url, clock=clock)

    def has(self, who: str, password: str = WORDS) -> int:
        """Somebody has an account; his id. The session he begins with is over."""
        made = self.engine.redeem("invite", self.engine.invite(who).secret, password)
        self.engine.sign_out(made.secret)
        return made.person

    def enter(self, who: str, password: str = WORDS, *, address: str = HERE) -> str:
        return self.engine.sign_in(who, password, address=address).secret

    def mark(self, who: str) -> str:
        """What a browser keeps in which somebody has signed in."""
        return self.engine.sign_in(who, WORDS, address=HERE).device

    def dismiss(self, who: str) -> None:
        """Somebody's posts never were."""
        person = self.engine.person(who)
        with self.engine.database.write() as connection:
            connection.exec_driver_sql(f"UPDATE post SET valid_to = valid_from WHERE person_id = {person}")

    def tries(self, who: str, times: int = 1) -> None:
        """The same as far as counting goes, without the work of comparing."""
        for _ in range(times):
            throttling.attempt(self.engine.context, name=f"id {self.engine.person(who)}", address=HERE)

    def fails(self, who: str, times: int = 1, *, address: str = HERE) -> None:
        for _ in range(times):
            with pytest.raises(NotSignedIn):
                self.enter(who, "不是这个密码", address=address)


@pytest.fixture
def door(world: World) -> Iterator[Door]:
    made = Door(world=world)
    yield made
    made.engine.close()


@pytest.fixture
def small_door(small_world: World) -> Iterator[Door]:
    made = Door(world=small_world)
    yield made
    made.engine.close()


# --- getting in


def test_a_link_sets_a_password_and_the_password_opens_a_session(door: Door) -> None:
    li = door.has(LI)

    secret = door.enter(LI)

    assert door.engine.signed_in(secret) == li == door.engine.person(LI)


def test_one_gets_in_by_his_e_mail_and_by_a_number_typed_in_full_width(small_door: Door) -> None:
    li = small_door.has(LI)

    by_mail = small_door.enter("P1001@example.edu.cn")
    by_width = small_door.enter(" １００１ ")

    assert small_door.engine.signed_in(by_mail) == small_door.engine.signed_in(by_width) == li


def test_unknown_name_missing_account_disabled_account_and_wrong_password_are_answered_alike(door: Door) -> None:
    door.has(LI)
    door.has(WANG)
    door.engine.disable_account(WANG, by=QIAN)

    said = set()
    for who, password in (("nobody", WORDS), (ZHAO, WORDS), (WANG, WORDS), (LI, OTHER)):
        with pytest.raises(NotSignedIn) as refusal:
            door.enter(who, password)
        said.add((refusal.value.code, str(refusal.value)))

    assert len(said) == 1


def test_an_unknown_name_takes_about_as_long_as_a_known_one(small_door: Door) -> None:
    small_door.has(LI)
    small_door.fails("warm up")

    def seconds(who: str) -> float:
        taken = []
        for _ in range(4):
            start = time.process_time()  # what this process does, however busy the machine is
            small_door.fails(who)
            taken.append(time.process_time() - start)
        return statistics.median(taken)

    unknown, known = seconds("nobody"), seconds(LI)

    assert 0.4 < unknown / known < 2.5, (unknown, known)  # without the comparison it would be about 0.1


def test_who_holds_no_post_does_not_get_in(door: Door) -> None:
    door.has(LI)
    door.dismiss(LI)

    with pytest.raises(NotFound, match="没有任职"):
        door.enter(LI)


def test_only_hashes_are_remembered(door: Door) -> None:
    invitation = door.engine.invite(LI)
    entered = door.engine.redeem("invite", invitation.secret, WORDS)
    token = door.engine.new_token(LI, name="数据中台")

    kept = repr({table: rows for table, rows in door.world.everything().items()})

    for secret in (WORDS, invitation.secret, entered.secret, token.secret):
        assert secret not in kept
    assert "$argon2id$" in kept


# --- how long


def test_a_session_lasts_twelve_hours_whatever_is_done_in_it(door: Door) -> None:
    door.has(LI)
    secret = door.enter(LI)

    door.time += 12 * 3600 - 1
    before = door.engine.signed_in(secret)
    door.time += 1
    after = door.engine.signed_in(secret)

    assert before is not None
    assert after is None


def test_signing_in_anew_gives_a_new_secret_and_ends_the_old(door: Door) -> None:
    li = door.has(LI)
    old = door.enter(LI)

    new = door.engine.sign_in(LI, WORDS, address=HERE, before=old).secret

    assert new != old
    assert door.engine.signed_in(old) is None
    assert door.engine.signed_in(new) == li


def test_sessions_that_are_over_are_cleared_away(door: Door) -> None:
    door.has(LI)
    door.enter(LI)
    door.time += 13 * 3600

    door.enter(LI)

    assert door.world.rows("SELECT COUNT(*) FROM sign_in") == [(1,)]


def test_changing_the_password_ends_every_session_but_the_one_it_begins(door: Door) -> None:
    li = door.has(LI)
    here, elsewhere = door.enter(LI), door.enter(LI)

    begun = door.engine.change_password(LI, WORDS, OTHER, address=HERE).secret

    assert [door.engine.signed_in(secret) for secret in (here, elsewhere, begun)] == [None, None, li]
    door.fails(LI)
    assert door.engine.signed_in(door.enter(LI, OTHER)) == li


def test_a_password_is_changed_only_by_who_knows_the_old_one(door: Door) -> None:
    door.has(LI)

    with pytest.raises(NotSignedIn):
        door.engine.change_password(LI, "不是这个密码", OTHER, address=HERE)

    door.enter(LI)


def test_disabling_ends_sessions_links_and_tokens(door: Door) -> None:
    door.has(LI)
    secret, link = door.enter(LI), door.engine.invite(LI).secret
    token = door.engine.new_token(LI, name="数据中台").secret

    door.engine.disable_account(LI, by=QIAN)

    assert door.engine.signed_in(secret) is None
    assert door.engine.token_visitor(token) is None
    with pytest.raises(BadInvitation):
        door.engine.invitation("invite", link)


@pytest.mark.parametrize("sql", ["UPDATE account SET disabled_at = 1", "UPDATE person SET erased_at = 1"])
def test_a_session_that_slipped_in_opens_nothing_once_account_or_person_is_no_more(door: Door, sql: str) -> None:
    door.has(LI)
    secret, token = door.enter(LI), door.engine.new_token(LI, name="大屏").secret

    with door.engine.database.write() as connection:
        connection.exec_driver_sql(sql)

    assert door.engine.signed_in(secret) is None
    assert door.engine.token_visitor(token) is None


def test_a_new_link_brings_a_disabled_account_back(door: Door) -> None:
    li = door.has(LI)
    door.engine.disable_account(LI, by=QIAN)

    door.has(LI, OTHER)

    assert door.engine.signed_in(door.enter(LI, OTHER)) == li


def test_all_sessions_end_at_once(door: Door) -> None:
    door.has(LI)
    door.has(ZHAO)
    one, two, other = door.enter(LI), door.enter(LI), door.enter(ZHAO)

    ended = door.engine.end_sessions(LI)

    assert ended == 2
    assert [door.engine.signed_in(secret) is None for secret in (one, two, other)] == [True, True, False]


@pytest.mark.parametrize("secret", ["", "x", "x" * 65, "\0", "' OR 1=1 --"])
def test_a_secret_that_is_none_opens_nothing(small_door: Door, secret: str) -> None:
    assert small_door.engine.signed_in(secret) is None


# --- how often


def test_after_five_failures_a_name_waits_even_with_the_right_password(door: Door) -> None:
    door.has(LI)
    door.fails(LI, 5)

    with pytest.raises(TooManyAttempts) as refusal:
        door.enter(LI)

    assert refusal.value.seconds == 60
    door.time += 60
    door.enter(LI)


def test_each_further_failure_waits_longer_up_to_a_quarter_of_an_hour(small_door: Door) -> None:
    small_door.has(LI)
    small_door.tries(LI, 4)

    waits = []
    for _ in range(7):
        small_door.tries(LI)
        with pytest.raises(TooManyAttempts) as refusal:
            small_door.enter(LI)
        waits.append(refusal.value.seconds)
        small_door.time += refusal.value.seconds

    assert waits == [60, 120, 240, 480, 900, 900, 900]


def test_who_gets_in_begins_anew(small_door: Door) -> None:
    small_door.has(LI)
    small_door.tries(LI, 4)

    small_door.enter(LI)

    small_door.tries(LI, 5)


def test_number_and_e_mail_count_as_one_name(small_door: Door) -> None:
    small_door.has(LI)
    small_door.fails(LI, 3)
    small_door.fails("p1001@example.edu.cn", 2)

    with pytest.raises(TooManyAttempts):
        small_door.enter(LI)


def test_an_unknown_name_is_throttled_like_a_known_one(small_door: Door) -> None:
    small_door.fails("nobody", 5)

    with pytest.raises(TooManyAttempts):
        small_door.enter("Nobody")


def test_one_name_waiting_keeps_nobody_else_out(small_door: Door) -> None:
    small_door.has(ZHAO)
    small_door.fails(LI, 5)

    assert small_door.enter(ZHAO)


def test_a_hundred_failures_from_one_address_stop_that_address_only(small_door: Door) -> None:
    small_door.has(ZHAO)
    for n in range(100):  # a list of names, each tried once
        throttling.attempt(small_door.engine.context, name=f"x{n}", address="10.9.9.9")

    with pytest.raises(TooManyAttempts):
        small_door.enter(ZHAO, address="10.9.9.9")

    assert small_door.enter(ZHAO, address="10.9.9.8")


def test_a_campus_behind_one_address_signs_in_all_morning(small_door: Door) -> None:
    small_door.has(LI)

    for _ in range(3):
        small_door.fails(LI, address="10.9.9.9")
        small_door.enter(LI, address="10.9.9.9")

    # 7 attempts were made, of which 3 count against the address
    assert sorted(count for (count,) in small_door.world.rows("SELECT failures FROM sign_in_failure")) == [3]


def test_addresses_of_one_ipv6_network_count_as_one(small_door: Door) -> None:
    small_door.fails("a", address="2001:db8:1:2::1")
    small_door.fails("b", address="2001:db8:1:2:ffff::9")

    assert max(small_door.world.rows("SELECT failures FROM sign_in_failure")) == (2,)


def test_failures_are_forgotten_after_a_day(small_door: Door) -> None:
    small_door.has(LI)
    small_door.tries(LI, 4)
    small_door.time += 24 * 3600 + 1

    small_door.tries(LI, 4)

    assert small_door.enter(LI)


def test_a_stranger_who_tries_a_name_does_not_keep_its_owner_out_of_a_browser_he_has_used(small_door: Door) -> None:
    small_door.has(LI)
    mark = small_door.mark(LI)
    small_door.tries(LI, 5)

    known = small_door.engine.sign_in(LI, WORDS, address=HERE, device=mark)

    assert known.device == mark
    with pytest.raises(TooManyAttempts):  # what he did is no help to the stranger
        small_door.enter(LI)


def test_a_known_browser_is_counted_for_itself_and_stopped_too(small_door: Door) -> None:
    small_door.has(LI)
    one, other = small_door.mark(LI), small_door.mark(LI)
    for _ in range(5):
        with pytest.raises(NotSignedIn):
            small_door.engine.sign_in(LI, "不是这个密码", address=HERE, device=one)

    with pytest.raises(TooManyAttempts):
        small_door.engine.sign_in(LI, WORDS, address=HERE, device=one)
    assert small_door.engine.sign_in(LI, WORDS, address=HERE, device=other)
    assert small_door.enter(LI)


def test_a_mark_serves_only_the_person_it_was_made_for_and_only_as_it_was_made(small_door: Door) -> None:
    small_door.has(LI)
    small_door.has(ZHAO)
    of_zhao, own = small_door.mark(ZHAO), small_door.mark(LI)
    word, _, signed = own.partition(".")
    small_door.tries(LI, 5)

    for mark in (of_zhao, "", ".", word, f"{word}.", f".{signed}", f"x{own}", f"{own}0", "一" * 50 + ".一", "x" * 5000 + own):
        with pytest.raises(TooManyAttempts):
            small_door.engine.sign_in(LI, WORDS, address=HERE, device=mark)


def test_a_new_password_makes_the_other_browsers_strange_again(small_door: Door) -> None:
    small_door.has(LI)
    old = small_door.mark(LI)
    small_door.time += 1
    kept = small_door.engine.change_password(LI, WORDS, OTHER, address=HERE, device=old).device
    small_door.tries(LI, 5)

    with pytest.raises(TooManyAttempts):
        small_door.engine.sign_in(LI, OTHER, address=HERE, device=old)
    assert small_door.engine.sign_in(LI, OTHER, address=HERE, device=kept)


def test_a_stranger_does_not_keep_the_owner_from_changing_his_password(small_door: Door) -> None:
    small_door.has(LI)
    mark = small_door.mark(LI)
    small_door.tries(LI, 5)

    assert small_door.engine.change_password(LI, WORDS, OTHER, address=HERE, device=mark)


def test_a_known_browser_still_counts_for_its_address(small_door: Door) -> None:
    small_door.has(LI)
    mark = small_door.mark(LI)
    for n in range(100):
        throttling.attempt(small_door.engine.context, name=f"x{n}", address=HERE)

    with pytest.raises(TooManyAttempts):
        small_door.engine.sign_in(LI, WORDS, address=HERE, device=mark)


def test_twenty_tries_at_the_same_moment_count_as_twenty(door: Door) -> None:
    door.has(LI)
    answers: list[str] = []

    def tries() -> None:
        try:
            door.enter(LI, "不是这个密码")
        except (NotSignedIn, TooManyAttempts) as error:
            answers.append(error.code)

    threads = [threading.Thread(target=tries) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answers) == ["not-signed-in"] * 5 + ["too-many-attempts"] * 15


def test_a_new_link_lets_who_forgot_his_password_in_at_once(small_door: Door) -> None:
    small_door.has(LI)
    small_door.fails(LI, 5)

    small_door.has(LI, OTHER)

    assert small_door.enter(LI, OTHER)


# --- links


def test_a_new_link_ends_the_tokens_of_an_account_and_a_first_one_those_of_nobody(door: Door) -> None:
    made_before = door.engine.new_token(LI, name="大屏").secret
    first = door.engine.redeem("invite", door.engine.invite(LI).secret, WORDS)
    kept = door.engine.token_visitor(made_before)
    of_zhao = door.engine.new_token(ZHAO, name="大屏").secret

    anew = door.engine.redeem("invite", door.engine.invite(LI).secret, OTHER)

    assert (first.revoked, anew.revoked) == (0, 1)
    assert kept is not None
    assert door.engine.token_visitor(made_before) is None
    assert door.engine.token_visitor(of_zhao) is not None


def test_changing_ones_own_password_leaves_the_tokens(door: Door) -> None:
    door.has(LI)
    token = door.engine.new_token(LI, name="大屏").secret

    door.engine.change_password(LI, WORDS, OTHER, address=HERE)

    assert door.engine.token_visitor(token) is not None


def test_a_link_serves_once(door: Door) -> None:
    link = door.engine.invite(LI).secret
    door.engine.redeem("invite", link, WORDS)

    with pytest.raises(BadInvitation) as refusal:
        door.engine.redeem("invite", link, OTHER)

    assert refusal.value.code == "used"
    door.enter(LI)


def test_a_link_used_twice_at_the_same_moment_serves_one(door: Door) -> None:
    link = door.engine.invite(LI).secret
    said: list[str] = []

    def redeem(password: str) -> None:
        try:
            door.engine.redeem("invite", link, password)
            said.append(password)
        except BadInvitation:
            pass

    threads = [threading.Thread(target=redeem, args=(password,)) for password in (WORDS, OTHER)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(said) == 1
    door.enter(LI, said[0])


def test_looking_at_a_link_changes_nothing(door: Door) -> None:
    link = door.engine.invite(LI).secret
    before = door.world.everything()

    seen = door.engine.invitation("invite", link)

    assert [(one.name, one.posts) for one in seen.people] == [("李可", "教工第一党支部 书记")]
    assert door.world.everything() == before


@pytest.mark.parametrize(("kind", "hours"), [("invite", 72), ("setup", 1)])
def test_a_link_is_over_after_its_hours(door: Door, kind: str, hours: int) -> None:
    link = door.engine.invite(LI) if kind == "invite" else door.engine.set_up()

    door.time += hours * 3600 - 1
    door.engine.invitation(kind, link.secret)
    door.time += 1

    with pytest.raises(BadInvitation) as refusal:
        door.engine.invitation(kind, link.secret)
    assert refusal.value.code == "expired"


def test_a_later_link_takes_the_earlier_ones_place(door: Door) -> None:
    first = door.engine.invite(LI).secret

    second = door.engine.invite(LI).secret

    with pytest.raises(BadInvitation):
        door.engine.invitation("invite", first)
    door.engine.invitation("invite", second)


def test_a_link_for_one_is_no_link_to_set_up(door: Door) -> None:
    link = door.engine.invite(LI).secret

    with pytest.raises(BadInvitation):
        door.engine.redeem("setup", link, WORDS, person=door.engine.person(QIAN))


def test_who_sets_up_is_one_of_the_office(door: Door) -> None:
    link = door.engine.set_up().secret

    offered = door.engine.invitation("setup", link)
    with pytest.raises(NotFound):
        door.engine.redeem("setup", link, WORDS, person=door.engine.person(LI))
    entered = door.engine.redeem("setup", link, WORDS, person=door.engine.person(QIAN))

    assert [one.name for one in offered.people] == ["钱宁", "郑直"]
    assert door.engine.signed_in(entered.secret) == door.engine.person(QIAN)


# --- passwords


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("", "password-short"),
        ("123456789", "password-short"),
        ("春风十里不如一", "password-short"),
        ("1" * 40, "password-easy"),
        ("1234567890", "password-easy"),
        ("12345678901234", "password-easy"),
        ("password123", "password-easy"),
        ("1001100110011001", "password-easy"),  # Li's number, again and again
        ("qwertyuiop123", "password-easy"),
        ("ａｂｃｄｅｆｇｈｉｊｋ", "password-easy"),  # abcdefghijk in full width
        ("长" * 129, "password-long"),
    ],
)
def test_a_password_everybody_would_try_is_weak(password: str, code: str) -> None:
    found = passwords.weak(password, about=("1001", "p1001"))

    assert code in [reason.code for reason in found]
    assert all(reason.text and reason.unblock for reason in found)


def test_a_weak_password_is_refused_and_the_link_still_serves(small_door: Door) -> None:
    link = small_door.engine.invite(LI).secret

    with pytest.raises(Refused) as refusal:
        small_door.engine.redeem("invite", link, "1001100110011001")

    assert [reason.code for reason in refusal.value.reasons] == ["password-easy"]
    assert small_door.engine.redeem("invite", link, WORDS).secret


@pytest.mark.parametrize(
    "password", [WORDS, "correct horse battery staple", "Xk9#mQ2vLp", "下周三 下午两点半开会", "学" * 2 + WORDS * 12]
)
def test_a_sentence_is_a_good_password(password: str) -> None:
    assert passwords.weak(password, about=("1001", "p1001")) == []


def test_what_is_beyond_the_longest_password_is_not_cut_off(small_door: Door) -> None:
    exact = "数" * 3 + WORDS * 12 + "一二三四五"
    small_door.has(LI, exact)

    with pytest.raises(NotSignedIn):
        small_door.enter(LI, exact + "六")

    assert len(exact) == 128
    assert small_door.enter(LI, exact)


# --- who looks after accounts


def test_the_office_sees_who_can_sign_in(door: Door) -> None:
    door.has(LI)
    door.engine.invite(WANG, by=QIAN)
    door.has(ZHAO)
    door.engine.disable_account(ZHAO, by=QIAN)

    found = {one.number: one for one in door.engine.accounts(by=QIAN).accounts}

    assert {number: found[number].state for number in (LI, WANG, ZHAO, ZHENG)} == {
        LI: "active",
        WANG: "invited",
        ZHAO: "disabled",
        ZHENG: "none",
    }
    assert found[WANG].link_by == "钱宁"
    assert found[LI].posts == ("教工第一党支部 书记",)
    assert len(found) == 17


@pytest.mark.parametrize(
    ("words", "numbers"), [("李可", {LI}), ("教工第一", {LI}), ("1001", {LI}), ("%", set()), ("_", set()), ("' --", set())]
)
def test_the_list_is_searched_by_what_is_typed(door: Door, words: str, numbers: set[str]) -> None:
    found = door.engine.accounts(by=QIAN, words=words)

    assert {one.number for one in found.accounts} == numbers


def test_the_list_comes_in_pages_that_together_are_everybody(door: Door) -> None:
    pages = [door.engine.accounts(by=QIAN, limit=6, offset=offset) for offset in (0, 6, 12)]

    assert [(len(page.accounts), page.more) for page in pages] == [(6, True), (6, True), (5, False)]
    assert len({one.person for page in pages for one in page.accounts}) == 17


@pytest.mark.parametrize("who", [LI, WANG, ZHAO])
def test_nobody_but_the_office_looks_after_accounts(door: Door, who: str) -> None:
    door.has(LI)

    for tried in (
        lambda: door.engine.accounts(by=who),
        lambda: door.engine.invite(LI, by=who),
        lambda: door.engine.disable_account(LI, by=who),
    ):
        with pytest.raises(NotFound):
            tried()
    door.enter(LI)


def test_nobody_disables_himself(door: Door) -> None:
    door.has(QIAN)

    with pytest.raises(Refused) as refusal:
        door.engine.disable_account(QIAN, by=QIAN)

    assert [reason.code for reason in refusal.value.reasons] == ["own-account"]
    door.enter(QIAN)
