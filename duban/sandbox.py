"""Which database this is: a sandbox with a clock of its own, or one that lives by real time."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from duban.clock import Clock, fixed_clock, parse_instant
from storage.database import Database, prepare
from storage.meta import claim_meta, meta, set_meta
from workflow.errors import DubanError, Reason, Refused, UsageError

ZONE = "Asia/Shanghai"


@dataclass(frozen=True, kw_only=True)
class Identity:
    """`instance` makes message keys of one database unlike another's. `last` is a sandbox's last instant, UTC seconds."""

    instance: str
    sandbox: bool
    last: int | None


def identify(database: Database) -> Identity:
    """Read who the database is; a new one is given an instance name."""
    with database.read() as connection:
        known = meta(connection)
    if "instance" not in known:
        with database.write() as connection:
            known["instance"] = claim_meta(connection, "instance", secrets.token_hex(4))
    last = known.get("last_instant")
    return Identity(instance=known["instance"], sandbox=known.get("sandbox") == "1", last=parse_instant(last) if last else None)


def create(url: str, *, sandbox: bool) -> Database:
    """A new database. Refuses one that is there already: it would become something else under somebody's hands."""
    database = Database(url)
    if database.path is not None and database.path.exists():
        raise DubanError(f"“{database.path}”已经存在：请换一个文件名，或先把它移走", code="exists")
    if database.dialect == "sqlite":
        prepare(database)
    else:
        from storage.database import upgrade

        upgrade(database)
    identify(database)
    if sandbox:
        with database.write() as connection:
            set_meta(connection, sandbox="1", last_instant="")
    return database


def sandbox_clock(found: Identity, given: str | None) -> Clock:
    """The clock of `DUBAN_CLOCK`: never before the last recorded instant. Unset: the last one; none yet: a usage error."""
    if given is None:
        return resting_clock(found)
    instant = parse_instant(given)
    if found.last is not None and instant < found.last:
        raise Refused(
            [
                Reason(
                    code="clock-back",
                    text=f"沙盘的时钟不能倒退：{given}早于已记录的{_shown(found.last)}",
                    unblock=f"把 DUBAN_CLOCK 调到{_shown(found.last)}或以后",
                )
            ]
        )
    return fixed_clock(instant)


def resting_clock(found: Identity) -> Clock:
    """The last instant something happened in a sandbox."""
    if found.last is None:
        raise UsageError("沙盘还没有时钟：请设置 DUBAN_CLOCK，如 DUBAN_CLOCK=2012-03-26T09:00:00+08:00")
    return fixed_clock(found.last)


def _shown(instant: int) -> str:
    """As `DUBAN_CLOCK` is written, in the zone of the campaigns."""
    return datetime.fromtimestamp(instant, ZoneInfo(ZONE)).isoformat()
