"""The links in messages: what is kept of them, how long they serve, and that what is kept opens nothing."""

from __future__ import annotations

import hashlib

import pytest
from world import LI, World, instant

from duban.service import tokens
from duban.service.tokens import BadLink


def minted(world: World, person: str = LI, message: int = 7) -> str:
    with world.database.write() as connection:
        now = world.time
        expires = tokens.expiry(world.engine.context.calendar, now)
        return tokens.mint(connection, message, world.engine.person(person), now, expires)


def opened(world: World, secret: str) -> tuple[int, int]:
    with world.database.read() as connection:
        found = tokens.found(world.engine.context, connection, secret)
    return found.message_id, found.person_id


def test_only_the_hash_of_a_secret_is_kept(world: World) -> None:
    secret = minted(world)

    everything = repr(world.everything())

    assert secret not in everything
    assert hashlib.sha256(secret.encode()).hexdigest() in everything
    assert opened(world, secret) == (7, world.engine.person(LI))


def test_secrets_are_long_and_never_the_same(small_world: World) -> None:
    secrets = {minted(small_world) for _ in range(200)}

    assert len(secrets) == 200
    assert all(len(secret) == 32 for secret in secrets)  # 24 random bytes in base64: 192 bits


def test_a_link_serves_to_the_end_of_the_tenth_working_day(small_world: World) -> None:
    small_world.at("2026-03-31 08:30")
    secret = minted(small_world)

    small_world.at("2026-04-15 23:59")  # 04-01 02 03 07 08 09 10 13 14 15: Qingming is off
    opened(small_world, secret)
    small_world.at("2026-04-16 00:00")
    with pytest.raises(BadLink) as expired:
        opened(small_world, secret)

    assert expired.value.code == "expired"
    assert tokens.expiry(small_world.engine.context.calendar, instant("2026-03-31 08:30")) == instant("2026-04-16 00:00")


@pytest.mark.parametrize(
    "change", [lambda s: s[:-1], lambda s: s + "A", lambda s: s.swapcase(), lambda s: "", lambda s: "x" * 5000]
)
def test_an_altered_secret_opens_nothing(small_world: World, change: object) -> None:
    secret = minted(small_world)
    assert callable(change)

    with pytest.raises(BadLink) as forged:
        opened(small_world, change(secret))

    assert forged.value.code == "forged"


def test_what_is_kept_of_a_message_has_no_secret_in_it(small_world: World) -> None:
    link = tokens.link("https://portal.example.edu.cn/duban/", minted(small_world))

    masked = tokens.masked(f"回应请点 {link}。\n再说一次：{link}")

    assert link.startswith("https://portal.example.edu.cn/duban/r/")
    assert (
        masked
        == "回应请点 https://portal.example.edu.cn/duban/r/******。\n再说一次：https://portal.example.edu.cn/duban/r/******"
    )


def test_the_confirmation_is_not_the_secret_nor_its_hash(small_world: World) -> None:
    secret = minted(small_world)

    confirmation = tokens.confirmation(secret)

    assert tokens.confirms(secret, confirmation)
    assert not tokens.confirms(secret, "")
    assert not tokens.confirms(secret, "确认")
    assert confirmation not in (secret, tokens.hashed(secret))
    assert not tokens.confirms(secret + "x", confirmation)


def test_a_person_who_was_erased_has_no_links_any_more(small_world: World) -> None:
    secret = minted(small_world)
    with small_world.database.write() as connection:
        connection.exec_driver_sql("UPDATE person SET erased_at = 1")

    with pytest.raises(BadLink):
        opened(small_world, secret)
