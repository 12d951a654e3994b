"""Which words of a sentence are what it hands in: behind 将, behind the verb, before the time, or made in the same sentence."""

from __future__ import annotations

import re

from phases.reader.due import is_time
from phases.reader.handing import Handing
from phases.reader.papers import Papers, is_paper, made, papers
from phases.reader.utterance import Utterance

_LONGEST_OBJECT = 300
_SHORT_OBJECT = 30
_TAKEN = re.compile(
    r"(?:将|把)(?!于|在|对(?!照|标)|以(?!上)|会(?!议|员|费)|予|给|进一步|组织(?!关系|生活|建设|机构)|定期|不定期|适时|按|根据|择优|分[别批]|继续|通过|采取|统一|视|作为|陆续|随机|派|先|结合|严肃|重点|不再|从|由)"
)
_LEAD = re.compile(
    r"^(?:[\s,;:]|请|对|并|须|需|要|应|务必|必须|同时|另外|其中|此外|最迟|最晚|可|统一|于|在|前|[一二三四五六七八九]是|会议?结束后|经[^,。;]{2,20}后|、|(?:由)?(?:各|所有|全体|有关|相关|每个)[^,。;的\x01]{1,30}(?=[,]))+"
)
_TRAIL = re.compile(
    r"(?:[\s,]|一并|一起|一同|予以?|请|并|须|需|要|应|务必|务|必须|均|都|最迟|最晚|不晚于|不迟于|可|统一|于|在|截至|截止|到|分别|也|再|前|拟|由|以)+$"
)
_BY = re.compile(r"连同|根据|结合|按照?|对照|通过|针对|围绕|依据|参照|利用")
_WORK = re.compile(r"开展|组织|召开|进行|启动|安排|成立|举行|举办|实施|加强|建立|完成|对")
_STILL = re.compile(r"仍|继续按|按(?:照)?[^,。;]{0,8}(?:要求|规定|格式)|统一|经[^,。;]{2,20}(?:后|同意|审[核阅定])|须经|加盖")
_ALONG = re.compile(r"(?:\([^()]{1,30}\))?,(?:连同|并附上?|附上?)[^,。;]{2,60}(?=,)")


def object_of(u: Utterance, handing: Handing, since: int) -> tuple[int, int] | None:
    """The span of what is handed in: behind 将, behind the verb, before the time, or made in the same sentence."""
    if span := taken(u, since, handing.at):
        return span
    if covering := next((m for m in u.mentions if m.at <= handing.at < m.to), None):
        stop = re.search("[,。;!?]", u.shape[covering.to :] + "。")
        return (covering.to, covering.to + stop.start()) if stop and stop.start() else None
    if handing.after and _names_paper(u, handing.after):
        return handing.after
    times = [m for m in u.mentions_in(since, handing.at) if is_time(m)]
    for end in (*(m.at for m in reversed(times)), handing.at):
        if span := topic(u, since, end):
            return span
    if span := made_in(u, since, handing.at):
        return span
    firm = handing.after and handing.receiver is None and handing.after[1] - handing.after[0] <= _SHORT_OBJECT
    return handing.after if firm and not handing.addresses else None


def made_in(u: Utterance, at: int, to: int) -> tuple[int, int] | None:
    """The span of the last paper made between two places (填写《审议单》，连同会议材料), with what goes along with it."""
    span = made(u.text[at:to])
    if span is None:
        return None
    along = _ALONG.match(u.text[:to] + ",", at + span[1])
    return at + span[0], min(along.end(), to) if along else at + span[1]


def taken(u: Utterance, at: int, to: int) -> tuple[int, int] | None:
    """The words behind the last 将 or 把, without a time among them."""
    found = [m for m in _TAKEN.finditer(u.shape, max(at, to - _LONGEST_OBJECT), to)]
    for match in reversed(found):
        stop = min((m.at for m in u.mentions if match.end() < m.at < to and is_time(m)), default=to)
        start, end = _clean(u, match.end(), stop)
        if start < end and (named := papers(u.sentence.text[start:end])) and _is_said(u.text[start:end], named):
            return start, end
    return None


def _is_said(words: str, named: Papers) -> bool:
    return not named.named or is_paper(words) or (len(words) <= 40 and not _WORK.match(words))


def topic(u: Utterance, since: int, to: int) -> tuple[int, int] | None:
    """The words before a time or a verb, if they are called like a paper: 自查表请于9月27日交……."""
    start, end = _clean(u, max(since, to - _LONGEST_OBJECT), to)
    clause = max(u.shape.rfind(",", start, end), u.shape.rfind(";", start, end), u.shape.rfind(":", start, end)) + 1
    start, end = _clean(u, max(start, clause), end)
    if _STILL.match(u.text, start) and clause > since + 1:
        return topic(u, since, clause - 1)
    if _BY.match(u.text, start):
        return None
    if start >= end or not _names_paper(u, (start, end)):
        return None
    inner = made(u.text[start:end])
    return (start + inner[0], start + inner[1]) if inner else (start, end)


def _names_paper(u: Utterance, span: tuple[int, int]) -> bool:
    return is_paper(u.sentence.text[slice(*span)])


def _clean(u: Utterance, at: int, to: int) -> tuple[int, int]:
    while (tail := _TRAIL.search(u.text, at, to)) and tail.start() < to:
        to = tail.start()
    if lead := _LEAD.match(u.text[at:to]):
        at += lead.end()
    return at, max(at, to)
