"""What may stand in a request to the API: texts, days, numbers and places in a list, each with its limits."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import Path, Query
from pydantic import BeforeValidator, StringConstraints, WithJsonSchema

FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)
MOST = 200
"""Entries on one page of a list."""
PLAIN = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"
"""No control characters but those of line ends: PostgreSQL takes no NUL, and people see none of the others."""


def _day(value: Any) -> date:
    """`2012-03-30` and nothing else: not a number of seconds, not an instant."""
    try:
        found = date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else None
    except ValueError:
        found = None
    if found is None or not FIRST_DAY <= found <= LAST_DAY:
        raise ValueError(f"要写成 2012-03-30 这样的日期（{FIRST_DAY.year}至{LAST_DAY.year}年）")
    return found


Day = Annotated[
    date,
    BeforeValidator(_day),
    WithJsonSchema({"type": "string", "format": "date", "description": "A day from 1900-01-01 to 2199-12-31."}),
]
Text = Annotated[str, StringConstraints(max_length=2000, pattern=PLAIN)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=PLAIN)]
Number = Annotated[int, Path(ge=1, le=2**53 - 1)]
"""The id of something, in the path."""
Code = Annotated[
    str,
    Path(min_length=1, max_length=100, pattern=PLAIN, description="A unit's code (or whole name).", examples=["0307"]),
]
UnitWords = Annotated[Name | None, Query(description="Only of this unit: its code or whole name.", examples=["0307"])]
UnderWords = Annotated[Name | None, Query(description="Only of this unit and everything below it.", examples=["03"])]
CampaignId = Annotated[int | None, Query(ge=1, le=2**53 - 1, description="Only of this campaign.", examples=[1])]
Limit = Annotated[int, Query(ge=1, le=MOST, description="How many at most.", examples=[50])]
After = Annotated[
    str | None,
    Query(max_length=400, pattern=r"^[A-Za-z0-9_-]*$", description="Where to go on: `next` of the page before."),
]
