"""Everything a notice asks of anybody: papers, dated work, what recurs, what is counted, what has named owners."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from phases.reader.cohorts import branch_kinds_of, grades_of
from phases.reader.deliveries import deliveries, joined
from phases.reader.document import Quote
from phases.reader.labelled import dated_by_labels
from phases.reader.moved import with_moves
from phases.reader.nouns import Demand, Head, Outline, Stage
from phases.reader.owners import with_owners
from phases.reader.papers import made, papers
from phases.reader.people import doer
from phases.reader.plain import plain
from phases.reader.quantities import counted
from phases.reader.recurring import recurring
from phases.reader.rows import row_demands
from phases.reader.utterance import Notice, Utterance
from phases.reader.works import works

_LONGEST_NAME = 40
_MUST = re.compile(r"要|应|须|需|必须|请|务必|都|负责")
_WRITTEN = re.compile(r"(?:书|表|台账|台帐|清单|方案|计划|报告|总结|册|状|》)$")
_VERB = re.compile(r"(填写|填报|撰写|形成|制定|制订|拟定|编制|建立|签订|签署|写出|提出|起草|完成|拿出|做好|提交)[^,。;]{0,6}$")
_DETAILS = re.compile(
    r"[,]?(?:明确|写明|写清|注明|包括|内容包括|列明|列出)(?P<list>[^,。;]{4,60}?)(?:等(?:内容|方面|情况)?)?(?=[,。;]|$)"
)
_SAME_PAPER_WITHIN = 3
_NEARBY = 12


def demands(outline: Outline, head: Head, stages: tuple[Stage, ...]) -> tuple[Demand, ...]:
    """Every demand of a notice in the order of its text, each with its status; nothing is read into headings, titles or history."""
    notice = Notice.of(outline, head, stages)
    found: list[tuple[Utterance, Demand]] = []
    for utterance in notice.utterances:
        asked = _demands(notice, utterance)
        found += [(utterance, d) for d in asked if not notice.in_table(utterance) or _has_last_day(d)]
    found = with_moves(notice, dated_by_labels(notice, _merged(found)))
    owned = with_owners(notice, found)
    rows = (row for row in row_demands(outline, head) if not any(_within(d.quote, row.quote) for d in owned))
    everything = (*owned, *rows)
    return tuple(sorted(everything, key=lambda d: d.quote.at))


def _has_last_day(demand: Demand) -> bool:
    return demand.deadline is not None and demand.deadline.kind == "before"


def _within(quote: Quote, row: Quote) -> bool:
    return row.at <= quote.at < row.to


def _demands(notice: Notice, u: Utterance) -> Iterator[Demand]:
    handed = deliveries(notice, u)
    used = tuple(_from_its_time(notice, u, d) for d in handed if d.deadline is not None)
    yield from (_with_quantities(notice, u, demand) for demand in handed)
    dated = works(notice, u, used)
    yield from dated
    again = recurring(notice, u, tuple(span for span in used if "," not in u.shape[slice(*span)]))
    yield from again
    taken = (*_places(notice, u, (d.quote for d in (*dated, *again, *handed))),)
    yield from _counted(notice, u, taken)
    if not handed and not dated:
        yield from _made(notice, u)


def _from_its_time(notice: Notice, u: Utterance, demand: Demand) -> tuple[int, int]:
    """From the time of a paper to whom it goes to; an earlier time of the sentence is said of something else."""
    [(at, to)] = _places(notice, u, (demand.quote,))
    times = [m.at for m in u.mentions if at <= m.at < to and m.deadline == demand.deadline]
    return max(times, default=at), to


def _places(notice: Notice, u: Utterance, quotes: Iterable[Quote]) -> tuple[tuple[int, int], ...]:
    """Where quotes stand in the text of a sentence."""
    passage = notice.outline.passages[u.sentence.passage]
    start = u.sentence.at
    places = passage.places[start : start + len(u.text)]
    index = {place: at for at, place in enumerate(places)}
    return tuple((index.get(quote.at, 0), index.get(quote.to - 1, len(places)) + 1) for quote in quotes)


def _with_quantities(notice: Notice, u: Utterance, demand: Demand) -> Demand:
    """报送教师作品1个: how many of it."""
    [(at, to)] = _places(notice, u, (demand.quote,))
    inside = [found for found in counted(u) if at <= found.at < to]
    return replace(demand, quantities=inside[0].quantities) if inside else demand


def _counted(notice: Notice, u: Utterance, taken: tuple[tuple[int, int], ...]) -> Iterator[Demand]:
    for found in counted(u):
        if any(at <= found.at < to for at, to in taken):
            continue
        who = doer(u, found.at, notice.head)
        yield Demand(
            what=notice.words(u, found.at, found.to).strip()[:_LONGEST_NAME],
            quote=notice.quote(u, u.begins if found.to - u.begins < 80 else found.at, found.to),
            who=who.names,
            office=who.office,
            stage=u.stage.name if u.stage else None,
            quantities=found.quantities,
            grades=grades_of("".join(who.names)),
            branch_kinds=branch_kinds_of("".join(who.names)),
        )


def _made(notice: Notice, u: Utterance) -> Iterator[Demand]:
    """A paper that named units must write without handing it in: 一般党支部要制定公开承诺书."""
    span = made(u.text)
    if span is None:
        return
    who = doer(u, span[0], notice.head)
    named = papers(notice.words(u, *span))
    if not who.names or who.office or named is None or not named.named or not _MUST.search(u.text[: span[0]]):
        return
    if not _WRITTEN.search(plain(named.what)):
        return
    yield Demand(
        what=f"{_verb(u, span[0])}{named.what}"[:_LONGEST_NAME],
        quote=notice.quote(u, u.begins, span[1]),
        materials=named.materials,
        who=who.names,
        details=_details(u, span[1]),
        stage=u.stage.name if u.stage else None,
        grades=grades_of("".join(who.names)),
        branch_kinds=branch_kinds_of("".join(who.names)),
    )


def _verb(u: Utterance, at: int) -> str:
    found = _VERB.search(u.sentence.text, max(0, at - 12), at)
    return found[1] if found else ""


def _details(u: Utterance, at: int) -> tuple[str, ...]:
    found = _DETAILS.match(u.text, at)
    return tuple(part for part in re.split(r"[、和及]", found["list"]) if part) if found else ()


def _merged(found: list[tuple[Utterance, Demand]]) -> list[tuple[Utterance, Demand]]:
    """A sentence about the form or the place of a paper named shortly before is no paper of its own."""
    kept: list[tuple[Utterance, Demand]] = []
    for utterance, demand in found:
        first = next(
            (i for i in range(len(kept) - 1, max(-1, len(kept) - _NEARBY), -1) if _is_same(kept[i], utterance, demand)), None
        )
        if first is None:
            kept.append((utterance, demand))
        else:
            kept[first] = (kept[first][0], joined(kept[first][1], demand))
    return kept


def _is_same(first: tuple[Utterance, Demand], utterance: Utterance, demand: Demand) -> bool:
    earlier, named = first
    near = 0 < utterance.no - earlier.no <= _SAME_PAPER_WITHIN and named.status == demand.status
    if not near or not (named.to or named.materials) or not (demand.to or demand.materials) or named.office != demand.office:
        return False
    same = all(any(m.endswith(n) for n in named.materials) for m in demand.materials)
    if earlier.sentence.section != utterance.sentence.section or (demand.what == "材料" and demand.deadline is not None):
        return False
    days = [d.deadline.end for d in (named, demand) if d.deadline is not None and d.deadline.end is not None]
    return (
        same
        and bool(demand.to or demand.ways)
        and len(set(days)) < 2
        and not (named.to and demand.materials and len(days) == 2)
    )
