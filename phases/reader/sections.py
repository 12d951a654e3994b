"""The numbered parts of a notice and how they stand in each other."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from phases.reader.document import Document, Passage
from phases.reader.markers import INLINE, Marker, marker_at
from phases.reader.nouns import Section
from phases.reader.plain import plain

UNNUMBERED = ""
# A heading without a number but with its time, as of a stage: 集中整治（4月11日—5月20日）
DATED = "dated"
_LONGEST_LINE = 400
_LONGEST_HEADING = 28
_STOPS = "。!?"
_ENDS = "。;:!?"
_DATED = re.compile(
    r"[0-9一二三四五六七八九十]{1,3}月|(?:19|20)[0-9]{2}[年.]|即日|[上中下]旬|[年月][底末中初内]|季度|半年|全年|全程|长期|学期|"
    r"(?<![0-9])[0-9]{1,2}[./][0-9]{1,2}\s?[-至前]|时间|日前|待定|第[0-9一二三四五六七八九十]+周"
)
_CLOCK = re.compile(r"[0-9]:[0-9]{2}")
_QUOTES = {"“": "”", "《": "》", "「": "」", "‘": "’"}
_FAR = 200
_FURTHEST_SECOND = 3000


@dataclass
class _Open:
    """A part whose end has not been seen."""

    index: int
    form: str
    number: int
    level: int
    inline: bool


@dataclass
class _Draft:
    marker: str
    level: int
    parent: int | None
    passage: int
    at: int
    first: int
    heading_to: int
    last: int = -1
    end: int = -1


@dataclass
class _Builder:
    """Walks the text once and opens and closes parts."""

    found: list[_Draft] = field(default_factory=list)
    open: list[_Open] = field(default_factory=list)
    last_number: dict[tuple[int | None, str], int] = field(default_factory=dict)

    def close_to(self, depth: int, passage: int, end: int) -> None:
        while len(self.open) > depth:
            part = self.found[self.open.pop().index]
            part.last, part.end = passage, end

    def depth_for(self, form: str, number: int, level: int) -> int:
        """How many open parts stay open when a part of this form begins."""
        for depth in range(len(self.open) - 1, -1, -1):
            if self.open[depth].form == form:
                return depth
        depth = len(self.open)
        while depth and not self._may_hold(self.open[depth - 1], form, number, level):
            depth -= 1
        return depth

    def _may_hold(self, part: _Open, form: str, number: int, level: int) -> bool:
        if part.form == "stage" and form not in ("chapter", "han"):
            return number == 1 or form in INLINE
        if part.form in (UNNUMBERED, DATED) and form not in ("chapter",):
            return number == 1 or form in INLINE
        return part.level < level or (part.level == level and number == 1 and not (part.inline and form in INLINE))

    def is_open(self, marker: Marker | None) -> bool:
        """Does the number count on a list that is open? Then what stands before it is the content of a part, no heading."""
        return marker is not None and any(part.form == marker.form for part in self.open)

    def begin(self, draft: _Draft, form: str, number: int, depth: int, *, inline: bool) -> None:
        draft.parent = self.open[depth - 1].index if depth else None
        self.open.append(_Open(len(self.found), form, number, draft.level, inline))
        self.found.append(draft)
        self.last_number[(draft.parent, form)] = number


def sections(document: Document, passages: Sequence[Passage], indexes: Sequence[int]) -> tuple[Section, ...]:
    """The parts that begin in the passages with these indexes (the text of the notice), in order."""
    builder = _Builder()
    before = -1
    for position, index in enumerate(indexes):
        text = plain(passages[index].text)
        if not passages[index].cells:
            following = plain(passages[indexes[position + 1]].text) if position + 1 < len(indexes) else ""
            _read_passage(builder, index, text, following, before, passages)
        before = index
    if before >= 0:
        builder.close_to(0, before, len(passages[before].text))
    return tuple(_section(document, passages, draft) for draft in builder.found)


def _read_passage(builder: _Builder, index: int, text: str, following: str, before: int, passages: Sequence[Passage]) -> None:
    end_before = len(passages[before].text) if before >= 0 else 0
    while builder.open and builder.open[-1].inline:
        builder.close_to(len(builder.open) - 1, before, end_before)
    first = marker_at(text)
    if first:
        _begin(builder, index, text, first, (before, end_before), inline=first.is_inline)
    elif is_heading(text, following) and not builder.is_open(marker_at(following)):
        form = DATED if _has_date(text) else UNNUMBERED
        depth = builder.depth_for(form, 1, _below_numbered(builder))
        builder.close_to(depth, before, end_before)
        level = builder.open[-1].level + 1 if builder.open else 1
        draft = _Draft("", level, None, index, 0, 0, heading_end(text, 0))
        builder.begin(draft, form, 1, len(builder.open), inline=False)
    for marker in _inline_markers(builder, text, first.to if first else 0):
        if builder.open and builder.found[-1].passage == index:
            builder.found[-1].heading_to = min(builder.found[-1].heading_to, marker.at)
        _begin(builder, index, text, marker, (index, marker.at), inline=not _is_set_apart(text, marker.at))


def _below_numbered(builder: _Builder) -> int:
    return (builder.open[-1].level if builder.open else 0) + 1


def _begin(builder: _Builder, index: int, text: str, marker: Marker, closed: tuple[int, int], *, inline: bool) -> None:
    depth = builder.depth_for(marker.form, marker.number, marker.level)
    builder.close_to(depth, *closed)
    draft = _Draft(marker.words, marker.level, None, index, marker.at, marker.to, heading_end(text, marker.to))
    builder.begin(draft, marker.form, marker.number, depth, inline=inline)


_INLINE_PLACE = re.compile(
    r"(?<=[。;:!?)])\s?(?=[一二三四五六七八九十第其首再(\[0-9①-⑳⑴-⒇⒈-⒛㈠-㈩])|(?<=,)(?=[一二三四五六七八九十]是|第[二三四五六]阶段)|(?<=\s)(?=[(一二三四五六七八九十第0-9])|"
    r"(?<=步骤|安排|内容|措施|要求|方法|任务)(?=第[一1]个?阶段|\(一\))"
    # 三、实施步骤第一阶段（…）, 三、活动内容（一）…: the export lost the line's end behind a heading
    r"|(?<=步骤|安排|阶段|如下)(?=第[一1]个?阶段)|(?<=步骤|安排|内容|阶段|要求|措施|任务|程序|流程|方法|目标|领导)(?=\(一\))"
)


def _inline_markers(builder: _Builder, text: str, at: int) -> Iterator[Marker]:
    """Numbers within a passage that count on: 一是 … 二是 …, 1. … 2. …"""
    counted: dict[str, int] = {}
    places = dict.fromkeys([at, *(place.end() for place in _INLINE_PLACE.finditer(text, at))])
    for place in places:
        marker = marker_at(text, place)
        if marker is None or _is_quoted(text, marker.at) or (place == at and (marker.form != "stage" or not at)):
            continue
        if marker.number == 1 and not _is_set_apart(text, marker.at) and not _has_second(text, marker):
            continue
        outer = next((part.number for part in reversed(builder.open) if part.form == marker.form), 0)
        if marker.number in (1, counted.get(marker.form, outer) + 1):
            counted[marker.form] = marker.number
            yield marker


def _is_set_apart(text: str, at: int) -> bool:
    """Several blanks before a number are what an export left of a line's end."""
    return text[max(0, at - 2) : at] == "  "


