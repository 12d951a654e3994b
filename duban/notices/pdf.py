"""What stands in a PDF, line by line as a person reads the page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import pypdfium2 as pdfium
from pypdfium2 import raw

from duban.notices.encoding import plausibility
from duban.notices.lines import Found, Lines, Unreadable, is_page_number

_MARGIN = 0.12
"""The share of a page's height at top and bottom where page numbers stand."""
_FEWEST = 10
"""Characters below which a page with a picture counts as scanned: a stamp, a page number."""
_LEAST = 0.35
_THINNEST = 0.1
"""Points. No character is drawn lower than this, not even 一."""
_PASSWORD = 4
_OCR = "请用文字版，或先做文字识别（OCR）"


@dataclass(frozen=True, kw_only=True)
class Glyph:
    """A character and its box on the page in points, from the lower left corner.

    `typed` is False for a blank that stands only for a gap: the file has none there. `is_drawn` is whether there is anything to see.
    """

    text: str
    left: float
    right: float
    bottom: float
    top: float
    typed: bool = True
    is_drawn: bool = True

    @property
    def size(self) -> float:
        return max(self.right - self.left, self.top - self.bottom)


@dataclass(frozen=True)
class Line:
    """The glyphs of a line from left to right, blanks among them; at least one is visible."""

    glyphs: tuple[Glyph, ...]

    @cached_property
    def visible(self) -> list[Glyph]:
        return [glyph for glyph in self.glyphs if glyph.text.strip()]

    @cached_property
    def top(self) -> float:
        return max(glyph.top for glyph in self.visible)

    @cached_property
    def bottom(self) -> float:
        return min(glyph.bottom for glyph in self.visible)

    @cached_property
    def left(self) -> float:
        return min(glyph.left for glyph in self.visible)

    @cached_property
    def right(self) -> float:
        return max(glyph.right for glyph in self.visible)

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


def read_pdf(content: bytes) -> Found:
    """The lines of a PDF. Raises Unreadable."""
    document = _opened(content)
    lines, scanned, undrawn = Lines(), [], []
    for number in range(1, len(document) + 1):
        page = document[number - 1]
        stored = _joined(_lines(page))
        read = _page(page, stored)
        if sum(len(line.strip()) for line in read) < _FEWEST and _has(page, raw.FPDF_PAGEOBJ_IMAGE):
            scanned.append(number)
        elif not (all(map(_is_drawn, stored)) if stored else not _has(page, raw.FPDF_PAGEOBJ_TEXT)):
            undrawn.append(number)
        for line in read:
            lines.add(line)
        page.close()
    _refuse_without_words(lines, scanned)
    return lines.found(_unread(scanned, undrawn))


def _unread(scanned: list[int], undrawn: list[int]) -> Iterator[str]:
    if scanned:
        yield f"第{'、'.join(map(str, scanned))}页只有图片，没有读到文字"
    if undrawn:
        # PDFium passes over a character that stands alone and has no shape: 月 of 3月30日 may be missing.
        yield f"第{'、'.join(map(str, undrawn))}页的中文字体没有嵌入，可能漏字；请与原件核对，或重新导出（嵌入字体）"


def _is_drawn(line: Line) -> bool:
    return all(glyph.is_drawn for glyph in line.visible if "\u4e00" <= glyph.text <= "\u9fff")


def _opened(content: bytes) -> pdfium.PdfDocument:
    try:
        document = pdfium.PdfDocument(content)
        len(document)
    except pdfium.PdfiumError as error:
        if error.err_code == _PASSWORD:
            raise Unreadable("设有打开密码；请去掉密码后再试") from None
        raise Unreadable("已损坏，打不开；请重新导出 PDF，或改用 .docx") from None
    return document


def _refuse_without_words(lines: Lines, scanned: list[int]) -> None:
    text = "".join("".join(lines.texts).split())
    if scanned and len(text) < _FEWEST * len(scanned):
        raise Unreadable(f"这份 PDF 只有图片，没有文字；{_OCR}")
    if not text:
        raise Unreadable(f"这份 PDF 没有文字；{_OCR}")
    if plausibility(text) < _LEAST or text.count("\ufffd") > len(text) // 20:
        raise Unreadable(f"这份 PDF 的文字取不出来（字体没有对照表），只能看不能读；{_OCR}")


def _page(page: pdfium.PdfPage, stored: list[Line]) -> list[str]:
    """The words of a page, whose lines are given as they are stored."""
    height, upright = page.get_height(), page.get_rotation() == 0
    lines = _in_order(stored) if upright else stored
    said = [(line, _text(line)) for line in lines]
    return [text for line, text in said if not (is_page_number(text) and (not upright or _is_marginal(line, height)))]


def _is_marginal(line: Line, height: float) -> bool:
    return line.bottom < height * _MARGIN or line.top > height * (1 - _MARGIN)


