"""Which part of a notice a passage is: letterhead, title, addressees, text, signature, imprint, or furniture of the page."""

from __future__ import annotations

import re
from collections.abc import Sequence

from phases.reader.document import Passage
from phases.reader.markers import marker_at
from phases.reader.names import PLAN, TITLE_START, is_office, is_rest_of_name, is_title_end
from phases.reader.page import CARD, CRUMBS, DAY, Part, by_itself
from phases.reader.plain import plain

_ATTACHMENTS = re.compile(r"^附(?:件|表|录)?\s?[0-9一二三四五六七八九十]{0,2}\s?(?:[:.、]|$)")
_ENCLOSURE = re.compile(r"^附(?:件|表|录)?\s?[0-9一二三四五六七八九十]{0,2}\s?[:.、]?\s?(.*)$")
_ADDRESSED = re.compile(
    r"各|全[体校院市县区系省镇乡]|有关|相关|所属|单位|部门|党委|支部|总支|学院|同志|老师|同学|人民政府|委员会|办公室|局|师生|中小学|幼儿园|党组织|院[系部]|科室|班级"
)
_SAYS = re.compile(r"如下|通知|安排|现将|要求|根据|为了?[^,]{4,}|是$|包括|做到")
_OFFICE_AND_DAY = re.compile(rf"^([^,。;:!?]{{2,50}}?)[ ]*({DAY.pattern})$")
_JUST_DAY = re.compile(rf"^[( ]*(?:{DAY.pattern})[) ]*$|^(?:19|20)[0-9]{{2}}年[0-9]{{1,2}}月$")
_TOP = 30
_LONG = 20
_TAIL = 8


def parts(passages: Sequence[Passage]) -> tuple[Part, ...]:
    """The part each passage is, in order."""
    texts = [plain(passage.text) for passage in passages]
    found = [Part.TEXT] * len(texts)
    top = _top(passages, texts)
    _mark_furniture(texts, found, top)
    title = _mark_title(texts, found, top)
    _keep_headers_near(found, title)
    _mark_addressees(texts, found, title, top)
    _mark_tail(passages, texts, found)
    _mark_enclosed_titles(texts, found, title)
    return tuple(found)


def _top(passages: Sequence[Passage], texts: list[str]) -> int:
    """Where the text begins at the latest: the first numbered part or long paragraph."""
    for i, text in enumerate(texts[:_TOP]):
        if passages[i].cells:
            continue
        if (marker_at(text) and not CRUMBS.match(text)) or _is_prose(text) or (i and _is_addressees(texts[i - 1])):
            return i
    return min(_TOP, len(texts))


def _is_prose(text: str) -> bool:
    if CARD.search(text) or len(text) < _LONG:
        return False
    return "。" in text or bool(re.search("(?:如下|通知|安排|公布)[^,]{0,8}:$", text))


def _mark_furniture(texts: list[str], found: list[Part], top: int) -> None:
    for i, text in enumerate(texts):
        found[i] = by_itself(text, is_top=i < top, is_end=i >= len(texts) - _TAIL)
    # The lines of an index card that name only a day belong to it.
    for i in range(1, len(found)):
        for this, next_to in ((i, i - 1), (len(found) - 1 - i, len(found) - i)):
            if found[this] is Part.HEADER and found[next_to] is Part.CARD:
                found[this] = Part.CARD


def _mark_title(texts: list[str], found: list[Part], top: int) -> int:
    """Marks the title and answers its index; -1 if there is none."""
    best, score = -1, 0
    for i in range(top if top < len(texts) else len(texts)):
        if found[i] is Part.TEXT and (points := _title_points(texts, found, i)) > score:
            best, score = i, points
    if best >= 0:
        found[best] = Part.TITLE
        for i in range(best):
            if found[i] is Part.TEXT:
                found[i] = Part.LETTERHEAD if is_office(texts[i]) else Part.FURNITURE
    return best


def _keep_headers_near(found: list[Part], title: int) -> None:
    """A day or 时间： that stands behind text of the notice belongs to the text, not to the page."""
    seen = False
    for i in range(title + 1, len(found)):
        seen = seen or found[i] is Part.TEXT
        if seen and found[i] is Part.HEADER:
            found[i] = Part.TEXT


def _title_points(texts: list[str], found: list[Part], i: int) -> int:
    """How much speaks for a passage being the title."""
    text = texts[i]
    shortest = 2 if is_title_end(text) else 4
    if not shortest <= len(text) <= 120 or re.search(r"[。;]|[:,]$", text):
        return 0
    if _JUST_DAY.match(text) or _ATTACHMENTS.match(text):
        return 0
    points = 1
    if is_title_end(text):
        points += 4
    if TITLE_START.search(text):
        points += 3
    if len(text) >= 10:
        points += 2
    following = next((found[j] for j in range(i + 1, len(texts)) if found[j] is not Part.FURNITURE), None)
    if following is Part.HEADER:
        points += 2
    if i + 1 < len(texts) and _is_addressees(texts[i + 1]):
        points += 2
    return points - (3 if is_office(text) and not is_title_end(text) else 0)


