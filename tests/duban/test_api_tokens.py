"""接口令牌: a program is somebody, at most."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from test_accounts import WORDS, Door
from world import LI, QIAN, SUN, WANG, ZHAO, World

from storage.scope import EVERYTHING, Scope
from workflow.errors import NotFound, Refused


@pytest.fixture
def door(world: World) -> Iterator[Door]:
    made = Door(world=world)
    yield made
    made.engine.close()


def path(door: Door, code: str) -> str:
    ((found,),) = door.world.rows(f"SELECT path FROM unit_span JOIN unit ON unit.id = unit_span.unit_id WHERE code = '{code}'")
    return str(found)


def test_a_token_stands_for_its_person(door: Door) -> None:
    secret = door.engine.new_token(WANG, name="数据中台", rights="act").secret

    program = door.engine.token_visitor(secret)

    assert program == door.engine.visitor(WANG)


def test_a_token_that_reads_may_not_act(door: Door) -> None:
    secret = door.engine.new_token(WANG, name="大屏").secret

    program = door.engine.token_visitor(secret)

    assert program is not None
    assert not program.may_act
    assert program.scope == door.engine.visitor(WANG).scope


def test_an_officers_token_for_one_unit_sees_that_unit_and_nothing_of_the_whole(door: Door) -> None:
    secret = door.engine.new_token(QIAN, name="化学学院", rights="act", unit="01").secret

    program = door.engine.token_visitor(secret)

    assert program is not None
    assert program.scope == Scope((path(door, "01"),))
    assert (program.office, program.leads, program.own, program.reviews, program.posts) == (False, False, (), (), ())
    assert door.engine.visitor(QIAN).scope == EVERYTHING


def test_a_clerks_token_for_one_branch_reviews_nothing(door: Door) -> None:
    secret = door.engine.new_token(WANG, name="一个支部", rights="act", unit="0101").secret

    program = door.engine.token_visitor(secret)

    assert program is not None
    assert program.scope == Scope((path(door, "0101"),))
    assert program.reviews == ()


def test_a_token_reaches_no_further_than_its_person(door: Door) -> None:
    with pytest.raises(NotFound):
        door.engine.new_token(WANG, name="机械学院", unit="02")
    with pytest.raises(NotFound):
        door.engine.new_token(LI, name="学院", unit="01")


def test_what_a_person_loses_his_token_loses(door: Door) -> None:
    secret = door.engine.new_token(SUN, name="学院").secret
    narrow = door.engine.new_token(SUN, name="支部", unit="0101").secret
    assert door.engine.token_visitor(secret) is not None

    door.dismiss(SUN)

    assert door.engine.token_visitor(secret) is None
    assert door.engine.token_visitor(narrow) is None


@pytest.mark.parametrize("secret", ["", "duban_", "duban_" + "x" * 43, "x" * 49, "duban_" + "x" * 100, "duban_\0"])
def test_a_secret_that_is_none_stands_for_nobody(door: Door, secret: str) -> None:
    door.engine.new_token(LI, name="大屏")

    assert door.engine.token_visitor(secret) is None


def test_a_token_is_over_after_its_days(door: Door) -> None:
    secret = door.engine.new_token(LI, name="大屏", days=1).secret

    door.time += 86_399
    before = door.engine.token_visitor(secret)
    door.time += 1

    assert before is not None
    assert door.engine.token_visitor(secret) is None
    assert door.engine.tokens(LI) == ()


def test_a_revoked_token_is_over_at_once_and_only_its_person_or_the_shell_revokes_it(door: Door) -> None:
    made = door.engine.new_token(LI, name="大屏")

    with pytest.raises(NotFound):
        door.engine.revoke_token(made.id, of=ZHAO)
    assert door.engine.token_visitor(made.secret) is not None
    door.engine.revoke_token(made.id, of=LI)

    assert door.engine.token_visitor(made.secret) is None
    with pytest.raises(NotFound):
        door.engine.revoke_token(made.id)


def test_its_use_is_written_once_a_day(door: Door) -> None:
    secret = door.engine.new_token(LI, name="大屏").secret
    unused = door.engine.tokens(LI)[0].last_used_on

    door.engine.token_visitor(secret)
    first = door.engine.tokens(LI)[0].last_used_on
    kept = door.world.everything()
    door.engine.token_visitor(secret)
    same = door.world.everything()
    door.time += 86_400
    door.engine.token_visitor(secret)
    next_day = door.engine.tokens(LI)[0].last_used_on

    assert unused is None
    assert same == kept
    assert first is not None
    assert next_day is not None
    assert (next_day - first).days == 1


def test_a_session_or_a_password_is_no_token(door: Door) -> None:
    door.has(LI)
    secret = door.enter(LI)

    assert door.engine.token_visitor(secret) is None
    assert door.engine.token_visitor(WORDS) is None


def test_everything_that_is_wrong_with_a_wish_is_said_at_once(door: Door) -> None:
    with pytest.raises(Refused) as refusal:
        door.engine.new_token(LI, name=" ", rights="all", days=0)

    assert [reason.code for reason in refusal.value.reasons] == ["token-name", "token-rights", "token-days"]


def test_nobody_gathers_tokens_without_end(door: Door) -> None:
    for n in range(20):
        door.engine.new_token(LI, name=f"大屏{n}")

    with pytest.raises(Refused) as refusal:
        door.engine.new_token(LI, name="又一个")

    assert [reason.code for reason in refusal.value.reasons] == ["token-many"]
    assert door.engine.new_token(ZHAO, name="大屏").secret
