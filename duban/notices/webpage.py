"""What stands in a web page as a browser shows it: lines, tables, title and day of posting; menus and lists of links left out."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml import etree

from duban.notices import encoding
from duban.notices.lines import WIDEST, Cell, Found, Lines, Unreadable, add_table
from duban.notices.links import link_lists
from duban.notices.numbering import formatted
from duban.notices.webhead import heading

MOST_BYTES = 12 * 1024**2
"""As a tree a page takes twenty times its size."""
_LEFT_OUT = re.compile(
    "head|title|meta|link|base|script|style|noscript|template|i?frame|frameset|object|embed|applet|svg|math|canvas|audio|video|map|area"
    "|nav|select|option|button|textarea|input|datalist|progress|meter|dialog|del|s|strike|rp|rt"
)
_BLOCKS = re.compile(
    "html|body|address|article|aside|blockquote|caption|center|dd|details|dir|div|dl|dt|fieldset|figcaption|figure|footer|form|h[1-6]"
    "|header|hgroup|hr|legend|li|main|menu|ol|p|pre|section|summary|table|tbody|td|tfoot|th|thead|tr|ul"
)
_UNSEEN = re.compile(
    r"display\s{0,9}:\s{0,9}none|visibility\s{0,9}:\s{0,9}hidden|mso-hide\s{0,9}:\s{0,9}all|line-through", re.I
)
_DECLARED = re.compile(rb"<meta[^>]{0,200}?charset\s{0,9}=\s{0,9}[\"']?([\w-]{1,20})", re.I)
_CODECS = {
    "gb2312": "gb18030", "gbk": "gb18030", "gb18030": "gb18030", "utf-8": "utf-8", "utf8": "utf-8", "big5": "big5hkscs",
    "big5-hkscs": "big5hkscs",
}  # fmt: skip
_BLANKS = re.compile(r"[ \t\n]+")
_TABLE_PARTS = ("thead", "tbody", "tfoot")
_TALLEST = 500
_LISTS = {"1": "decimal", "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
_CHINESE_LISTS = re.compile(r"list-style(?:-type)?\s{0,9}:\s{0,9}(?:cjk-ideographic|(?:simp|trad)-chinese)", re.I)
_UNNUMBERED = re.compile(r"list-style(?:-type)?\s{0,9}:\s{0,9}(?:none|disc|circle|square)", re.I)


def read_webpage(content: bytes) -> Found:
    """The lines of a web page. Raises Unreadable."""
    if len(content) > MOST_BYTES:
        raise Unreadable("展开后太大，不像一份通知；请在浏览器里复制文字，存成 .txt")
    root = _parsed(content)
    page = _Page(left_out=link_lists(root))
    page.walk(root)
    page.flush()
    if not any(map(str.isalnum, "".join(page.lines.texts))):
        raise Unreadable("里没有文字，正文可能由脚本或内嵌框架显示；请在浏览器里复制文字，存成 .txt")
    lines = heading(root, "\n".join(page.lines.texts))
    lines.extend(page.lines)
    return lines.found()


def _parsed(content: bytes) -> etree._Element:
    declared = _DECLARED.search(content[:8192].replace(b"\x00", b""))
    try:
        text = encoding.decode(content, _CODECS.get(declared[1].decode("ascii", "replace").lower()) if declared else None)
    except encoding.NotText:
        raise Unreadable("的文字编码认不出来，或文件已损坏；请在浏览器里复制文字，存成 .txt") from None
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=True)
    text = text.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n")
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:
        root = None
    if root is None:
        raise Unreadable("里没有文字；请检查是否传错了文件")
    if any("depth" in each.message for each in parser.error_log.filter_from_fatals()):
        # What comes after the deepest tag is not in the tree: it must not be lost in silence.
        raise Unreadable("的标签没有闭合，嵌套太深；请在浏览器里复制文字，存成 .txt")
    return root


@dataclass
class _Page:
    """The lines of a page so far, and the words of the line that is being read."""

    left_out: frozenset[etree._Element] = frozenset()
    lines: Lines = field(default_factory=Lines)
    words: list[str] = field(default_factory=list)
    preformatted: bool = False

    def walk(self, node: etree._Element) -> None:
        """The words of an element and what it holds; those after it are its parent's."""
        tag = node.tag.lower()
        if _LEFT_OUT.fullmatch(tag) or node in self.left_out or _is_unseen(node):
            return
        if tag == "br":
            self.flush()
        elif tag == "table" and node.find(".//table") is None:
            self.flush()
            self.table(node)
        elif _BLOCKS.fullmatch(tag):
            self.flush()
            self._block(node, tag)
            self.flush()
        else:
            self._inside(node)

    def flush(self) -> None:
        """End the line."""
        text = "".join(self.words)
        self.words = []
        if self.preformatted:
            self.lines.add(text.strip("\n"))
            return
        line = _BLANKS.sub(_blank, text).strip(" ")
        if line.strip():
            self.lines.add(line)

    def _block(self, node: etree._Element, tag: str) -> None:
        outside = self.preformatted
        self.preformatted = outside or tag == "pre"
        if tag == "li" and (marker := _list_number(node)):
            self.words.append(marker)
        self._inside(node)
        if self.preformatted and not outside:
            self.flush()
        self.preformatted = outside

    def _inside(self, node: etree._Element) -> None:
        if node.text:
            self.words.append(node.text)
        for each in node:
            if isinstance(each.tag, str):
                self.walk(each)
            if each.tail:
                self.words.append(each.tail)

    def table(self, node: etree._Element) -> None:
        parts = [each for each in node if each.tag in _TABLE_PARTS]
        for caption in node.iterchildren("caption"):
            self.walk(caption)
        rows = [row for part in (node, *parts) for row in part.iterchildren("tr") if not _is_unseen(row)]
        grid: list[list[Cell]] = []
        hanging: dict[int, tuple[Cell, int]] = {}
        for row in rows:
            grid.append(self.row(row, hanging))
        add_table(self.lines, grid)

    def row(self, node: etree._Element, hanging: dict[int, tuple[Cell, int]]) -> list[Cell]:
        """The cells of a row. `hanging` are, by column, the cells that reach down into it and for how many rows more."""
        cells: list[Cell] = []
        for each in node.iterchildren("td", "th"):
            _hang(cells, hanging)
            inner = _Page(left_out=self.left_out)
            inner._inside(each)
            inner.flush()
            cell, tall = Cell(lines=inner.lines), _span(each, "rowspan", _TALLEST)
            for _ in range(min(_span(each, "colspan", WIDEST), WIDEST - len(cells))):
                if tall > 1:
                    hanging[len(cells)] = (cell, tall - 1)
                cells.append(cell)
        while len(cells) <= max(hanging, default=-1):
            if len(cells) not in hanging:
                cells.append(Cell())
            _hang(cells, hanging)
        return cells


