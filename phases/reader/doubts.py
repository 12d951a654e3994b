"""What a person must decide before a draft can run: missing, damaged, doubtful or vague; each with what Duban would do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from phases.reader.keys import demand_key, is_paper, stage_key
from phases.reader.nouns import Aim, Demand, Doubt, Draft, Scale, Stage
from phases.reader.said import is_settled, spelled
from phases.reader.whom import INFORMED, known_kinds, only_informed, unit_words
from phases.tracks import SECOND
from workflow.deadline import BLOCKING, FLAGS
from workflow.model import Deadline
from workflow.numerals import whole

REGULAR = re.compile(r"不?定期|经常|常态|平时|日常|长期")
_YEARS = re.compile(r"([0-9一二两三四五])年(?:之|以)?内")
EVERY_TERM = re.compile("培训|轮训|学习|教育|讲座|讲课")


def doubts_of(found: Draft) -> Iterator[Doubt]:
    """Every open question, those about the whole notice first, then in the order of the definition."""
    yield from _unread(found)
    yield from _head(found)
    yield from _units(found)
    for stage in found.stages:
        yield from _stage(found, stage)
    for scale in found.scales:
        yield from _scale(scale)
    seen_events: set[str] = set()
    for demand in (*found.deliverables, *found.recurring, *found.tasks):
        yield from _demand(found, demand, seen_events)
    yield from _timeless(found)
    for aim in found.aims:
        yield from _aim(found, aim)


def line_field(demand: Demand) -> str:
    """Under which key its time is answered: what is done regularly needs an interval, everything else a day."""
    line = demand.deadline
    again = line is not None and (line.every is not None or bool("vague" in line.flags and REGULAR.search(line.words)))
    return "频次" if again else "时间"


TIMELESS_KEY = "任务/时间"
"""One answer for all the work the notice gives no time."""


def is_timeless(demand: Demand) -> bool:
    """Neither a time of its own nor a stage to lend it one; only binding work, and no paper (that is asked for by itself)."""
    return demand.deadline is None and demand.stage is None and demand.status == "binding" and not is_paper(demand)


def scale_key(no: int) -> str:
    return f"定级/{no}"


def aim_key(no: int) -> str:
    return f"目标/{no}"


def event_key(event: str) -> str:
    return f"日期/{event}"


def units_key(words: str) -> str:
    return f"单位/{words}"


def unread_key(words: str) -> str:
    return f"原件/{words[:12]}"


def _unread(found: Draft) -> Iterator[Doubt]:
    """What the file held and could not be read: nobody may take the draft for whole."""
    for words in found.document.unread:
        yield Doubt(why=words, proposal="对照原件核对后写 已核对", answer_key=unread_key(words))


def _head(found: Draft) -> Iterator[Doubt]:
    head = found.head
    if not head.title:
        yield Doubt(why="没有读出标题", proposal="填写活动名称", answer_key="活动")
    if head.issued is None:
        year = f"，现在只知道是{head.year}年" if head.year else "；没有它，不带年份的时间都定不下来"
        quote = next((d.quote for d in head.days), None)
        yield Doubt(why=f"通知里没有印发日期{year}", proposal="填写实际印发日期", answer_key="印发", quote=quote)
    if not head.issuer:
        yield Doubt(why="没有读出发文单位", proposal="填写发文单位", answer_key="发文")
    if not head.addressees and any(not d.who and not d.office for d in (*found.deliverables, *found.recurring, *found.tasks)):
        kind = "党支部" if (head.issuer or "").endswith("总支") else SECOND
        yield Doubt(why="没有主送单位，不知道由谁办理", proposal=kind, answer_key="主送", value=kind, quote=head.title_quote)


def _units(found: Draft) -> Iterator[Doubt]:
    """Units named in words that a person must match with kinds of units: 各教学院部, 全校各单位."""
    named = [(w, found.head.addressees_quote) for w in found.head.addressees]
    named += [(w, d.quote) for d in (*found.deliverables, *found.recurring, *found.tasks) for w in d.who]
    for words, quote in dict(reversed(named)).items() if named else ():
        if words != INFORMED and unit_words(words) is None:
            value = INFORMED if only_informed(words) and len(found.head.addressees) > 1 else SECOND
            note = "；不承担任务" if value == INFORMED else f"；只是知会就写 {INFORMED}"
            yield Doubt(
                why=f"“{words}”在本校是哪类单位",
                proposal=f"{value}{note}",
                answer_key=units_key(words),
                value=value,
                quote=quote,
                about=words,
            )


def _stage(found: Draft, stage: Stage) -> Iterator[Doubt]:
    if is_settled(stage.deadline) or stage.overall:
        return
    line = stage.deadline
    value = _value(line) or _stage_guess(found, stage)
    yield Doubt(
        why=f"阶段“{stage.name}”{_why(line)}",
        proposal=value,
        answer_key=f"{stage_key(stage)}/时间",
        value=value,
        quote=stage.quote,
        about=stage.name,
    )


def _scale(scale: Scale) -> Iterator[Doubt]:
    key = scale_key(scale.no)
    names = "、".join(scale.grades)
    if not scale.subject:
        yield Doubt(why=f"“{names}”给谁定", proposal="党支部", value="党支部", answer_key=f"{key}/对象", quote=scale.quote)
    if not scale.grader:
        grader = "学校党委" if scale.subject and unit_words(scale.subject) == SECOND else SECOND
        yield Doubt(why=f"“{names}”由谁来定", proposal=grader, value=grader, answer_key=f"{key}/谁来定", quote=scale.quote)


def _demand(found: Draft, demand: Demand, events: set[str]) -> Iterator[Doubt]:
    key, line = demand_key(demand), demand.deadline
    if demand.status == "tentative":
        words = line.words if line else ""
        proposal = f"采用；原文“{words}”是暂定的，请核对" if words else "采用"
        yield Doubt(
            why=f"“{demand.what}”是暂定的，要不要列入", proposal=proposal, value="采用", answer_key=key, quote=demand.quote
        )
        return
    if line is not None and line.event and "damaged" not in line.flags:
        if line.event not in events and line.event not in dict(found.dates):
            events.add(line.event)
            why = f"“{demand.what}”要看“{line.event}”在哪天"
            yield Doubt(why=why, proposal="日期定了再填，未定前不提醒", answer_key=event_key(line.event), quote=demand.quote)
    elif (line is not None or is_paper(demand)) and not is_settled(line):
        value = _value(line) or _guess(found, demand)
        yield Doubt(
            why=f"“{demand.what}”{_why(line)}",
            proposal=value,
            value=value,
            answer_key=f"{key}/{line_field(demand)}",
            quote=demand.quote,
            about=demand.what,
        )
    if is_paper(demand) and not demand.to:
        receiver = _receiver(found)
        why = f"“{demand.what}”没有写报给谁"
        yield Doubt(why=why, proposal=receiver, value=receiver, answer_key=f"{key}/报给", quote=demand.quote, about=demand.what)


def _timeless(found: Draft) -> Iterator[Doubt]:
    """All work without a time in one question: it is mostly answered with one day."""
    open_ones = [demand for demand in found.tasks if is_timeless(demand)]
    if open_ones:
        names = "、".join(demand.what for demand in open_ones)
        value = _by(_last_end(found)) or _end_of_year(found)
        why = f"{len(open_ones)}项工作没有写完成时间，补上以前不提醒：{names}"
        yield Doubt(why=why, proposal=value, value=value, answer_key=TIMELESS_KEY, quote=open_ones[0].quote)


def _aim(found: Draft, aim: Aim) -> Iterator[Doubt]:
    key, name = aim_key(aim.no), f"目标“{aim.quote.said[:30]}”"
    if not aim.source and not aim.to:
        why = f"{name}没有写从哪个等次到哪个等次，不是晋位目标"
        yield Doubt(why=why, proposal="删去；督办只统计等次的变化", value="删去", answer_key=key, quote=aim.quote)
        return
    if not aim.source:
        yield Doubt(why=f"{name}没有写从哪个等次算起", proposal="一般", value="一般", answer_key=f"{key}/从", quote=aim.quote)
    if not aim.to:
        yield Doubt(
            why=f"{name}没有写要到哪个等次",
            proposal="升级；升一个等次就算",
            value="升级",
            answer_key=f"{key}/到",
            quote=aim.quote,
        )
    if not is_settled(aim.deadline):
        value = _value(aim.deadline) or _years(found, aim.deadline) or _end_of_year(found)
        yield Doubt(why=f"{name}{_why(aim.deadline)}", proposal=value, value=value, answer_key=f"{key}/时间", quote=aim.quote)


def _why(line: Deadline | None) -> str:
    """没有写时间, or what is doubtful about the words."""
    if line is None or not line.words:
        return "没有写时间"
    flag = next((flag for flag in line.flags if flag in BLOCKING), None)
    reason = FLAGS[flag] if flag else "只有开始，没有写到哪天" if line.start else "定不出最后一天，请补充"
    return f"写的是“{line.words}”：{reason}"


def _value(line: Deadline | None) -> str:
    """The days a doubtful phrase probably means."""
    return spelled(line) if line is not None and line.end is not None else ""


def _guess(found: Draft, demand: Demand) -> str:
    if line_field(demand) == "频次":
        return "每学期1次" if EVERY_TERM.search(demand.what) else "每季度1次"
    stage = next((s for s in found.stages if s.name == demand.stage), None)
    return _by(_end(stage) or _last_end(found)) or _end_of_year(found)


def _stage_guess(found: Draft, stage: Stage) -> str:
    """Until the stage after it begins, or the campaign ends, or the year."""
    later = found.stages[found.stages.index(stage) + 1 :]
    following = next((s.deadline.end for s in later if s.deadline and s.deadline.end and not s.overall), None)
    overall = next((s.deadline.end for s in found.stages if s.overall and s.deadline and s.deadline.end), None)
    return _by(following or overall) or _end_of_year(found)


def _years(found: Draft, line: Deadline | None) -> str:
    """2年内 of a notice of 2012 is taken to the end of 2013."""
    m, year = _YEARS.search(line.words) if line else None, _year(found)
    if not m or not year:
        return ""
    return f"{year + (whole(m[1]) or 1) - 1}年12月31日前"


def _end(stage: Stage | None) -> date | None:
    return stage.deadline.end if stage and is_settled(stage.deadline) and stage.deadline else None


def _last_end(found: Draft) -> date | None:
    return max((end for s in found.stages if (end := _end(s))), default=None)


def _by(day: date | None) -> str:
    return f"{day.year}年{day.month}月{day.day}日前" if day else ""


def _end_of_year(found: Draft) -> str:
    year = _year(found)
    return f"{year}年12月31日前" if year else "年底前"


def _year(found: Draft) -> int | None:
    """The year the notice is about, as far as it tells."""
    anchor, last = found.head.anchor, _last_end(found)
    return anchor.year if anchor else last.year if last else None


def _receiver(found: Draft) -> str:
    """The office that would receive papers of this issuer."""
    others = [d.to for d in found.deliverables if d.to and not known_kinds((d.to,))]
    issuer = found.head.issuer or ""
    if others:
        return others[0]
    return issuer if issuer.endswith(("部", "办公室", "处", "科", "局")) else "组织部"