_SECOND = {
    "is": re.compile("[。;:!?,]二[是要]"),
    "ordinal": re.compile("[。;:!?][第其]二"),
    "order": re.compile("[。;:!?](?:其次|再次|最后)"),
    "han": re.compile(r"[。;:!?\s]\s?二\s?[、.]"),
    "(han)": re.compile(r"[。;:!?)\s]\s?[(\[]二[)\]]|㈡"),
    "digit": re.compile(r"[。;:!?\s]\s?2\s?[、.]|⒉"),
    "(digit)": re.compile(r"[。;:!?\s]\s?\(2\)|⑵"),
    "digit)": re.compile(r"[。;:!?,]\s?2\s?\)"),
    "circled": re.compile("②"),
    "stage": re.compile("第[二2]"),
}


def _has_second(text: str, marker: Marker) -> bool:
    """Is the list that this number would begin continued in the passage?"""
    pattern = _SECOND.get(marker.form)
    return bool(pattern and pattern.search(text, marker.to, marker.to + _FURTHEST_SECOND))


def _is_quoted(text: str, at: int) -> bool:
    opened = max(text.rfind(mark, max(0, at - _FAR), at) for mark in _QUOTES)
    if opened < 0:
        return False
    closed = text.find(_QUOTES[text[opened]], opened)
    return closed >= at


def is_heading(text: str, following: str) -> bool:
    """Is a passage without a number the heading of what follows?"""
    if not following or not 2 <= len(text) <= _LONGEST_HEADING or text[-1] in "。;,、!?:":
        return False
    if re.search(r"[,;。:]", re.sub(r"\([^()]*\)", "", text)) or not re.search("[一-鿿]{2}", text):
        return False
    return len(following) > len(text) or marker_at(following) is not None or _has_date(text)


def _has_date(heading: str) -> bool:
    return heading.endswith(")") and "(" in heading and bool(_DATED.search(heading))


def heading_end(text: str, at: int, to: int | None = None) -> int:
    """Where a heading that begins at `at` ends: before the first full stop, semicolon, colon, bracket with a date, or the end."""
    i, to = at, min(len(text) if to is None else to, at + _LONGEST_LINE)
    while i < to:
        c = text[i]
        if c in _QUOTES:
            closed = text.find(_QUOTES[c], i, i + _FAR)
            i = closed if closed > 0 else i
        elif c in "([":
            closed = text.find(")" if c == "(" else "]", i, i + _FAR)
            if closed > 0 and i > at and _DATED.search(text, i, closed):
                return i
            i = closed if closed > 0 else i
        elif c in _STOPS or (c == ";" and i > at) or (c == ":" and i > at and not _CLOCK.match(text, i - 1)):
            return i
        i += 1
    return min(i, to)


def head_line_end(text: str, end: int) -> int:
    """Behind the heading: its colon, the bracket with the date, its full stop."""
    seen_bracket = False
    while end < len(text):
        if text[end] in "([" and not seen_bracket:
            closed = text.find(")" if text[end] == "(" else "]", end, end + _FAR)
            if closed < 0 or not _DATED.search(text, end, closed):
                break
            end, seen_bracket = closed + 1, True
        elif text[end] in _ENDS or text[end] == " ":
            end += 1
            if text[end - 1] in _STOPS:
                break
        else:
            break
    return end


def _section(document: Document, passages: Sequence[Passage], draft: _Draft) -> Section:
    passage = passages[draft.passage]
    to = max(draft.heading_to, draft.at + 1)
    return Section(
        marker=passage.text[draft.at : draft.at + len(draft.marker)],
        level=draft.level,
        heading=passage.text[draft.first : draft.heading_to].strip(),
        parent=draft.parent,
        passages=range(draft.passage, draft.last + 1),
        first=draft.first,
        end=draft.end,
        quote=document.quote_of(passage, draft.at, min(to, len(passage.text))),
    )
