"""What a reviewer has before him, and what he does with many at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from duban.facade.base import Base
from duban.service import bulk, review_queue
from duban.service.bulk import Bulk, Picked
from duban.service.facts import Asked
from duban.service.matrix import Matrix, Wanted, matrix
from duban.service.review_queue import Waiting
from duban.service.reviewed import reviewed
from duban.service.visiting import Visitor
from workflow.model import Way


@dataclass(frozen=True, kw_only=True)
class Desk:
    """A reviewer's page at an instant (UTC seconds) of a day: the matrix, and what waits for him. `branches`: his units are branches."""

    now: int
    today: date
    branches: bool
    matrix: Matrix
    waiting: tuple[Waiting, ...]


class Reviewing(Base):
    """What a reviewer has before him, and what he does with many at once."""

    def desk(self, campaign: int | str | None = None, *, of: Visitor, wanted: Wanted | None = None) -> Desk:
        """The units somebody reviews × what they owe, and what was sent to him. Raises `NotFound` for who reviews nobody."""
        found = reviewed(self.context, self.context.pick(campaign), of)
        return Desk(
            now=found.now,
            today=found.today,
            branches=found.branches,
            matrix=matrix(found, wanted or Wanted()),
            waiting=review_queue.review_queue(self.context, found, scope=of.scope),
        )

    def act_on_picked(
        self,
        act: str,
        picked: Sequence[Picked],
        *,
        by: Visitor,
        reason: str | None = None,
        to: date | None = None,
        ways: Sequence[Way | str] = (),
        received_on: date | None = None,
        via: str | None = None,
    ) -> Bulk:
        """One act on many duties as they were seen, each in a transaction of its own: a refusal of one does not hold up the others.

        Raises `NotFound`, with nothing done, if one of them lies outside what he may see.
        """
        asked = Asked(
            act=act,
            by=by.person,
            reason=reason,
            to=to,
            ways=frozenset(Way(way) for way in ways),
            received_on=received_on,
            via=via,
            scope=by.scope,
        )
        return bulk.act_on_picked(self.context, asked, picked)