def _mark_addressees(texts: list[str], found: list[Part], title: int, top: int) -> None:
    seen = 0
    for i in range(title + 1, min(len(texts), max(top, title + 1) + 1)):
        if found[i] is not Part.TEXT:
            continue
        if _is_addressees(texts[i]):
            found[i] = Part.ADDRESSEES
            return
        seen += 1
        if seen > 2:
            return


def _is_addressees(text: str) -> bool:
    """各二级党组织:"""
    return (
        text.endswith(":")
        and len(text) <= 300
        and not marker_at(text)
        and not re.search(r"[。;!?]", text)
        and bool(_ADDRESSED.search(text))
        and not _SAYS.search(text)
    )


def _mark_tail(passages: Sequence[Passage], texts: list[str], found: list[Part]) -> None:
    """Signatures and lists of what is enclosed."""
    begun = False
    addressed = found.index(Part.ADDRESSEES) if Part.ADDRESSEES in found else len(found)
    for i, text in enumerate(texts):
        if found[i] is not Part.TEXT:
            continue
        if not begun and i <= addressed:
            begun = len(text) >= 5 and (text[-1] in "。:;!?" or len(text) >= 20 or bool(marker_at(text)))
        elif not passages[i].cells:
            if _is_signing_day(texts, found, i):
                _mark_signature(passages, texts, found, i)
            elif _ATTACHMENTS.match(text) and len(text) <= 120 and "。" not in text:
                _mark_attachments(texts, found, i)
    _mark_unsigned_office(passages, texts, found)


def _is_signing_day(texts: list[str], found: list[Part], i: int) -> bool:
    """Is this a day, or an office and a day, that closes a paper?"""
    text = texts[i]
    if not _JUST_DAY.match(text):
        both = _OFFICE_AND_DAY.match(text)
        return bool(both and is_office(both[1].strip())) and not marker_at(text)
    if is_office(texts[i - 1]) or found[i - 1] is Part.ATTACHMENTS:
        return True
    rest = [j for j in range(i + 1, len(texts)) if found[j] is Part.TEXT]
    following = texts[rest[0]] if rest else ""
    if not rest:
        return True
    closes = len(rest) <= 2 or is_title_end(following) or bool(_ATTACHMENTS.match(following))
    return closes and not marker_at(texts[i - 1])


def _mark_signature(passages: Sequence[Passage], texts: list[str], found: list[Part], i: int) -> None:
    found[i] = Part.SIGNATURE
    for j in range(i - 1, max(i - 5, -1), -1):
        named = is_office(texts[j]) or (found[j + 1] is Part.SIGNATURE and is_rest_of_name(texts[j + 1]) and _is_bare(texts[j]))
        if found[j] is not Part.TEXT or not named or marker_at(texts[j]) or passages[j].cells:
            break
        found[j] = Part.SIGNATURE
    if found[i - 1] is Part.TEXT and i + 1 < len(texts) and found[i + 1] is Part.TEXT and is_office(texts[i + 1]):
        found[i + 1] = Part.SIGNATURE


def _is_bare(text: str) -> bool:
    """May a line be the beginning of a name that goes on below?"""
    return len(text) <= 30 and not re.search(r"[,。;:!?、0-9]", text)


def _mark_attachments(texts: list[str], found: list[Part], i: int) -> None:
    found[i] = Part.ATTACHMENTS
    for j in range(i + 1, min(i + 30, len(texts))):
        listed = marker_at(texts[j]) is not None or _ATTACHMENTS.match(texts[j])
        if found[j] is not Part.TEXT or not listed or len(texts[j]) > 80 or re.search("[。;:]", texts[j]):
            return
        if marker_at(texts[j]) and marker_at(texts[j]).form not in ("digit", "(digit)", "digit)"):  # type: ignore[union-attr]
            return
        found[j] = Part.ATTACHMENTS


def _mark_unsigned_office(passages: Sequence[Passage], texts: list[str], found: list[Part]) -> None:
    """The name of an office alone at the very end signs too, with its day lost."""
    if Part.SIGNATURE in found:
        return
    for i in range(len(texts) - 1, 0, -1):
        if found[i] is not Part.TEXT:
            continue
        if is_office(texts[i]) and not marker_at(texts[i]) and len(texts[i]) >= 4 and not passages[i].cells:
            found[i] = Part.SIGNATURE
            continue
        return


def _mark_enclosed_titles(texts: list[str], found: list[Part], title: int) -> None:
    """The title of a paper that follows the notice that sends it out."""
    for i in range(max(title, 0) + 1, len(texts)):
        before = next((found[j] for j in range(i - 1, -1, -1) if found[j] is not Part.FURNITURE), Part.TEXT)
        behind = before in (Part.SIGNATURE, Part.ATTACHMENTS, Part.KEYWORDS, Part.COPIES, Part.IMPRINT, Part.NUMBER)
        is_title = found[i] is Part.TEXT and len(texts[i]) <= 80 and not re.search("[。;!?]", texts[i])
        if is_title and behind and PLAN.search(texts[i]) and not marker_at(texts[i]):
            found[i] = Part.TITLE


def enclosed_title(text: str) -> str:
    """What is named in 附件1：……"""
    found = _ENCLOSURE.match(text)
    return found[1] if found else ""
