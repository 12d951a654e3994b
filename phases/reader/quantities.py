"""How many of what a sentence asks for: 至少建立一项制度, 申报1个示范点, 不少于2篇; limits (不超过20人) are no work."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from phases.reader.utterance import Utterance
from workflow.numerals import whole

_NUMBER = r"(?:[0-9]{1,3}|[一二两三四五六七八九十]{1,3})"
_MEASURE = r"(?:个|项|名|篇|份|件|场|条|期|家|次|人|位|堂|节|部|支|所|门|类)"
_VERB = (
    r"(?:建立|推荐|推选|报送|上报|申报|培育|打造|开展|创建|撰写|选择|选树|树立|联系|解决|办|办好|召开|组织(?![中部的、和])|"
    r"举办|确定|设立|建设|提交|选派|选送|形成|制定|争创|参评|挂牌成立|成立|评选|推出|完成|举行|遴选|走访|帮扶|结对|征集|申请|写)"
)
_COUNTED = re.compile(
    rf"(?P<floor>至少|不少于|不低于)?(?P<verb>{_VERB})(?:并[^,。;]{{1,4}})?(?:[好出了成]|(?:作品|项目|材料|征文)(?=[0-9]))?(?P<floor2>至少|不少于|不低于)?"
    rf"(?P<least>{_NUMBER})(?:[-至到]{_NUMBER})?{_MEASURE}(?:以上)?[^,。;:!?]{{1,40}}"
)
_EACH_ONE = re.compile(
    rf"(?P<floor>至少|不少于|不低于|各)?(?P<least>{_NUMBER})(?:[-至到](?P<most>{_NUMBER}))?{_MEASURE}(?P<above>(?:\(含\))?(?:及?以上))?(?:的)?"
    rf"(?P<what>[^,。;:!?0-9]{{1,30}}?(?=[、和及]{{1,2}}{_NUMBER}(?:[-至到]{_NUMBER})?{_MEASURE}|[,。;:!?0-9]|为目标|作为|进行|参加|$)|(?=[,。;、]|$))"
)
_MORE = re.compile(rf"[,、和及]{{1,2}}{_NUMBER}(?:[-至到]{_NUMBER})?{_MEASURE}[^,。;:!?]{{1,40}}")
# 推荐优秀团队2-3个
_BEHIND = re.compile(
    rf"(?P<floor>至少|不少于)?{_VERB}(?P<floor2>至少|不少于)?(?P<what>[^,。;、:0-9一二三四五六七八九十两]{{2,14}}?)(?P<floor3>至少|不少于|不低于)?"
    rf"(?P<least>{_NUMBER})(?:[-至到](?P<most>{_NUMBER}))?(?:个|项|名|篇|份|件|条|家|人|部|幅|支)(?P<above>以上)?(?=[,。;、]|$)"
)
_LIMIT = re.compile(r"(?:不超过|不多于|不得超过|最多|控制在|限报|限额|限|上限|以内|不能超过|名额)[^,。;]{0,6}$")


@dataclass(frozen=True, kw_only=True)
class Counted:
    """Work of which so many are wanted: `text[at:to]` is the work, `quantities` are (what, least, most or None)."""

    at: int
    to: int
    quantities: tuple[tuple[str, int, int | None], ...]


def counted(utterance: Utterance) -> tuple[Counted, ...]:
    """Every piece of work of a sentence with a number of things."""
    found = tuple(_counted(utterance))
    return found or tuple(_behind(utterance))


def _behind(u: Utterance) -> Iterator[Counted]:
    for match in _BEHIND.finditer(u.shape, u.begins):
        least, most = whole(match["least"]), whole(match["most"]) if match["most"] else None
        if not least or _LIMIT.search(u.shape, match.start(), match.start("least")):
            continue
        is_open = bool(match["floor"] or match["floor2"] or match["floor3"] or match["above"])
        what = u.sentence.text[match.start("what") : match.end("what")]
        yield Counted(at=match.start(), to=match.end(), quantities=((what, least, most if most or is_open else least),))


def _counted(u: Utterance) -> Iterator[Counted]:
    position = u.begins
    while found := _COUNTED.search(u.shape, position):
        position = max(found.end(), found.start() + 1)
        if _LIMIT.search(u.shape, max(0, found.start() - 12), found.start("least")):
            continue
        numbers = tuple(_quantities(u, found.start("least"), _run_end(u, found.end()), bool(found["floor"] or found["floor2"])))
        if numbers and _is_work(u, found, numbers):
            yield Counted(at=found.start(), to=found.end(), quantities=numbers)


def _is_work(u: Utterance, found: re.Match[str], numbers: tuple[tuple[str, int, int | None], ...]) -> bool:
    """每月召开一次 is a frequency, 建成一批 and 召开一次会议 are ways of speaking."""
    floor = bool(found["floor"] or found["floor2"])
    each = bool(re.search(r"(?:每个?|各)[^,。;]{0,24}$", u.shape[max(0, found.start() - 30) : found.start()]))
    precise = any(n != 1 or most not in (1, None) for _, n, most in numbers)
    return floor or each or precise or u.text[found.start("least")].isdigit()


def _run_end(u: Utterance, to: int) -> int:
    """1个党总支示范点，1个党支部示范点: the number goes on behind the comma."""
    while more := _MORE.match(u.shape, to):
        to = more.end()
    return to


def _quantities(u: Utterance, at: int, to: int, floor: bool) -> Iterator[tuple[str, int, int | None]]:
    for found in _EACH_ONE.finditer(u.text, at, to):
        least = whole(found["least"])
        if least is None or least == 0 or _LIMIT.search(u.text, max(0, found.start() - 12), found.start()):
            continue
        most = whole(found["most"]) if found["most"] else None
        open_end = floor or bool(found["above"]) or found["floor"] in ("至少", "不少于", "不低于")
        what = u.sentence.text[found.start("what") : found.end("what")].strip(" ，,、的")
        yield what[:24], least, most if most is not None else (None if open_end else least)
