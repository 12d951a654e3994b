"""On which day a notice was issued: every day its head, signature, imprint and page name, and the reasons for one of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from phases.reader.document import Passage
from phases.reader.names import is_office
from phases.reader.nouns import Dated, Outline
from phases.reader.page import DAY, Part
from phases.reader.plain import plain
from workflow.numerals import whole

SIGNATURE, IMPRINT, HEADER, POSTED = "signature", "imprint", "header", "posted"
_WORDS = {SIGNATURE: "落款", IMPRINT: "印发一栏", HEADER: "页眉", POSTED: "发布信息"}
_EARLIEST, _LATEST = 1949, 2099


@dataclass(frozen=True, kw_only=True)
class Issue:
    """The day of issue with its reasons; None if no day is safe. `damaged` are the words of a signature that lost characters."""

    issued: date | None
    published: date | None
    why: str
    days: tuple[Dated, ...]


def issue_of(outline: Outline, kinds: tuple[Part, ...]) -> Issue:
    """The day of issue: signature, else imprint, else the line of the page under the title.

    An index card (索引号 …) that a portal lays over an article tells when it was posted; its 发布日期 is never the day of issue,
    its 成文日期 is.
    """
    days = tuple(_days(outline, kinds))
    damaged = tuple(_damaged(outline, kinds))
    posted = next((d.day for where in (POSTED, HEADER) for d in days if d.where == where), None)
    for where in (SIGNATURE, IMPRINT, HEADER):
        found = next((d for d in days if d.where == where), None)
        if found:
            return Issue(issued=found.day, published=posted, why=_why(found, days, damaged), days=days)
    why = f"没有落款日期；{posted}是网页的发布日期，不作为印发日期" if posted else "没有写明印发日期"
    return Issue(issued=None, published=posted, why=_lost(damaged) + why, days=days)


def full_day(text: str) -> date | None:
    """The day a `plain` text names in full (二〇一二年六月五日, 2012-03-28); None if a part is missing or it does not exist."""
    found = DAY.search(text)
    if not found:
        return None
    numbers = re.findall(r"[0-9〇零oO一二三四五六七八九十廿卅]+", found[0])
    if len(numbers) != 3:
        return None
    year, month, day = _year(numbers[0]), whole(_in_words(numbers[1])), whole(_in_words(numbers[2]))
    try:
        return date(year or 0, month or 0, day or 0)
    except ValueError:
        return None


_DIGITS = {c: str(n) for n, c in enumerate("零一二三四五六七八九")} | {"〇": "0", "o": "0", "O": "0"}


def _year(words: str) -> int | None:
    digits = "".join(_DIGITS.get(c, c) for c in words)
    return int(digits) if re.fullmatch("[0-9]{4}", digits) and _EARLIEST <= int(digits) <= _LATEST else None


def _in_words(words: str) -> str:
    """廿六 -> 二十六, 三〇 -> 30."""
    words = words.replace("廿", "二十").replace("卅", "三十")
    return words if "十" in words else "".join(_DIGITS.get(c, c) for c in words)


def _days(outline: Outline, kinds: tuple[Part, ...]) -> Iterator[Dated]:
    for passage, kind in zip(outline.passages, kinds, strict=True):
        text = plain(passage.text)
        for where, at, to in _places(text, kind):
            if day := full_day(text[at:to]):
                yield Dated(day=day, where=where, quote=outline.document.quote_of(passage, at, to))
    if Part.SIGNATURE not in kinds and (signed := closing(outline)):
        quote = outline.document.quote_of(signed.passage, signed.at, signed.to)
        yield Dated(day=signed.day, where=SIGNATURE, quote=quote)


@dataclass(frozen=True, kw_only=True)
class Closing:
    """The signature of a page that lost its line breaks: `office` is where its name stands, `at`..`to` its day."""

    passage: Passage
    office: tuple[int, int] | None
    at: int
    to: int
    day: date


def closing(outline: Outline) -> Closing | None:
    """……特此通知 校长办公室 2019年3月11日 at the end of the last paragraph."""
    if not outline.body:
        return None
    passage = outline.passages[outline.body[-1]]
    text = plain(passage.text)
    found = _CLOSES.search(text, max(0, len(text) - _LONGEST_CLOSING))
    day = full_day(found[2]) if found else None
    if found is None or day is None or (found[1] and not is_office(found[1].strip())):
        return None
    return Closing(passage=passage, office=found.span(1) if found[1] else None, at=found.start(2), to=found.end(2), day=day)


_LONGEST_CLOSING = 80
_CLOSES = re.compile(
    rf"(?:[。)]\s?|(?<=\s)(?=[一-鿿]{{2}}))([^\s,。;:!?()0-9]{{2,40}}\s?)?(?<![0-9〇零一二三四五六七八九十])({DAY.pattern})$"
)

_WRITTEN = re.compile(rf"(?:成\s?文|发文|印发|制定|生成)(?:日期|时间)\s?[:|]?\s?({DAY.pattern})")
_CHANGED = re.compile(rf"(?:更新|修改|录入|添加|下载|打印)(?:日期|时间)\s?:?\s?({DAY.pattern})")


# A collection of other people's papers: 时间:2019-05-14 23:36:32下载本文 作者:会员上传
_UPLOADED = re.compile(r"下载本文|会员上传|上传[人者]|文件大小|(?:用户|网友|会员)(?:上传|分享|投稿|发布)|文库")


def _places(text: str, kind: Part) -> Iterator[tuple[str, int, int]]:
    """(where, from, to) of the days that say something about the issue."""
    if kind in (Part.HEADER, Part.CARD) and _UPLOADED.search(text):
        yield from ((POSTED, *found.span()) for found in DAY.finditer(text))
    elif kind in (Part.SIGNATURE, Part.IMPRINT):
        for found in DAY.finditer(text):
            yield (SIGNATURE if kind is Part.SIGNATURE else IMPRINT), found.start(), found.end()
    elif kind in (Part.HEADER, Part.CARD):
        written = {found.start(1) for found in _WRITTEN.finditer(text)}
        changed = {found.start(1) for found in _CHANGED.finditer(text)}
        for found in DAY.finditer(text):
            is_card = kind is Part.CARD or found.start() in changed
            where = HEADER if found.start() in written or not is_card else POSTED
            yield where, found.start(), found.end()


def _damaged(outline: Outline, kinds: tuple[Part, ...]) -> Iterator[str]:
    for passage, kind in zip(outline.passages, kinds, strict=True):
        found = DAY.search(plain(passage.text)) if kind is Part.SIGNATURE else None
        if found and full_day(found[0]) is None:
            yield passage.text[found.start() : found.end()]


def _why(chosen: Dated, days: tuple[Dated, ...], damaged: tuple[str, ...]) -> str:
    others = [f"{_WORDS[d.where]}{d.day}" for d in days if d.day != chosen.day]
    rest = f"；另有{'、'.join(dict.fromkeys(others))}" if others else ""
    return f"{_lost(damaged)}按{_WORDS[chosen.where]}“{chosen.quote.said}”{rest}"


def _lost(damaged: tuple[str, ...]) -> str:
    return f"落款“{damaged[0]}”有缺字；" if damaged else ""


_TITLE_YEAR = re.compile(r"(?<![0-9])((?:19|20)[0-9]{2})(?![0-9])")
_NUMBER_YEAR = re.compile(r"[\[(]((?:19|20)[0-9]{2})[\])]")
_STATED_YEAR = re.compile(r"(?<![0-9])((?:19|20)[0-9]{2})年[0-9]{1,2}月")


def year_of(outline: Outline, title: str | None, document_no: str | None, published: date | None) -> tuple[int | None, str]:
    """The year of a notice without a day of issue, from its number, title, the dates in its text or its posting, and why."""
    if document_no and (found := _NUMBER_YEAR.search(plain(document_no))):
        return int(found[1]), f"年份按文号“{document_no}”"
    years = set(_TITLE_YEAR.findall(plain(title or "")))
    if len(years) == 1:
        year = years.pop()
        return int(year), f"年份按标题“{year}年”"
    stated = {year for i in outline.body for year in _STATED_YEAR.findall(plain(outline.passages[i].text))}
    if len(stated) == 1:
        year = stated.pop()
        return int(year), f"年份按正文中的“{year}年”"
    if published and not years and _may_be_of(published.year, outline):
        return published.year, "年份按发布日期，请核对"
    return None, ""


_ANY_YEAR = re.compile(r"(?<![0-9])((?:19|20)[0-9]{2})(?=年|[\])])")


def _may_be_of(year: int, outline: Outline) -> bool:
    """A text that speaks only of years long before it was posted is an old one posted again."""
    named = [int(found) for i in outline.body for found in _ANY_YEAR.findall(plain(outline.passages[i].text))]
    return not named or year - 1 <= max(named) <= year
