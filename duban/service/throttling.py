"""How fast passwords may be tried: per name (or device its owner is known by) and per address, counted in the database, by real time.

An attempt is counted before the password is looked at, so that a thousand at once count as a thousand; whoever gets in has his taken
back.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING

from duban.service.context import Context
from storage import sign_in_failures as rows
from storage.sign_in_failures import Failures
from workflow.errors import DubanError

if TYPE_CHECKING:
    from sqlalchemy import Connection

FREE_NAME, FREE_ADDRESS = 5, 100
"""Failures in a row that cost no waiting. Behind one address may sit a whole campus."""
WAITS = (60, 120, 240, 480, 900)
"""Seconds refused after each further failure, the last for all that follow."""
FORGOTTEN_NAME, FORGOTTEN_ADDRESS = 24 * 3600, 3600
"""Seconds after which counting begins anew: of a name without an attempt; of an address since the first it counts, for behind one where
somebody signs in every minute the slips of pen of a whole day would add up, and end in nobody being let in."""


class TooManyAttempts(DubanError):
    """Nothing is looked at until `seconds` have gone by."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"尝试次数过多，请{-(-seconds // 60)}分钟后再试。", code="too-many-attempts")
        self.seconds = seconds


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """Who tries from where, as keys that tell nobody's name; `who` is a name, or a device."""

    who: str
    address: str


def attempt(context: Context, *, name: str, address: str, device: str | None = None) -> Attempt:
    """Count an attempt with a name (or id) from an address. Raises `TooManyAttempts`; then the password must not be looked at.

    `device`: the name's owner is known by it. Then it counts for itself, however often strangers tried the name.
    """
    who = _key("device", f"{name}\0{device}") if device else _key("name", name)
    tried = Attempt(who=who, address=_key("address", _network(address)))
    now = context.clock.real()
    with context.database.write() as connection:
        rows.clear(connection, before=now - FORGOTTEN_NAME)
        _count(connection, tried.address, now, FREE_ADDRESS, FORGOTTEN_ADDRESS, whole=True)
        _count(connection, tried.who, now, FREE_NAME, FORGOTTEN_NAME)
    return tried


def succeeded(connection: Connection, tried: Attempt) -> None:
    """The password was right: the name (or device) begins anew, the address is not to blame for this one."""
    rows.forget(connection, [tried.who])
    rows.take_back(connection, tried.address)


def forgive(connection: Connection, name: str) -> None:
    """Whoever has a new password may use it at once."""
    rows.forget(connection, [_key("name", name)])


def _count(connection: Connection, key: str, now: int, free: int, forgotten: int, *, whole: bool = False) -> None:
    """One more; `whole`: within a span that begins with the first."""
    found = rows.failures(connection, key)
    if found.refused_until > now:
        raise TooManyAttempts(found.refused_until - now)
    anew = now - found.last_at > forgotten
    failures = 1 if anew else found.failures + 1
    past = failures - free
    wait = WAITS[min(past, len(WAITS) - 1)] if past >= 0 else 0
    since = found.last_at if whole and not anew else now
    rows.keep(connection, key, Failures(failures=failures, last_at=since, refused_until=now + wait if wait else 0))


def _key(kind: str, words: str) -> str:
    return hashlib.sha256(f"{kind}\0{words}".encode()).hexdigest()


def _network(address: str) -> str:
    """An IPv6 address is one of very many somebody has: his network counts."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    return str(ip_network(f"{address}/64", strict=False)) if found.version == 6 else address
