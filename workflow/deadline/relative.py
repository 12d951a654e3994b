"""So much time after or before something that happens (公示5个工作日, 收到通知后10日内), and teaching weeks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from workflow.deadline.clock import BEFORE
from workflow.deadline.event import event_name


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


_AMOUNT = re.compile(
    r"(?<![0-9月年.:/-])(?P<n>[0-9]{1,3})(?:-(?P<n2>[0-9]{1,3}))?个?(?P<unit>工作日|自然日|日|天|周|星期|月|小时|年)(?![岁龄])"
)
_LOOK_BACK = 34
"""How many characters before an amount can say from when it counts."""

# What stands before an amount of time: from when it counts
_PUBLICITY = re.compile(
    r"(?P<event>公示)(?:期限|时间|时限|期)?[应须要]?(?:一般)?(?:为期|为|是|不得?少于|不得?低于|至少|[:,])*$"
)
_EVENT = r"(?P<event>[^,。;:、()]{1,24}?)"
_AFTER = re.compile(rf"{_EVENT}(?:之日起?|当[日天]起?|起|之后|以后|(?<![最今前先然此])后)(?:的|,)?(?P<nth>第)?$")
_AT_ONCE = re.compile(
    rf"{_EVENT}(?<=通知|文件|开学|结束|公布|印发|下发|发布|批复|批准|会议|受理|申请|到期|成立)(?:书|单|函)?(?:的|,)?$"
)
_AHEAD = re.compile(r"(?:(?P<event>[^,。;:、()]{1,24}?)(?:召开|举行|开始)?(?:之前|以前|前))?(?:应|须|至少|必须)*提前$")
_AHEAD_OF = re.compile(r"(?P<event>[^,。;:、()]{1,24}?)(?:召开|举行|举办|开始)?(?<![目当此以之日号月年底末旬提先面空])前$")
_DAYS_AHEAD = re.compile(r"(?P<event>[^,。;:、()]{1,24}?)(?:召开|举行|举办|开始)?(?<=[会议开行办始])$")
# What stands behind it
_IN = re.compile(r"(?:之内|以内|内)(?![容部外蒙])")
_LATER = re.compile(r"(?:之后|以后|后)(?![勤续进期备的])")
_EARLIER = re.compile(rf"{BEFORE}(?![往来期列述面台瞻景])")
# 4月1日起10日内: the event is a day itself, and it is open whether it counts
_DAY = re.compile(r"[0-9][日号]的?$")
_WEEKDAY = re.compile(r"的?(?:周|星期)[一二三四五六日天]")
_HALF = re.compile(r"(?<![上下])半个?[年月](?:之内|以内|内)")
_WEEK_NO = re.compile(
    r"(?P<term>开学)?[后的]?第(?P<no>[0-9]{1,2}(?:-[0-9]{1,2})?)(?:教学|学)?周(?![期年岁边刊]|报(?![送告名]))[,(]?(?P<day>(?:周|星期)[一二三四五六日])?\)?"
    r"|(?<![0-9每-])(?P<bare>[0-9]{1,2})周(?=完成|结束|末|底|前)"
)
_MOST_DAYS_OF_PUBLICITY = 30


def relatives(text: str) -> Iterator[Relative]:
    """Every time counted from an event in a `numbered` text, in order."""
    found = [made for amount in _AMOUNT.finditer(text) if (made := _of_amount(text, amount))]
    found += [Relative(rule="within", at=m.start(), to=m.end(), flags=("ambiguous",)) for m in _HALF.finditer(text)]
    found += [_week_no(m) for m in _WEEK_NO.finditer(text)]
    return iter(sorted(found, key=lambda made: made.at))


def _of_amount(text: str, amount: re.Match[str]) -> Relative | None:
    """What an amount of time counts from; None if it is only an amount (一次不少于2个小时)."""
    if text.startswith("第", amount.start() - 1) and amount["unit"] not in ("天", "日", "工作日"):
        return None
    start = max(0, amount.start() - _LOOK_BACK)
    left, to = text[start : amount.start()], amount.end()
    if found := _PUBLICITY.search(left):
        inside = _IN.match(text, to)
        return _publicity(amount, start + found.start(), inside.end() if inside else to)
    if inside := _IN.match(text, to):
        to = inside.end()
    if found := _AFTER.search(left):
        return _after(amount, start, found, to)
    if found := _AHEAD.search(left):
        return _ahead(amount, start, found, to)
    if inside:
        found = _AT_ONCE.search(left)
        return (
            _after(amount, start, found, to) if found else _counted(amount, "within", amount.start(), to, None, 1, ("asked",))
        )
    if amount["unit"] != "年" and (found := _AHEAD_OF.search(left)) and not _EARLIER.match(text, to):
        ahead = _ahead(amount, start, found, to)
        return replace(ahead, flags=("ambiguous",)) if _WEEKDAY.match(text, to) else ahead
    if (earlier := _EARLIER.match(text, to)) and (found := _DAYS_AHEAD.search(left)):
        return _ahead(amount, start, found, earlier.end())
    if later := _LATER.match(text, to):
        return _counted(amount, "within", amount.start(), later.end(), None, 1, ("asked",))
    return None


def _publicity(amount: re.Match[str], at: int, to: int) -> Relative:
    if amount["n2"]:
        return Relative(rule="publicity", at=at, to=to, event="公示", flags=("ambiguous",))
    if int(amount["n"]) > _MOST_DAYS_OF_PUBLICITY:
        # 公示57天 was 5-7天
        return Relative(rule="publicity", at=at, to=to, event="公示", flags=("damaged",))
    return _counted(amount, "publicity", at, to, "公示", 1)


def _after(amount: re.Match[str], start: int, found: re.Match[str], to: int) -> Relative:
    name, at = _named(found, start)
    if _DAY.search(name):
        return Relative(rule="after-event", at=at, to=to, event=name, flags=("ambiguous",))
    if "nth" in found.re.groupindex and found["nth"]:
        # 开学后第1天 may be the day itself or the one after it.
        return Relative(rule="after-event", at=at, to=to, event=name, flags=("ambiguous",))
    return _counted(amount, "after-event", at, to, name, 1)


def _ahead(amount: re.Match[str], start: int, found: re.Match[str], to: int) -> Relative:
    if not found["event"]:
        return _counted(amount, "before-event", start + found.start(), to, None, -1, ("asked",))
    name, at = _named(found, start)
    flags = ("ambiguous",) if _DAY.search(name) else ()
    return _counted(amount, "before-event", at, to, name, -1, flags)


def _named(found: re.Match[str], start: int) -> tuple[str, int]:
    """The name of the event and where it stands in the text."""
    name = event_name(found["event"])
    offset = found["event"].rfind(name)
    return name, start + found.start("event") + max(0, offset)


def _week_no(found: re.Match[str]) -> Relative:
    day, flags = found["day"] or "", ("event",) + ("ambiguous",) * bool(found["bare"])
    if found["bare"]:
        name = f"第{found['bare']}教学周"
    else:
        name = f"开学第{found['no']}周{day}" if found["term"] else f"第{found['no']}教学周{day}"
    before = _EARLIER.match(found.string, found.end())
    return Relative(rule="teaching-week", at=found.start(), to=before.end() if before else found.end(), event=name, flags=flags)


def _counted(
    amount: re.Match[str], rule: str, at: int, to: int, event: str | None, sign: int, flags: tuple[str, ...] = ()
) -> Relative:
    unit, number = amount["unit"], sign * int(amount["n2"] or amount["n"])
    workdays = days = None
    if unit == "工作日":
        workdays = number
    elif unit in ("日", "天", "自然日"):
        days = number
    elif unit in ("周", "星期"):
        days = 7 * number
    else:
        # A month or a year from a day is the same day again, hours are no days: neither is a number of days.
        flags = (*flags, "ambiguous")
    return Relative(rule=rule, at=at, to=to, event=event, workdays=workdays, days=days, flags=flags)
