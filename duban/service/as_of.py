"""The day a look at a campaign holds for: today, or the end of a past day as recorded by then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from duban.service.context import Context, Running, day_of
from workflow.deadline import closes_at
from workflow.errors import Reason, Refused


@dataclass(frozen=True, kw_only=True)
class Looked:
    """`day` in the campaign's zone. `instant` (UTC seconds) is the last of a past day, None for today; `stamp` is what holds for."""

    day: date
    instant: int | None
    stamp: int

    @property
    def past(self) -> bool:
        return self.instant is not None


def look(context: Context, running: Running, at: date | None = None) -> Looked:
    """`at` a DAY means its end. Raises `Refused` for a day that has not come, or before the launch."""
    zone, now = running.campaign.zone, context.now()
    today = day_of(now, zone)
    if at is None or at == today:
        return Looked(day=today, instant=None, stamp=now)
    if at > today:
        raise Refused([Reason(code="at-future", text=f"{at}还没有到", unblock="写今天或以前的日期")])
    if at < running.launched_on:
        raise Refused([Reason(code="before-launch", text=f"{at}时活动还没有启动（{running.launched_on}启动）")])
    end = closes_at(at, None, zone) - 1
    return Looked(day=at, instant=end, stamp=end)
