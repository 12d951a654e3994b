"""Where to look for the people a rung concerns: the place itself, then who stands in for an empty post, one level at a time."""

from __future__ import annotations

from itertools import takewhile

from storage.recipients import Candidate
from workflow.guards import CLERKS, GROUP_OFFICE, TOP_OFFICE
from workflow.model import Audience, Rung, Task

FIRST = ("书记", "部长", "主任", "处长", "科长", "组长", "校长", "院长", "负责人")
SECOND = ("副书记", "副部长", "副主任", "副处长", "副科长", "副组长", "组织委员", "委员", "干事")
CONTACTS = ("联系人", "干事", "副部长", "部长")
"""组织部's contact: the first of these that is held, not all of them: copying everybody is noise."""
ROLES = frozenset((*FIRST, *SECOND, *CLERKS, *CONTACTS, "宣传委员", "纪检委员", "青年委员", "统战委员", "联系领导"))

_DEPUTIES, _MEMBERS = SECOND[:6], SECOND[6:]
_OWN = tuple(Candidate(at="own", roles=roles) for roles in (FIRST, _DEPUTIES, _MEMBERS))
_CLERK = tuple(Candidate(at="clerk", roles=roles) for roles in ((CLERKS[0],), (CLERKS[1],), _DEPUTIES, FIRST))
_ABOVE = tuple(Candidate(at="above", roles=roles) for roles in (CLERKS, FIRST, _DEPUTIES))
"""Who stands in for a general branch between a branch and its committee that has nobody: the committee, not yet 组织部."""
_TOP = (
    *(Candidate(at="office", roles=(role,), offices=(TOP_OFFICE,)) for role in CONTACTS),
    Candidate(at="office", roles=(*FIRST, *SECOND), offices=(TOP_OFFICE, GROUP_OFFICE)),
)
_UP = (*_ABOVE, *_TOP)
_REVIEWING_CLERKS = ((CLERKS[0],), (CLERKS[1],), _DEPUTIES, FIRST)
_REVIEWING_HEADS = (FIRST, SECOND)
_TOP_HEADS = (("部长",), ("副部长",))


def chain_of(audience: Audience, rung: Rung, task: Task) -> tuple[Candidate, ...]:
    """The places in order: the first at which a unit has a holder is told; the later ones act for it.

    After the line 「书记」 is the 书记 of the unit that chases: for a branch its second-level organisation's, since the branch's own is the
    responsible person and knows already. 「上级联系人」 is then 组织部's contact. So a duty climbs one level at a time.
    """
    if audience.level == "own" and audience.role in ("责任人", "牵头责任人"):
        return (*_owners(task, first=audience.role == "牵头责任人"), *_OWN, *_CLERK, *_UP)
    if audience.level == "own" and audience.role in FIRST and rung.offset > 0:
        return (Candidate(at="clerk", roles=FIRST), Candidate(at="clerk", roles=SECOND), *_UP)
    if audience.level == "own":
        return (Candidate(at="own", roles=(audience.role,)), *_OWN, *_CLERK, *_UP)
    if audience.level == "clerk":
        return (Candidate(at="clerk", roles=(audience.role,)), *_CLERK, *_UP)
    if audience.level == "reviewer":
        return _reviewers(head=audience.role in FIRST)
    if audience.level == "superior":
        return (Candidate(at="superior", roles=(audience.role,)), Candidate(at="superior", roles=(*FIRST, *SECOND)), *_TOP)
    if audience.level == "named":
        return (Candidate(at="named", names=(audience.role,)), *_TOP)
    if audience.level == "root":
        office = audience.office or TOP_OFFICE
        return (
            Candidate(at="office", roles=(audience.role,), offices=(office,)),
            Candidate(at="office", roles=(*FIRST, *SECOND), offices=(office,)),
            *_TOP,
        )
    return _TOP


def only_the_post(chain: tuple[Candidate, ...]) -> tuple[Candidate, ...]:
    """The places of a chain where the very post is held, without those who stand in from elsewhere (空缺时: 暂缓)."""
    return tuple(takewhile(lambda each: each.at == chain[0].at, chain))


def _reviewers(*, head: bool) -> tuple[Candidate, ...]:
    """Who reviews: for a branch in the unit above, for a second-level unit or an office in 组织部."""
    below = _REVIEWING_HEADS if head else _REVIEWING_CLERKS
    top = _TOP_HEADS if head else tuple((role,) for role in CONTACTS)
    return (
        *(Candidate(at="reviewer", roles=roles) for roles in below),
        *(Candidate(at="reviewer", roles=roles, offices=(TOP_OFFICE,), proper=True) for roles in top),
        *_UP,
    )


def _owners(task: Task, *, first: bool) -> tuple[Candidate, ...]:
    """The owners a definition names: persons by name, or roles in the unit."""
    owners = task.owners[:1] if first else task.owners
    names = tuple(owner for owner in owners if owner not in ROLES)
    roles = tuple(owner for owner in owners if owner in ROLES and owner not in FIRST)
    found: list[Candidate] = []
    if names:
        found.append(Candidate(at="named", names=names))
    if roles:
        found.append(Candidate(at="own", roles=roles))
    return tuple(found)
