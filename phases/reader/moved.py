"""Which days a notice moves: 报送时间由原定的6月20日前延至7月5日前 gives the paper a new day and leaves the old one superseded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from phases.reader.nouns import Demand
from phases.reader.papers import papers
from phases.reader.standing import BINDING, SUPERSEDED
from phases.reader.utterance import Notice, Utterance
from workflow.deadline import Mention

_WHAT = re.compile(
    r"(?P<what>[^,。;:]{2,40}?)的?(?:报送|上报|提交|完成|截止|上交|申报)?(?:截止)?"
    r"(?:时间|期限|日期|时限)(?:由|从)?(?:原[来定]?的?)?[^,。;:0-9]{0,4}$"
)
_MOVED = re.compile(r"延长|延期|延迟|推迟|推后|顺延|提前|调整|变更|放宽|改|延")


def with_moves(notice: Notice, found: list[tuple[Utterance, Demand]]) -> list[tuple[Utterance, Demand]]:
    """Demands with the days a sentence moves: the new day added, what had the old day superseded."""
    for utterance in notice.utterances:
        for demand, old in _moves(notice, utterance):
            found = [(u, _left(d, demand, old)) for u, d in found]
            found.append((utterance, demand))
    return found


def _moves(notice: Notice, u: Utterance) -> Iterator[tuple[Demand, Mention]]:
    times = [m for m in u.mentions if m.sense in ("before", "on")]
    for old, new in pairwise(times):
        between = u.text[old.to : new.at] + new.words
        named = _WHAT.search(u.text, u.begins, old.at)
        if not named or new.at - old.to > 12 or not _MOVED.search(between[:16]):
            continue
        paper = papers(notice.words(u, *named.span("what")))
        if paper and paper.named:
            yield (
                Demand(
                    what=paper.what,
                    quote=notice.quote(u, u.begins, new.to),
                    materials=paper.materials,
                    deadline=new.deadline,
                    stage=u.stage.name if u.stage else None,
                ),
                old,
            )


def _left(demand: Demand, moved: Demand, old: Mention) -> Demand:
    """The demand as it stands after the move."""
    line = demand.deadline
    same_day = line is not None and line.end is not None and line.end == old.deadline.end
    same = any(m.endswith(n) or n.endswith(m) for m in demand.materials for n in moved.materials) or moved.what in demand.what
    return replace(demand, status=SUPERSEDED) if same_day and same and demand.status == BINDING else demand
