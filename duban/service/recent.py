"""What changed in the last days: how much came in, was reviewed, sent back, put off."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

from duban.service.as_of import look
from duban.service.context import Context, Running
from storage import overview as rows
from storage.overview import Moved
from storage.scope import Scope
from workflow.deadline import closes_at
from workflow.model import CLOCK_RUNS

DAYS = 7
CAME_IN, DECIDED, MOVED_ON = "报送", "领导决定", "转入下一阶段"
IN_ORDER = {
    CAME_IN: ("submit", "receive"),
    "审核通过": ("accept",),
    "退回补正": ("return",),
    "撤回": ("withdraw",),
    "延期": ("extend",),
    "免报": ("waive",),
    "重新办理": ("reopen",),
    DECIDED: ("sign",),
    MOVED_ON: ("advance", "complete", "open"),
}
"""What is said, and which lines of the journal it counts."""


@dataclass(frozen=True, kw_only=True)
class Recent:
    """From the day after `since` to the end of `until`: {what: how often}, in a fixed order, only what happened."""

    since: date
    until: date
    counts: dict[str, int]


def recent(context: Context, running: Running, *, scope: Scope, at: date | None = None, days: int = DAYS) -> Recent:
    """The `days` up to a day, that day included; never from before the launch. Raises `Refused` for a day that cannot be asked."""
    looked = look(context, running, at)
    since = max(looked.day - timedelta(days=days), running.launched_on - timedelta(days=1))
    after = closes_at(since, None, running.campaign.zone) - 1
    with context.database.read() as connection:
        found = rows.moved(connection, running.id, scope=scope, after=after, until=looked.stamp)
    counts = _counted(found)
    return Recent(since=since, until=looked.day, counts={words: counts[words] for words in IN_ORDER if counts[words]})


def _counted(found: list[Moved]) -> Counter[str]:
    words_of = {act: words for words, acts in IN_ORDER.items() for act in acts}
    counts: Counter[str] = Counter()
    for line in found:
        words = words_of.get(line.act)
        # A second copy of what is in already is registered too; it does not come in again.
        if words is not None and not (words == CAME_IN and line.from_state not in CLOCK_RUNS):
            counts[words] += line.n
    return counts
