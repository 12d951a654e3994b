"""One act on many duties as somebody saw them on one page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from duban.service.act import act
from duban.service.context import Context
from duban.service.facts import NO_DUTY, Asked
from storage import matrix as rows
from workflow.errors import NotFound, Reason, Refused
from workflow.model import duty_key


@dataclass(frozen=True, kw_only=True)
class Picked:
    """One duty somebody ticked, with the version of its case that he saw."""

    duty: int
    seen: int


@dataclass(frozen=True, kw_only=True)
class OneRefused:
    """A duty on which the act was refused, with what it is called."""

    unit: str
    duty: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, kw_only=True)
class Bulk:
    """What an act on many did, each in a transaction of its own: a refusal of one does not hold up the others.

    `done` are (unit, duty) as they are called.
    """

    done: tuple[tuple[str, str], ...]
    refused: tuple[OneRefused, ...]


def act_on_picked(context: Context, asked: Asked, picked: Sequence[Picked]) -> Bulk:
    """Do what is asked to each duty, in the order of the page; which one, and the version expected, is filled in.

    Several duties of one case: from the second on, the version expected is the one the act before left behind. Raises `NotFound` before
    anything is done if one of them is not in the scope of `asked`.
    """
    chosen = {pick.duty: pick.seen for pick in picked}
    with context.database.read() as connection:
        names = rows.named(connection, list(chosen), scope=asked.scope, day=context.today().toordinal())
    if set(names) != set(chosen):
        raise NotFound(NO_DUTY)
    versions: dict[int, int] = {}
    done: list[tuple[str, str]] = []
    refused: list[OneRefused] = []
    for duty, seen in chosen.items():
        named = names[duty]
        words = duty_key(named.task_key.rpartition("/")[2], named.occurrence)
        try:
            one = replace(asked, duty=duty, expect_version=versions.get(named.case_id, seen))
            versions[named.case_id] = act(context, one).version
            done.append((named.unit, words))
        except Refused as refusal:
            refused.append(OneRefused(unit=named.unit, duty=words, reasons=refusal.reasons))
    return Bulk(done=tuple(done), refused=tuple(refused))
