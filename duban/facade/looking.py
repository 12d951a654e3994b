"""Where everything stands and why, and the tables that go upward."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from duban.facade.base import Base
from duban.service import (
    campaigns_in,
    previewing,
)
from duban.service import cohort as cohorts
from duban.service import doctor as doctoring
from duban.service import explain as explaining
from duban.service import export as exporting
from duban.service import overview as overviews
from duban.service import readiness as readying
from duban.service import recent as changes
from duban.service import status as standing
from duban.service import unit_story as stories
from duban.service import why as telling
from duban.service import year as years
from duban.service.campaigns_in import CampaignRead
from duban.service.explain import Explained
from duban.service.overview import Overview
from duban.service.previewing import Previewed
from duban.service.readiness import Readiness
from duban.service.recent import Recent
from duban.service.status import Board
from duban.service.unit_story import UnitStory
from duban.service.visiting import Visitor
from duban.service.why import Why
from duban.service.year import DayAnswer, YearView
from phases.targets import TargetFigure
from storage import grades as grade_rows
from storage import journal as journal_rows
from storage import status as status_rows
from storage.scope import EVERYTHING, Scope


class Looking(Base):
    """Where everything stands and why, and the tables that go upward."""

    def campaigns(self, *, scope: Scope) -> tuple[CampaignRead, ...]:
        """Campaigns in which a unit in scope takes part: those running first, then the newest first."""
        return campaigns_in.campaigns_in(self.context, scope=scope)

    def status(
        self,
        campaign: int | str | None = None,
        *,
        scope: Scope = EVERYTHING,
        unit: str | None = None,
        phase: str | None = None,
        late: bool = False,
        at: date | None = None,
    ) -> Board:
        """The board, now or at the end of a past day."""
        running = self.context.pick(campaign)
        return standing.status(self.context, running, scope=scope, unit=unit, phase=phase, late=late, at=at)

    def explain(
        self, unit: str, *, campaign: int | str | None = None, scope: Scope = EVERYTHING, to: str | int | None = None
    ) -> Explained:
        """Why a unit stands where it stands, what happened, who was told, and what can be done now."""
        person = self.person(to) if to is not None else None
        return explaining.explain(self.context, self.context.pick(campaign), unit, scope=scope, to=person)

    def unit_story(self, unit: str, *, visitor: Visitor, campaign: int | str | None = None) -> UnitStory:
        """One unit as somebody reads it: where it stands, what it waits for, what he may do, and everything that happened to it."""
        return stories.unit_story(self.context, self.context.pick(campaign), unit, visitor=visitor)

    def preview(
        self,
        unit: str,
        *,
        step: int | None = None,
        duty: str | None = None,
        on: date | None = None,
        campaign: int | str | None = None,
        scope: Scope = EVERYTHING,
    ) -> tuple[Previewed, ...]:
        """The messages people would read about a unit's open duties: at their next step, or at a given one, on a given day."""
        return previewing.preview(self.context, self.context.pick(campaign), unit, scope=scope, step_no=step, duty=duty, on=on)

    def why_told(
        self, unit: str, *, at: date | None = None, campaign: int | str | None = None, scope: Scope = EVERYTHING
    ) -> tuple[Why, ...]:
        """For each duty of a unit and any day up to today: who was told, or why nobody was, and the next step."""
        return telling.why(self.context, self.context.pick(campaign), unit, scope=scope, day=at)

    def phase_counts(self, campaign: int, *, scope: Scope = EVERYTHING) -> dict[str, dict[int, int]]:
        """{track: {phase: cases}}: where the cases of a campaign stand now."""
        with self.database.read() as connection:
            return status_rows.phase_counts(connection, scope=scope, campaign_id=campaign, day=self.context.today().toordinal())

    def overview(
        self,
        campaign: int | str | None = None,
        *,
        scope: Scope,
        unit: str | None = None,
        phase: str | None = None,
        at: date | None = None,
    ) -> Overview:
        """Units down, phases (or the tasks of one) across, counted; now or at the end of a past day."""
        running = self.context.pick(campaign)
        return overviews.overview(self.context, running, scope=scope, unit=unit, phase=phase, at=at)

    def recent(self, campaign: int | str | None = None, *, scope: Scope, at: date | None = None) -> Recent:
        """What was done in the last seven days up to a day."""
        return changes.recent(self.context, self.context.pick(campaign), scope=scope, at=at)

    def figures(
        self, campaign: int | str | None = None, *, at: date | None = None, scope: Scope = EVERYTHING
    ) -> list[TargetFigure]:
        """Where every target stands over its frozen cohort: needed, reached, short by, and who left it."""
        return cohorts.figures(self.context, self.context.pick(campaign), at, scope=scope)

    def acts_done(self, campaign: int, *, scope: Scope = EVERYTHING) -> dict[str, int]:
        """{act: how often} of a campaign, from its journal."""
        with self.database.read() as connection:
            return journal_rows.counts_by_act(connection, campaign, scope=scope)

    def grades(self, campaign: int, grading: int, *, scope: Scope = EVERYTHING) -> dict[str, str]:
        """{unit code: confirmed grade} of one round."""
        with self.database.read() as connection:
            found = grade_rows.grades(
                connection, scope=scope, campaign_id=campaign, grading=grading, day=self.context.today().toordinal()
            )
        return {grade.code: grade.grade for grade in found.values()}

    def export(
        self,
        table: str,
        *,
        by: str | int,
        out: str | Path,
        unit: str | None = None,
        purpose: str = "上报",
        campaign: int | str | None = None,
    ) -> Path:
        """Write a table (grades, plan, result, promotion) as xlsx into a folder, of what the exporter may see; returns the file."""
        return exporting.export(
            self.context,
            self.context.pick(campaign),
            table,
            by=self.person(by),
            out=Path(out),
            unit=unit,
            purpose=purpose,
        )

    def calendar_year(self, year: int | None = None) -> YearView:
        """A year of the calendar, day by day, with where each day's status comes from."""
        return years.year_view(self.context, year)

    def calendar_day(self, day: date, *, plus: int | None = None) -> DayAnswer:
        """What one day is, the working days around it, and with `plus` the n-th working day from it."""
        return years.day_answer(self.context, day, plus=plus)

    def readiness(self) -> Readiness:
        """Whether the portal can answer now; never fails."""
        return readying.readiness(self.context)

    def doctor(self) -> dict[str, Any]:
        """What waits, is held, dead, blocked, and whether the last run is younger than a working day."""
        return doctoring.doctor(self.context)
