"""A form in which many duties are ticked and one thing is done to them: what it says, what it lacks, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from duban.service.bulk import Bulk, Picked
from duban.service.matrix import DESK
from duban.web.forms import Posted, civil_day
from duban.web.plain_words import reason_lines
from workflow.errors import DubanError
from workflow.guards import ACT_WORDS, COPY_WORDS
from workflow.model import Way

BOXES = "pick"
"""What the names of boxes begin with; their values are `duty.version`, the version of the case as seen."""
LISTED = 6
"""How many of what was done are called by name."""


@dataclass(frozen=True, kw_only=True)
class BulkForm:
    """What was asked. `reason` and `to` are those of a return, `ways` and `received_on` those of a receipt."""

    act: str
    picked: tuple[Picked, ...]
    reason: str | None = None
    to: date | None = None
    ways: tuple[Way, ...] = ()
    received_on: date | None = None


def bulk_form(form: Posted) -> BulkForm:
    """What a form asks. What is missing for every box alike is said once: raises `DubanError`, and nothing was done."""
    act, picked = form.text("act"), tuple(_ticked(form).values())
    if act not in DESK:
        raise DubanError("请选择审核通过、退回补正或登记收件。")
    if not picked:
        raise DubanError("请先勾选要办的事项。")
    if act == "return":
        return BulkForm(act=act, picked=picked, reason=_reason(form), to=_day(form.text("to")))
    if act == "receive":
        return BulkForm(act=act, picked=picked, ways=_ways(form), received_on=_day(form.text("received_on")))
    return BulkForm(act=act, picked=picked)


def ticked(form: Posted) -> frozenset[str]:
    """The boxes as they were, for a page that shows them again."""
    return frozenset(_ticked(form))


def typed(form: Posted) -> dict[str, str]:
    """The words as they were."""
    words = {name: form.text(name) for name in ("act", "from", "reason", "to", "received_on")}
    return {**words, "ways": " ".join(form.all("ways"))}


def went_well(act: str, done: Bulk) -> tuple[str, ...]:
    """已审核通过：教工第一党支部“支部自评”、…"""
    if not done.done:
        return ()
    named = "、".join(f"{unit}“{duty}”" for unit, duty in done.done[:LISTED])
    return (f"已{ACT_WORDS[act]}：{named}{f'等{len(done.done)}件' if len(done.done) > LISTED else ''}。",)


def went_not(done: Bulk) -> tuple[str, ...]:
    """A line for each that was refused, with every reason."""
    return tuple(f"{one.unit}“{one.duty}”没有办：{''.join(reason_lines(one.reasons))}" for one in done.refused)


def _ticked(form: Posted) -> Mapping[str, Picked]:
    found = {}
    for name, value in form.items():
        parts = value.split(".")
        if name.startswith(BOXES) and len(parts) == 2 and all(p.isascii() and p.isdigit() and len(p) <= 15 for p in parts):
            found[value] = Picked(duty=int(parts[0]), seen=int(parts[1]))
    return found


def _reason(form: Posted) -> str:
    if not (reason := form.text("reason")):
        raise DubanError("退回补正要写明理由：请写清改哪一处。")
    return reason


def _ways(form: Posted) -> tuple[Way, ...]:
    ways = tuple(way for way in COPY_WORDS if str(way) in form.all("ways"))
    if not ways:
        raise DubanError("请勾选收到的是纸质件还是电子件。")
    return ways


def _day(text: str) -> date | None:
    found = civil_day(text)
    if text and found is None:
        raise DubanError(f"看不懂日期“{text[:20]}”：请写成 2026-03-30 这样。")
    return found
