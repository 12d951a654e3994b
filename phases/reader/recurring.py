"""What a notice asks again and again: 每月召开一次支委会, 每半年进行一次集中培训, 月检查、季通报."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from phases.reader.cohorts import branch_kinds_of, grades_of
from phases.reader.nouns import Demand
from phases.reader.people import doer
from phases.reader.utterance import Notice, Utterance
from workflow.deadline import Mention, read
from workflow.model import Deadline, Every

_UNITS = {
    "week": ("weekly", "weeks", "a week"),
    "month": ("monthly", "months", "a month"),
    "quarter": ("quarterly", "quarters", "a quarter"),
    "term": ("every term", "terms", "a term"),
    "halfyear": ("every half year", "half years", "every half year"),
    "year": ("yearly", "years", "a year"),
}
_TIMES = ("", "", "twice", "three times", "four times", "five times", "six times")

_DO = (
    r"(?:召开|举行|举办|开展|组织(?!生活|建设|部|员|关系)|进行|安排|参加|参与|上好|上|讲授?|开好|实施|接受|听取|至少|不少于|通报|报告|汇报|走访|联系|检查|抽查|考核|考评|评议|评选|培训|学习|倒查|督查|调研|研究|分析|撰写|完成|"
    r"提交|更新|发布|公布|公示|召集|办好?|开|过|做|写|为|对|向|到|深入|听|谈|撰写|编发|推出|推荐|组成|主持|收集|梳理|总结|点评|讲评|交流|轮训)"
)
_FILL = (
    r"(?:要|应|应当|须|需|可|必须|都要?|均应?|至少|不少于|原则上|一般|定期|按照[^,。;]{1,14}(?:比例|程序|要求|计划)|按[^,。;]{1,18}(?:比例|程序|要求)|按照一定程序|"
    r"组织(?=参加|开展|召开|进行)|认真|统一|及时|分别|各|再|也|固定|确定|安排(?=.{0,2}[0-9一二两]次)|的){0,8}"
)
_COUNT = (
    r"(?:[0-9一二两三四五六七八九十]{1,3}(?:-[0-9一二两三四五六七八九十]{1,2})?(?:次|场|期|轮|个?篇|堂|节)(?:以上)?(?:的)?)"
)
_ACT = re.compile(
    rf"[,]?{_FILL}(?P<verb>{_DO})?{_FILL}(?P<verb2>召开|举行|举办|开展|组织(?!生活|建设)|进行|参加)?(?:不少于|至少)?(?P<count>{_COUNT})?(?P<what>[^,。;:!?]{{0,60}})"
)
_OF = re.compile(r"的(?P<what>[^,。;:!?、和及]{1,16}?)(?=加强|开展|组织|进行|学习|集中|认真|深入|通报|汇报|[,。;:!?、和及]|$)")
_NP_BEFORE = re.compile(r"(?P<what>[^,。;:!?、)]{2,20}?)(?:要|应|须|一般|原则上|通常|坚持|至少|,)*$")
_ABOUT = re.compile(r"对(?P<of>[^,。;:对]{2,20}?)(?:要|应|须|至少|将)*$")
_ABOUT_INNER = re.compile(r"^对(?P<of>[^,。;]{2,24}?)(?:组织|进行|开展|实施)+(?P<work>[^,。;]{2,20})$")
_ONLY_VERBS = re.compile(
    r"(?:通报|报告|汇报|走访|检查|抽查|考核|考评|评议|评选|培训|学习|倒查|督查|调研|点评|讲评|交流|轮训|总结|公示|更新)$"
)
_NO_WORK = re.compile(r"^(?:度|的?(?:第|[0-9]+[日号月])|都有|平均|增长|约|有|是|在)|^[^,。;]{0,6}(?:以来|增加|提高|达到)")
_TITLE = re.compile(
    r"(?P<period>月|季度?|半年|年[底中终末]|周|旬)(?P<what>检查|通报|点评|考评|讲评|督查|调度|小结|总结|例会|评比|考核|分析|报告|抽查|评议)"
)
_PERIODS = {
    "月": ("每月", None),
    "季": ("每季度", None),
    "季度": ("每季度", None),
    "半年": ("每半年", None),
    "周": ("每周", None),
}
_TITLES = re.compile(r"(?:(?:月|季度?|半年|年[底中终末]|周|旬)[一-鿿]{2,3}[、,和]?){2,6}")
_LOOSELY = re.compile(
    r"(?<![、])(?P<how>不?定期|经常性?地?(?=[^,。;:]{0,8}(?:召开|开展)))[^,。;:]{0,8}?(?P<verb>召开|开展|组织|举办|进行|检查|抽查|通报|走访|培训|督查|听取|报告|点评|汇报|上)(?P<what>[^,。;:!?]{2,40})"
)
_STRIP = re.compile(
    r"^(?:[0-9一二两三四五六七八九十]{1,2}(?:次|场|期|个|轮)|对|的|本(?![年月学科周季])|所辖的?|所属的?|各类?|全体)+|(?:等|的要求|上)$"
)
_NO_ACT = re.compile(r"^等|(?:制度|机制|做法|规范化|长效化|经常化|常态化|制度化)$")
_INNER = re.compile(
    r"(?:每[隔逐]?[0-9一二两三]{0,2}个?)(?:学年度|学年|学期|半年|季度|年度|星期|年|月|季|周)(?:[末底初]|内)?(?:要|应|须|至少|都|均|原则上|一般)*(?:向[^,。;]{0,12}?(?:总支|支部|党委|组织|部门|学校|学院|党员|群众|上级|大会|办公室|部|处|科|办|局|院|委|室))?(?P<work>[^0-9一二三四五六七八九十]{2,16}?)"
    r"(?:不少于|至少|不低于)?[0-9一二三四五六七八九十]{1,3}(?:-[0-9])?次$"
)
_EMPTY = re.compile(r"(?:组织|召开|举行|举办|开展|进行|参加|上|安排|报送|集中|不少于|至少|提交|应|要)+")
_NEEDS_OBJECT = re.compile(r"(?:汇报|研究|走访|联系|检查|听取|讲|组织|培训|通报|报告|专题研究)$")
_ONCE = re.compile(r"[一1][次遍回](?=$|[,。;])")
# 每年6月和12月，后勤中心各组织一次检测
_WHOSE = re.compile(r"[,]?[^,。;:的]{2,16}?(?=[各要应须]?(?:组织|召开|开展|举行|举办)[^,。;:]{0,4}[0-9一二两三]次)")
_NO_NOUN = re.compile(r"^(?:今后|以后|从此|原则上|一般|至少|要求|同时|此后|形成|坚持)|[0-9]$")
_COUNT_WITHIN = re.compile(r"(?:不少于|至少)?[0-9一二三四五六七八九十]{1,2}[次遍回]")
_MOST = 12
_LONGEST = 40


def rule_words(deadline: Deadline) -> str:
    """A frequency in English for the JSON of a draft: "monthly", "every term", "twice a year".

    Without a frequency (定期) it is "regularly (no interval given)".
    """
    every = deadline.every
    if every is None:
        return "regularly (no interval given)"
    once, many, per = _UNITS[every.unit]
    if every.step > 1:
        return f"every {every.step} {many}" if every.times == 1 else f"{_times(every.times)} every {every.step} {many}"
    if every.times == 1:
        return f"{once}, at year end" if "年底" in deadline.words else once
    return f"{_times(every.times)} {per}"


def _times(count: int) -> str:
    return _TIMES[count] if count < len(_TIMES) else f"{count} times"


def recurring(notice: Notice, utterance: Utterance, used: tuple[tuple[int, int], ...] = ()) -> tuple[Demand, ...]:
    """What the sentence says recurs, in order; times within `used`, the spans of papers, are taken already."""
    titles = tuple(_titles(notice, utterance))
    if titles:
        return titles
    return tuple(islice((*_counted(notice, utterance, used), *_loosely(notice, utterance, used)), _MOST))


def _counted(notice: Notice, u: Utterance, used: tuple[tuple[int, int], ...]) -> Iterator[Demand]:
    about = ""
    for mention in [m for m in u.mentions if m.sense == "recurring"][:_MOST]:
        if any(at <= mention.at < to for at, to in used):
            continue
        if found := _ABOUT.search(u.shape, max(u.begins, mention.at - 30), mention.at):
            about = notice.words(u, *found.span("of"))
        span = _what(u, mention)
        if span is None:
            continue
        words = _shown(_COUNT_WITHIN.sub("", notice.words(u, *span)), about)
        if words:
            yield _demand(notice, u, words, mention.deadline, (mention.at, max(span[1], mention.to)), mention.at)


def _what(u: Utterance, mention: Mention) -> tuple[int, int] | None:
    """The span of 支委会 in 每月召开一次支委会, 支委会每月召开一次, 每月一次的支委会."""
    if _NO_WORK.match(u.shape, mention.to) and not u.shape.startswith("的", mention.to):
        return None
    if (of := _OF.match(u.shape, mention.to)) and not _is_counted(mention):
        return of.span("what")
    if inner := _inner(u, mention):
        return inner
    act = _ACT.match(u.shape, mention.to)
    if act and act["what"].strip(" 的") and (act["verb"] or act["count"] or act["verb2"] or _is_counted(mention)):
        return _kept_verb(act)
    if act and _ONCE.search(act["what"]):
        return act.span("what")
    if whose := _WHOSE.match(u.shape, mention.to):
        act = _ACT.match(u.shape, whose.end())
        if act and act["what"].strip(" 的") and act["count"]:
            return _kept_verb(act)
    if act and (act["verb"] or act["count"] or _is_counted(mention)) and not act["what"].strip(" 的"):
        before = _NP_BEFORE.search(u.shape, max(u.begins, mention.at - 24), mention.at)
        if act["verb"] and _ONLY_VERBS.search(act["verb"]):
            return act.span("verb")
        return before.span("what") if before and not _NO_NOUN.search(before["what"]) else None
    return None


def _inner(u: Utterance, mention: Mention) -> tuple[int, int] | None:
    """述职 in 每半年向党总支述职一次: the work stands within the frequency."""
    found = _INNER.match(u.text, mention.at, mention.to)
    if not found or _EMPTY.fullmatch(found["work"]):
        return None
    rest = re.match(r"[^,。;:!?]{0,30}", u.shape[mention.to :])
    return found.start("work"), mention.to + (rest.end() if rest and _NEEDS_OBJECT.search(found["work"]) else 0)


def _kept_verb(act: re.Match[str]) -> tuple[int, int]:
    """检查 and 培训 are themselves what is done; 召开 and 进行 are not."""
    verb = act["verb"] or ""
    if verb in ("对", "向", "为"):
        return act.span("verb")[0], act.end("what")
    return (act.start("verb"), act.end("what")) if _ONLY_VERBS.search(verb) and not act["verb2"] else act.span("what")


def _is_counted(mention: Mention) -> bool:
    return bool(re.search(r"[次场期轮]$|召开|开展|举行|组织|进行", mention.words))


def _shown(words: str, about: str) -> str:
    words = words.strip(" ，,、的")
    if found := _ABOUT_INNER.match(words):
        return f"{found['of']}{found['work']}"[:_LONGEST]
    words = _STRIP.sub("", words).strip(" ，,、") or words
    words = re.split(r"(?:，|,|。|；|;|，并|并(?:做好|认真|形成|建立))", words)[0]
    return f"{about}{words}"[:_LONGEST] if about and about not in words else words[:_LONGEST]


def _demand(notice: Notice, u: Utterance, what: str, deadline: Deadline, span: tuple[int, int], at: int) -> Demand:
    who = doer(u, at, notice.head)
    return Demand(
        what=what,
        quote=notice.quote(u, *span),
        who=who.names,
        office=who.office,
        deadline=deadline,
        stage=u.stage.name if u.stage else None,
        grades=grades_of("".join(who.names)),
        branch_kinds=branch_kinds_of("".join(who.names)),
    )


def _titles(notice: Notice, u: Utterance) -> Iterator[Demand]:
    """月检查、季通报、半年点评、年底考评: four rhythms in a few words."""
    for run in _TITLES.finditer(u.text, u.begins):
        found = list(_TITLE.finditer(u.text, run.start(), run.end()))
        if len(found) < 2:
            continue
        for title in found:
            words = u.text[title.start("period") : title.end("period")]
            yield _demand(notice, u, title["what"], _rhythm(words, u), (found[0].start(), found[-1].end()), run.start())


def _rhythm(period: str, u: Utterance) -> Deadline:
    if period.startswith("年"):
        return Deadline(words=period, kind="recurring", rule="every-year", every=Every(unit="year"))
    if period == "旬":
        return replace(read("每旬", u.anchor), words=period)
    return replace(read(_PERIODS[period][0], u.anchor), words=period)


def _loosely(notice: Notice, u: Utterance, used: tuple[tuple[int, int], ...]) -> Iterator[Demand]:
    """定期召开点评会: how often is for a person to say."""
    for found in _LOOSELY.finditer(u.shape, u.begins):
        if any(at <= found.start() < to for at, to in used) or _NO_ACT.search(found["what"]):
            continue
        at = found.start("verb") if _ONLY_VERBS.search(found["verb"]) else found.start("what")
        words = _shown(notice.words(u, at, found.end("what")), "")
        if words:
            yield _demand(notice, u, words, read(found["how"], u.anchor), (found.start(), found.end()), found.start())
