"""What leaders are asked to decide, as they think of it: one task by one line, with every unit that owes it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from duban.service.context import Context, day_of
from duban.service.deciding import WaitingDecision, waiting_decisions
from storage.scope import Scope
from workflow.deadline import show
from workflow.model import duty_name


@dataclass(frozen=True, kw_only=True)
class Matter:
    """`items` are its duties, a unit each, in the order of the tree; on the day `asked_on` the first was brought up."""

    campaign: int
    task: str
    due_words: str
    asked_on: date
    items: tuple[WaitingDecision, ...]

    @property
    def leaders(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(leader for item in self.items for leader in item.leaders))


def matters(
    context: Context, *, scope: Scope, campaign: int, by: int | None = None, but: Iterable[Matter] = ()
) -> tuple[Matter, ...]:
    """What waits in a campaign (`by`: what he himself was asked), without the duties of the matters `but`."""
    left_out = {item.duty for matter in but for item in matter.items}
    found: dict[tuple[str, date | None], list[WaitingDecision]] = {}
    for item in waiting_decisions(context, by=by, campaign=campaign, scope=scope):
        if item.duty not in left_out:
            found.setdefault((item.key, item.due), []).append(item)
    return tuple(_matter(context, campaign, key, due, items) for (key, due), items in found.items())


def _matter(context: Context, campaign: int, key: str, due: date | None, items: Sequence[WaitingDecision]) -> Matter:
    running = context.running(campaign)
    name, _, occurrence = key.partition("@")
    task = running.campaign.task_by_key.get(name)
    words = task.name if task is not None else name
    hour = task.deadline.hour if task is not None else None
    return Matter(
        campaign=campaign,
        task=duty_name(words, occurrence),
        due_words=show(due, hour, context.today()),
        asked_on=day_of(min(item.asked_at for item in items), running.campaign.zone),
        items=tuple(items),
    )
