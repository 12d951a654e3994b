"""What must hold of every life, however often it was cut off. Each check answers a sentence about everything that does not hold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import Connection

from bench.crash.gateway import Call, effects
from notifications.channels.signing import name_of
from storage.tables_telling import PARKED_AT


class Readable(Protocol):
    """What can be read: a database, or a look that is already open."""

    def read(self) -> AbstractContextManager[Connection]: ...


@dataclass(frozen=True)
class Look:
    """Several questions at one moment, over one connection."""

    connection: Connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        yield self.connection


def broken(database: Readable, calls: Sequence[Call] = (), *, finished: bool = True) -> list[str]:
    """Everything that does not hold. `finished`: nothing waits any more, so nothing may be left lying either."""
    found = [line for check in CHECKS for line in check(database)]
    if finished:
        found += unfolded(database) + undelivered(database)
    return found + strangers(database, calls)


def unfolded(database: Readable) -> list[str]:
    """No reminder waits for a message."""
    asked = """SELECT u.code, r.rung, r.recipient_id FROM reminder r JOIN duty d ON d.id = r.duty_id
        JOIN unit u ON u.id = d.unit_id WHERE r.state = 'planned' OR (r.state = 'folded' AND r.message_id IS NULL)"""
    return [f"the reminder {rung} about {unit} to person {who} lies in no message" for unit, rung, who in rows(database, asked)]


def undelivered(database: Readable) -> list[str]:
    """No message is left in between."""
    asked = "SELECT id, state, attempts, why FROM message WHERE state IN ('pending', 'claimed')"
    return [f"message {id_} is still {state} after {n} tries ({why})" for id_, state, n, why in rows(database, asked)]


def in_one_message(database: Readable) -> list[str]:
    """A folded reminder lies in a message that exists and is its own reader's."""
    asked = """SELECT r.duty_id, r.rung, r.recipient_id, r.message_id, m.recipient_id FROM reminder r
        LEFT JOIN message m ON m.id = r.message_id
        WHERE r.state = 'folded' AND r.message_id IS NOT NULL AND (m.id IS NULL OR m.recipient_id <> r.recipient_id)"""
    return [
        f"the reminder {rung} of duty {duty} to person {who} lies in message {message}, which is "
        + ("not there" if reader is None else f"person {reader}'s")
        for duty, rung, who, message, reader in rows(database, asked)
    ]


def not_empty(database: Readable) -> list[str]:
    """A message that left says something."""
    asked = """SELECT id, state FROM message m WHERE state IN ('sent', 'delivered')
        AND NOT EXISTS (SELECT 1 FROM reminder r WHERE r.message_id = m.id)"""
    return [f"message {id_} is {state} and about nothing" for id_, state in rows(database, asked)]


def split_digests(database: Readable) -> list[str]:
    """A person has one message a channel and window, not two that share what belongs together."""
    asked = """SELECT p.number, m.channel, m.window_day, count(*) FROM message m JOIN person p ON p.id = m.recipient_id
        WHERE m.state <> 'cancelled' AND NOT m.preview GROUP BY p.number, m.channel, m.window_day HAVING count(*) > 1"""
    return [f"{who} has {n} messages by {channel} in the window {day}" for who, channel, day, n in rows(database, asked)]


def one_sent(database: Readable) -> list[str]:
    """Of all messages of a person, a channel and a window one went out at most; one that is parked may have arrived and counts too."""
    asked = """SELECT p.number, m.channel, m.window_day, count(*) FROM message m JOIN person p ON p.id = m.recipient_id
        WHERE m.state IN ('sent', 'delivered', 'unknown') AND NOT m.preview
        GROUP BY p.number, m.channel, m.window_day HAVING count(*) > 1"""
    return [f"{who} was sent {n} messages by {channel} in the window {day}" for who, channel, day, n in rows(database, asked)]


