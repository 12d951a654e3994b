"""What people do about their duties: acts, answers, a leader's choice, papers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from duban.facade.base import Base
from duban.service import act as acting
from duban.service import (
    answering,
    deciding,
    matters,
    reply_page,
    replying,
    signing,
)
from duban.service import explain as explaining
from duban.service import papers as paper_drafts
from duban.service import select as selecting
from duban.service.act import Done
from duban.service.answering import Answer, Answered
from duban.service.deciding import Decided, WaitingDecision
from duban.service.facts import Asked
from duban.service.matters import Matter
from duban.service.papers import PaperRead
from duban.service.reply_page import Reply
from duban.service.replying import Recorded
from duban.service.select import Target
from storage.scope import EVERYTHING, Scope
from workflow.decide import Action
from workflow.errors import Refused
from workflow.model import Way


@dataclass(frozen=True, kw_only=True)
class BulkResult:
    """What an act on many did, each in a transaction of its own: a refusal of one does not hold up the others."""

    done: tuple[Done, ...]
    refused: tuple[tuple[Target, Refused], ...]


class Acting(Base):
    """What people do about their duties: acts, answers, a leader's choice, papers."""

    def act(
        self,
        act: str,
        *,
        by: str | int,
        duty: int | None = None,
        case: int | None = None,
        reason: str | None = None,
        to: date | None = None,
        data: Mapping[str, Any] | None = None,
        ways: Sequence[Way | str] = (),
        received_on: date | None = None,
        expect_version: int | None = None,
        via: str | None = None,
        scope: Scope = EVERYTHING,
    ) -> Done:
        """One act on one duty (or, for `advance`, one case). Raises `Refused` with every reason; then nothing is written.

        A duty or case outside `scope` does not exist: `NotFound`.
        """
        asked = Asked(
            act=act,
            by=self.person(by),
            duty=duty,
            case=case,
            reason=reason,
            to=to,
            data=data,
            ways=frozenset(Way(way) for way in ways),
            received_on=received_on,
            expect_version=expect_version,
            via=via,
            scope=scope,
        )
        return acting.act(self.context, asked)

    def targets(
        self,
        *,
        units: Sequence[str] = (),
        under: str | None = None,
        duty: str | None = None,
        campaign: int | str | None = None,
    ) -> list[Target]:
        """The duties called `duty` (or, without one, the cases) of some units, or of all branches under one."""
        return selecting.targets(self.context, self.context.pick(campaign), units=units, under=under, duty=duty)

    def act_many(self, act: str, targets: Sequence[Target], **words: Any) -> BulkResult:
        """The same act on many, by the same person with the same words."""
        done: list[Done] = []
        refused: list[tuple[Target, Refused]] = []
        for target in targets:
            try:
                done.append(self.act(act, **{**target.words(), **words}))
            except Refused as refusal:
                refused.append((target, refusal))
        return BulkResult(done=tuple(done), refused=tuple(refused))

    def available(self, case: int, *, to: str | int, scope: Scope = EVERYTHING) -> list[Action]:
        """Every act that exists for a case and its duties now, with what stands against it for this person: the same guards."""
        return explaining.available(self.context, case, self.person(to), scope=scope)

    def answer(
        self,
        kind: str,
        *,
        by: str | int,
        duty: int | None = None,
        until: date | None = None,
        note: str | None = None,
        via: str | None = None,
    ) -> Answered:
        """What somebody who was told says: seen (知悉), promise (承诺 `until`) or snooze (no digest to the end of `until`).

        seen without a duty is of everything open he was told about. Raises `Refused` with what would be possible.
        """
        said = Answer(kind=kind, by=self.person(by), duty=duty, until=until, note=note, via=via)
        return answering.answer(self.context, said)

    def decide(
        self,
        duty: int,
        choice: str,
        *,
        by: str | int,
        note: str | None = None,
        via: str | None = None,
        scope: Scope = EVERYTHING,
    ) -> Decided:
        """A leader's choice about what was brought before him: 电话了解, 督办单, 约谈 or 不处理. The first stands.

        A duty outside `scope` does not exist: `NotFound`.
        """
        return deciding.decide(self.context, duty, choice, by=self.person(by), note=note, via=via, scope=scope)

    def waiting_decisions(
        self, by: str | int | None = None, *, campaign: int | str | None = None, scope: Scope = EVERYTHING
    ) -> tuple[WaitingDecision, ...]:
        """What waits for a leader's decision (`by`: what he himself was asked)."""
        person = self.person(by) if by is not None else None
        wanted = self.context.pick(campaign).id if campaign is not None else None
        return deciding.waiting_decisions(self.context, by=person, campaign=wanted, scope=scope)

    def matters(
        self, campaign: int, *, scope: Scope, by: str | int | None = None, but: Sequence[Matter] = ()
    ) -> tuple[Matter, ...]:
        """The same, gathered: a task by its line with every unit that owes it, without those in the matters `but`."""
        person = self.person(by) if by is not None else None
        return matters.matters(self.context, scope=scope, campaign=campaign, by=person, but=but)

    def reply_page(self, secret: str) -> Reply:
        """What the link in a message opens; changes nothing. Raises `BadLink`."""
        return reply_page.opened(self.context, secret)

    def reply(self, secret: str, fields: Mapping[str, str]) -> Recorded:
        """What was sent from that page. Acts once. Raises `BadLink`, `Refused`."""
        return replying.reply(self.context, secret, fields)

    def draft_paper(
        self,
        kind: str,
        *,
        duty: str,
        under: str | None = None,
        by: str | int,
        campaign: int | str | None = None,
        until: date | None = None,
        via: str | None = None,
    ) -> PaperRead:
        """起草 a 催办函, 督办单 (to one second-level unit) or 通报 from what is open now."""
        running = self.context.pick(campaign)
        person = self.person(by)
        return paper_drafts.draft(self.context, running, kind, duty=duty, under=under, by=person, until=until, via=via)

    def papers(
        self, *, campaign: int | str | None = None, state: str | None = None, scope: Scope = EVERYTHING
    ) -> tuple[PaperRead, ...]:
        """Papers, oldest first; `state` is draft, signed or refused."""
        wanted = self.context.pick(campaign).id if campaign is not None else None
        return paper_drafts.papers(self.context, campaign=wanted, state=state, scope=scope)

    def paper(self, paper: int, *, scope: Scope = EVERYTHING) -> PaperRead:
        return paper_drafts.paper(self.context, paper, scope=scope)

    def paper_file(self, paper: int, *, scope: Scope = EVERYTHING) -> bytes:
        """A paper as a Word file (.docx), in the office's own template if there is one. `PaperRead.file_name` is what to call it."""
        return paper_drafts.paper_file(self.context, paper, scope=scope)

    def sign_paper(self, paper: int, *, by: str | int, number: str | None = None, via: str | None = None) -> PaperRead:
        """签发; from then on the paper stays as it is. Raises `Refused` if what it lists has come in since."""
        return signing.sign(self.context, paper, by=self.person(by), number=number, via=via)

    def refuse_paper(self, paper: int, *, by: str | int, reason: str, via: str | None = None) -> PaperRead:
        """不签发, and why."""
        return signing.refuse(self.context, paper, by=self.person(by), reason=reason, via=via)
