"""For whoever watches over the process: does it live (`/healthz`), can it answer (`/readyz`). No sign-in, nothing about anybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter
from fastapi.responses import JSONResponse

if TYPE_CHECKING:
    from duban.engine import Engine

FRESH = {"Cache-Control": "no-store"}


def router(engine: Engine) -> APIRouter:
    """GET and HEAD of both."""
    made = APIRouter(include_in_schema=False)

    @made.api_route("/healthz", methods=["GET", "HEAD"])
    async def alive() -> JSONResponse:
        """200 as long as the process answers at all; the database has no part in it."""
        return JSONResponse({"status": "ok"}, headers=FRESH)

    @made.api_route("/readyz", methods=["GET", "HEAD"])
    def ready() -> JSONResponse:
        """200, or 503 while the database is away or its tables are not this program's. `last_run_age`: seconds, null without a run."""
        found = engine.readiness()
        content = {
            "status": "ready" if found.ready else "not-ready",
            "database": "ok" if found.database else "unreachable",
            "schema": "ok" if found.schema else "unknown" if not found.database else "other",
            "last_run_age": found.last_run_age,
        }
        return JSONResponse(content, status_code=200 if found.ready else 503, headers=FRESH)

    return made
