"""Who says what to whom: title, issuer, day of issue, document number, addressees, contact."""

from __future__ import annotations

import re
from collections.abc import Iterator

from phases.reader.days import closing, issue_of, year_of
from phases.reader.document import Passage, Quote
from phases.reader.names import DOCUMENT_NO, is_office, is_rest_of_name
from phases.reader.nouns import Head, Outline
from phases.reader.page import DAY, Part
from phases.reader.parts import parts
from phases.reader.plain import plain

_Found = tuple[str, Quote]


def head(outline: Outline) -> Head:
    """The head of a notice; what it does not name stays empty."""
    kinds = parts(outline.passages)
    title = _title(outline, kinds)
    issuer = _issuer(outline, kinds, title)
    document_no = _document_no(outline, kinds)
    issue = issue_of(outline, kinds)
    year, why = (None, "") if issue.issued else year_of(outline, title[0] if title else None, document_no, issue.published)
    to = _passage_of(outline, kinds, Part.ADDRESSEES)
    return Head(
        title=title[0] if title else None,
        title_quote=title[1] if title else None,
        issuer=issuer[0] if issuer else None,
        issuer_quote=issuer[1] if issuer else None,
        issued=issue.issued,
        published=issue.published,
        year=year,
        why="；".join(part for part in (issue.why, why) if part),
        days=issue.days,
        document_no=document_no,
        addressees=_split(to.text) if to else (),
        addressees_quote=_quote(outline, to, 0, len(to.text.rstrip(":："))) if to else None,
        contact=_contact(outline),
    )


def _passage_of(outline: Outline, kinds: tuple[Part, ...], part: Part) -> Passage | None:
    return next((p for p, kind in zip(outline.passages, kinds, strict=True) if kind is part), None)


def _quote(outline: Outline, passage: Passage, at: int, to: int) -> Quote:
    return outline.document.quote_of(passage, at, to)


def _whole(outline: Outline, passage: Passage) -> _Found:
    return passage.text, _quote(outline, passage, 0, len(passage.text))


_SENDS = re.compile(r"印发|转发|下发|批转|关于发布")


def _title(outline: Outline, kinds: tuple[Part, ...]) -> _Found | None:
    """The title; of a notice that sends out a plan, the plan's own where it follows."""
    titles = [p for p, kind in zip(outline.passages, kinds, strict=True) if kind is Part.TITLE]
    if not titles:
        return None
    if len(titles) > 1 and _SENDS.search(plain(titles[0].text)):
        return _whole(outline, titles[1])
    return _whole(outline, titles[0])


def _issuer(outline: Outline, kinds: tuple[Part, ...], title: _Found | None) -> _Found | None:
    """Signature, else letterhead, else the beginning of the title, else the source that the page names."""
    return (
        _signed(outline, kinds)
        or _letterhead(outline, kinds)
        or _before_about(outline, kinds)
        or next(_sources(outline, kinds), None)
    )


def _signed(outline: Outline, kinds: tuple[Part, ...]) -> _Found | None:
    """The offices of the first signature; a name broken over two lines is one, several offices are joined by 、."""
    at = [i for i, kind in enumerate(kinds) if kind is Part.SIGNATURE]
    run = [i for n, i in enumerate(at) if i - at[0] == n]
    named = [(i, to) for i in run if (to := _name_to(plain(outline.passages[i].text)))]
    closed = closing(outline) if not at else None
    if closed and closed.office:
        begin, to = closed.office
        name = closed.passage.text[begin:to].strip()
        return name, _quote(outline, closed.passage, begin, begin + len(name))
    if not named:
        return None
    name = ""
    for i, to in named:
        text = re.sub(r"(?<=[一-鿿])\s+(?=[一-鿿]{3})", "、", outline.passages[i].text[:to].strip())
        name += text if not name or is_rest_of_name(plain(text)) else "、" + text
    (first, _), (last, end) = named[0], named[-1]
    places = outline.passages[first].places[0], outline.passages[last].places[end - 1] + 1
    return name, outline.document.quote(*places)


def _name_to(text: str) -> int:
    """Where the name of an office, or the part of it that stands there, ends in a line of a signature; 0 if it names none."""
    found = DAY.search(text)
    name = text[: found.start()] if found else text
    return len(name.rstrip()) if re.search("[一-鿿]{2}", name) else 0


_PAPER_HEAD = re.compile(r"\s?文\s?件$")


def _letterhead(outline: Outline, kinds: tuple[Part, ...]) -> _Found | None:
    for passage, kind in zip(outline.passages, kinds, strict=True):
        found = _PAPER_HEAD.search(plain(passage.text)) if kind is Part.LETTERHEAD else None
        if found and found.start():
            return passage.text[: found.start()].strip(), _quote(outline, passage, 0, found.start())
    return None


