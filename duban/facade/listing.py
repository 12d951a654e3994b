"""Lists for programs, page by page: what the JSON API answers with."""

from __future__ import annotations

from datetime import date
from typing import Any

from duban.facade.base import Base
from duban.service import listing
from duban.service.listing import CaseShown, DutyShown, Narrowed, Stretch
from duban.service.submission import Submission
from duban.service.visiting import Visitor
from storage.listing import RunListed, UnitListed
from storage.scope import Scope


class Listing(Base):
    """Lists for programs, page by page. A page goes on after a place: `after` is the id (of units the path) of the last one seen."""

    def units_page(
        self, *, scope: Scope, under: str | None = None, after: str | None = None, limit: int = 100
    ) -> Stretch[UnitListed]:
        """Units in the order of the tree, as of today."""
        return listing.units(self.context, scope=scope, under=under, after=after, limit=limit)

    def one_unit(self, code: str, *, scope: Scope) -> UnitListed:
        return listing.unit(self.context, code, scope=scope)

    def cases_page(
        self, wanted: Narrowed, *, scope: Scope, after: int = 0, limit: int = 100, track: str | None = None
    ) -> Stretch[CaseShown]:
        """Cases by their ids."""
        return listing.cases(self.context, wanted, scope=scope, after=after, limit=limit, track=track)

    def one_case(self, case: int, *, scope: Scope) -> CaseShown:
        return listing.case(self.context, case, scope=scope)

    def duties_page(
        self,
        wanted: Narrowed,
        *,
        scope: Scope,
        after: int = 0,
        limit: int = 100,
        case: int | None = None,
        task: str | None = None,
        state: str | None = None,
        due_by: date | None = None,
    ) -> Stretch[DutyShown]:
        """Duties by their ids, as they stand."""
        return listing.duties(
            self.context, wanted, scope=scope, after=after, limit=limit, case=case, task=task, state=state, due_by=due_by
        )

    def one_duty(self, duty: int, *, scope: Scope) -> DutyShown:
        return listing.duty(self.context, duty, scope=scope)

    def sent_for(self, duty: int, *, visitor: Visitor) -> Submission:
        """What was last submitted for a duty, as it was sent. Raises `NotFound`, also where nothing was, or it is not for him to read."""
        return listing.sent_for(self.context, duty, visitor=visitor)

    def form_of(self, duty: int, *, scope: Scope) -> tuple[str, dict[str, Any]]:
        """The name and the JSON Schema of what is submitted for a duty. Raises `NotFound` where it needs no data."""
        return listing.form_of(self.context, duty, scope=scope)

    def runs_page(self, *, before: int | None = None, limit: int = 100, state: str | None = None) -> Stretch[RunListed]:
        """Runs, the newest first: over the whole installation, for whoever works in its office."""
        return listing.runs(self.context, before=before, limit=limit, state=state)

    def one_run(self, run: int) -> RunListed:
        return listing.run(self.context, run)
