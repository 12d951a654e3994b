"""Addresses of our own, wherever the app is mounted."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from fastapi import Request

API = "/api/"
"""Below this, answers are for programs."""


def root(request: Request) -> str:
    """Where the app is mounted: `/duban`, or empty."""
    return str(request.scope.get("root_path", "")).rstrip("/")


def url(request: Request, path: str, **query: object) -> str:
    """`/units/0101` with its root path; of the query only what is not None or empty."""
    said = {name: str(value) for name, value in query.items() if value not in (None, "", False)}
    return root(request) + quote(path, safe="/") + (f"?{urlencode(said)}" if said else "")


def here(request: Request) -> str:
    """The path of a request inside the app: `/units/0101`."""
    path, start = str(request.scope["path"]), root(request)
    return path.removeprefix(start) if path == start or path.startswith(start + "/") else path


def within(request: Request, address: str, default: str) -> str:
    """An address somebody gave for going back: ours, or `default`. Never another host's."""
    start = root(request) + "/"
    plain = address.isprintable() and "\\" not in address and not address.startswith("//")
    return address if plain and address.startswith(start) else default
