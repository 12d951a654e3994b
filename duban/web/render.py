"""Pages from templates: what every page has around it, and the words for days and instants."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import lru_cache, partial
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
from markupsafe import Markup

from duban.clock import local_minute
from duban.service.context import ZONE
from duban.service.visiting import Page, Visitor
from duban.web import said as saying
from duban.web.cookies import drop
from duban.web.forms import FIELD, remember, token
from duban.web.portal import portal_of
from duban.web.urls import here, url
from workflow.deadline import short

PATHS = {
    Page.NEXT: "/next",
    Page.BRANCHES: "/branches",
    Page.PAPERS: "/branches",
    Page.PROGRESS: "/progress",
    Page.RUNS: "/runs",
}
"""Where the pages of the menu are."""


def html(
    request: Request,
    template: str,
    status: int = 200,
    *,
    visitor: Visitor | None = None,
    person: int | None = None,
    **values: Any,
) -> HTMLResponse:
    """A page in its frame. Every template of `templates/pages` extends `frame.html.j2`.

    Besides `values` a template has `visitor`, `look`, `today`, `sandbox`, `at` (this page's path), `url(path, **query)`, `csrf()` (the
    hidden field of a form), `short(day)` (3月30日（周五）, with its year if not this one), the filters
    `minute`, `moment`, `iso` and `ordinal`. `person`: whose forms they are, where he is signed in but no visitor.
    """
    portal = portal_of(request)
    context = portal.engine.context
    today = context.today()
    text = (
        _environment()
        .get_template(f"pages/{template}")
        .render(
            visitor=visitor,
            look=portal.look,
            today=today,
            sandbox=context.sandbox,
            local=portal.local,
            at=here(request),
            url=partial(url, request),
            csrf=lambda: _hidden(request, visitor or person),
            said=saying.said(request),
            menu=[(page.value, PATHS[page]) for page in visitor.pages] if visitor else [],
            short=partial(short, today=today),
            **values,
        )
    )
    response = HTMLResponse(text, status_code=status, headers={"Cache-Control": "no-store"})
    if saying.COOKIE in request.cookies:
        drop(request, response, saying.COOKIE)
    remember(request, response)
    return response


def _hidden(request: Request, visitor: Visitor | int | None) -> Markup:
    return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, token(request, visitor))


def moment(at: int, today: date) -> str:
    """UTC seconds -> 4月6日 15:53; with its year if that is another one than today's."""
    local = datetime.fromtimestamp(at, UTC).astimezone(ZoneInfo(ZONE))
    year = f"{local.year}年" if local.year != today.year else ""
    return f"{year}{local.month}月{local.day}日 {local:%H:%M}"


@pass_context
def _moment(context: Mapping[str, Any], at: int) -> str:
    """A template of a page says which day is today."""
    return moment(at, context["today"])


@lru_cache(maxsize=1)
def _environment() -> Environment:
    loader = PackageLoader("duban.web", "templates")
    made = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    made.filters["minute"] = lambda at: local_minute(at, ZONE)
    made.filters["moment"] = _moment
    made.filters["iso"] = date.isoformat
    made.filters["ordinal"] = date.fromordinal
    return made
