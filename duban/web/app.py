"""The application a server runs or a portal mounts: pages, JSON API, the page behind the link in a message, what providers report.

`from duban import create_app`. On its own: `duban serve`. Nothing depends on an ASGI lifespan: what it needs is made here.
"""

from __future__ import annotations

import mimetypes
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi import FastAPI
from fastapi.responses import FileResponse, Response
from fastapi.staticfiles import StaticFiles

from duban.web import callbacks, health, replies
from duban.web.api.routes import ROUTERS as API_ROUTERS
from duban.web.failing import answer_failures
from duban.web.guarding import Guarded
from duban.web.identity import IdentitySource
from duban.web.logging import Logged
from duban.web.pages import ROUTERS
from duban.web.portal import Look, Portal

if TYPE_CHECKING:
    from duban.engine import Engine

STATIC = Path(__file__).parent / "static"
mimetypes.add_type("image/svg+xml", ".svg")


def create_app(
    engine: Engine, identity: IdentitySource | None = None, *, look: Look | None = None, secure: bool = False
) -> FastAPI:
    """Everything Duban answers over HTTP, relative to wherever it is mounted. The engine stays the caller's to close.

    `identity` answers who sent a request (see `duban.web.identity`); without it people sign in with local accounts. `secure` marks
    cookies for HTTPS only. Safe under several threads and processes.
    """
    app = FastAPI(title="Duban", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.portal = Portal(engine=engine, identity=identity, look=look or Look(), key=engine.portal_key(), secure=secure)
    app.add_middleware(Guarded)
    app.add_middleware(Logged)
    answer_failures(app)
    app.include_router(health.router(engine))
    app.include_router(replies.router(engine))
    app.include_router(callbacks.router(engine))
    for router in API_ROUTERS:
        app.include_router(router)
    for router in ROUTERS:
        app.include_router(router, include_in_schema=False)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.get("/favicon.ico", include_in_schema=False)(_icon)
    return app


def _icon() -> Response:
    return FileResponse(STATIC / "duban.svg")
