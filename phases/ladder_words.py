"""The ladder in words: 提前3个工作日, 告诉责任人 -> rungs with offsets and audiences."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import time

from workflow.ladder import REVIEW_KEY, RUNG_TIME
from workflow.model import Audience, Rung
from workflow.numerals import whole

ROLES = (
    "书记", "副书记", "组织委员", "宣传委员", "纪检委员", "委员", "组织员", "党务秘书", "部长", "副部长", "处长", "主任",
    "副主任", "组长", "副组长", "科长", "院长", "校长", "联系领导", "联系人", "干事",
)  # fmt: skip
OWN = {
    "责任人": Audience(level="own", role="责任人", words="责任人"),
    "牵头责任人": Audience(level="own", role="牵头责任人", words="牵头责任人"),
    "组织员": Audience(level="clerk", role="组织员", words="组织员"),
    "党务秘书": Audience(level="clerk", role="党务秘书", words="党务秘书"),
    "上级联系人": Audience(level="contact", role="联系人", words="上级联系人"),
    "部长": Audience(level="root", role="部长", words="部长", office="组织部"),
    "组长": Audience(level="root", role="组长", words="组长", office="领导小组"),
}
UNIT_ROLES = ("书记", "副书记", "组织委员", "宣传委员", "纪检委员", "委员", "联系领导")
UPWARD = ("上级党组织", "上一级党组织", "上一级", "上级")
ALIASES = {"牵头人": "牵头责任人", "本单位书记": "书记", "组织部长": "组织部部长"}
DEFAULT_REPEATS = 3
GATES = {"上一步已发送": "attempted", "上一步已送达": "delivered"}
VACANT = {"上级代收": "up", "暂缓": "hold"}
CATCH_UP = {"逐级补": "climb", "只报最高一步": "collapse"}
"""The words of 前提, 空缺时 and 错过时, and what the model calls them."""
REVIEWERS = (
    Audience(level="reviewer", role="组织员", words="审核的组织员"),
    Audience(level="reviewer", role="书记", words="审核单位的书记"),
)
"""Who is told that a submission waits, and later who is told above him; for second-level units 组织部's contact and its 部长."""
REVIEW_OFFSETS = (1, 4)
"""Working days after the last day for reviewing (审核时限)."""


def offset_words(offset: int) -> str:
    """-3 -> 提前3个工作日, 0 -> 当天, 5 -> 超过5个工作日: what `offset` reads."""
    return "当天" if offset == 0 else f"{'提前' if offset < 0 else '超过'}{abs(offset)}个工作日"


def offset(words: str) -> int | None:
    """Working days from the last day: 提前3个工作日 -> -3, 当天 -> 0, 超过5个工作日 -> 5. None if it can't be read."""
    if words in ("当天", "当日", "截止当天", "截止日", "到期当天"):
        return 0
    if m := re.fullmatch(r"(提前|超过|逾期|超期)(.+?)个?工作日", words):
        number = whole(m[2])
        if number is not None and number > 0:
            return -number if m[1] == "提前" else number
    return None


def audiences(words: str, people: Iterable[str] = ()) -> tuple[tuple[Audience, ...], tuple[str, ...]]:
    """Who is told, and the words nobody can be found for. `people` are the names that stand in the definition."""
    known = frozenset(people)
    read = [(part, _audience(part, known)) for part in re.split(r"[和、，,及]|以及", words) if part.strip()]
    return tuple(a for _, a in read if a), tuple(part.strip() for part, a in read if a is None)


def rung(no: int, when: int, told: tuple[Audience, ...], *, ask: bool, dwell: int, every: int | None, most: int | None) -> Rung:
    """A rung. Its key is made of when and whom, so that inserting another rung before it does not fire it again."""
    whom = "、".join(a.words for a in told)
    return Rung(
        no=no,
        key=f"{when:+d}:{'提请' if ask else ''}{whom}",
        offset=when,
        kind=_kind(when, told, ask),
        audience=told,
        dwell=dwell,
        repeat_every=every,
        repeat_most=(most or DEFAULT_REPEATS) if every else 0,
    )


def key_words(key: str) -> str:
    """A rung's key as people say it: `-3:责任人` -> 提前3个工作日 责任人, `review-1` -> 审核提醒第1步; a 代号 is said as it is."""
    if m := re.fullmatch(r"([+-]\d+):(.+)", key):
        return f"{offset_words(int(m[1]))} {m[2]}"
    return f"审核提醒第{m[1]}步" if (m := re.fullmatch(rf"{REVIEW_KEY}(\d+)", key)) else key


def time_words(at: time) -> str:
    """8:30, 20:00: a time of day as it is printed."""
    return f"{at.hour}:{at.minute:02}"


def terms(rung: Rung) -> tuple[str, ...]:
    """What is not as usual about a rung, in plain words: its time, what it waits for, an empty post, how often it is said."""
    gates = {"attempted": "上一步发出后才发", "delivered": "上一步送达后才发"}
    said = (
        (rung.at != RUNG_TIME, f"{time_words(rung.at)}发"),
        (rung.gate != "none", gates.get(rung.gate, "")),
        (rung.dwell != 1, f"与上一步至少隔{rung.dwell}个工作日"),
        (rung.vacant != "up", "没有人任职时暂缓，不由上级代收"),
        (rung.repeat_every is not None, f"每{rung.repeat_every}个工作日再说一次，最多{rung.repeat_most}次"),
    )
    return tuple(words for holds, words in said if holds)


def default_ladder() -> tuple[Rung, ...]:
    """随程序的默认督办程序, gentle, all 本级补充: owner, clerk, secretary, superior's contact; then a leader decides."""
    steps = ((-3, "责任人"), (1, "组织员"), (3, "书记"), (5, "上级联系人"), (7, "部长"))
    return tuple(
        rung(no, when, audiences(words)[0], ask=words == "部长", dwell=1, every=None, most=None)
        for no, (when, words) in enumerate(steps, start=1)
    )


def review_ladder() -> tuple[Rung, ...]:
    """审核时限过后: the reviewer is told what waits for him on the first working day, three working days later his 书记."""
    return tuple(
        Rung(no=no, key=f"{REVIEW_KEY}{no}", offset=when, kind="review", audience=(whom,))
        for no, (when, whom) in enumerate(zip(REVIEW_OFFSETS, REVIEWERS, strict=True), start=1)
    )


def _audience(words: str, people: frozenset[str]) -> Audience | None:
    name = words.strip()
    name = ALIASES.get(name, name)
    if name in OWN:
        return OWN[name]
    if name in people and name not in ROLES:
        return Audience(level="named", role=name, words=name)
    role = next((r for r in sorted(ROLES, key=len, reverse=True) if name.endswith(r)), None)
    if role is None:
        return None
    office = name.removesuffix(role).removesuffix("的")
    if not office:
        return Audience(level="own", role=role, words=name) if role in UNIT_ROLES else None
    if office in UPWARD:
        return Audience(level="superior", role=role, words=name)
    return Audience(level="root", role=role, words=name, office=office)


def _kind(when: int, told: tuple[Audience, ...], ask: bool) -> str:
    """提醒 up to the last day, then 催办 within the unit and by its clerk, 督办 above; 提请 when a leader decides."""
    if ask:
        return "ask"
    if when <= 0:
        return "remind"
    return "chase" if all(a.level in ("own", "clerk", "named") for a in told) else "oversee"
