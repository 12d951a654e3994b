"""What a phrase without a day means: so long after an event, before an event, regularly, not yet settled."""

from __future__ import annotations

import re
from dataclasses import dataclass

from workflow.deadline.clock import BEFORE
from workflow.deadline.grammar import FROM_NOW


@dataclass(frozen=True, kw_only=True)
class Relative:
    """So much time from an event: `workdays` or `days`, negative before it; both None if it cannot be counted in days."""

    rule: str
    at: int
    to: int
    event: str | None = None
    workdays: int | None = None
    days: int | None = None
    flags: tuple[str, ...] = ()


_AMOUNT = r"(?P<n>[0-9]{1,3})(?:-(?P<n2>[0-9]{1,3}))?个?(?P<unit>工作日|自然日|日|天|周|星期|月|小时|年)"
_EVENT = r"(?P<event>[^,。;:、()]{1,24}?)"
_IN = r"(?:之内|以内|内)"

_COMING = r"(?<=[会议开行办始])"

_PUBLICITY = re.compile(rf"(?P<event>公示)(?:期限|时间|时限|期)?[应须要]?(?:一般)?(?:为|不得?少于|至少|:)*{_AMOUNT}{_IN}?")
_AFTER = re.compile(rf"{_EVENT}(?:之日起?|当[日天]起?|起|之后|以后|(?<!最)后)(?:的|,)?(?P<nth>第)?{_AMOUNT}{_IN}?")
_AFTER_AT_ONCE = re.compile(rf"{_EVENT}(?<=通知|文件|开学|结束|公布|印发|下发|发布|批复|批准|会议){_AMOUNT}{_IN}")
_AHEAD = re.compile(rf"(?:{_EVENT}(?:召开|举行|开始)?前)?提前{_AMOUNT}")
_AHEAD_OF = re.compile(rf"{_EVENT}(?:(?:召开|举行|举办|开始)?{_COMING}前{_AMOUNT})")
_DAYS_AHEAD = re.compile(rf"{_EVENT}(?:(?:召开|举行|举办|开始)?{_COMING}{_AMOUNT}{BEFORE})")
_WITHIN = re.compile(rf"(?<![0-9第]){_AMOUNT}{_IN}")
_HALF = re.compile(rf"半个?[年月]{_IN}")
_WEEK_NO = re.compile(r"第(?P<no>[0-9]{1,2})(?:教学)?周|(?<![0-9每-])(?P<bare>[0-9]{1,2})周(?=完成|结束|末|底|[,。]|$)")
_AT = re.compile(r"赶在|[在于]")
_LEADING = re.compile(r"^(?:[应须需要请可务必将]|争取|力争|确保)*[自从待]*(?:召开|举行|举办|迎接)?")
_TRAILING = re.compile(r"(?<=会)(?:召开|举行|举办|开幕)$")
_MOST_DAYS_OF_PUBLICITY = 30


def relative(text: str) -> Relative | None:
    """The first time counted from an event in a `numbered` text, or None."""
    for pattern, build in _READERS:
        if found := pattern.search(text):
            return build(found)
    return None


def event(text: str) -> str | None:
    """The event before, at or after which something is due (党代会召开前 -> 党代会) in a `plain` text, or None."""
    if name := event_ahead(text):
        return name
    if (found := _AT_EVENT.search(text)) and (name := _event_name(found["event"])):
        return name
    names = (_event_name(found["event"]) for found in _AHEAD_OF_ANYTHING.finditer(text))
    return next((name for name in names if _may_be_event(name)), None)


def event_ahead(text: str) -> str | None:
    """The event of 表彰大会前, where the words leave no doubt that it is one, or None."""
    for found in _AHEAD_OF_ANYTHING.finditer(text):
        name = _event_name(found["event"])
        if found["comes"] or _ENDS_IN_NOUN.search(name):
            return name
    return None


def is_unsettled(text: str) -> bool:
    """Does the text say that the time is still to be fixed (待定), or nothing at all?"""
    return not re.sub(r"[\W_无]", "", text) or bool(_UNSETTLED.search(text))


def is_vague(text: str) -> bool:
    """Regularly, in due time, at once: words that bind nobody to a day (定期, 适时, 及时)."""
    return bool(_VAGUE.search(text))


def is_tentative(text: str) -> bool:
    """暂定, 初定."""
    return bool(_TENTATIVE.search(text))


def is_lunar(text: str) -> bool:
    """农历三月三十日 is no day of the calendar that is used here."""
    return bool(_LUNAR.search(text))


def is_changed(text: str) -> bool:
    """由4月10日提前至3月30日: which day holds is for a person to say."""
    return bool(_CHANGED.search(text))


def names_moving_feast(text: str) -> bool:
    """A feast of the lunar calendar, whose day is not computed here."""
    return bool(_MOVING_FEAST.search(text))


def from_issue(text: str) -> bool:
    """即日起, 自现在起, 自印发之日起."""
    return bool(_FROM_NOW.search(text))