def _before_about(outline: Outline, kinds: tuple[Part, ...]) -> _Found | None:
    """遂昌县教育局 of 遂昌县教育局关于……的通知."""
    passage = _passage_of(outline, kinds, Part.TITLE)
    about = plain(passage.text).find("关于") if passage else -1
    if passage is None or about < 3:
        return None
    words = passage.text[:about].strip()
    name = re.sub(r"(?:印发|转发|下发)《?$", "", plain(words))
    return (words[: len(name)], _quote(outline, passage, 0, len(name))) if is_office(name) else None


_SOURCE = re.compile(
    r"(发文机[关构]|(?:发布|发文|制定)(?:机构|单位|部门|者)|(?:信息|文章|稿件)?来\s?源|(?:责任|供稿)部门|供稿|发布者|发布人|作\s?者)\s?[:|]?\s?"
    r"([^\s:|,;。]{2,30}?)(?=\s|\||,|;|$|(?:发布|发文|发表|录入|更新)?(?:时间|日期|者|人)|浏览|阅读|点击|访问|来源|作者|编辑)"
)
_ORDER = ("发文机", "发布机", "发布单", "发文单", "制定", "发布部", "信息来", "文章来", "来", "责任", "供稿", "发布", "作")


def _sources(outline: Outline, kinds: tuple[Part, ...]) -> Iterator[_Found]:
    """Offices that the page names as author or source; a person or 本站 is none."""
    found: list[tuple[int, str, Quote]] = []
    for passage, kind in zip(outline.passages, kinds, strict=True):
        if kind not in (Part.HEADER, Part.CARD):
            continue
        for source in _SOURCE.finditer(plain(passage.text)):
            if is_office(source[2]) and not re.search("本站|本网|网站|原创|转载", source[2]):
                rank = next((n for n, word in enumerate(_ORDER) if source[1].startswith(word)), len(_ORDER))
                found.append((rank, passage.text[source.start(2) : source.end(2)], _quote(outline, passage, *source.span(2))))
    for _, name, quote in sorted(found, key=lambda entry: entry[0]):
        yield name, quote


def _document_no(outline: Outline, kinds: tuple[Part, ...]) -> str | None:
    for passage, kind in zip(outline.passages, kinds, strict=True):
        if kind is Part.NUMBER and (found := DOCUMENT_NO.match(plain(passage.text))):
            return passage.text[found.start(1) : found.end(1)]
        if kind is Part.CARD and (found := _CARD_NO.search(plain(passage.text))):
            return passage.text[found.start(1) : found.end(1)]
    return None


_CARD_NO = re.compile(r"(?:文\s?号|发文字号)\s?[:|]?\s?([^\s,。;:|]{1,16}\s?[\[(](?:19|20)[0-9]{2}[\])]\s?第?[0-9]{1,4}\s?号)")


def _split(text: str) -> tuple[str, ...]:
    """各直属党委（党总支部），各部门： -> two addressees; what stands in brackets stays together."""
    simple, found, at, depth = plain(text).rstrip(": "), [], 0, 0
    for i, c in enumerate(simple):
        depth += {"(": 1, ")": -1}.get(c, 0)
        if c in "、,;" and depth <= 0:
            found.append(text[at:i].strip())
            at = i + 1
    found.append(text[at : len(simple)].strip())
    return tuple(part for part in found if part)


_CONTACT = re.compile(
    r"(?:([^\s,。;:()、]{2,20}(?:部|处|办|办公室|科|局|室|中心|学院|党委|院))\s?)?联\s?系\s?人\s?(?:及电话|和电话|及联系方式)?\s?[:为是]?\s?"
    r"([^\s,。;:()0-9、]{2,8})?(?:\s?、\s?[^\s,。;:()0-9、]{2,4}){0,3}"
    r"[\s,;。、()]{0,4}(?:联系|办公|咨询)?(?:电\s?话|手机|座机|方式|号码)?\s?[:为]?\s?([0-9][0-9×xX*-]{4,18}[0-9×xX*])?"
)
_PHONE = re.compile(r"(?:联系|咨询|办公)?电\s?话\s?[:为]\s?([0-9][0-9×xX*-]{4,18}[0-9×xX*])")
_UNIT = re.compile(r"联系(?:单位|部门|处室)\s?:\s?([^\s,。;:()]{2,24})")


def _contact(outline: Outline) -> tuple[str, str, str] | None:
    """The first person or telephone to ask."""
    unit = name = phone = ""
    for passage in outline.passages:
        text = plain(passage.text)
        if "联" not in text and "电" not in text:
            continue
        if not unit and (found := _UNIT.search(text)):
            unit = passage.text[found.start(1) : found.end(1)]
        if not name and (found := _CONTACT.search(text)) and (found[2] or found[3]):
            unit, name, phone = unit or found[1] or "", found[2] or "", phone or found[3] or ""
        if not phone and (found := _PHONE.search(text)):
            phone = found[1]
    return (unit, name, phone) if name or phone else None
