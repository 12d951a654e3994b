"""Which papers a time that stands alone is said of: 报送时间：3月30日前, 截止时间5月7日."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from phases.reader.due import is_heading, label, labels
from phases.reader.nouns import Demand
from phases.reader.papers import made, papers
from phases.reader.plain import plain
from phases.reader.utterance import Notice, Utterance
from workflow.deadline import Mention

_LONGEST_NAME = 40
_MOST_LABELS = 60
_GROUP = re.compile(r"(?P<group>[^,。;:]{1,12}?)的?(?:截止|截至|报送|提交|投稿|上报)?(?:时间|日期)?[为是:到至]{0,2}")
_OF_TITLE = re.compile(
    r"关于(?:做好|开展|报送|上报|征集|提交|组织|认真|切实|进一步)*(?P<what>[^《》]{2,30}?)(?:工作|活动)?(?:有关(?:事项|工作|情况))?的(?:通知|通告|公告)"
)
_COPIES = re.compile(r"(?P<what>[^,;。:、.\s]{2,24}?)(?:各?一式[0-9一二三四五六七八九十]+份|[0-9]份)")


def dated_by_labels(notice: Notice, found: list[tuple[Utterance, Demand]]) -> list[tuple[Utterance, Demand]]:
    """报送时间：3月30日前 in a sentence of its own dates the papers next to it that have no day."""
    alone = labels(notice)
    for no, mention in list(alone.items())[:_MOST_LABELS]:
        utterance = notice.utterances[no]
        groups = tuple(_of_groups(notice, utterance))
        if groups:
            found += [(utterance, demand) for demand in groups]
            continue
        open_ones = [i for i, (u, d) in enumerate(found) if _awaits(d) and _belongs(notice, utterance, u)]
        if open_ones:
            nearest = min(abs(found[i][0].no - no) for i in open_ones)
            for i in open_ones:
                if abs(found[i][0].no - no) == nearest or len(alone) == 1:
                    found[i] = (found[i][0], replace(found[i][1], deadline=mention.deadline))
        elif not any(u.no == no for u, _ in found) and (demand := _of_label(notice, utterance, mention)):
            found.append((utterance, demand))
    return found


def _of_groups(notice: Notice, u: Utterance) -> Iterator[Demand]:
    """教工组截止时间9月10日，学生组截止时间10月10日: each group has its own day."""
    times = [m for m in u.mentions if m.sense in ("before", "on")]
    clauses = [u.text[left : m.at].strip(" ,;、") for left, m in zip((u.begins, *(m.to for m in times)), times, strict=False)]
    groups = [_GROUP.fullmatch(words) for words in clauses]
    if len(times) < 2 or not all(groups):
        return
    for group, mention in zip(groups, times, strict=True):
        demand = _of_label(notice, u, mention)
        if demand and group:
            yield replace(demand, what=f"{demand.what}（{group['group']}）")


def _awaits(demand: Demand) -> bool:
    line = demand.deadline
    undated = line is None or (line.end is None and line.every is None and line.event is None)
    return undated and bool(demand.materials or demand.to) and not demand.office and demand.status == "binding"


def _belongs(notice: Notice, label_at: Utterance, u: Utterance) -> bool:
    """In the same part of the notice, or no more than a few sentences away."""
    chains = [{s.quote.at for s in notice.outline.chain(x.sentence.section)} for x in (label_at, u)]
    return bool(chains[0] & chains[1]) or abs(label_at.no - u.no) <= 8


def _of_label(notice: Notice, u: Utterance, mention: Mention) -> Demand | None:
    """截止时间5月7日 without a verb anywhere: the papers of 材料一式三份, else what the title is about."""
    if not _PAPER_LABEL.search(_label_words(notice, u, mention)):
        return None
    named = None
    for earlier in (u, *notice.before(u, 6), *reversed(notice.utterances[: u.no][-8:])):
        span = made(earlier.text)
        copies = _COPIES.search(earlier.text, earlier.begins)
        place = span or (copies.span("what") if copies else None)
        if place and (named := papers(notice.words(earlier, *place))) and named.named:
            break
        named = None
    title = _OF_TITLE.search(plain(notice.head.title or ""))
    what = named.what if named else (notice.head.title or "")[title.start("what") : title.end("what")] if title else ""
    if not what:
        return None
    return Demand(
        what=what[:_LONGEST_NAME],
        quote=notice.quote(u, u.begins, mention.to),
        materials=named.materials if named else (what[:_LONGEST_NAME],),
        deadline=mention.deadline,
        stage=u.stage.name if u.stage else None,
    )


def _label_words(notice: Notice, u: Utterance, mention: Mention) -> str:
    """The words of the label; those of a heading (（一）提交时间：) count for the last day that stands alone behind it."""
    if label(u) is not None:
        return u.text[: mention.to]
    above = notice.utterances[u.no - 1] if u.no else None
    return above.text if above and is_heading(above) and mention.sense == "before" else ""


_PAPER_LABEL = re.compile(r"报送|上报|提交|交报|申报|报名|投稿|征文|截稿|材料|作品|截止|截至|推荐|填报|上交|递交|完成")
