"""Which paper 电子版 or 以上材料 means: the last one named before it."""

from __future__ import annotations

import re
from dataclasses import replace

from phases.reader.due import governing
from phases.reader.handing import Handing
from phases.reader.objects import made_in
from phases.reader.papers import Papers, is_form, is_paper, papers
from phases.reader.plain import plain
from phases.reader.utterance import Notice, Utterance
from workflow.deadline import Mention

_LOOK_BACK, _LOOK_FAR = 3, 6
_TITLE = re.compile(
    r"关于(?:做好|开展|报送|上报|征集|提交|组织|举办)*(?P<what>[^《》]{2,30}?)(?:工作|活动)?的(?:通知|通告|公告)"
)
_THEN = re.compile(r"(?:并|同时|一并|请)")
_BARE = re.compile(r"^(?:报告|总结|方案|计划|材料|情况|清单|台账|书面材料|书面报告)$")
_ABOUT = re.compile(
    r"(?P<work>自查自纠|自查|自评|调研|调查|摸底|排查|整改|学习|检查|评估|总结|自检|培训|征集|推荐|清理|统计)(?:工作|活动|情况)?(?:的基础上)?(?:\([^()]{1,20}\))?[,]?(?:并|要)?(?:认真|及时|如实)?(?:形成|写出|撰写|提交|整理|制定|提出)(?:一份|书面|相关|详细)*$"
)


def antecedent(notice: Notice, u: Utterance, handing: Handing, form: Papers | None, *, is_first: bool) -> Papers | None:
    """What 纸质版 or 以上材料 is a form of: the last paper named before it; the form itself for a later verb of the sentence."""
    if not is_first:
        return form or Papers(what="", materials=(), ways=(), named=False)
    named = _named_before(notice, u, handing, _forms_reach(notice, u) if form else notice.before(u, 1))
    if named is None:
        named = _of_title(notice) if form and (handing.receiver or handing.addresses) else None
    if named is None:
        return form
    if form is None:
        return named
    shown = re.sub("(?:材料|文件)$", "", form.what) if is_form(form.what) and form.ways else ""
    what = f"{named.what}（{shown}）" if shown else named.what
    return replace(named, what=what, ways=tuple(dict.fromkeys((*named.ways, *form.ways))))


def _of_title(notice: Notice) -> Papers | None:
    """关于征集活动征文的通知: the papers the whole notice is about."""
    title = notice.head.title or ""
    found = _TITLE.search(plain(title))
    words = title[found.start("what") : found.end("what")] if found else ""
    named = papers(words) if words and is_paper(words) else None
    return named if named and named.named else None


def time_before(notice: Notice, u: Utterance) -> Mention | None:
    """11月30日前，完成自评，撰写报告。并将材料报送……: the day of the sentence it goes on from."""
    if not _THEN.match(u.text, u.begins):
        return None
    earlier = next(iter(notice.before(u, 1)), None)
    same = earlier is not None and earlier.sentence.passage == u.sentence.passage
    return governing(earlier, len(earlier.text), earlier.begins) if same and earlier else None


def _spelled(u: Utterance, span: tuple[int, int], named: Papers) -> Papers:
    """逐项自查自纠，形成报告: a 自查自纠报告."""
    about = _ABOUT.search(u.text, max(0, span[0] - 30), span[0])
    if not about or not _BARE.match(named.what):
        return named
    what = u.sentence.text[about.start("work") : about.end("work")] + named.what
    return replace(named, what=what, materials=(what,))


def _forms_reach(notice: Notice, u: Utterance) -> tuple[Utterance, ...]:
    """The sentences in which the paper may be named that 电子版 is a form of, likely ones first."""
    return (*notice.before(u, _LOOK_BACK), *reversed(notice.utterances[max(0, u.no - _LOOK_FAR) : u.no]))


def _named_before(notice: Notice, u: Utterance, handing: Handing, near: tuple[Utterance, ...]) -> Papers | None:
    for earlier, end in ((u, handing.at), *((e, len(e.text)) for e in near)):
        span = made_in(earlier, earlier.begins, end)
        if span and (named := papers(earlier.sentence.text[slice(*span)])) and named.named:
            return _spelled(earlier, span, named)
    return None
