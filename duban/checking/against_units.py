"""What a definition asks of an organisation that the organisation, as its file says, cannot give."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from duban.checking.enrolment import enrolment
from duban.checking.organisation import Organisation
from duban.checking.recipients import recipients
from duban.checking.reviewers import reviewers
from duban.checking.start import start
from duban.workbook import UnitsFile
from workflow.errors import Problem
from workflow.model import Campaign
from workflow.workdays import short


def against_units(campaign: Campaign, file: UnitsFile, day: date | None) -> Iterator[Problem]:
    """Every finding, for the units and posts of the file on a day."""
    organisation = Organisation(file, day)
    if day is not None and organisation.later:
        text = f"单位表里有{organisation.later}行在{day.year}年{short(day)}以后才开始，没有算进去；要按别的日子核对就写 --on"
        yield Problem(text=text, path="单位表")
    yield from enrolment(campaign, organisation)
    yield from start(campaign, organisation)
    yield from reviewers(campaign, organisation)
    yield from recipients(campaign, organisation)
