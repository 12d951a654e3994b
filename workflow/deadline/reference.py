"""Which dates of a text are no time for doing anything: of documents, of history, of reports, of congresses."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date

from workflow.deadline.clean import DOCUMENT, SCHOOL_YEAR
from workflow.deadline.grammar import Span
from workflow.deadline.resolve import LONG_OVER, Found, ends_only, resolve

_YEAR_ALONE = re.compile(r"(?<![0-9])(?:19|20)[0-9]{2}(?:年度?|级|届)")
_SHADOWED = re.compile(
    rf"(?P<document>(?:(?:(?![据按照见和及与以的])[一-龥]){{0,4}}(?:发|字|函|办|组|党|委|通|教|政|人|学|团|工|综|规))?{DOCUMENT})|(?P<school_year>{SCHOOL_YEAR})"
)
_CONGRESS = re.compile(
    r"(?:党的)?(?:第?[一二三四五六七八九十]{1,3}次全国代表大会|[一二三四五六七八九十]{2,3}大(?![门力于小学型队量])"
    r"|第?[一二三四五六七八九十]{1,3}届[一二三四五六七八九]中全会)(?:以来)?"
)
_PERIOD = re.compile(
    r"(?P<report>[去上前]一?年度?(?![内底末前0-9一二三四五六七八九十年春秋上下])|近[几一二三四五六七八九十两]{0,2}年来?|近年来?|多年来|长期以来|以往)"
    r"|(?:[0-9]{4}|[本今当同])年(?:度|来|以来|(?=[春秋]季|上学期|下学期|工作|[一-龥]{0,6}(?:总结|报告|情况|计划|要点|预算|决算|考核)))"
)
# Words behind a span, or before it, that make it a report
_SINCE = re.compile(r"[^,。;:()]{0,30}以来")
_LABEL = re.compile(
    r"(?:发布|印发|发文|成文|发表|更新|上传|创建|录入|编辑|来源|点击|施行|实施)(?:日期|时间)?[:于在]?$|原定?[于在为]?$"
)
_VALID = re.compile(r"(?:有效期|任期|聘期|服务期|合同期)限?[为:是]?[自从]?$")
_ISSUED = re.compile(r"[^,。;]{0,2}(?:印发|发布|公布|颁布|出台|发文|签发|修订|通过)")
_IN_FORCE = re.compile(r"(?:正式)?(?:施行|生效|废止)")
_COUNTED_AT = re.compile(r"截[至止]到?[0-9]")
_YEAR = 366
_STOPS = "。!?"
_BORN = re.compile(r"(?:出生|参加工作|入党(?!积极|申请|培训|宣誓)|入职|入学|毕业的|退休的|取得学位|,?(?:均|都)?已)")
# 6月30日前已转正的: a condition, whenever that day is
_BY_THEN = re.compile(r"(?:出生|参加工作|入职|入学|毕业的|退休的|已经?(?:转正|毕业|退休|入党|立项|结题|注册|取得|获得))")
# 年龄计算截止日期为4月30日: up to when something is counted
_COUNTED = re.compile(r"计算(?:时间|日期)?(?:(?:截[止至]|到|至|以)[^,。;0-9]{0,8})?$")
# 截至3月底，任职满2年的: a condition
_UP_TO = re.compile(r"(?:^|(?<=[,;。(]))截[止至]")
_FULL = re.compile(r"[^。;0-9前报交送完]{0,14}?满[0-9一二两三四五六七八九十半]{1,2}(?:年|个|周岁)")
# 2011年9月至2012年8月期间受到处分的: a condition
_HAPPENED = re.compile(
    r"(?:期间|之间|间|内)?的?(?:曾|所|被|公开|正式|首次)?(?:受到|受过|获得|取得|获奖|荣获|授予|评为|发表|发生|开具|产生)"
)
# 6月是第20个安全生产月
_IS_THE_NTH = re.compile(r"[是为](?:我国|全国|我省|我市)?的?第[0-9一二三四五六七八九十百]{1,4}个")


def years(text: str) -> Iterator[tuple[int, int]]:
    """Every year that stands alone in a `numbered` text (2009年发布的, 2012级, 2013届)."""
    return (found.span() for found in _YEAR_ALONE.finditer(text))


def references(text: str, *, numbered: bool) -> Iterator[tuple[str, int, int]]:
    """(rule, from, to) of every reference that is no date: documents in a `numbered` text, congresses and years in a `plain` one."""
    if numbered:
        for found in _SHADOWED.finditer(text):
            yield "document" if found["document"] else "school-year", found.start(), found.end()
        return
    for rule, pattern in (("congress", _CONGRESS), ("period", _PERIOD)):
        for found in pattern.finditer(text):
            yield rule, found.start(), found.end()


def is_reported(text: str, found: Found, anchor: date | None) -> bool:
    """Does a date tell of history, of a document, of the period of a paper?"""
    span = found.span
    if span.right.unit == "year" or _LABEL.search(text, max(0, span.at - 8), span.at):
        return True
    if span.sense == "" and span.left is None and _ISSUED.match(text, span.to):
        return "past" in found.flags or anchor is None or found.end == anchor
    if span.sense == "from" and span.left is None and _IN_FORCE.match(text, span.to):
        return True
    return is_history(text, found, anchor)


def is_history(text: str, found: Found, anchor: date | None) -> bool:
    """Does a date say since when something has been going on, who was born or joined before, how long something is valid?"""
    span, over = found.span, "past" in found.flags
    if span.right.unit == "month" and span.left is None and _IS_THE_NTH.match(text, span.to):
        return True
    if text.startswith("以来", span.to - 2) or _VALID.search(text, max(0, span.at - 8), span.at):
        return True
    if _SINCE.match(text, span.to) and (over or span.sense == "from" or text.startswith(("自", "从"), max(0, span.at - 1))):
        return True
    if span.sense == "before" and span.left is None and _BY_THEN.match(text, span.to):
        return True
    if ends_only(span) and _UP_TO.match(text, span.at) and _FULL.match(text, span.to):
        return True
    if span.left is None and _COUNTED.search(text, max(0, span.at - 14), span.at):
        return True
    was = over or (anchor is not None and found.start is not None and found.start < anchor)
    return was and bool(_BORN.match(text, span.to) or (span.left is not None and _HAPPENED.match(text, span.to)))


def is_over(text: str, found: Found, anchor: date | None) -> bool:
    """Is this, in running text, a day that is over and so a report of what happened?

    Something may still be due before a day that is just over; not before one that was over a quarter of a year ago, nor
    where the text counts what there was (截至2011年底，共有党员2130名) or says who was born or joined before.
    """
    span, end = found.span, found.end
    if anchor is None:
        return False
    if span.sense == "from" and span.left is None:
        return found.start is not None and (anchor - found.start).days > _YEAR
    if "past" not in found.flags or end is None:
        return False
    stated = span.right.year is not None
    if span.sense != "before" or (stated and (anchor - end).days > LONG_OVER):
        return True
    return bool(_COUNTED_AT.match(text, span.at) or _BORN.match(text, span.to))


def in_turn(text: str, spans: Iterable[Span], anchor: date | None) -> Iterator[Found]:
    """The days of every span of a text; a year that a sentence states also holds for its later days."""
    since, sentence = anchor, 0
    for span in spans:
        end = max(text.rfind(stop, sentence, span.at) + 1 for stop in _STOPS)
        if end > sentence:
            sentence, since = end, anchor
        found = resolve(span, anchor, since)
        yield found
        stated = any(point.year is not None for point in span.points)
        if stated and not (is_reported(text, found, anchor) or is_over(text, found, anchor)):
            since = found.start or found.end or since
