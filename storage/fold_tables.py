"""What a fold knows from the beginning, and what it keeps for itself while it lasts: who is written to, what is planned, whose post has
ended."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import BigInteger, Boolean, Column, Connection, Integer, MetaData, Table, Text
from sqlalchemy.schema import CreateTable, DropTable

from storage.contacts import Reach, Since, reaches_some


class Span(NamedTuple):
    """A window as it is kept: an ordinal and two instants in UTC seconds."""

    window_day: int
    not_before: int
    expires_at: int


@dataclass(frozen=True, kw_only=True)
class Folding:
    """What a fold knows from the beginning: its run, whose keys it makes, the way to people, what is folded (the run's
    reminders, `fresh`; those planned before, `again`) and how.

    With `held` the run's messages wait for a person's consent; with `apart` they are messages of their own, so that what is asked about
    does not mix with what is not. `preview`: first chases wait for the clerk's look. `weekly_waits`: today is not the day of those who
    want it once a week. `share`: those who have one address get one message there. `failed`: what
    failed at one contact point goes to the next.
    """

    connection: Connection
    run_id: int
    key: str
    order: Sequence[Reach]
    fresh: bool
    again: bool = False
    held: bool = False
    apart: bool = False
    preview: bool = False
    share: bool = False
    weekly_waits: bool = False
    failed: Since | None = None

    @property
    def some_unreached(self) -> bool:
        """There may be people who have no address."""
        return reaches_some(self.order)

    @property
    def reader(self) -> Column[int]:
        """To whom a person's message goes."""
        return FOLD.c.reader if self.share else FOLD.c.recipient_id


_metadata = MetaData()


def _key(name: str) -> Column[int]:
    return Column(name, BigInteger, primary_key=True, autoincrement=False)


FOLD = Table(
    "fold",
    _metadata,
    _key("recipient_id"),
    _key("part"),
    Column("no", Integer),
    Column("urgent", Integer),
    Column("channel", Text),
    Column("address", Text),
    Column("reachable", Boolean),
    Column("reader", BigInteger),
    Column("slot", Integer),
    Column("message_id", BigInteger),
    prefixes=["TEMPORARY"],
    sqlite_with_rowid=False,
)
"""Who is written to: `part` 0 is his message of the window, 1 the first chases that a clerk may look at before. `slot` says in which of
the fold's windows. `reachable` is told only where an address may be missing. `reader`, where addresses are shared, is to whom the message
goes: always the same one of all who have this address."""
TAKEN = Table(
    "taken",
    _metadata,
    *(_key(name) for name in ("duty_id", "epoch")),
    Column("rung", Text, primary_key=True),
    *(_key(name) for name in ("repeat", "recipient_id")),
    Column("no", Integer),
    Column("urgent", Integer),
    prefixes=["TEMPORARY"],
    sqlite_with_rowid=False,
)
"""Reminders that were planned before and lie in no message, with the number of their rung."""
ENDED = Table(
    "ended",
    _metadata,
    *(_key(name) for name in ("campaign_id", "task_id")),
    Column("rung", Text, primary_key=True),
    *(_key(name) for name in ("repeat", "duty_id", "epoch", "recipient_id")),
    Column("unit_id", Integer),
    Column("slot_day", Integer),
    Column("run_id", Integer),
    Column("message_id", BigInteger),
    Column("telling", Integer),
    prefixes=["TEMPORARY"],
    sqlite_with_rowid=False,
)
"""Reminders to people who no longer hold the post by which they were found. A rung of a task is a range of the key. `telling` is the last
audience that has somebody instead."""
FOUND = Table(
    "found",
    _metadata,
    *(_key(name) for name in ("duty_id", "epoch", "person_id")),
    Column("role", Text),
    Column("post_id", Integer),
    Column("acting_for", Integer),
    prefixes=["TEMPORARY"],
    sqlite_with_rowid=False,
)
"""Who is told instead of them."""
MERGED = Table(
    "merged",
    _metadata,
    _key("id"),
    Column("kept", BigInteger),
    prefixes=["TEMPORARY"],
    sqlite_with_rowid=False,
)
"""Messages whose content goes into another one of the same person."""


@contextmanager
def tables(connection: Connection, *made: Table) -> Iterator[None]:
    """Temporary tables for as long as they are needed. What fails need not tidy up: its transaction takes them along."""
    for table in made:
        connection.execute(CreateTable(table))
    yield
    for table in made:
        connection.execute(DropTable(table))
