"""What a Word style says that matters to a reader: hidden, struck through, numbered, part of a table of contents."""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from duban.notices.package import child, name_of, value

_OFF = {"0", "false", "off", "none"}


@dataclass(frozen=True, kw_only=True)
class Style:
    """`gone` is whether its text is hidden or struck through, None if it does not say; `number` and `level` are its list."""

    name: str = ""
    based_on: str | None = None
    gone: bool | None = None
    number: str | None = None
    level: int | None = None


@dataclass(frozen=True)
class Styles:
    """The styles of a document by id; what a style does not say, the one it is based on does."""

    by_id: dict[str, Style]
    default: str | None = None

    def of(self, style: str | None) -> Style:
        """What the style with this id says, with what it inherits."""
        gone, number, level, name = None, None, None, self.by_id.get(style or "", Style()).name
        seen: set[str] = set()
        while style and style in self.by_id and style not in seen:
            seen.add(style)
            own = self.by_id[style]
            gone = own.gone if gone is None else gone
            number, level = number or own.number, own.level if level is None else level
            style = own.based_on
        return Style(name=name, gone=gone, number=number, level=level)


def read_styles(root: etree._Element | None) -> Styles:
    nodes = [node for node in (root if root is not None else ()) if name_of(node) == "style"]
    default = next((value(n, "styleId") for n in nodes if value(n, "type") == "paragraph" and is_on(n, "default")), None)
    return Styles({value(node, "styleId") or "": _style(node) for node in nodes}, default)


def _style(node: etree._Element) -> Style:
    numbered = child(node, "pPr", "numPr")
    return Style(
        name=(value(child(node, "name")) or "").lower(),
        based_on=value(child(node, "basedOn")),
        gone=gone(child(node, "rPr")),
        number=value(child(numbered, "numId")) if numbered is not None else None,
        level=whole(value(child(numbered, "ilvl"))) if numbered is not None else None,
    )


def gone(properties: etree._Element | None) -> bool | None:
    """Whether run properties hide the text or strike it through; None if they do not say."""
    said = [switched(child(properties, name)) for name in ("vanish", "strike", "dstrike")]
    known = [each for each in said if each is not None]
    return any(known) if known else None


def switched(node: etree._Element | None) -> bool | None:
    """A switch such as `<w:vanish/>` or `<w:vanish w:val="0"/>`; None if it is not there."""
    return None if node is None else (value(node) or "1").lower() not in _OFF


def is_on(node: etree._Element, key: str) -> bool:
    return (value(node, key) or "0").lower() not in _OFF


def whole(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 7 else None
