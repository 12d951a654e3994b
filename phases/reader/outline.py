"""How a notice is built: its passages, the parts they stand in, its sentences, and which of it is the text."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence

from phases.reader.document import CELL, Document, Passage
from phases.reader.markers import marker_at
from phases.reader.names import PLAN
from phases.reader.nouns import Outline, Section, Sentence
from phases.reader.page import Part
from phases.reader.parts import enclosed_title, parts
from phases.reader.passages import passages as read_passages
from phases.reader.plain import BLANK, plain
from phases.reader.sections import head_line_end, heading_end, sections

_STOPS = "。!?;"
_CLOSING = '”』」》)]’"'
_PAIRS = {"“": "”", "《": "》", "(": ")", "[": "]", "「": "」", "『": "』"}
_FAR = 200


def outline(document: Document) -> Outline:
    """The structure of a document; never fails, whatever stands in it."""
    passages = read_passages(document)
    kinds = parts(passages)
    body = _body(passages, kinds)
    text = [i for i in body if kinds[i] is Part.TEXT]
    found = sections(document, passages, text)
    return Outline(
        document=document,
        passages=passages,
        sections=found,
        sentences=tuple(_sentences(passages, text, found)),
        body=body,
    )


def _body(passages: Sequence[Passage], kinds: Sequence[Part]) -> range:
    """From the first passage of the text to its last one; a plan that is sent out with the notice belongs to it."""
    start = _start(kinds)
    last = start - 1
    for i in range(start, len(kinds)):
        if kinds[i] is Part.TEXT:
            last = i
        elif kinds[i] is Part.ATTACHMENTS and not _encloses_text(passages, kinds, i):
            if _is_closed(kinds, i):
                break
        elif kinds[i] in (Part.SIGNATURE, Part.IMPRINT) and not _goes_on(passages, kinds, i):
            break
    return range(start, last + 1)


def _start(kinds: Sequence[Part]) -> int:
    if Part.ADDRESSEES in kinds:
        return kinds.index(Part.ADDRESSEES) + 1
    title = kinds.index(Part.TITLE) if Part.TITLE in kinds else -1
    return next((i for i in range(title + 1, len(kinds)) if kinds[i] is Part.TEXT), len(kinds))


def _is_closed(kinds: Sequence[Part], i: int) -> bool:
    """Was the notice signed before this line?"""
    return Part.SIGNATURE in kinds[:i]


def _encloses_text(passages: Sequence[Passage], kinds: Sequence[Part], i: int) -> bool:
    name = enclosed_title(plain(passages[i].text))
    following = next((j for j in range(i + 1, len(kinds)) if kinds[j] is not Part.FURNITURE), None)
    return bool(PLAN.search(name)) or (following is not None and kinds[following] is Part.TITLE)


def _goes_on(passages: Sequence[Passage], kinds: Sequence[Part], i: int) -> bool:
    """Does the title of an enclosed plan follow?"""
    for j in range(i + 1, len(kinds)):
        if kinds[j] is Part.TITLE or (kinds[j] is Part.ATTACHMENTS and _encloses_text(passages, kinds, j)):
            return True
        if kinds[j] is Part.TEXT:
            return False
    return False


def _sentences(passages: Sequence[Passage], text: list[int], found: Sequence[Section]) -> Iterator[Sentence]:
    begins: dict[int, list[tuple[int, int]]] = {}
    for number, section in enumerate(found):
        at = _marker_place(section, passages)
        begins.setdefault(section.passages.start, []).append((at, number))
    innermost: int | None = None
    for index in text:
        here = begins.get(index, [])
        places = [at for at, _ in here]
        for at, to in _pieces(passages[index], places):
            found_here = bisect_right(places, at) - 1
            if found_here >= 0:
                innermost_now: int | None = here[found_here][1]
            else:
                innermost_now = _still_open(innermost, index, at, found)
            innermost = innermost_now
            yield Sentence(passage=index, at=at, to=to, text=passages[index].text[at:to], section=innermost_now)


def _marker_place(section: Section, passages: Sequence[Passage]) -> int:
    """Where the number of a section stands in its first passage."""
    passage = passages[section.passages.start]
    return bisect_right(passage.places, section.quote.at) - 1


def _still_open(innermost: int | None, index: int, at: int, found: Sequence[Section]) -> int | None:
    """The innermost section that has not ended before this place."""
    while innermost is not None:
        section = found[innermost]
        last = section.passages.stop - 1
        if index < last or (index == last and at < section.end):
            return innermost
        innermost = section.parent
    return None


def _pieces(passage: Passage, places: list[int]) -> Iterator[tuple[int, int]]:
    """The sentences of a passage as (from, to): at full stops, at the end of a heading and where a part begins."""
    text = plain(passage.text)
    cuts = sorted({*_cuts(text, is_row=bool(passage.cells), raw=passage.text), *places, *_heading_cuts(text, places, passage)})
    at = 0
    for cut in (*cuts, len(text)):
        piece = passage.text[at:cut]
        if stripped := piece.strip(BLANK):
            begin = at + piece.index(stripped)
            yield begin, begin + len(stripped)
        at = max(at, cut)


def _heading_cuts(text: str, places: list[int], passage: Passage) -> Iterator[int]:
    for place in places:
        if marker := marker_at(text, place):
            yield head_line_end(text, heading_end(text, marker.to))


def _cuts(text: str, *, is_row: bool, raw: str) -> Iterator[int]:
    """Behind every stop that stands in no quotation and no bracket."""
    i = 0
    while i < len(text):
        c = text[i]
        if c in _PAIRS:
            closed = text.find(_PAIRS[c], i + 1, i + _FAR)
            i = closed + 1 if closed > 0 else i + 1
            # “……。” ends the sentence when it ends inside the quotation.
            if closed > 0 and text[closed - 1] in "。!?" and c == "“":
                yield i
            continue
        i += 1
        if is_row and raw[i - 1] == CELL:
            yield i
        elif c in _STOPS:
            while i < len(text) and text[i] in _CLOSING + _STOPS:
                i += 1
            yield i