# What an event is called: 表彰大会, 党代会, 换届选举, 暑假, 七一
_NOUN = (
    r"(?:会|会议|典礼|仪式|活动|换届|选举|检查|验收|考核|评审|评选|表彰|培训|开学|放假|毕业|考试"
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
    r"|(?:学期末?|期末|[寒暑]假|七一|五一|十一|国庆|元旦)(?=$|[,。;:、()])))"
)
# 目前, 此前, 日前, 事前, 下班前, 个工作日前: words with 前 that name no event
_NO_EVENT = re.compile(r"(?:目|此|之|以|当|工作日|下班)$|^个|^.$|^[0-9一二三四五六七八九十两几]+(?:天|周|个?月|年)$")
_LONGEST_DOUBTFUL_NAME = 8
_UNSETTLED = re.compile(r"待定|未定|另行通知|另行确定|另定|另行安排|待通知|另通知")
_VAGUE = re.compile(
    r"不?定期|适时|及时|经常|尽快|尽早|随时|近期|近日|日前|长期|常态化|持续|择期|按时|按期|如期|届时|立即|抓紧|平时|日常"
)
_TENTATIVE = re.compile(r"暂定|初定|待定|未定")
_LUNAR = re.compile(r"农历|阴历|旧历|正月|腊月|闰[0-9一二三四五六七八九十]{1,2}月")
_CHANGED = re.compile(r"(?:改|调整|推迟|推后|延长|延期|顺延|提前|变更|更正|放宽)[为到至成]|延至|原定")
_MOVING_FEAST = re.compile(r"春节|元宵|清明|端午|中秋|重阳")
_FROM_NOW = re.compile(FROM_NOW)


def _publicity(found: re.Match[str]) -> Relative:
    amount = int(found["n"])
    if found["n2"]:
        return _counted(found, "publicity", None, None, "公示", ("ambiguous",))
    if amount > _MOST_DAYS_OF_PUBLICITY:
        # 公示57天 was 5-7天
        return _counted(found, "publicity", None, None, "公示", ("damaged",))
    return _amount(found, "publicity", "公示", amount)


def _after(found: re.Match[str]) -> Relative:
    name = _event_name(found["event"])
    if found["nth"]:
        # 开学后第1天 may be the day itself or the one after it.
        return _counted(found, "after-event", None, None, name, ("ambiguous",))
    return _amount(found, "after-event", name, int(found["n2"] or found["n"]))


def _after_at_once(found: re.Match[str]) -> Relative:
    return _amount(found, "after-event", _event_name(found["event"]), int(found["n2"] or found["n"]))


def _ahead(found: re.Match[str]) -> Relative:
    name = _event_name(found["event"] or "")
    return _amount(found, "before-event", name or None, -int(found["n"]), () if name else ("asked",))


def _within(found: re.Match[str]) -> Relative:
    return _amount(found, "within", None, int(found["n2"] or found["n"]), ("asked",))


def _half(found: re.Match[str]) -> Relative:
    return _counted(found, "within", None, None, None, ("ambiguous",))


def _week_no(found: re.Match[str]) -> Relative:
    no, flags = (found["no"], ("event",)) if found["no"] else (found["bare"], ("event", "ambiguous"))
    return Relative(rule="teaching-week", at=found.start(), to=found.end(), event=f"第{no}教学周", flags=flags)


def _amount(found: re.Match[str], rule: str, event: str | None, amount: int, flags: tuple[str, ...] = ()) -> Relative:
    unit = found["unit"]
    if unit == "工作日":
        return _counted(found, rule, amount, None, event, flags)
    if unit in ("日", "天", "自然日"):
        return _counted(found, rule, None, amount, event, flags)
    if unit in ("周", "星期"):
        return _counted(found, rule, None, 7 * amount, event, flags)
    # A month or a year from a day is the same day again, hours are no days: neither is a number of days.
    return _counted(found, rule, None, None, event, (*flags, "ambiguous"))


def _counted(
    found: re.Match[str], rule: str, workdays: int | None, days: int | None, event: str | None, flags: tuple[str, ...]
) -> Relative:
    return Relative(rule=rule, at=found.start(), to=found.end(), event=event, workdays=workdays, days=days, flags=flags)


def _event_name(words: str) -> str:
    """召开七一表彰大会 -> 七一表彰大会, 各单位要在党代会 -> 党代会, 民主生活会会 -> 民主生活会, 会 -> 会议."""
    parts = _AT.split(words)
    name = _LEADING.sub("", parts[-1] if len(parts[-1]) > 1 else words)
    name = _TRAILING.sub("", name)
    if name.endswith("会会"):
        name = name[:-1]
    return "会议" if name == "会" else name


def _may_be_event(name: str) -> bool:
    """Is this, before 前, possibly an event? A long name is rather half a sentence."""
    return 1 < len(name) <= _LONGEST_DOUBTFUL_NAME and not _NO_EVENT.search(name)


_READERS = (
    (_PUBLICITY, _publicity),
    (_AFTER, _after),
    (_AFTER_AT_ONCE, _after_at_once),
    (_AHEAD, _ahead),
    (_AHEAD_OF, _ahead),
    (_DAYS_AHEAD, _ahead),
    (_WITHIN, _within),
    (_HALF, _half),
    (_WEEK_NO, _week_no),
)
