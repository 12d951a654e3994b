"""What every page and every address of one app shares: the engine, who says who is asking, how it looks, and the key it signs with."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from inspect import isawaitable, iscoroutinefunction
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool

from duban.service.portal_key import signature
from duban.service.visiting import NO_PAGE, Page, Visitor
from duban.web.identity import Identity, IdentitySource
from duban.web.sessions import session_person
from duban.web.urls import url
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

    name: str = "工作进展"
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
        """A signature over some words, of which the first says what for."""
        return signature(self.key, *parts)

    def signed_by_us(self, signature: str, *parts: str) -> bool:
        return secrets.compare_digest(self.sign(*parts).encode(), signature.encode())


def portal_of(request: Request) -> Portal:
    found = request.app.state.portal
    assert isinstance(found, Portal)
    return found


def outside(request: Request, path: str) -> str:
    """A whole address, for what comes from elsewhere: below `[link] url` if the installation says where it is, else as it was asked for."""
    link = portal_of(request).engine.context.settings.link
    return f"{link.rstrip('/')}{path}" if link else str(request.base_url.replace(path=url(request, path), query=""))


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


Who = Annotated[Visitor, Depends(visitor)]


def reader(*pages: Page) -> Callable[[Visitor], Awaitable[Visitor]]:
    """A dependency: who is asking, if one of these pages stands in his menu. To everybody else they do not exist: `NotFound`."""

    async def reads(who: Who) -> Visitor:
        if not set(pages) & set(who.pages):
            raise NotFound(NO_PAGE)
        return who

    return reads


def _known(engine: Engine, identity: Identity) -> Visitor:
    if ":" in identity.person or "：" in identity.person:  # a post is nobody in particular
        raise NotFound("您的账号没有对应到人员：请联系组织部核对工号")
    try:
        person = engine.person(identity.person)
    except NotFound:
        raise NotFound(f"{identity.name or '您的账号'}没有对应到任职名单里的人：请联系组织部核对工号") from None
    return engine.visitor(person)


async def _identity(source: IdentitySource, request: Request) -> Identity | None:
    if iscoroutinefunction(source):
        found = await source(request)
    else:
        found = await run_in_threadpool(source, request)
        if isawaitable(found):
            found = await found
    assert found is None or isinstance(found, Identity), "identity answers an Identity or None"
    return found
