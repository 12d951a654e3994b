"""How much of a request is read: the body of one that says its length and is not too long."""

from __future__ import annotations

from fastapi import Request

LONGEST = 64 * 1024
"""Bytes. A form of some hundred items, or a provider's report, is far shorter."""


class TooLong(Exception):
    """A body that is longer than anybody honest would send; `status` is 413, or 411 if it does not say how long it is."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


async def body(request: Request) -> bytes:
    """The whole body. Raises `TooLong` before more is read than allowed."""
    said = request.headers.get("content-length", "")
    if not (said.isascii() and said.isdigit()):
        raise TooLong(411)
    if int(said[:12]) > LONGEST:
        raise TooLong(413)
    return await request.body()
