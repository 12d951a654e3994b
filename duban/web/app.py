"""The application a server runs or a portal mounts: the page behind the link in a message, and what providers report back.

`from duban import create_app`; on its own for a test: `uvicorn --factory my_module:app --no-access-log`, where `my_module.app` answers
`create_app(Engine(...))`. Without `--no-access-log` the server's log would keep the secrets of links.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import FastAPI

from duban.web import callbacks, replies

if TYPE_CHECKING:
    from duban.engine import Engine


def create_app(engine: Engine) -> FastAPI:
    """Everything Duban answers over HTTP, relative to wherever it is mounted. The engine stays the caller's to close."""
    app = FastAPI(title="工作提示", docs_url=None, redoc_url=None, openapi_url=None)
    app.include_router(replies.router(engine))
    app.include_router(callbacks.router(engine))
    return app
