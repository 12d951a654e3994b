"""Every address of the JSON API, and the document that describes them."""

from __future__ import annotations

from fastapi import APIRouter

from duban.web.api import acts, campaigns, cases, documented, events, me, runs, units

API_ROUTERS: tuple[APIRouter, ...] = (
    me.router,
    campaigns.router,
    units.router,
    cases.router,
    acts.router,
    runs.router,
    events.router,
)
ROUTERS = (*API_ROUTERS, documented.router(API_ROUTERS))