def _hang(cells: list[Cell], hanging: dict[int, tuple[Cell, int]]) -> None:
    while len(cells) in hanging:
        at = len(cells)
        cell, more = hanging.pop(at)
        if more > 1:
            hanging[at] = (cell, more - 1)
        cells.append(cell)


def _span(node: etree._Element, key: str, most: int) -> int:
    written = (node.get(key) or "").strip()
    return min(max(1, int(written)), most) if written.isascii() and written.isdigit() and len(written) < 7 else 1


def _is_unseen(node: etree._Element) -> bool:
    return node.get("hidden") is not None or bool(_UNSEEN.search((node.get("style") or "")[:2000]))


def _blank(run: re.Match[str]) -> str:
    """What a browser shows for a run of blanks; a break of the source inside Chinese words is none."""
    text = run.string
    before, after = text[max(0, run.start() - 1) : run.start()], text[run.end() : run.end() + 1]
    if "\n" in run[0] and before > "\u2e7f" and (after > "\u2e7f" or after.isdigit()):
        return ""
    if "\n" in run[0] and before.isdigit() and after > "\u2e7f":
        return ""
    return " "


def _list_number(item: etree._Element) -> str:
    """The number a browser puts before an item of `<ol>`."""
    parent = item.getparent()
    style = f"{item.get('style') or ''};{parent.get('style') or ''}"[:2000] if parent is not None else ""
    if parent is None or parent.tag != "ol" or _UNNUMBERED.search(style):
        return ""
    number = _place(item, parent)
    if _CHINESE_LISTS.search(style):
        return f"{formatted(number, 'chineseCounting')}、"
    return f"{formatted(number, _LISTS.get(parent.get('type') or '1', 'decimal'))}. "


def _place(item: etree._Element, parent: etree._Element) -> int:
    number = _number(parent.get("start"), 1) - 1
    for each in parent.iterchildren("li"):
        number = _number(each.get("value"), number + 1)
        if each is item:
            break
    return number


def _number(written: str | None, otherwise: int) -> int:
    written = (written or "").strip()
    return int(written) if written.isascii() and written.isdigit() and len(written) < 5 else otherwise
