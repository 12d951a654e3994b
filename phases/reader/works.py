"""What a sentence asks to be done by a day or before an event, other than papers: 4月底前，完成自评; 换届工作于9月底前完成."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from phases.reader.cohorts import branch_kinds_of, grades_of
from phases.reader.due import listed
from phases.reader.nouns import Demand, Stage
from phases.reader.people import Doer, doer
from phases.reader.standing import standing
from phases.reader.utterance import Notice, Utterance
from workflow.deadline import Mention

_VERB = (
    r"(?:完成|召开|开展|组织(?![和的、,部员力性]|建设|生活|委员|关系|机构|架构|发展)|举行|举办|进行|做好|制定|制订|拟定|拟订|建立|健全|成立|实现|落实|填写|撰写|形成|确定|推荐|推选|评选|选出|选派|选定|完善|整改|自查|自评|排查|检查|抽查|督查|考核|考评|验收|评审|"
    r"评定|评议|公示|公布|发布|部署|启动|动员|传达|学习|培训|签订|签署|总结|梳理|整理|汇总|统计|登记|录入|更新|调整|通知|拿出|写出|提出|编制|起草|出台|向(?=[^,。;]{2,16}(?:提出|申报|报告|汇报|述职|提交))|配齐|配备|清理|结束|到位|对照|集中|逐|全面|按|修订|修改|印发|下发|通报|表彰|申报|"
    r"补足|补齐|补缴|补交|定稿|开通|报名|汇入|交清|缴清|上线|搬离|腾退|拆除|归还|返校|到岗|"
    r"参加|收缴|缴纳|安排|审核|审查|核实|查摆|征求|听取|走访|互评|测评|领导点评|点评|讲授|上党课|上一次|讲一次|办理|接转|换届|选举|对|将|把)(?!小?组(?!织)|办公室|领导小组)"
)
_MODAL = (
    r"(?:[,\s:]|要|应|须|需|可|请|务必|必须|原则上|力争|争取|确保|统一|全部|基本|认真|及时|抓紧|集中|至少|再|先|也|均|都|"
    r"自行|分别|各自|积极|主动|严格|尽快|普遍|同时|完整|首先|按[照期]?(?:要求|上述要求|通知要求|规定)|要求|期间|内){0,12}"
)
# Verbs that say all by themselves: 10月前报名, 9月20日前定稿
_ALONE = r"(?:补足|补齐|补缴|补交|定稿|报名|交清|缴清|上线|搬离|腾退|拆除|归还|返校|到岗|兑现)(?:到位|完毕)?"
_AHEAD = re.compile(
    rf"{_MODAL}(?:(?P<who>(?:由|请)?(?![对为向把将就])(?:各|每|全体|所有|有关|相关)?[^,。;:、\x01]{{1,20}}?){_MODAL}(?=[,]?{_VERB}))??(?P<what>[,]?{_VERB}[^。;!?]{{1,200}}|{_ALONE}(?=[,。;!?)]|$)|{_VERB}$|(?<=要|应|须|保)[^。;!?,:]{{4,60}})"
)
_DONE = re.compile(
    r"(?:[,\s]|要|应|须|必须|务必|将|可|全部|基本|全面|分别|均|都|力争|确保|前|之前|内){0,6}(?P<done>完成|结束|到位|落实到位|落实|整改到位|建成|办结|办理完毕|完毕|做完|销号|召开|举行|举办)(?=[,。;!?)]|$|并)"
)
_HAS_BEGUN = re.compile(r"(?:开始|启动|起),$")
_END = re.compile(r"[,。;!?]")
# 我厅定于明年对各校开展评估, 校领导将于12月进行点评: what the issuer itself will do
_OWN_PLAN = re.compile(r"(?:[我本](?:厅|局|委|部|办|处|会|中心|校|院)|[校院局厅]领导)(?:将|拟|定|计划|准备)[定计划于在]{0,3}$")
_TOPIC_LEAD = re.compile(r"^(?:[,\s:]|的|请|要求|确保|力争|争取|原则上|并|同时|其中|(?:所有|全部)(?=.{4})|将|把|对)+")
_TOPIC_TRAIL = re.compile(
    r"(?:[,\s]|务必|必须|须|要|应|将|全部|原则上|力争|争取|确保|可|请|于|在|需|均|都|也|最迟|最晚|拟定?|计划|前|已|(?:推迟|延期|延长|提前|调整|顺延|改)[至到为])+$"
)
_OF_STAGE = re.compile(r"(?:这|此|该|本|上述|以上)(?:一?项|阶段|一?步|个阶段|环节|一?阶段)|阶段(?:工作)?|步骤|环节")
_ASIDE = re.compile(r"自[^,。;]{0,20}以来|近年来|过去|曾经|历年|(?:^|[,;])为[^,;]{1,20}$")
_OBLIGES = re.compile(r"要|应|须|需|必须|务必|请|将|拟|定于")
_NAMED_TIME = re.compile(r"(?:时间|日期|期限)(?:安排)?(?:为|是|:|在|自|从|定为){0,3}$")
_SET_FOR = re.compile(r"(?:兹?定于|拟于|拟定于|将于|暂定于?|决定于|计划于|推迟[至到]|改[为至到在]|提前[至到])[^,。;]{0,2}$")
_INSPECTED = re.compile(r"[,]?(?:将)?(?:组织|进行|开展)[^,。;]{0,8}(?:抽查|验收|督查|复查|考核|评审)(?=[,。;]|$)")
_HELD = re.compile(r"[^。;]{0,40}?(?:召开|举行|举办|组织[^,。;]{0,8}(?:抽查|检查|验收|考核|评审|督查)|抽查|督查)")
_EACH = re.compile(r"各(?:二级)?(?:学院|单位|部门|科室|学校|系部|院系|党支部|支部|党总支|基层党组织)(?=[^,。;、的]{2})")
_THIS = re.compile(r"完成(?:此|该|这|上述|以上)一?项?(?:工作|任务|活动)?")
_AFTERWARDS = re.compile(r"(?:结束|完成|到位)(?:后|之后|以后)")
_BY = re.compile(r"按照?|根据|结合|遵照|依据|围绕|通过")
_HEADING = 24
_MOST = 12
_LONGEST = 40
_LONGEST_QUOTE = 160


def works(notice: Notice, utterance: Utterance, used: tuple[tuple[int, int], ...] = ()) -> tuple[Demand, ...]:
    """What is to be done by a day that none of `used`, the spans of papers, takes up."""
    return tuple(islice(_works(notice, utterance, used), _MOST))


def _works(notice: Notice, u: Utterance, used: tuple[tuple[int, int], ...]) -> Iterator[Demand]:
    for mention in u.mentions:
        if mention.sense not in ("before", "on", "window", "event", "past", "relative"):
            continue
        if any(at <= mention.at < to for at, to in used) or _is_framed(u, mention) or _is_aside(u, mention):
            continue
        if notice.is_of_stage(u, mention.at) or _is_condition(u, mention) or _ends_rhythm(u, mention):
            continue
        if found := _behind(notice, u, mention) or _before(u, mention):
            for day in listed(u, mention):
                demand = _demand(notice, u, day, found)
                if demand and not _is_stage_line(u, mention, demand):
                    yield demand


def _behind(notice: Notice, u: Utterance, mention: Mention) -> tuple[int, int] | None:
    """The span of 完成自评工作 in 4月底前，各支部要完成自评工作."""
    later = [m.at for m in u.mentions if m.at >= mention.to and m.sense in ("before", "on", "window")]
    found = _AHEAD.match(u.shape, mention.to, min([*later, len(u.shape)]))
    if not found or not found["what"] or not _may_be(notice, u, mention, found):
        return None
    at = found.start("what")
    at += len(u.shape[at:]) - len(u.shape[at:].lstrip(", "))
    stop = _END.search(u.shape, at)
    to = min([*later, stop.start() if stop else len(u.shape)])
    return (at, to) if at < to else None


def _may_be(notice: Notice, u: Utterance, mention: Mention, found: re.Match[str]) -> bool:
    """A last day always binds; a day or a window only if somebody is named or told to."""
    if mention.sense in ("before", "event", "past") or doer(u, mention.at, notice.head).names:
        return True
    return (
        bool(found["who"])
        or bool(_OBLIGES.search(u.text, max(0, mention.at - 8), found.end("what")))
        or mention.at <= u.begins + 1
    )


def _before(u: Utterance, mention: Mention) -> tuple[int, int] | None:
    """The span of 换届工作 in 换届工作于9月底前完成."""
    done = _DONE.match(u.shape, mention.to)
    if not done:
        return None
    start = max(u.shape.rfind(",", u.begins, mention.at), u.shape.rfind(":", u.begins, mention.at)) + 1 or u.begins
    # 活动从9月开始，12月底前结束 is the frame of the whole.
    if done["done"] == "结束" and _HAS_BEGUN.search(u.text, u.begins, start):
        return None
    if not u.shape[start : mention.at].strip(" ,需须要应在于必务请将"):
        start = max(u.shape.rfind(",", u.begins, start - 1), u.shape.rfind(":", u.begins, start - 1)) + 1 or u.begins
    at, to = max([start, u.begins, *(m.to for m in u.mentions if m.to <= mention.at)]), mention.at
    if lead := _TOPIC_LEAD.match(u.shape[at:to]):
        at += lead.end()
    if trail := _TOPIC_TRAIL.search(u.shape, at, to):
        to = trail.start()
    return (at, to) if at < to else None


def _demand(notice: Notice, u: Utterance, mention: Mention, span: tuple[int, int]) -> Demand | None:
    at, to = span
    is_topic = to <= mention.at
    who = _doer(notice, u, mention, at)
    words = re.split(r"[(（]", notice.words(u, at, to))[0].strip(" ,，:：")
    if len(words) < 2 or (mention.sense != "before" and _BY.match(words)) or _AFTERWARDS.match(words):
        return None
    each = _EACH.match(words) if is_topic else None
    status = standing(u, mention, at)
    if status == "past" and not who.names:
        return None
    begin = u.begins if max(to, mention.to) - u.begins <= _LONGEST_QUOTE else min(at, mention.at)
    return Demand(
        what=_what(notice, u, words[each.end() :] if each else words, _done_word(u, mention) if is_topic else ""),
        quote=notice.quote(u, begin, max(to, mention.to, _done_end(u, mention) if is_topic else 0)),
        who=who.names or ((each[0],) if each else ()),
        office=who.office,
        deadline=mention.deadline,
        stage=u.stage.name if u.stage else None,
        grades=grades_of("".join(who.names) or words),
        branch_kinds=branch_kinds_of("".join(who.names)),
        status=status,
    )


def _doer(notice: Notice, u: Utterance, mention: Mention, at: int) -> Doer:
    who = doer(u, at, notice.head)
    if _OWN_PLAN.search(u.text, u.begins, mention.at):
        return Doer(office=True)
    set_for = _SET_FOR.search(u.text[: mention.at])
    if who.names or (mention.sense not in ("on", "window") and not set_for):
        return who
    held = _HELD.match(u.text[mention.to :])
    inspects = _INSPECTED.match(u.text[mention.to :])
    return Doer(office=True) if inspects or (held and (set_for or notice.head.addressees)) else who


def _done_end(u: Utterance, mention: Mention) -> int:
    done = _DONE.match(u.shape, mention.to)
    return done.end() if done else mention.to


def _done_word(u: Utterance, mention: Mention) -> str:
    """换届工作于9月底前完成 is 完成换届工作; 汇报会于4月17日召开 is 召开汇报会."""
    done = _DONE.match(u.shape, mention.to)
    return done["done"] if done and done["done"] in ("召开", "举行", "举办") else "完成"


def _what(notice: Notice, u: Utterance, words: str, verb: str) -> str:
    """The work in a few words; 完成此项工作 takes the heading it stands under."""
    if _THIS.fullmatch(f"{verb}{words}"):
        headings = (section.heading for section in notice.outline.chain(u.sentence.section))
        words, verb = next((h for h in headings if len(h) <= _HEADING and "请" not in h), "此项工作"), "完成"
    return f"{verb}{words}"[:_LONGEST]


def _is_framed(u: Utterance, mention: Mention) -> bool:
    """A day in a bracket behind a heading or of a paper (3月30日以前), or in a title, asks for nothing itself."""
    return u.shape[mention.at] == "\x01" or (
        u.shape[max(0, mention.at - 1)] == "(" and "\x01" in u.shape[mention.at : mention.to]
    )


def _is_aside(u: Utterance, mention: Mention) -> bool:
    """自去年以来, 为学校在下半年召开党代会做好准备, 活动时间为3月4日-28日: no time for what follows."""
    if (mention.sense in ("window", "on") or mention.deadline.kind == "window") and _NAMED_TIME.search(
        u.text, u.begins, mention.at
    ):
        return True
    return bool(_ASIDE.search(u.text, u.begins, mention.at))


def _is_condition(u: Utterance, mention: Mention) -> bool:
    """2018年12月底以前登记的机构要复查, 对9月底前应完成任务的检查: the day tells which ones are meant, not until when."""
    if u.text[max(0, mention.at - 1) : mention.at] == "对" and _OF_THOSE.match(u.text, mention.to):
        return True
    return "past" in mention.deadline.flags and bool(_OF_WHAT.match(u.text, mention.to))


_OF_THOSE = re.compile(r"[^,。;:]{1,24}?的")
_OF_WHAT = re.compile(r"[^,。;:]{1,20}?的[^,。;:]")


def _ends_rhythm(u: Utterance, mention: Mention) -> bool:
    """每月5日前报送一次，至年底结束: the end of the rhythm, no work of its own."""
    again = any(m.sense == "recurring" and m.to <= mention.at for m in u.mentions)
    until = u.text[max(0, mention.at - 1) : mention.at + 1]
    return again and ("至" in until or "到" in until) and bool(_OVER.match(u.text, mention.to))


_OVER = re.compile(r"(?:全面|全部)?(?:结束|为止|止)(?=[,。;)]|$)")


def _is_stage_line(u: Utterance, mention: Mention, demand: Demand) -> bool:
    """分类定级工作于3月30日前完成 in the part 分类定级 is the end of that stage, no work of its own."""
    stage = u.stage
    if stage is None or stage.deadline is None or stage.deadline.end is None:
        return False
    if (stage.deadline.end, stage.deadline.start) != (mention.deadline.end, mention.deadline.start):
        return False
    return _names_stage(u, mention, stage) or demand.quote.at == stage.quote.at


def _names_stage(u: Utterance, mention: Mention, stage: Stage) -> bool:
    subject = u.text[u.begins : mention.at]
    if _OF_STAGE.search(subject):
        return True
    parts = [p for p in re.split(r"[,，、\s]", stage.name) if len(p) >= 2]
    return any(part[:4] in subject for part in parts) or (mention.at <= u.begins + 1 and mention.sense == "window")
