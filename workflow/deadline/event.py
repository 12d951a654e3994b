"""Which event a text makes something depend on (表彰大会前, 在七一时, 学期末): its day must be asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Event:
    """An event as named, and where it stands with the words that give the time: 党代会 of 党代会召开前. `sure` is False for words
    that are an event only if nothing better is found (a short name before 前)."""

    name: str
    at: int
    to: int
    ahead: bool
    sure: bool


def events(text: str) -> Iterator[Event]:
    """Every event before, at or after which something is due in a `plain` text."""
    for found in _AHEAD_OF_ANYTHING.finditer(text):
        name = event_name(found["event"])
        sure = bool(found["comes"] or _ENDS_IN_NOUN.search(name)) and not _NO_EVENT.search(name)
        if sure or _may_be_event(name):
            yield _event(found, name, ahead=True, sure=sure)
    for found in _AT_EVENT.finditer(text):
        if (name := event_name(found["event"])) and not _NO_EVENT.search(name):
            yield _event(found, name, ahead=False, sure=True)


def event_name(words: str) -> str:
    """召开七一表彰大会 -> 七一表彰大会, 各单位要在党代会 -> 党代会, 民主生活会会 -> 民主生活会, 会 -> 会议."""
    parts = _AT.split(words)
    name = _LEADING.sub("", parts[-1] if len(parts[-1]) > 1 else words)
    name = _TRAILING.sub("", name)
    if name.endswith("会会"):
        name = name[:-1]
    return "会议" if name == "会" else name


# What an event is called: 表彰大会, 党代会, 换届选举, 暑假, 七一
_NOUN = (
    r"(?:会|会议|典礼|仪式|活动|换届|选举|检查|验收|考核|评审|评选|表彰|培训|开学|放假|毕业|考试|离校|返校|军训|答辩|论坛|竞赛|比赛"
    r"|学期末?|期末|结束|假|节|七一|五一|十一|国庆|元旦)"
)
_ENDS_IN_NOUN = re.compile(rf"{_NOUN}$")
_CLAUSE = r"(?:^|(?<=[,。;:、()]))"
_AHEAD_OF_ANYTHING = re.compile(
    rf"{_CLAUSE}(?P<event>[^,。;:、()]{{1,40}}?)(?P<comes>(?:胜利)?(?:召开|举行|举办|开幕|开始|到来))?"
    r"(?:之前|以前|前夕|前后|前(?!进(?!行)|[往来期列述面台瞻景提]))"
)
_AT_EVENT = re.compile(
    rf"{_CLAUSE}(?P<event>[^,。;:、()]{{0,40}}?(?:{_NOUN}(?:召开|举行|举办|开幕)?"
    r"(?=之时|时(?![间限期候事])|期间|当[天日]|之际|之内|以内|内(?!容)|之后|以后|后(?![勤续进期备]))"
    r"|学期[末初](?=[一-龥])|(?:学期[末初]?|期末|学年[末初]|开学初|[寒暑]假|七一|五一|十一|国庆|元旦)(?=$|[,。;:、()])))"
    r"(?:之时|时|期间|当[天日]|之际|之内|以内|内|之后|以后|后)?"
)
_AT = re.compile(r"赶在|[在于]")
_LEADING = re.compile(r"^(?:[应须需要请可务必将]|争取|力争|确保)*[自从待]*(?:召开|举行|举办|迎接)?")
_TRAILING = re.compile(r"(?<=会)(?:召开|举行|举办|开幕)$")
# 目前, 此前, 日前, 事前, 下班前, 个工作日前: words with 前 that name no event
_NO_EVENT = re.compile(r"(?:目|此|之|以|当|工作日|下班)$|^个|^.$|^[0-9一二三四五六七八九十两几]+(?:天|周|个?月|年)$")
_LONGEST_DOUBTFUL_NAME = 8


def _event(found: re.Match[str], name: str, *, ahead: bool, sure: bool) -> Event:
    offset = max(0, found["event"].rfind(name))
    return Event(name, found.start("event") + offset, found.end(), ahead, sure)


def _may_be_event(name: str) -> bool:
    """Is this, before 前, possibly an event? A long name is rather half a sentence."""
    return 1 < len(name) <= _LONGEST_DOUBTFUL_NAME and not _NO_EVENT.search(name)
