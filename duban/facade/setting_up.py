"""Setting up: units, the calendar, a launch, and what becomes of the organisation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TypedDict, Unpack

from duban.facade.base import Base
from duban.given_files import read_file
from duban.service import calendar as calendars
from duban.service import launch as launching
from duban.service import (
    organisation,
    reorganise,
)
from duban.service.calendar import By, CalendarChange
from duban.service.launch import Launched
from duban.service.organisation import Imported
from duban.service.reorganise import Decision, Part, Reorganised


class DecisionWords(TypedDict, total=False):
    """What a decision about the organisation says: the day it holds from, who records it, the document, why, from where."""

    on: date | None
    by: str | int | None
    document: str | None
    reason: str | None
    via: str | None


class SettingUp(Base):
    """Setting up: units, the calendar, a launch, and what becomes of the organisation."""

    def import_units(
        self,
        *paths: str | Path,
        files: Mapping[str, bytes] | None = None,
        skip_bad: bool = False,
        end_missing: bool = False,
        preview: bool = False,
    ) -> Imported:
        """Take a workbook, or units.csv and posts.csv, in. Raises `WorkbookError` with every bad row."""
        content = dict(files or {})
        for path in paths:
            content[Path(path).name] = read_file(path)
        return organisation.import_units(self.context, content, skip_bad=skip_bad, end_missing=end_missing, preview=preview)

    def import_calendar(
        self,
        path: str | Path,
        *,
        content: bytes | None = None,
        by: str | int | None = None,
        published: Sequence[int] = (),
        reason: str | None = None,
        via: str | None = None,
        preview: bool = False,
    ) -> CalendarChange:
        """Take rest days, made-up workdays, terms or whole years in from .ics, .xlsx or .csv, and plan what is open by them.

        `published` are years whose whole arrangement the file has. Raises `CalendarFileError` with every problem, `Refused`.
        """
        words = self._calendar_by(by, reason, via)
        given = content if content is not None else read_file(path)
        return calendars.import_calendar(self.context, Path(path).name, given, by=words, published=published, preview=preview)

    def apply_calendar(
        self, *, by: str | int | None = None, reason: str | None = None, via: str | None = None, preview: bool = False
    ) -> CalendarChange:
        """Plan what is open by the calendar in use, after a new release of the statutory days or a change in duban.toml."""
        return calendars.apply_calendar(self.context, by=self._calendar_by(by, reason, via), preview=preview)

    def _calendar_by(self, by: str | int | None, reason: str | None, via: str | None) -> By:
        return By(person=self.person(by) if by is not None else None, via=via, reason=reason)

    def launch(
        self, definition: str | Path, *, by: str | int | None = None, accept_past: bool = False, text: str | None = None
    ) -> int:
        """Start a campaign from a definition, YAML or .xlsx (or `text`); returns its id. Raises `DefinitionError`, `Refused`."""
        return self.launched(definition, by=by, accept_past=accept_past, text=text).campaign

    def launched(
        self, definition: str | Path, *, by: str | int | None = None, accept_past: bool = False, text: str | None = None
    ) -> Launched:
        """The same, with the numbers of cases and duties made."""
        from duban.definition_file import definition_text

        content = text if text is not None else definition_text(definition, calendar=self.context.calendar)
        person = self.person(by) if by is not None else None
        return launching.launch(self.context, content, name=Path(definition).name, by=person, accept_past=accept_past)

    def rename_unit(self, code: str, name: str, *, preview: bool = False, **decision: Unpack[DecisionWords]) -> Reorganised:
        """更名. This and the next five answer what changes and what becomes of every open duty; `preview` writes nothing."""
        return reorganise.rename(self.context, code, name, self._decision(decision), preview=preview)

    def move_unit(self, code: str, under: str, *, preview: bool = False, **decision: Unpack[DecisionWords]) -> Reorganised:
        """隶属调整, with everything below it."""
        return reorganise.move(self.context, code, under, self._decision(decision), preview=preview)

    def dissolve_unit(self, code: str, *, preview: bool = False, **decision: Unpack[DecisionWords]) -> Reorganised:
        """撤销; needs a reason."""
        return reorganise.dissolve(self.context, code, self._decision(decision), preview=preview)

    def merge_units(
        self, codes: Sequence[str], into: str, *, preview: bool = False, **decision: Unpack[DecisionWords]
    ) -> Reorganised:
        """合并 into a unit that is there; it may be one of `codes`."""
        return reorganise.merge(self.context, codes, into, self._decision(decision), preview=preview)

    def split_unit(
        self, code: str, into: Sequence[Part], *, preview: bool = False, **decision: Unpack[DecisionWords]
    ) -> Reorganised:
        """拆分 into new units; a part with the old code means that the unit goes on as that part."""
        return reorganise.split(self.context, code, into, self._decision(decision), preview=preview)

    def add_unit(
        self,
        code: str,
        name: str,
        kind: str,
        under: str,
        *,
        branch_kind: str | None = None,
        members: int | None = None,
        preview: bool = False,
        **decision: Unpack[DecisionWords],
    ) -> Reorganised:
        """新建: without a grade, and owing only what is still ahead."""
        return reorganise.add(
            self.context,
            code,
            name,
            kind,
            under,
            self._decision(decision),
            branch_kind=branch_kind,
            members=members,
            preview=preview,
        )

    def _decision(self, words: DecisionWords) -> Decision:
        by = words.get("by")
        return Decision(
            on=words.get("on") or self.context.today(),
            by=self.person(by) if by is not None else None,
            document=words.get("document"),
            reason=words.get("reason"),
            via=words.get("via"),
        )