def one_digest_a_day(database: Readable) -> list[str]:
    """What concerned one person on one day by one run day was gathered: his reminders of a slot day lie in one message a window.

    Sees a split also where the key of messages could not stop it, because the second part got a window of its own.
    """
    asked = """SELECT p.number, r.slot_day, r.rung, count(DISTINCT r.message_id) FROM reminder r
        JOIN person p ON p.id = r.recipient_id WHERE r.message_id IS NOT NULL AND r.offers = 0 AND r.repeat = 0
        GROUP BY p.number, r.slot_day, r.rung, r.epoch HAVING count(DISTINCT r.message_id) > 1"""
    return [
        f"the reminders {rung} of day {day} to {who} are split over {n} messages" for who, day, rung, n in rows(database, asked)
    ]


def tries_counted(database: Readable) -> list[str]:
    """Every try was written down before the wire was touched. A try that the channel spoiled is written down and given back."""
    asked = """SELECT m.id, m.attempts, (SELECT count(*) FROM delivery e WHERE e.message_id = m.id) AS written FROM message m"""
    return [f"message {id_} had {n} tries and {tries} are written down" for id_, n, tries in rows(database, asked) if n > tries]


def timers_alone(database: Readable) -> list[str]:
    """A duty has one timer that counts at most: two would tell of it twice."""
    asked = """SELECT d.id, count(*) FROM duty d JOIN timer i ON i.duty_id = d.id AND i.version = d.version
        GROUP BY d.id HAVING count(*) > 1"""
    return [f"duty {duty} has {n} timers that count" for duty, n in rows(database, asked)]


def accounted(database: Readable, as_of: int) -> list[str]:
    """Every due duty whose clock runs has a message or a reason: a timer of the past that nobody looked at is neither."""
    asked = f"""SELECT u.code, i.at FROM timer i JOIN duty d ON d.id = i.duty_id AND d.version = i.version
        JOIN unit u ON u.id = d.unit_id WHERE i.at <= {as_of} AND i.at < {PARKED_AT} AND d.state IN ('open', 'returned')"""
    return [f"{unit} was due at {at} and nobody looked" for unit, at in rows(database, asked)]


def strangers(database: Readable, calls: Sequence[Call]) -> list[str]:
    """What the receiver acted on is what the outbox knows: keys of messages that were tried, no oftener than tried.

    A call that the receiver turned away may belong to a message that was given up since, and has another key now.
    """
    asked = "SELECT m.idem_key, (SELECT count(*) FROM delivery e WHERE e.message_id = m.id) AS tries FROM message m"
    known = {name_of(key): tries for key, tries in rows(database, asked)}
    found = []
    for key, n in effects(call for call in calls if call.how == "http").items():  # an e-mail shows a digest of the key
        if key not in known:
            found.append(f"the receiver got {key}, of which the outbox knows nothing")
        elif n > known[key]:
            found.append(f"the receiver got {key} {n} times, and {known[key]} tries are known")
    return found + _two_keys(database, calls)


def _two_keys(database: Readable, calls: Sequence[Call]) -> list[str]:
    """Physical repeats carry the same key: nobody got two messages of one window."""
    asked = "SELECT idem_key, recipient_id, channel, window_day FROM message"
    place = {name_of(key): tuple(rest) for key, *rest in rows(database, asked)}
    keys: dict[tuple[Any, ...], set[str]] = defaultdict(set)
    for key in effects(calls):
        if key in place:
            keys[place[key]].add(key)
    return [
        f"person {who} got {len(mine)} messages under different keys in the window {day} by {channel}"
        for (who, channel, day), mine in keys.items()
        if len(mine) > 1
    ]


def repeats(calls: Sequence[Call]) -> int:
    """How many calls carried a key that had been seen: counted, not forbidden."""
    return sum(n - 1 for n in effects(calls).values())


def rows(database: Readable, sql: str) -> list[tuple[Any, ...]]:
    """What a question answers. No `%` in it: psycopg would take it for a parameter."""
    with database.read() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(sql)]


CHECKS: tuple[Callable[[Readable], list[str]], ...] = (
    in_one_message,
    not_empty,
    split_digests,
    one_digest_a_day,
    tries_counted,
    timers_alone,
)
