"""Nobody acts on what he has not seen: the version of a case as an ETag, and what If-Match expects."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import Header, Response

from duban.web.api.problems import Declined

TAG = re.compile(r'(?:W/)?"([0-9]{1,9})"')
"""A gateway that compresses an answer makes its ETag a weak one, and a program sends back what it got."""
STALE = "stale-version"

IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match",
        max_length=40,
        description="The ETag of the case (or of one of its duties) as last read. `*` acts whatever has happened since.",
        examples=['"4"'],
    ),
]


def tagged(response: Response, version: int) -> None:
    """Say which version of the case this answer shows. Its duties have the same one."""
    response.headers["ETag"] = f'"{version}"'


def expected(if_match: str | None) -> int | None:
    """The version a program has seen; None for `*`. Raises `Declined`: 428 if it says none, 412 if it cannot be one of ours."""
    if if_match is None:
        raise Declined(428, "version-missing", "请用 If-Match 写明您看到的版本：它是读取时的 ETag")
    if if_match.strip() == "*":
        return None
    found = TAG.fullmatch(if_match.strip())
    if found is None:
        raise Declined(412, STALE, f"“{if_match.strip()}”不是这里给出的版本：请重新读取后再办理")
    return int(found[1])
