"""What a text says about its points of time: until one, from one to another, since one, several of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from workflow.deadline.clock import BEFORE
from workflow.deadline.scan import Point, scan
from workflow.deadline.sense import BRACKETED, OPEN_END, OPENS, sense_behind


@dataclass(frozen=True, kw_only=True)
class Span:
    """One thing said about time: a single point (`left` is None), or from `left` to `right`.

    `sense` is before (前, 截止), from (起), past (以来, 已于), around (前后), offset (3月30日前5天) or "" (the time itself).
    `at`..`to` is where it stands, with the words that give its sense. `through` is True if a month or more is meant to its end
    (截止6月, but not 6月前).
    """

    right: Point
    left: Point | None = None
    sense: str = ""
    at: int
    to: int
    flags: tuple[str, ...] = ()
    from_issue: bool = False
    through: bool = False

    @property
    def points(self) -> tuple[Point, ...]:
        return (self.right,) if self.left is None else (self.left, self.right)


FROM_NOW = r"(?:即日|现在|今日|今天|(?:本?(?:通知|方案|文件?))?(?:印发|发文|发布|公布|下发)(?:之日|当日)?)(?:开始|起)"

_BEGINS = re.compile(r"(?:全面|正式|陆续|集中)?(?:起|始|开始|启动)[,;]?(?:计划|预计|争取|力争)?[于在到至]?")
_WHOLLY = r"(?:基本|全部|全面|正式|顺利|圆满)?"
# 9月开始,12月底前基本结束; but 9月开始,12月底前完成资格审查 are two things
_FINISHED = re.compile(
    rf"{_WHOLLY}(?:结束|截止|终止|完成|止|收官|收尾|闭幕)|{BEFORE}{_WHOLLY}(?:结束|截止|收官|收尾|闭幕|完成(?=[,。;)]|$))"
)
_MORE_DAYS = re.compile(r"(?:、[0-9]{1,2}){0,5}[、和及]")
# 4月11日、12日两天内
_DAYS_IN_ALL = re.compile(r"这?[2-9]天")
_JOIN = re.compile(r"(?:起|开始|始)?,?(?:-|直?至|直?到|截止[至到]|延续[至到])")
_LIST = re.compile(r"[和及与、,或]|以及|,?(?:并|分别)?[于在]?|和[于在]")
_EXCLUDED = re.compile(r"[,(]?不包?含")
_SINCE_ISSUE = re.compile(rf"{FROM_NOW},?(?:-|至|到)$")
_TILL = re.compile(r"(?<!达)[至到](?:了)?$")

# Words before a point, in the same clause
_LOOK_BACK = 40
"""How many characters before a point can say what it is."""
_UNTIL = re.compile(
    r"(?:截止|截至|截稿|期限|限期|最[迟晚]|至[迟晚]|不得?[迟晚]于|不得?超过|延长|延期|延至|推迟至)[^,。;0-9]{0,8}$"
)
_NOT_BEFORE = re.compile(r"(?:不得?|勿|不可|不能|不应)早于[^,。;0-9]{0,4}$")
_EARLIER = re.compile(r"早于[^,。;0-9]{0,2}$")
_LUNAR = re.compile(r"(?:农历|阴历|旧历)[^,。;0-9]{0,4}$")
# 推迟至3月15日召开: on the day, not until it
_MOVED = re.compile(r"(?:推迟|延期|改期|提前)[至到于]?$")
_TAKES_PLACE = re.compile(r"[^,。;]{0,6}(?:召开|举行|举办|开始|进行)")
_ALREADY = re.compile(r"已(?:经|于|在|自|从)*[^,。;]{0,4}$")
_ENDS = re.compile(rf"{_WHOLLY}(?:结束|完成|截止|止|[,。;)]|$)")
# 在上半年, 上半年完成: a time; 上半年活动: a name
_AT = ("在", "于", "至")
_DONE_IN = re.compile(
    r"(?:内|期间|[,。;:)]|$|完成|召开|举行|举办|开展|组织|进行|启动|实施|集中|制定|推进|落实|推广|建成|出台|做好|抓好|编制|迎接|考核验收|全面)"
)
_OR = re.compile(r",?或者?在?于?")
_AND = re.compile(r"[和及与、或]|以及")
_FILL = re.compile(r"[,。;:、.()\[\]!?\s]|[于在自从由至到的]|时间|日期|期限|结束|完成|截止|截至")

_LONGEST_FILL = 40
_DAYS = ("day", "loose-day")
_NAMED = ("weekday", "near", "week", "feast")


def spans(text: str) -> tuple[Span, ...]:
    """Everything a `numbered` text says about its points of time, in order."""
    found = [span for span in _spans(text, _paired(text, list(scan(text)))) if _holds(text, span)]
    return tuple(_shared_sense(text, found))


def is_bare(text: str, found: tuple[Span, ...]) -> bool:
    """Is there nothing in the text but its time, as in a cell of a table?"""
    if len(text) - sum(span.to - span.at for span in found) > _LONGEST_FILL:
        return False
    rest, position = "", 0
    for span in found:
        rest += text[position : span.at]
        position = span.to
    return not _FILL.sub("", rest + text[position:])


def _paired(text: str, points: list[Point]) -> Iterator[tuple[Point | None, Point]]:
    """Points joined by 至 or a dash as (left, right), others as (None, point); short right halves are completed."""
    at, before = 0, None
    while at < len(points):
        point, after = points[at], points[at + 1] if at + 1 < len(points) else None
        if before is not None and _LIST.fullmatch(text[before.to : point.at]):
            point = _completed(point, before)
        if after is not None and after.unit in _DAYS and point.unit in _NAMED and text[point.to : after.at] == "(":
            # 本周三(9月21日), 本周三(21日): the day itself is in brackets
            points[at + 1] = _explained(point, after)
            at += 1
            continue
        if after is not None and _is_range(text, point, after):
            after = _completed(after, point)
            if point.unit == "unclear" and text[point.to - 1] == "初" and point.month is not None:
                # 3月初-5月底 begins on 1 March at the earliest; only where a time ends must be said
                point = replace(point, unit="month")
            if at + 2 < len(points) and _is_said_again(text, after, points[at + 2]):
                after = replace(after, clock=points[at + 2].clock, to=points[at + 2].to)
                at += 1
            yield (replace(point, whole=True) if after.whole and not point.whole else point, after)
            at, before = at + 2, after
        else:
            yield None, point
            at, before = at + 1, point


def _explained(point: Point, day: Point) -> Point:
    if day.unit == "loose-day":
        day = replace(day, unit="day", month_shift=0)
    weekday = point.day if point.unit == "weekday" and day.weekday is None else day.weekday
    return replace(day, at=point.at, weekday=weekday)


def _is_said_again(text: str, last: Point, point: Point) -> bool:
    """7月26日-28日(7月28日16:30截止): the last day once more, with its hour."""
    same = (last.month, last.day) == (point.month, point.day) and point.unit == last.unit == "day"
    return same and last.clock is None and point.clock is not None and text[last.to : point.at] == "("


def _is_range(text: str, left: Point, right: Point) -> bool:
    gap = text[left.to : right.at]
    # 4月1日5月10日: the dash is lost
    if not left.whole and right.unit == "loose-day" and _are_days_on_end(left, gap, right):
        return True
    if _JOIN.fullmatch(gap) or (_BEGINS.fullmatch(gap) and _FINISHED.match(text, right.to)):
        return True
    if left.unit == "day" and right.unit == "loose-day" and _AND.fullmatch(gap) and _DAYS_IN_ALL.match(text, right.to):
        return True
    lost_dash = right.unit in ("day", "month", "xun") and right.month is not None
    return gap == "" and (lost_dash or (left.unit, right.unit) == ("day", "loose-day"))


def _are_days_on_end(left: Point, gap: str, right: Point) -> bool:
    """10月13、14、15日: three days, one after the other."""
    days = [int(day) for day in re.findall("[0-9]+", gap)]
    return bool(_MORE_DAYS.fullmatch(gap)) and [*days, right.day] == [*range((left.day or 0) + 1, (right.day or 0) + 1)]


def _completed(right: Point, left: Point) -> Point:
    """29日 after 3月28日 is 3月29日; 中旬 after 4月上旬 is 4月中旬."""
    if right.unit not in ("loose-day", "loose-part") or (left.month is None and left.month_shift is None):
        return right
    unit = "day" if right.unit == "loose-day" else "xun" if right.part != (0, 0) else "month-end"
    return replace(
        right,
        unit=unit,
        year=left.year,
        year_shift=left.year_shift,
        month=left.month,
        month_shift=left.month_shift,
        flags=tuple(flag for flag in right.flags if flag != "damaged"),
    )


def _spans(text: str, pairs: Iterator[tuple[Point | None, Point]]) -> Iterator[Span]:
    since = 0
    for left, right in pairs:
        first = left or right
        before = text[max(since, first.at - _LOOK_BACK) : first.at]
        span = _sensed(text, Span(left=left, right=right, at=first.at, to=right.to), before)
        if text[max(since, span.at - 1) : span.at].isdigit() or text.endswith(":-", since, span.at):
            # 20195至7月, 阶段:-6月: something is lost before the time
            span = replace(span, flags=(*span.flags, "damaged"))
        yield span
        since = span.to


def _sensed(text: str, span: Span, before: str) -> Span:
    sense, to = sense_behind(text, span.to)
    if sense == "from" and span.right.clock and (found := OPENS.match(text, span.to)):
        clock = span.right.clock if span.left is None else None
        sense, to, span = "", found.end(), replace(span, right=replace(span.right, clock=clock))
    lost = span.left is not None and span.left.to == span.right.at
    flags = ("damaged",) * lost + ("ambiguous",) * bool(_LUNAR.search(before))
    span = replace(span, to=to, flags=flags) if flags or to > span.to else span
    if sense != "before" and span.left is not None and span.right.clock and span.right.clock.ranged:
        # 3月10日至12日9:00-11:00: on each of these days
        span = replace(span, right=replace(span.right, clock=None))
    if sense in ("", "from") and span.left is None and (found := OPEN_END.match(text, span.right.to)):
        return replace(span, sense="from", to=found.end(), flags=(*flags, "event"))
    if _ALREADY.search(before):
        return replace(span, sense="past")
    if sense == "before" and (found := _EXCLUDED.match(text, to)):
        return replace(span, sense=sense, to=found.end(), right=replace(span.right, excluded=True))
    if sense == "before" and span.right.unit == "feast":
        # 七一前 ends on 30 June: the feast itself is no working day.
        return replace(span, sense=sense, right=replace(span.right, excluded=True))
    if span.left is None and (found := _SINCE_ISSUE.search(before)):
        return replace(span, at=span.at - len(found[0]), from_issue=True)
    if sense == "" and "(" in text[max(0, span.at - 1) : to] and (found := BRACKETED.match(text, to)):
        return replace(span, sense="before", at=span.at - text.startswith("(", max(0, span.at - 1)), to=found.end())
    if sense in ("", "within") and span.left is None:
        if found := _until(text, before, to):
            return replace(span, sense="before", at=span.at - len(before) + found.start(), through=True)
        if found := _NOT_BEFORE.search(before):
            return replace(span, sense="from", at=span.at - len(before) + found.start())
        if found := _EARLIER.search(before):
            right = replace(span.right, excluded=True)
            return replace(span, sense="before", at=span.at - len(before) + found.start(), right=right)
    return span if sense in ("", "within") else replace(span, sense=sense)


def _until(text: str, before: str, to: int) -> re.Match[str] | None:
    if _MOVED.search(before) and _TAKES_PLACE.match(text, to):
        return None
    return _UNTIL.search(before) or (_TILL.search(before) if _ENDS.match(text, to) else None)


def _holds(text: str, span: Span) -> bool:
    """Is this really said about time? 3.30前 is a day, 3.30 in a sentence may be anything."""
    unit = span.right.unit
    if unit == "short":
        return _is_short_day(text, span)
    if unit == "weekday":
        return span.sense == "before" or span.right.week_shift is not None
    if unit == "loose-part" and span.right.part == (0, 0) and is_bare(text, (span,)):
        return True
    if unit in ("loose-day", "loose-part"):
        return span.sense == "before" or "damaged" in span.right.flags
    if unit == "feast":
        return span.left is not None or span.sense != ""
    if unit in ("half-year", "quarter") and not span.sense and span.left is None:
        return bool(text.startswith(_AT, max(0, span.at - 1)) or _DONE_IN.match(text, span.right.to) or is_bare(text, (span,)))
    if unit == "year":
        return span.left is not None or is_bare(text, (span,))
    return True


def _is_short_day(text: str, span: Span) -> bool:
    words = text[span.right.at : span.right.to]
    if "-" in words:
        whole = span.left is not None and span.left.unit == "day" and span.left.year is not None
        return whole or (text.startswith("前", span.right.to) or text.startswith(("之前", "以前"), span.right.to))
    return span.sense == "before" or span.left is not None or words.endswith(("日", "号")) or is_bare(text, (span,))


def _shared_sense(text: str, found: list[Span]) -> Iterator[Span]:
    """12月20日和1月5日以前: the 以前 is said about both."""
    shared: list[Span] = []
    for span in reversed(found):
        after = shared[-1] if shared else None
        if after is not None and after.sense == "before" and span.sense == "" and _AND.fullmatch(text, span.to, after.at):
            span = replace(span, sense="before")
        if after is not None and _OR.fullmatch(text, span.to, after.at):
            # 4月中旬或5月上旬: which of them is for a person to say
            span = replace(span, flags=(*span.flags, "ambiguous"))
            shared[-1] = replace(after, flags=(*after.flags, "ambiguous"))
        shared.append(span)
    return reversed(shared)
