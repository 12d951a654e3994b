"""The scene of the core's tests: Li's branch, Wang who leads it, Zhao of another branch, and a campaign in spring 2012."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from workflow.deadline import closes_at
from workflow.facts import Actor, CaseFacts, DutyFacts, Facts, Request
from workflow.model import BRANCHES, SECOND_LEVEL, Campaign, Deadline, DutyState, Phase, Rung, Task, Track, UnitKind, Way

ZONE = "Asia/Shanghai"
LINE = date(2012, 3, 30)
"""Friday. The Saturday after it is worked; 清明 is off from Monday 2 to Wednesday 4 April."""

LI = Actor(person=1, name="李支书", standing=frozenset({("own", "书记")}))
MEMBER = Actor(person=2, name="李委员", standing=frozenset({("own", "组织委员")}))
WANG = Actor(person=3, name="王组织员", standing=frozenset({("superior", "组织员")}))
ZHAO = Actor(person=4, name="赵支书", standing=frozenset())
OFFICER = Actor(person=5, name="钱干事", standing=frozenset({("组织部", "干事"), ("部门", "干事")}))
HEAD = Actor(person=6, name="孙部长", standing=frozenset({("组织部", "部长"), ("部门", "部长")}))
EVERYBODY = {"li": LI, "member": MEMBER, "wang": WANG, "zhao": ZHAO, "officer": OFFICER, "head": HEAD}


def at(text: str, zone: str = ZONE) -> int:
    """UTC seconds of a local time: `2012-03-30 23:59:59`."""
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp())


def day_of(instant: int, zone: str = ZONE) -> date:
    return datetime.fromtimestamp(instant, ZoneInfo(zone)).date()


def phase(no: int, name: str, *, opens: date | None = None, closes: date | None = None, **more: Any) -> Phase:
    return Phase(no=no, name=name, deadline=Deadline(words="", kind="before", start=opens, end=closes), **more)


PHASES = (
    phase(1, "调查摸底", closes=LINE),
    phase(2, "健全组织", closes=date(2012, 4, 13)),
    phase(3, "对标整改", closes=date(2012, 5, 31)),
    phase(4, "考评总结", opens=date(2012, 12, 1), closes=date(2012, 12, 31)),
)
BRANCH_TRACK = Track(key="党支部", kinds=tuple(map(str, BRANCHES)), phases=PHASES)
SECOND_TRACK = Track(
    key="二级党组织",
    kinds=tuple(map(str, SECOND_LEVEL)),
    phases=(PHASES[0], replace(PHASES[1], waits_for_branches=True), *PHASES[2:]),
)


def task(name: str = "支部自评", phase: str | None = "调查摸底", due: date | None = LINE, **more: Any) -> Task:
    key = f"{phase}/{name}" if phase else name
    deadline = Deadline(words="", kind="before", end=due)
    return Task(**{"key": key, "name": name, "track": "党支部", "phase": phase, "deadline": deadline, **more})


def rung(no: int, offset: int, **more: Any) -> Rung:
    kind = "remind" if offset <= 0 else "chase"
    return Rung(**{"no": no, "key": f"R{no}", "offset": offset, "kind": kind, "audience": (), **more})


LADDER = (rung(1, -3), rung(2, 1), rung(3, 3), rung(4, 7))


def campaign(*tasks: Task, ladder: tuple[Rung, ...] = LADDER, zone: str = ZONE, **more: Any) -> Campaign:
    return Campaign(
        name="基层组织建设年",
        digest="0" * 64,
        issuer="学校党委",
        issued=date(2012, 3, 26),
        counts_from=date(2012, 3, 26),
        ends=date(2012, 12, 31),
        zone=zone,
        rest_day="保持",
        tracks=(BRANCH_TRACK, SECOND_TRACK),
        tasks=tasks or (task(),),
        ladder=ladder,
        **more,
    )


CAMPAIGN = campaign()


def duty(state: str = "open", of: Task | None = None, *, hour: Any = None, locks: date | None = None, **more: Any) -> DutyFacts:
    """A duty that stands in `state`, as if it had come there on time."""
    of = of or task()
    due = of.deadline.end
    handed_in = state in ("submitted", "returned", "accepted")
    values: dict[str, Any] = {
        "id": 7,
        "task": of,
        "occurrence": "",
        "state": DutyState(state),
        "epoch": 1,
        "version": 3,
        "opens_at": None,
        "due_day": due,
        "closes_at": closes_at(due, hour, ZONE) if due else None,
        "locks_at": closes_at(locks, None, ZONE) if locks else None,
        "first_submitted_at": at("2012-03-28 10:00:00") if handed_in else None,
        "submitted_at": at("2012-03-28 10:00:00") if state in ("submitted", "accepted") else None,
        "on_time": True if handed_in else None,
        "ways": frozenset({Way.ONLINE, Way.EMAIL}) if state in ("submitted", "accepted") else frozenset(),
    }
    return DutyFacts(**(values | more))


def case(
    phase: int = 1,
    *,
    track: Track = BRANCH_TRACK,
    kind: str = UnitKind.BRANCH,
    open_: tuple[int, ...] | None = None,
    all_: tuple[int, ...] | None = None,
    **more: Any,
) -> CaseFacts:
    """A case in a phase. Unless said otherwise phases 1, 3 and 4 have two duties each, all of them open, and phase 2 none."""
    total = all_ or (0, 2, 0, 2, 2, 0)
    values: dict[str, Any] = {
        "id": 5,
        "unit_id": 50,
        "unit_name": "机械系教工党支部",
        "unit_kind": str(kind),
        "track": track,
        "phase": phase,
        "version": 3,
        "open_by_phase": open_ or total,
        "duties_by_phase": total,
    }
    return CaseFacts(**(values | more))


def ask(act: str, by: Actor, on: str = "2012-03-28 10:00:00", **words: Any) -> Request:
    now = at(on)
    if "to" in words and words["to"] is not None:
        words.setdefault("to_closes_at", closes_at(words["to"], None, ZONE))
    return Request(**{"act": act, "actor": by, "now": now, "today": day_of(now), **words})


def facts(request: Request, duty: DutyFacts | None = None, case_: CaseFacts | None = None) -> Facts:
    return Facts(request=request, case=case_ or case(), duty=duty)


ALL_WORDS: dict[str, Any] = {
    "reason": "班子刚换届",
    "to": date(2012, 4, 10),
    "ways": frozenset({Way.PAPER}),
    "decision": "电话了解",
}
"""Every word a form could ask for."""
