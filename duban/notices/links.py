"""Which parts of a web page only lead elsewhere: menus, lists of other news. Their dates must not be taken for the notice's."""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

FEWEST = 4
SHARE = 0.6
_LONGEST_BETWEEN = 12
"""More letters at a stretch that are no link (the notice itself) and it is no list of links."""
_LONGEST = 80
"""A longer link is no entry of a list but an unclosed tag."""
_HOLDERS = frozenset(["ul", "ol", "dl", "table", "div", "section", "aside", "td", "header", "footer"])
_FILES = (".doc", ".docx", ".xls", ".xlsx", ".pdf", ".wps", ".et", ".zip", ".rar", ".ppt", ".pptx", ".ofd", ".txt")


@dataclass
class _Count:
    """Letters of a part of a page, those of links, the longest stretch outside links; links; whether a list was found inside."""

    words: int = 0
    linked: int = 0
    between: int = 0
    links: int = 0
    holds_list: bool = False

    @property
    def is_list(self) -> bool:
        return self.links >= FEWEST and self.linked >= SHARE * self.words and self.between <= _LONGEST_BETWEEN


def link_lists(root: etree._Element) -> frozenset[etree._Element]:
    """The smallest elements of which at least SHARE of the words are links to other pages, FEWEST of them or more."""
    counts: dict[etree._Element, _Count] = {}
    found: list[etree._Element] = []
    for node in reversed(list(root.iter(etree.Element))):  # what an element holds comes before it
        count = counts[node] = _counted(node, [(counts.pop(each, _Count()), each.tail) for each in node])
        if node.tag in _HOLDERS and count.is_list and not count.holds_list:
            found.append(node)
            count.holds_list = True
    return frozenset(found)


def _counted(node: etree._Element, inside: list[tuple[_Count, str | None]]) -> _Count:
    if node.tag in ("script", "style"):
        return _Count()
    stretches = [_length(node.text), *(_length(tail) for _, tail in inside)]
    count = _Count(
        words=sum(stretches) + sum(inner.words for inner, _ in inside),
        linked=sum(inner.linked for inner, _ in inside),
        between=max([*stretches, *(inner.between for inner, _ in inside)]),
        links=sum(inner.links for inner, _ in inside),
        holds_list=any(inner.holds_list for inner, _ in inside),
    )
    if node.tag == "a" and count.words <= _LONGEST and _leads_elsewhere(node):
        return _Count(words=count.words, linked=count.words, links=1)
    return count


def _leads_elsewhere(link: etree._Element) -> bool:
    """Not to a file: the forms of a notice (附件) are links too."""
    target = (link.get("href") or "").strip().lower()
    words = "".join(link.itertext()).strip()[:20]
    return (
        bool(target)
        and not target.startswith("#")
        and not target.endswith(_FILES)
        and "附件" not in words
        and "附表" not in words
    )


def _length(text: str | None) -> int:
    return sum(map(str.isalpha, text)) if text else 0
