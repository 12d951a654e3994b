"""Problem documents (RFC 9457): what went wrong, for programs and for people."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from http import HTTPStatus

from fastapi.responses import Response

from duban.web.plain_words import plain, unblock_words
from workflow.errors import Reason

TYPE = "application/problem+json"


class Declined(Exception):
    """A request that goes no further: the problem it is answered with."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        reasons: Iterable[Reason] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail = status, code, detail
        self.reasons, self.headers = tuple(reasons), dict(headers or {})

    def answer(self) -> Response:
        return problem(self.status, self.code, self.detail, reasons=self.reasons, headers=self.headers)


def problem(
    status: int, code: str, detail: str, *, reasons: Iterable[Reason] = (), headers: Mapping[str, str] | None = None
) -> Response:
    """`type` is about:blank, `title` the status' phrase, `detail` a Chinese sentence; `code` is stable, and so is the code of every one of
    `reasons` (code, text, unblock, until)."""
    document = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": plain(detail),
        "code": code,
        "reasons": [reason_document(reason) for reason in reasons],
    }
    text = json.dumps(document, ensure_ascii=False)
    return Response(text, status_code=status, media_type=TYPE, headers={"Cache-Control": "no-store", **(headers or {})})


def reason_document(reason: Reason) -> dict[str, str | None]:
    return {"code": reason.code, "text": plain(reason.text), "unblock": unblock_words(reason), "until": reason.until}
