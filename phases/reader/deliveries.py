"""What papers a sentence asks for: which, from whom, to whom, how and until when."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from phases.reader.antecedent import antecedent, time_before
from phases.reader.cohorts import branch_kinds_of, grades_of
from phases.reader.due import behind, governing, is_time, listed, vague
from phases.reader.handing import Handing, handings
from phases.reader.nouns import Demand
from phases.reader.objects import object_of, taken, topic
from phases.reader.papers import Papers, is_form, papers, ways_of
from phases.reader.people import doer
from phases.reader.plain import plain
from phases.reader.standing import standing
from phases.reader.utterance import Notice, Utterance
from workflow.deadline import Mention
from workflow.model import Deadline, Way

_MOST_HANDINGS = 12
_LONGEST_QUOTE = 160
_OWNER = re.compile(
    r"^(?P<who>(?:各|所有|全体|每个|有关|相关)[^,。;:的《“]{0,28}?(?:党委|总支|支部|组织|单位|学院|部门|系|校|院|科室|处|[)])部?)的(?=.{2})"
)
_UNNAMED = "材料"
_EACH = re.compile(r"(?P<who>各(?:二级)?(?:学院|单位|部门|科室|学校|系部|院系))(?=[^,。;、的推报]{3})")
_SEPARATELY = "分别"


@dataclass(frozen=True, kw_only=True)
class _Given:
    """A paper with its time, as one verb of a sentence hands it in."""

    span: tuple[int, int] | None
    papers: Papers
    time: Mention | None


def deliveries(notice: Notice, utterance: Utterance) -> tuple[Demand, ...]:
    """The papers one sentence asks for, in order; a second form of the same paper (同时发送电子版) belongs to the first demand."""
    found: list[Demand] = []
    since = utterance.begins
    for handing in handings(utterance)[:_MOST_HANDINGS]:
        for demand in _demands(notice, utterance, handing, since, is_first=not found):
            if found and not demand.materials and not _is_apart(found[-1], demand):
                found[-1] = joined(found[-1], demand)
            elif found and not demand.materials:
                found.append(_another(found[-1], demand))
            else:
                found.append(demand)
        since = handing.end
    return tuple(_sharing(found))


def _is_apart(first: Demand, second: Demand) -> bool:
    """纸质版于20日前交甲，电子版于22日前发乙; 3月28日前报总支，总支于3月31日前报党委: two days are two demands."""
    days = [d.deadline for d in (first, second) if d.deadline is not None and _is_dated(d.deadline)]
    return len(days) == 2 and (days[0].end, days[0].every) != (days[1].end, days[1].every)


def _another(first: Demand, second: Demand) -> Demand:
    base = re.sub("（[^（）]{1,12}）$", "", first.what)
    form = f"（{second.what}）" if is_form(second.what) and second.ways else ""
    return replace(second, what=base + form, materials=first.materials, who=second.who or first.who)


def _sharing(found: list[Demand]) -> Iterator[Demand]:
    """于5日前报甲、于20日前报乙至教务处: the recipient of the last one is that of those before it."""
    for index, demand in enumerate(found):
        last = found[-1]
        listed = index < len(found) - 1 and last.to is not None and demand.to is None and demand.who == last.who
        yield replace(demand, to=last.to) if listed and demand.deadline and last.deadline else demand


def joined(first: Demand, second: Demand) -> Demand:
    """One demand for a paper and its second form: the electronic copy of a table goes to a mailbox."""
    if first.to is None and first.deadline is None and second.deadline is not None and first.materials:
        first = replace(
            second,
            who=first.who or second.who,
            stage=first.stage,
            details=first.details,
            materials=second.materials or first.materials,
        )
    form = (
        f"、{re.sub('(?:材料|文件)$', '', second.what)}）"
        if first.what.endswith(("版）", "稿）", "件）")) and is_form(second.what)
        else ""
    )
    return replace(
        first,
        what=first.what[:-1] + form if form else first.what,
        to=second.to if first.to is None else first.to,
        ways=tuple(dict.fromkeys((*first.ways, *second.ways))),
        deadline=first.deadline if _is_dated(first.deadline) or not _is_dated(second.deadline) else second.deadline,
        details=tuple(dict.fromkeys((*first.details, *second.details))),
    )


def _is_dated(deadline: Deadline | None) -> bool:
    return deadline is not None and (deadline.end is not None or deadline.every is not None)


def _demands(notice: Notice, u: Utterance, handing: Handing, since: int, *, is_first: bool) -> Iterator[Demand]:
    for given in _given(notice, u, handing, since, is_first=is_first):
        yield _demand(notice, u, handing, given, since)


def _given(notice: Notice, u: Utterance, handing: Handing, since: int, *, is_first: bool) -> list[_Given]:
    pairs = _pairs(u, handing, since)
    if len(pairs) > 1:
        return pairs
    time = governing(u, handing.at, since) or behind(u, handing.end, len(u.text)) or behind(u, handing.to, handing.end)
    span = object_of(u, handing, since)
    if time is None and u.text.startswith("反馈", handing.at) and handing.receiver is None:
        return []
    if span is None and handing.after and handing.receiver and u.text[handing.at] == "向":
        words = u.sentence.text[handing.to - 2 : handing.after[1]]
        return [_Given(span=handing.after, papers=Papers(what=words, materials=()), time=time)]
    named = papers(u.sentence.text[slice(*span)]) if span else None
    if time is None and not is_first:
        time = governing(u, handing.at, u.begins) if named and named.named else None
    if named is None or not named.named:
        named = antecedent(notice, u, handing, named, is_first=is_first)
        time = time or time_before(notice, u)
    if named is None and time is not None and handing.receiver:
        named = Papers(what=_UNNAMED, materials=())
    if named is None or (not named.named and time is None and handing.receiver is None and not handing.addresses and is_first):
        return []
    apart = _apart(u, handing, since, named)
    if apart:
        return apart
    return [_Given(span=span, papers=named, time=day) for day in (listed(u, time) if time else (None,))]


def _pairs(u: Utterance, handing: Handing, since: int) -> list[_Given]:
    """A于3月5日前、B于3月20日前报X: each paper with its own day; [] if there are not several."""
    times = [m for m in u.mentions_in(since, handing.at) if is_time(m)]
    found: list[_Given] = []
    for index, time in enumerate(times):
        left = times[index - 1].to if index else since
        right = times[index + 1].at if index + 1 < len(times) else handing.at
        span = taken(u, time.to, right) or topic(u, left, time.at)
        named = papers(u.sentence.text[slice(*span)]) if span else None
        if named and named.named:
            found.append(_Given(span=span, papers=named, time=time))
    return found


def _apart(u: Utterance, handing: Handing, since: int, named: Papers) -> list[_Given]:
    """两份材料分别于12月20日和1月5日前送交: as many days as papers, in their order; else nobody knows which day is whose."""
    times = [m for m in u.mentions_in(since, handing.at) if is_time(m)]
    if len(times) < 2 or _SEPARATELY not in u.text[since : times[0].at]:
        return []
    if len(named.materials) == len(times):
        single = (replace(named, what=one, materials=(one,)) for one in named.materials)
        return [_Given(span=None, papers=p, time=t) for p, t in zip(single, times, strict=True)]
    last = times[-1]
    unclear = replace(last.deadline, flags=tuple(dict.fromkeys((*last.deadline.flags, "ambiguous"))))
    return [_Given(span=None, papers=named, time=replace(last, deadline=unclear))]


def _demand(notice: Notice, u: Utterance, handing: Handing, given: _Given, since: int) -> Demand:
    named, time = given.papers, given.time
    who = doer(u, handing.at, notice.head)
    owner = _OWNER.match(plain(named.what)) or (_EACH.match(plain(named.what)) if not who.names else None)
    names, what, materials = who.names, named.what, named.materials
    if owner:
        what = named.what[owner.end() :]
        materials = tuple(m[owner.end() :] if m.startswith(named.what[: owner.end()]) else m for m in materials)
        names = names or (named.what[: owner.end("who")],)
    clause = ways_of(u.text[handing.at : handing.end])
    rest = () if _is_followed(u, handing) else tuple(w for w in ways_of(u.text[handing.end :]) if w != Way.ONLINE.value)
    ways = (*named.ways, *clause, *rest, *((Way.EMAIL.value,) if handing.addresses else ()))
    return Demand(
        what=what,
        quote=notice.quote(u, *_span(u, handing, given, since)),
        materials=materials,
        who=names,
        office=who.office and not _goes_to_issuer(notice, u, handing),
        to=_receiver(u, handing),
        ways=tuple(dict.fromkeys((*ways, *((Way.ONLINE.value,) if handing.online else ())))),
        deadline=time.deadline if time else vague(u, handing.at, since),
        stage=u.stage.name if u.stage else None,
        grades=grades_of("".join(names)),
        branch_kinds=branch_kinds_of("".join(names)),
        status=standing(u, time, handing.at),
    )


def _goes_to_issuer(notice: Notice, u: Utterance, handing: Handing) -> bool:
    """门诊部每月将情况报医务科: what goes to the issuer is owed by a unit, whatever it is called."""
    issuer = plain(notice.head.issuer or "")
    to = plain(_receiver(u, handing) or "").split("(")[0]
    return bool(issuer and to) and (issuer.endswith(to) or to.endswith(issuer))


def _is_followed(u: Utterance, handing: Handing) -> bool:
    return any(other.at > handing.at for other in handings(u))


def _receiver(u: Utterance, handing: Handing) -> str | None:
    if handing.receiver is None:
        return handing.addresses[0] if handing.addresses else None
    words = u.sentence.text[slice(*handing.receiver)].strip()
    if re.fullmatch(r"(?:电子)?[邮信]箱|E-?mail", plain(words)) and handing.addresses:
        return handing.addresses[0]
    return words or None


def _span(u: Utterance, handing: Handing, given: _Given, since: int) -> tuple[int, int]:
    """From where the sentence begins, if it is short, to whom it goes to."""
    starts = [handing.at, *((given.span[0],) if given.span else ()), *((given.time.at,) if given.time else ())]
    to = max(
        handing.end, given.time.to if given.time and given.time.at < handing.end + 40 else 0, given.span[1] if given.span else 0
    )
    start = since if to - since <= _LONGEST_QUOTE else min(starts)
    return start, to
