"""Which shares a notice wants reached: 30%以上的一般党支部晋位为先进, 晋级率达20%以上, 实现全覆盖率100%."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from phases.reader.cohorts import GRADES
from phases.reader.due import is_time
from phases.reader.nouns import Aim, Head, Outline
from phases.reader.utterance import BLOT, Notice, Utterance
from workflow.deadline import Mention
from workflow.model import Deadline
from workflow.numerals import whole

_GRADE = "|".join(GRADES)
_SHARE = r"(?P<share>(?:100|[1-9]?[0-9])(?:\.[0-9]{1,2})?)\s?%"
_FRACTION = r"(?P<over>[一二三四五六七八九十两])分之(?P<under>[一二三四五六七八九两])"
_NUMBER = rf"(?:{_SHARE}|{_FRACTION})"
_RISE = r"(?:晋位|晋级|升级|升格|转化|提升|跃升|达标|创建|建成|成为|进入|升)"
# 30%以上的一般党支部晋位为先进
_OF_UNITS = re.compile(
    rf"{_NUMBER}(?P<floor>\s?(?:及?以上|左右)?)的?(?P<units>[^,。;:%]{{2,30}}?)(?P<rise>(?:要|应|能|力争|普遍)?{_RISE}[^,。;:%]{{0,30}}|(?:达到|实现|完成|通过)[^,。;:%]{{2,30}})"
)
# 一般党支部升为先进的要达到50%以上, 二类村升为一类村的比例达到25%以上
_OF_RISEN = re.compile(
    rf"(?P<units>[^,。;:%]{{2,24}}?)(?P<rise>{_RISE}[^,。;:%]{{1,16}}?)的(?:比例|占比)?(?:要|应|须|力争|确保)?(?:达到|达|占|不低于|不少于){_NUMBER}(?P<floor>\s?(?:及?以上|左右)?)"
)
# “先进”提升率达10%以上, 党员参学率达到95%
_RATE = re.compile(
    rf"(?P<name>[^,。;:%、]{{0,24}}?(?:率|面|度|比例|占比))"
    rf"(?:要|应|须|力争|确保|均|都|分别|总体|稳定|保持|继续|[0-9一二三四五六七八九十]{{1,4}}[年月日]|[今明本]年|年?底|前|内){{0,8}}"
    rf"(?:不低于|不少于|达到|达|实现|为|超过|在|至|提高到|提升到|达至|为)*\s?{_NUMBER}(?P<floor>\s?(?:及?以上|左右)?)"
)
_WITHIN = re.compile(r"\s?(?:以内|以下|之内|内)")
_LIMIT = re.compile(r"(?:不超过|不得超过|不高于|不多于|控制在|低于|小于|最多|限制?在|下降|降低|减少|降至|压缩)[^,。;]{0,6}$")
_RANGE = re.compile(r"[0-9]%?\s?[-~至]\s?$")
_NO_AIM = re.compile(
    r"得票|票数|赞成|分值|权重|占总分|占[^,。;]{0,6}分|计分|得分|评分|经费|资金|补助|返还|奖励|名额|比例|折|收入|税|利率|投票|有选举权|到会|出席|参评对象|抽查|倒查|党费|误差|扣|记分|总分|补贴|增长|同比|上年|差额"
)
_OF_THOSE = re.compile(r"的(?:比例|占比)(?=(?:要|应|须|力争|确保)?(?:达|不低于|不少于))")
_CONDITION = re.compile(r"条件|申报|参评|推荐|评选|评为|名额|资格")
_HISTORY = re.compile(r"(?:已|已经|达到了|实现了|共有|占全)[^,。;]{0,8}$|(?:去年|上年|截至|目前)[^。;]{0,30}$")
_WANTED = re.compile(r"力争|确保|实现|达到|达|要|应|须|努力|争取|目标|不低于|不少于|今年|年内|年底|月底|以上|晋|升|转化")
_IN_GRADE = re.compile(rf"“?(?P<grade>{_GRADE})”?")
_TO = re.compile(
    rf"(?:晋位|晋级|升级|转化|提升|跃升|升格|晋升|升|成|达到|评定|评)(?:为|到|至|成|入)?“?(?P<grade>{_GRADE}|好(?=”|[,。;]|$))”?(?P<above>及其?以上|以上|(?:或者?|及)?更高)?"
)


def aims(outline: Outline, head: Head) -> tuple[Aim, ...]:
    """The targets of a notice; a share of votes, marks or money, a limit and a band (5%-10%) are none."""
    notice = Notice.of(outline, head)
    found = (aim for utterance in notice.utterances for aim in _aims(notice, utterance))
    return tuple({(aim.quote.at, aim.share): aim for aim in found}.values())


def _aims(notice: Notice, u: Utterance) -> Iterator[Aim]:
    if "%" not in u.text and "分之" not in u.text:
        return
    taken: list[tuple[int, int]] = []
    matches = sorted(
        (*_OF_UNITS.finditer(u.text, u.begins), *_OF_RISEN.finditer(u.text, u.begins), *_RATE.finditer(u.text, u.begins)),
        key=lambda m: m.start(),
    )
    for match in matches:
        at = match.start("share") if match["share"] else match.start("over")
        if any(a <= at < b for a, b in taken) or not _is_aim(u, match, at):
            continue
        taken.append((at, match.end()))
        if not any(_CONDITION.search(section.heading) for section in notice.outline.chain(u.sentence.section)):
            yield _aim(notice, u, match)


def _is_aim(u: Utterance, match: re.Match[str], at: int) -> bool:
    before = u.text[max(u.begins, at - 24) : at]
    clause = u.text[_clause_start(u, at) : match.end()]
    if _LIMIT.search(before) or _RANGE.search(before) or _WITHIN.match(u.text, _number_end(match)):
        return False
    if _NO_AIM.search(_OF_THOSE.sub("", clause)) or _HISTORY.search(before):
        return False
    if _CONDITION.search(clause):
        return False
    return bool(_WANTED.search(clause) or _WANTED.search(u.text[max(u.begins, at - 40) : at]))


def _number_end(match: re.Match[str]) -> int:
    return match.start("floor")


def _aim(notice: Notice, u: Utterance, match: re.Match[str]) -> Aim:
    start, time = _clause_start(u, match.start()), _time(u, match.start())
    if time and time.at < start and not re.search(r"%", u.text[time.to : match.start()]):
        start = time.at
    to = _clause_end(u, match.end())
    source, target = _grades(u, match, start, to)
    return Aim(
        share=_share(match),
        quote=notice.quote(u, start, to),
        source=source,
        to=target,
        deadline=_deadline(time),
    )


def _share(match: re.Match[str]) -> Fraction:
    if match["share"]:
        return Fraction(match["share"]) / 100
    return Fraction(whole(match["under"]) or 1, whole(match["over"]) or 1)


def _grades(u: Utterance, match: re.Match[str], start: int, to: int) -> tuple[str | None, str | None]:
    """From which grade to which: as far as the clause says, else the last grade named before it."""
    groups = match.groupdict()
    own = groups.get("units") or groups.get("name") or ""
    reached = _TO.search(u.text, match.start(), to)
    target = reached["grade"] + ("及以上" if reached["above"] else "") if reached else None
    if named := _IN_GRADE.search(own):
        return named["grade"], target
    if not re.search(rf"{_RISE}", u.text[start:to]):
        return None, target
    before = [
        m["grade"] for m in re.finditer(rf"(?:定级为|评定为|列为|确定为|对)“?(?P<grade>{_GRADE})”?的", u.text[: match.start()])
    ]
    return (before[-1] if before else None), target


def _time(u: Utterance, at: int) -> Mention | None:
    """The time that governs a clause: the last one before it in the sentence (今年内，A，B；2年内，C)."""
    said = [m for m in u.mentions if is_time(m) and m.sense != "recurring" and u.shape[m.at] != BLOT]
    found = [m for m in said if m.to <= at]
    inside = [m for m in said if at <= m.at <= at + 30 and m.sense in ("before", "window", "relative")]
    return found[-1] if found else (inside[0] if inside and not re.search(r"%", u.text[at : inside[0].at]) else None)


def _deadline(time: Mention | None) -> Deadline | None:
    return time.deadline if time else None


def _clause_start(u: Utterance, at: int) -> int:
    return max(u.shape.rfind(",", u.begins, at), u.shape.rfind(";", u.begins, at), u.begins - 1) + 1


def _clause_end(u: Utterance, at: int) -> int:
    stops = [place for stop in ",;。" if (place := u.shape.find(stop, at)) >= 0]
    return min(stops) if stops else len(u.shape)
