"""Forms that only our own pages can send: a token in each, bound to the browser and the person, and what is read from what was posted."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import Depends, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from duban.service.visiting import Visitor
from duban.web.api.words import FIRST_DAY, LAST_DAY
from duban.web.cookies import keep
from duban.web.portal import Portal, Who, portal_of

COOKIE = "duban_form"
FIELD = "csrf"
HOURS = 12
"""How long a page may lie open before its form has to be loaded anew."""
MOST_FIELDS = 5000


class Forged(Exception):
    """A form that our pages did not make for this person in this browser, or too long ago."""


def browser_of(request: Request) -> str:
    """What tells this browser from others: from its cookie, or new (the response then sets it)."""
    found: str | None = getattr(request.state, "browser", None)
    if found is None:
        kept = request.cookies.get(COOKIE, "")
        found = request.state.browser = kept if 20 <= len(kept) <= 64 and kept.isascii() else secrets.token_urlsafe(24)
    return found


def remember(request: Request, response: Response) -> None:
    """The browser that gets a token is known by a cookie from now on."""
    if request.cookies.get(COOKIE) != browser_of(request):
        keep(request, response, COOKIE, browser_of(request))


def token(request: Request, visitor: Visitor | int | None) -> str:
    """The hidden field of every form of a page, for a visitor, or a person (id) who is none."""
    portal = portal_of(request)
    until = str(portal.engine.context.clock.real() + HOURS * 3600)
    return f"{until}.{_signature(portal, request, visitor, until)}"


def _signature(portal: Portal, request: Request, visitor: Visitor | int | None, until: str) -> str:
    person = visitor.person if isinstance(visitor, Visitor) else visitor or 0
    return portal.sign("form", browser_of(request), str(person), until)


@dataclass(frozen=True)
class Posted:
    """What a form said: texts only, trimmed; a name may come several times."""

    form: FormData

    def text(self, name: str, default: str = "") -> str:
        """The last value of a field; empty is as if it were not there."""
        return (self.all(name) or [default])[-1]

    def all(self, name: str) -> list[str]:
        return [value.strip() for value in self.form.getlist(name) if isinstance(value, str) and value.strip()]

    def number(self, name: str) -> int | None:
        found = self.text(name)
        return int(found) if found.isascii() and found.isdigit() and len(found) <= 15 else None

    def items(self) -> list[tuple[str, str]]:
        """Every field in its order, untrimmed."""
        return [(name, value) for name, value in self.form.multi_items() if isinstance(value, str)]


def civil_day(said: str) -> date | None:
    """A day that can be reckoned with; None for words that are none. The end of 9999-12-31 lies beyond every calendar."""
    try:
        found = date.fromisoformat(said)
    except ValueError:
        return None
    return found if FIRST_DAY <= found <= LAST_DAY else None


async def posted(request: Request, visitor: Visitor | int | None) -> Posted:
    """The form of a POST. Raises `Forged` unless one of our pages made it for this person in this browser; nothing was done then."""
    async with request.form(max_files=0, max_fields=MOST_FIELDS) as form:
        # NUL is in no text a person types, and PostgreSQL keeps none.
        kept = FormData([(name, value.replace("\0", "")) for name, value in form.multi_items() if isinstance(value, str)])
    found = Posted(kept)
    ours(request, visitor, found.text(FIELD))
    return found


async def posted_by(request: Request, who: Who) -> Posted:
    """A dependency: the form that whoever is asking has sent."""
    return await posted(request, who)


Form = Annotated[Posted, Depends(posted_by)]


def ours(request: Request, visitor: Visitor | int | None, said: str) -> None:
    """Raises `Forged` unless `said` is a token that one of our pages got for this person in this browser, not too long ago."""
    until, _, signature = said.partition(".")
    portal = portal_of(request)
    fresh = until.isascii() and until.isdigit() and len(until) <= 12 and int(until) >= portal.engine.context.clock.real()
    if COOKIE not in request.cookies or not fresh:
        raise Forged
    if not secrets.compare_digest(_signature(portal, request, visitor, until).encode(), signature.encode()):
        raise Forged
