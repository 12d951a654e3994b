"""What goes before an act: the next step, one duty with what its form begins with, saved forms, requests for more time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from duban.facade.base import Base
from duban.service import extending, saved_forms
from duban.service import next_step as stepping
from duban.service import one_duty as reading
from duban.service.extending import ExtensionRequest
from duban.service.next_step import NextSteps
from duban.service.one_duty import OneDuty
from duban.service.visiting import Visitor
from storage.scope import EVERYTHING, Scope


class Preparing(Base):
    """What goes before an act: the next step, one duty with what its form begins with, saved forms, requests for more time."""

    def next_steps(self, visitor: Visitor, *, scope: Scope = EVERYTHING) -> NextSteps:
        """我的下一步: what the units of a person owe now, later, and what is done, in all campaigns that run."""
        return stepping.next_steps(self.context, visitor, scope=scope)

    def duty_page(self, duty: int, *, visitor: Visitor) -> OneDuty:
        """One duty as a person meets it: how it stands, what he may do, what its form begins with. Raises `NotFound`."""
        return reading.one_duty(self.context, duty, visitor=visitor)

    def save_form(self, duty: int, data: Mapping[str, Any], *, by: str | int, seen: int = 0, scope: Scope = EVERYTHING) -> int:
        """Keep a form half-way; answers its new version. `seen` is the one it was written on (0: none). Raises `Refused`."""
        return saved_forms.save_form(self.context, duty, data, by=self.person(by), seen=seen, scope=scope)

    def ask_extension(
        self,
        duty: int,
        *,
        to: date | None,
        reason: str,
        by: str | int,
        expect_version: int | None = None,
        via: str | None = None,
        scope: Scope = EVERYTHING,
    ) -> None:
        """申请延期. Raises `Refused` with every reason; then nothing is written."""
        extending.ask(
            self.context, duty, to=to, reason=reason, by=self.person(by), scope=scope, version=expect_version, via=via
        )

    def take_back_extension(self, duty: int, *, by: str | int, via: str | None = None, scope: Scope = EVERYTHING) -> None:
        """撤回延期申请, before it is answered."""
        extending.take_back(self.context, duty, by=self.person(by), scope=scope, via=via)

    def answer_extension(
        self,
        request: int,
        *,
        grant: bool,
        by: str | int,
        to: date | None = None,
        words: str = "",
        expect_version: int | None = None,
        via: str | None = None,
        scope: Scope = EVERYTHING,
    ) -> ExtensionRequest:
        """同意 (the act `extend`, to the day asked for or another) or 不同意 with words, in one transaction. Raises `Refused`."""
        person = self.person(by)
        return extending.answer(
            self.context,
            request,
            grant=grant,
            by=person,
            to=to,
            words=words,
            version=expect_version,
            scope=scope,
            via=via,
        )

    def extension_requests(self, *, for_: Visitor, scope: Scope = EVERYTHING) -> tuple[ExtensionRequest, ...]:
        """What waits for an answer of this person, oldest first."""
        return extending.waiting_for(self.context, for_, scope=scope)
