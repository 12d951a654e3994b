"""What every page and every address of one app shares: the engine, who says who is asking, how it looks, and the key it signs with."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from inspect import isawaitable
from typing import TYPE_CHECKING

from fastapi import Request
from fastapi.concurrency import run_in_threadpool

from duban.service.visiting import Visitor
from duban.web.identity import Identity, IdentitySource
from duban.web.sessions import session_person
from workflow.errors import NotFound

if TYPE_CHECKING:
    from duban.engine import Engine


@dataclass(frozen=True, kw_only=True)
class Look:
    """How the pages fit into somebody's portal.

    `name` stands in the head and the title. `bar` is the portal's own HTML above every page (its menu), taken as it is: it must come from
    the portal's own code. `css` is the address of one more style sheet, for the variables in `duban.css` (`--duban-accent` and others).
    `home` is where the name leads.
    """

    name: str = "督办"
    bar: str = ""
    css: str = ""
    home: str = ""


@dataclass(frozen=True, kw_only=True)
class Portal:
    """One app. `identity` None: people sign in here, with local accounts (or, in a sandbox, by choosing whom to be)."""

    engine: Engine
    identity: IdentitySource | None
    look: Look
    key: bytes = field(repr=False)
    secure: bool = False
    """Cookies only over HTTPS."""

    @property
    def local(self) -> bool:
        return self.identity is None

    def sign(self, *parts: str) -> str:
        """An HMAC-SHA256 over some words, hexadecimal. The first word says what for, so that no signature serves elsewhere."""
        return hmac.new(self.key, "\0".join(parts).encode(), hashlib.sha256).hexdigest()

    def signed_by_us(self, signature: str, *parts: str) -> bool:
        return secrets.compare_digest(self.sign(*parts).encode(), signature.encode())


def portal_of(request: Request) -> Portal:
    found = request.app.state.portal
    assert isinstance(found, Portal)
    return found


class Nobody(Exception):
    """Nobody is signed in, and this needs somebody."""


async def visitor(request: Request) -> Visitor:
    """Who is asking, as he stands today; a dependency of every page. Raises `Nobody`; `NotFound` for who holds no post."""
    portal = portal_of(request)
    if portal.identity is None:
        person = await run_in_threadpool(session_person, portal.engine, request)
        if person is None:
            raise Nobody
        return await run_in_threadpool(portal.engine.visitor, person)
    found = await _identity(portal.identity, request)
    if found is None:
        raise Nobody
    return await run_in_threadpool(_known, portal.engine, found)


def _known(engine: Engine, identity: Identity) -> Visitor:
    if ":" in identity.person or "：" in identity.person:  # a post is nobody in particular
        raise NotFound("您的账号没有对应到人员：请联系组织部核对工号")
    try:
        person = engine.person(identity.person)
    except NotFound:
        raise NotFound(f"{identity.name or '您的账号'}没有对应到任职名单里的人：请联系组织部核对工号") from None
    return engine.visitor(person)


async def _identity(source: IdentitySource, request: Request) -> Identity | None:
    from inspect import iscoroutinefunction

    if iscoroutinefunction(source):
        found = await source(request)
    else:
        found = await run_in_threadpool(source, request)
        if isawaitable(found):
            found = await found
    assert found is None or isinstance(found, Identity), "identity answers an Identity or None"
    return found
