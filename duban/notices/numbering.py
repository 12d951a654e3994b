"""The numbers that Word gives to paragraphs by itself: 一、 （一） 1. ①. They are in no text; the structure of a notice hangs on them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from lxml import etree

from duban.notices.package import child, name_of, value
from duban.notices.styles import whole

LEVELS = 9
_DIGITS = "〇一二三四五六七八九"
_LEGAL = str.maketrans("一二三四五六七八九十百千", "壹贰叁肆伍陆柒捌玖拾佰仟")
_CLOSED = "、，．：】〕)）"
"""After these no blank is needed before the words."""


@dataclass(frozen=True, kw_only=True)
class Level:
    """One level of a list: `text` is the number's shape (`第%1章`), `restart` the level (from 1) after which it begins anew."""

    start: int = 1
    form: str = "decimal"
    text: str = ""
    restart: int | None = None
    legal: bool = False
    style: str | None = None


@dataclass(frozen=True, kw_only=True)
class List:
    """A numbered list: counts are kept per `abstract`, lists that share one go on counting. `fresh` are levels begun anew."""

    abstract: str
    levels: dict[int, Level]
    fresh: dict[int, int]


@dataclass
class Numbering:
    """The lists of a document and how far each has counted."""

    lists: dict[str, List] = field(default_factory=dict)
    counts: dict[str, dict[int, int]] = field(default_factory=dict)
    begun: set[str] = field(default_factory=set)

    def marker(self, number: str, level: int) -> str:
        """The marker of the next paragraph on `level` of list `number`; "" if the list has none."""
        found = self.lists.get(number)
        if found is None or level not in found.levels:
            return ""
        counts = self.counts.setdefault(found.abstract, {})
        if number not in self.begun:
            self.begun.add(number)
            for each, start in found.fresh.items():
                counts[each] = start - 1
        counts[level] = counts.get(level, found.levels[level].start - 1) + 1
        for deeper in [each for each in counts if each > level and _restarts(found.levels.get(each), each, level)]:
            del counts[deeper]
        return _shown(found.levels, counts, level)

    def level_of_style(self, number: str, style: str) -> int:
        """The level that a list has tied to a paragraph style, 0 if none."""
        found = self.lists.get(number)
        return next((at for at, level in found.levels.items() if level.style == style), 0) if found else 0


def read_numbering(root: etree._Element | None) -> Numbering:
    """The lists of `numbering.xml`."""
    if root is None:
        return Numbering()
    abstracts = {value(node, "abstractNumId") or "": node for node in root if name_of(node) == "abstractNum"}
    styles = {name: key for key, node in abstracts.items() if (name := value(child(node, "styleLink")))}
    lists = {}
    for node in root:
        if name_of(node) == "num" and (number := value(node, "numId")):
            lists[number] = _list(node, abstracts, styles)
    return Numbering(lists=lists)


def _list(node: etree._Element, abstracts: dict[str, etree._Element], styles: dict[str, str]) -> List:
    key = value(child(node, "abstractNumId")) or ""
    abstract = abstracts.get(key)
    link = value(child(abstract, "numStyleLink"))
    if link in styles:
        key, abstract = styles[link], abstracts[styles[link]]
    levels = dict(_levels(abstract))
    fresh: dict[int, int] = {}
    for override in node:
        if name_of(override) == "lvlOverride":
            at = whole(value(override, "ilvl")) or 0
            levels |= dict(_levels(override))
            start = value(child(override, "startOverride"))
            if start is not None:
                fresh[at] = whole(start) or 0
                levels[at] = replace(levels.get(at, Level()), start=fresh[at])
    return List(abstract=key, levels=levels, fresh=fresh)


def _levels(node: etree._Element | None) -> Iterator[tuple[int, Level]]:
    for each in node if node is not None else ():
        at = whole(value(each, "ilvl")) or 0
        if name_of(each) == "lvl" and 0 <= at < LEVELS:
            restart = value(child(each, "lvlRestart"))
            yield (
                at,
                Level(
                    start=_start(value(child(each, "start"))),
                    form=_form(each),
                    text=value(child(each, "lvlText")) or "",
                    restart=whole(restart),
                    legal=child(each, "isLgl") is not None,
                    style=value(child(each, "pStyle")),
                ),
            )


