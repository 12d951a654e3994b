"""Instants as a page says them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from duban.service.context import ZONE


def moment(at: int, today: date) -> str:
    """UTC seconds -> 4月6日 15:53; with its year if that is another one than today's."""
    local = datetime.fromtimestamp(at, UTC).astimezone(ZoneInfo(ZONE))
    year = f"{local.year}年" if local.year != today.year else ""
    return f"{year}{local.month}月{local.day}日 {local:%H:%M}"
