"""Every address of an app, however its routers are nested: method and path as they were declared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from fastapi import FastAPI
from starlette.routing import Mount


def addresses(app: FastAPI) -> set[str]:
    """`GET /duties/{duty}`, `POST /branches/act`, `GET /static`; HEAD is GET's business."""
    return set(_of(app.routes))


def _of(routes: Iterable[Any]) -> Iterator[str]:
    for route in routes:
        if isinstance(route, Mount):
            yield f"GET {route.path}"
        elif (inner := getattr(route, "original_router", None)) is not None:
            yield from _of(inner.routes)
        else:
            yield from (f"{method} {route.path}" for method in sorted(route.methods - {"HEAD"}))
