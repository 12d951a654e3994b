"""Is there somebody who can review what is handed in? Where nobody is, no case ever moves on."""

from __future__ import annotations

from collections.abc import Iterator

from duban.checking.organisation import Organisation
from duban.checking.wording import names_of
from storage.recipients import OFFICE_KINDS, Candidate
from workflow.errors import Problem
from workflow.guards import GROUP_OFFICE, REVIEWERS, TOP_OFFICE
from workflow.model import Campaign, UnitKind

PATH = "参加"


def reviewers(campaign: Campaign, organisation: Organisation) -> Iterator[Problem]:
    """The rules of `workflow.guards.reviews`: branches by their superior, all others by 组织部 or the leading group's office."""
    offices = [unit for unit in organisation.offices((TOP_OFFICE, GROUP_OFFICE)) if unit.kind in OFFICE_KINDS]
    if not any(post.unit == office.code for office in offices for post in organisation.posts):
        found = "有，但没有任何人任职" if offices else "没有"
        rest = "除支部以外的单位报送的没有人审核，也没有人能免报、转入下一阶段"
        yield Problem(text=f"单位表里“{TOP_OFFICE}”或“{GROUP_OFFICE}”{found}：{rest}", path=PATH)
    walking = {unit.code: unit for track in campaign.tracks for unit in organisation.members(track)}
    stuck = [u for u in walking.values() if u.kind == UnitKind.BRANCH and not _reviewed(organisation, u.code)]
    if stuck:
        text = f"{len(stuck)}个党支部的上级没有书记、组织员等，报送的没有人审核：{names_of(stuck)}"
        yield Problem(text=text, path=PATH)


def _reviewed(organisation: Organisation, code: str) -> bool:
    seated = Candidate(at="own", roles=REVIEWERS)
    superiors = [above for above in organisation.above(organisation.by_code[code]) if above.kind != UnitKind.SCHOOL]
    return any(organisation.holders(superior, seated) for superior in superiors)
