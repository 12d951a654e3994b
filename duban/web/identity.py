"""Who is asking: what a portal says of its visitor, and the ways in which it can say it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from ipaddress import ip_address, ip_network

from fastapi import Request

PEER = "duban.peer"
"""In the scope: the address the connection came from, kept by `duban serve` before it reads what the proxy says of the browser."""


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Somebody a portal has signed in: `person` is his 工号 (or e-mail) as in 任职, `name` what the portal calls him.

    What he may see and do comes from his posts here, never from the portal.
    """

    person: str
    name: str = ""


IdentitySource = Callable[[Request], Identity | None] | Callable[[Request], Awaitable[Identity | None]]
"""Answers who sent a request, None for nobody. A plain function runs in a thread of its own and may ask a database."""


def trusted_header(
    header: str, *, proxies: Sequence[str], name_header: str | None = None
) -> Callable[[Request], Identity | None]:
    """Identity from a header that a reverse proxy sets after its own sign-on.

    Believed only where the connection comes from one of `proxies` (addresses or networks, `127.0.0.1`, `10.0.0.0/8`): from anywhere else
    the header is what anybody may write. The proxy must strip the header from what browsers send. A server that puts the browser's address
    in the place of the proxy's (uvicorn, unless told `proxy_headers=False`) hides who it was; `duban serve` keeps it.
    Raises `ValueError` for an empty list or what is not an address.
    """
    trusted = tuple(ip_network(proxy, strict=False) for proxy in proxies)
    if not trusted:
        raise ValueError("trusted_header needs the addresses of the proxies that may set the header")

    def identity(request: Request) -> Identity | None:
        peer = _peer(request)
        if peer is None or not _is_in(peer, trusted):
            return None
        found = request.headers.getlist(header)
        if len(found) != 1 or not found[0].strip():
            return None  # two of them: somebody else added one
        return Identity(person=found[0].strip(), name=_text(request.headers.get(name_header, "")) if name_header else "")

    return identity


def wsgi_identity(find: Callable[[dict[str, object]], Identity | None]) -> Callable[[Request], Identity | None]:
    """Identity inside a portal that speaks WSGI (Django, Flask): `find` gets the WSGI environ of the request, as a2wsgi hands it on."""

    def identity(request: Request) -> Identity | None:
        environ = request.scope.get("wsgi_environ")
        return find(environ) if isinstance(environ, dict) else None

    return identity


def _peer(request: Request) -> str | None:
    """Whose connection it is: a server that reads X-Forwarded-For may have put the browser's address in its place (see `PEER`)."""
    return request.scope.get(PEER) or (request.client.host if request.client else None)


def _is_in(host: str, networks: Sequence[object]) -> bool:
    try:
        address = ip_address(host)
    except ValueError:
        return False
    return any(address in network for network in networks)  # type: ignore[operator]


def _text(value: str) -> str:
    """A header's bytes as UTF-8, which is what proxies write though HTTP reads Latin-1."""
    try:
        return value.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return value
