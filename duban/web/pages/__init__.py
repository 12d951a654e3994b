"""The pages, one module each: a request becomes a call of the engine, its answer a template."""

from __future__ import annotations

from duban.web.pages import (
    account,
    accounts,
    acting,
    branches,
    calendar,
    duty,
    extending,
    home,
    next_step,
    progress,
    runs,
    signing_in,
    unit,
)

ROUTERS = (
    account.router,
    accounts.router,
    acting.router,
    branches.router,
    calendar.router,
    duty.router,
    extending.router,
    home.router,
    next_step.router,
    progress.router,
    runs.router,
    signing_in.router,
    unit.router,
)
