"""What stands in a Word file (.docx) as a person reads it: text with its automatic numbers, tables, letterhead, footnotes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from duban.notices.lines import WIDEST, Cell, Found, Lines, Unreadable, add_table, is_page_number
from duban.notices.numbering import Numbering, read_numbering
from duban.notices.package import Package, child, name_of, value
from duban.notices.styles import Styles, gone, read_styles, switched, whole

_DELETED = {"del", "moveFrom"}
_PASSED_THROUGH = {"ins", "moveTo", "customXml", "smartTag", "sdtContent"}
_BREAKS = {"br": "\n", "cr": "\n", "tab": "\t", "ptab": "\t", "noBreakHyphen": "-"}


def read_word(content: bytes) -> Found:
    """The lines of a Word file. Raises Unreadable."""
    package = Package(content)
    root = package.part(package.main)
    body = child(root, "body")
    if body is None:
        raise Unreadable("已损坏，没有正文；请用 WPS 或 Word 打开后另存为 .docx")
    reader = _Reader(
        styles=read_styles(package.part(package.related("styles"))),
        numbering=read_numbering(package.part(package.related("numbering"))),
    )
    lines = Lines()
    reader.blocks(body, lines)
    heads, feet = _furniture(package, body, reader)
    found = Lines()
    for part in (_new(heads, lines), lines, _new(feet, lines), *_notes(package, reader)):
        found.extend(part)
    _refuse_without_words(found, package, body)
    return found.found()


@dataclass
class _Reader:
    """Reads blocks in their order: the automatic numbers count on from block to block."""

    styles: Styles
    numbering: Numbering

    def blocks(self, parent: etree._Element, lines: Lines) -> None:
        carried = ""
        for node in _inside(parent):
            if name_of(node) == "p":
                carried = self.paragraph(node, lines, carried)
            elif name_of(node) == "tbl":
                self.table(node, lines)
        if carried:
            lines.add(carried)

    def paragraph(self, node: etree._Element, lines: Lines, carried: str) -> str:
        """Reads a paragraph after the words carried over from one whose end is deleted; answers what it carries over itself."""
        properties = child(node, "pPr")
        style_id = value(child(properties, "pStyle")) or self.styles.default
        style = self.styles.of(style_id)
        if style.name.startswith("toc "):
            return carried  # a table of contents says every heading a second time
        words = _Words(styles=self.styles, gone=bool(style.gone))
        words.take(node)
        for box in words.boxes:
            self.blocks(box, lines)
        text = "".join([carried, *words.pieces])
        if _is_mark_deleted(properties):
            return text
        # A paragraph that is wholly hidden has no number either.
        if text or not switched(child(properties, "rPr", "vanish")):
            lines.add(self._marker(properties, style_id) + text)
        return ""

    def _marker(self, properties: etree._Element | None, style_id: str | None) -> str:
        style = self.styles.of(style_id)
        own = child(properties, "numPr")
        number = value(child(own, "numId")) or style.number
        if not number or number == "0":
            return ""
        level = whole(value(child(own, "ilvl")))
        if level is None:
            level = style.level
        if level is None:
            level = self.numbering.level_of_style(number, style_id or "")
        return self.numbering.marker(number, level)

    def table(self, node: etree._Element, lines: Lines) -> None:
        rows: list[list[Cell]] = []
        for row in _inside(node):
            if name_of(row) == "tr" and not _is_row_gone(row):
                rows.append(self.row(row, rows[-1] if rows else []))
        add_table(lines, rows)

    def row(self, node: etree._Element, above: list[Cell]) -> list[Cell]:
        before = min(whole(value(child(node, "trPr", "gridBefore"))) or 0, WIDEST)
        cells = [Cell() for _ in range(before)]
        for each in _inside(node):
            if name_of(each) == "tc" and len(cells) < WIDEST:
                cells += self.cell(each, cells, above)
        return cells

    def cell(self, node: etree._Element, before: list[Cell], above: list[Cell]) -> list[Cell]:
        """A cell, once for every column it spans; one that a merge continues is the cell it continues."""
        properties = child(node, "tcPr")
        wide = min(max(1, whole(value(child(properties, "gridSpan"))) or 1), WIDEST - len(before))
        if _continues(child(properties, "vMerge")) and len(before) < len(above):
            return above[len(before) : len(before) + 1] * wide
        if _continues(child(properties, "hMerge")) and before:
            return before[-1:] * wide
        cell = Cell()
        self.blocks(node, cell.lines)
        return [cell] * wide


@dataclass
class _Words:
    """The words of one paragraph, and the text boxes that hang on it. `gone` is whether its style hides what runs do not show."""

    styles: Styles
    gone: bool
    pieces: list[str] = field(default_factory=list)
    boxes: list[etree._Element] = field(default_factory=list)

    def take(self, parent: etree._Element) -> None:
        for node in _inside(parent):
            name = name_of(node)
            if name == "r":
                if not self._is_gone(node):
                    self.run(node)
            elif name not in ("pPr", "rPr"):
                self.take(node)

    def run(self, node: etree._Element) -> None:
        for each in _inside(node):
            name = name_of(each)
            if name == "t":
                self.pieces.append(_written(each))
            elif name in _BREAKS:
                self.pieces.append(_BREAKS[name])
            elif name == "sym":
                self.pieces.append(_symbol(each))
            elif name == "ruby":
                self.take(base) if (base := child(each, "rubyBase")) is not None else None
            elif name in ("drawing", "pict", "object"):
                self.boxes += _boxes(each)

    def _is_gone(self, run: etree._Element) -> bool:
        properties = child(run, "rPr")
        own = gone(properties)
        if own is None:
            own = self.styles.of(value(child(properties, "rStyle"))).gone
        return self.gone if own is None else own


def _inside(parent: etree._Element) -> Iterator[etree._Element]:
    """What stands in an element: deletions left out, insertions and wrappers looked through, one of several choices."""
    for node in parent:
        name = name_of(node)
        if name in _PASSED_THROUGH:
            yield from _inside(node)
        elif name == "sdt":
            content = child(node, "sdtContent")
            if content is not None and switched(child(node, "sdtPr", "showingPlcHdr")) is None:
                yield from _inside(content)
        elif name == "AlternateContent":
            choice = child(node, "Choice")
            choice = child(node, "Fallback") if choice is None else choice
            if choice is not None:
                yield from _inside(choice)
        elif name and name not in _DELETED:
            yield node


def _boxes(drawing: etree._Element) -> Iterator[etree._Element]:
    for node in _inside(drawing):
        if name_of(node) == "txbxContent":
            yield node
        else:
            yield from _boxes(node)


def _written(node: etree._Element) -> str:
    text = (node.text or "").replace("\r", " ").replace("\n", " ").replace("\t", " ")
    return text if value(node, "space") == "preserve" else text.strip(" ")


def _symbol(node: etree._Element) -> str:
    """A character of a symbol font; those of Wingdings have no meaning as text."""
    try:
        code = int(value(node, "char") or "", 16)
    except ValueError:
        return ""
    return "" if code < 0x20 or 0xD800 <= code <= 0xF8FF or code > 0xFFFF else chr(code)


def _is_mark_deleted(properties: etree._Element | None) -> bool:
    marks = child(properties, "rPr")
    return marks is not None and any(name_of(mark) in _DELETED for mark in marks)


def _is_row_gone(row: etree._Element) -> bool:
    properties = child(row, "trPr")
    return child(properties, "del") is not None or bool(switched(child(properties, "hidden")))


def _continues(merge: etree._Element | None) -> bool:
    return merge is not None and value(merge) != "restart"


def _furniture(package: Package, body: etree._Element, reader: _Reader) -> tuple[Lines, Lines]:
    """What stands in headers and footers that are in use; a letterhead (红头) often does."""
    heads, feet = Lines(), Lines()
    relations = package.relations(package.main)
    for section in body.iter("{*}sectPr"):
        has_first_page = bool(switched(child(section, "titlePg")))
        for kind in ("first", "default"):
            for reference in section if kind == "default" or has_first_page else ():
                role, (part, _) = name_of(reference), relations.get(value(reference, "id") or "", ("", ""))
                root = package.part(part) if value(reference, "type") == kind else None
                if root is not None and role in ("headerReference", "footerReference"):
                    reader.blocks(root, heads if role == "headerReference" else feet)
    return heads, feet


def _new(furniture: Lines, body: Lines) -> Lines:
    """The lines of headers or footers once each, without page numbers and what the body says itself."""
    known, new = {line.strip() for line in body.texts}, Lines()
    for line in furniture.texts:
        words = line.strip()
        if words and words not in known and not is_page_number(words):
            known.add(words)
            new.add(words)
    return new


def _notes(package: Package, reader: _Reader) -> Iterator[Lines]:
    for kind, word in (("footnotes", "脚注"), ("endnotes", "尾注")):
        root, number = package.part(package.related(kind)), 0
        for note in root if root is not None else ():
            lines, said = Lines(), Lines()
            if value(note, "type") in (None, "normal"):
                reader.blocks(note, lines)
                number += 1
                said.add(f"{word}{number}：{' '.join(' '.join(lines.texts).split())}")
                yield said


def _refuse_without_words(found: Lines, package: Package, body: etree._Element) -> None:
    if any(map(str.isalnum, "".join(found.texts))):
        return
    if next(body.iter("{*}altChunk"), None) is not None:
        raise Unreadable("的正文嵌在另一种格式里；请用 WPS 或 Word 打开后另存为 .docx")
    if any(name.startswith("word/media/") for name in package.names):
        raise Unreadable("只有图片，没有文字；请用文字版，或先做文字识别（OCR）")