def _start(written: str | None) -> int:
    start = whole(written)
    return 1 if start is None else start


def _form(level: etree._Element) -> str:
    # Forms Word got later stand in a choice, with an older one beside: Choice/numFmt.
    node = child(level, "numFmt")
    if node is None:
        node = child(level, "AlternateContent", "Choice", "numFmt")
    return value(node) or "decimal"


def _restarts(level: Level | None, at: int, after: int) -> bool:
    """Whether a level begins anew after a paragraph on level `after` (from 0)."""
    if level is None or level.restart is None:
        return True
    return after < level.restart <= at


def _shown(levels: dict[int, Level], counts: dict[int, int], at: int) -> str:
    level = levels[at]
    if level.form == "bullet":
        return "• "
    if level.form == "none" and "%" not in level.text:
        return level.text

    def number(match: re.Match[str]) -> str:
        which = int(match[1]) - 1
        of = levels.get(which, Level())
        form = "decimal" if level.legal and which != at else of.form
        return formatted(counts.get(which, of.start), form)

    marker = re.sub(r"%([1-9])", number, level.text)
    return marker if not marker or marker[-1] in _CLOSED or "①" <= marker[-1] <= "⒛" else f"{marker} "


def formatted(number: int, form: str) -> str:
    """`number` as Word writes it in a number format: (12, `chineseCounting`) is 十二."""
    if number < 0 or number > 9999:
        return str(number)
    return _FORMS.get(form, str)(number)


def _counted(number: int) -> str:
    """三百零五."""
    said, gap = "", False
    for unit, word in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // unit % 10
        if digit:
            said += ("零" if gap and said else "") + _DIGITS[digit] + word
        gap = not digit
    said = said[1:] if said.startswith("一十") else said
    return said or "零"


def _digital(number: int) -> str:
    """三〇五."""
    return "".join(_DIGITS[int(digit)] for digit in str(number))


def _roman(number: int) -> str:
    said = ""
    for size, letters in (
        (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"),
        (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
    ):  # fmt: skip
        said += letters * (number // size)
        number %= size
    return said


def _letters(number: int) -> str:
    """A … Z, AA, BB …"""
    return chr(ord("A") + (number - 1) % 26) * min(9, 1 + (number - 1) // 26) if number else ""


def _from(first: str, last: int) -> Callable[[int], str]:
    """Characters in a row from `first` up to number `last`, figures beyond."""
    return lambda number: chr(ord(first) + number - 1) if 1 <= number <= last else str(number)


def _of(characters: str) -> Callable[[int], str]:
    return lambda number: characters[number - 1] if 1 <= number <= len(characters) else str(number)


def _full_width(number: int) -> str:
    return "".join(chr(ord("０") + int(digit)) for digit in str(number))


_FORMS: dict[str, Callable[[int], str]] = {
    **dict.fromkeys(("chineseCounting", "chineseCountingThousand", "taiwaneseCounting", "taiwaneseCountingThousand"), _counted),
    **dict.fromkeys(("japaneseCounting", "koreanCounting", "koreanDigital2"), _counted),
    **dict.fromkeys(("ideographDigital", "japaneseDigitalTenThousand", "taiwaneseDigital"), _digital),
    **dict.fromkeys(
        ("chineseLegalSimplified", "ideographLegalTraditional", "japaneseLegal"), lambda n: _counted(n).translate(_LEGAL)
    ),
    **dict.fromkeys(("decimalEnclosedCircle", "decimalEnclosedCircleChinese"), _from("①", 20)),
    "decimalEnclosedParen": _from("⑴", 20),
    "decimalEnclosedFullstop": _from("⒈", 20),
    "ideographEnclosedCircle": _from("㊀", 10),
    "ideographTraditional": _of("甲乙丙丁戊己庚辛壬癸"),
    "ideographZodiac": _of("子丑寅卯辰巳午未申酉戌亥"),
    **dict.fromkeys(("decimalFullWidth", "decimalFullWidth2"), _full_width),
    "decimalZero": lambda number: f"{number:02d}",
    "upperRoman": _roman,
    "lowerRoman": lambda number: _roman(number).lower(),
    "upperLetter": _letters,
    "lowerLetter": lambda number: _letters(number).lower(),
    "none": lambda number: "",
}