def _lines(page: pdfium.PdfPage) -> Iterator[Line]:
    """The lines in the order in which they are stored."""
    glyphs: list[Glyph] = []
    for glyph in _glyphs(page):
        if glyph.text not in "\r\n":
            glyphs.append(glyph)
        elif any(each.text.strip() for each in glyphs):
            yield Line(tuple(glyphs))
            glyphs = []
    if any(each.text.strip() for each in glyphs):
        yield Line(tuple(glyphs))


def _glyphs(page: pdfium.PdfPage) -> Iterator[Glyph]:
    text = page.get_textpage()
    for index in range(text.count_chars()):
        code = raw.FPDFText_GetUnicode(text, index)
        left, bottom, right, top = text.get_charbox(index, loose=True)
        _, lowest, _, highest = text.get_charbox(index)
        # 0 is a glyph without a character: it must leave a mark where it stood.
        said = chr(code) if 0 < code < 0x110000 else "\ufffd"
        typed = said != " " or raw.FPDFText_IsGenerated(text, index) != 1
        drawn = highest - lowest > _THINNEST
        yield Glyph(text=said, left=left, right=right, bottom=bottom, top=top, typed=typed, is_drawn=drawn)
    text.close()


def _joined(lines: Iterable[Line]) -> list[Line]:
    """Lines of one height that follow close on each other are one: a change of font is no end of a line."""
    joined: list[Line] = []
    for line in lines:
        if joined and _goes_on(joined[-1], line):
            joined[-1] = Line((*joined[-1].glyphs, *line.glyphs))
        else:
            joined.append(line)
    return joined


def _goes_on(line: Line, following: Line) -> bool:
    last, first = line.visible[-1], following.visible[0]
    shared = min(last.top, first.top) - max(last.bottom, first.bottom)
    level = shared > 0.5 * min(last.top - last.bottom, first.top - first.bottom)
    return level and -0.2 * last.size <= first.left - last.right <= 0.7 * last.size


def _in_order(lines: list[Line]) -> list[Line]:
    """From top to bottom: what is stored last may stand first (a letterhead). Cells side by side keep the order they have."""
    groups = _beside(sorted(_blocks(lines), key=lambda block: -block[0].middle))
    stored = {id(line): place for place, line in enumerate(lines)}
    ordered: list[Line] = []
    for group in groups:
        on_one_level = all(len(block) == 1 for block in group)
        group.sort(key=lambda block: block[0].left if on_one_level else stored[id(block[0])])
        ordered += [line for block in group for line in block]
    return ordered


def _blocks(lines: list[Line]) -> list[list[Line]]:
    """Lines that follow each other closely downwards."""
    blocks: list[list[Line]] = []
    for line in lines:
        if blocks and _follows(blocks[-1][-1], line):
            blocks[-1].append(line)
        else:
            blocks.append([line])
    return blocks


def _follows(line: Line, below: Line) -> bool:
    gap = line.bottom - below.top
    over = min(line.right, below.right) > max(line.left, below.left)
    return over and below.middle < line.bottom and gap < 1.5 * (line.top - line.bottom)


def _beside(blocks: list[list[Line]]) -> list[list[list[Line]]]:
    """Blocks, sorted downwards, in groups of those that stand beside each other."""
    groups: list[list[list[Line]]] = []
    bottom = 0.0
    for block in blocks:
        if groups and block[0].middle > bottom:
            groups[-1].append(block)
            bottom = min(bottom, block[-1].bottom)
        else:
            groups.append([block])
            bottom = block[-1].bottom
    return groups


def _text(line: Line) -> str:
    """The words of a line; a blank inside Chinese words or dates that is only the setter's spacing is none."""
    said: list[str] = []
    before: Glyph | None = None
    blank: Glyph | None = None
    for glyph in line.glyphs:
        if glyph.text in " \t\xa0":
            blank = glyph if blank is None or glyph.typed else blank
            continue
        if blank and before and not _is_spacing(before, blank, glyph):
            said.append(" ")
        said.append(glyph.text)
        before, blank = glyph, None
    return "".join(said)


_CHINESE = re.compile("[\u2e80-\u303f\u3400-\u9fff\uff00-\uffef“”‘’—…·]")
_DATE = re.compile("[0-9０-９][年月日号时]|[年月][0-9０-９]")


def _is_spacing(before: Glyph, blank: Glyph, after: Glyph) -> bool:
    """Whether a blank is the setter's: a small gap beside a Chinese character, or one inside a date even if it was typed."""
    pair = before.text + after.text
    chinese = bool(_CHINESE.match(before.text)) + bool(_CHINESE.match(after.text))
    if chinese == 2 or (chinese and any(map(str.isdigit, pair))):
        near = after.left - before.right <= 0.75 * max(before.size, after.size)
        return near and (not blank.typed or bool(_DATE.match(pair)))
    return False


def _has(page: pdfium.PdfPage, kind: int) -> bool:
    return next(iter(page.get_objects(filter=[kind], max_depth=4)), None) is not None
