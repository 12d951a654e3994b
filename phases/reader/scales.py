"""Which grades a notice gives, to whom, by whom, on what evidence: 按先进、较好、一般、后进分类定级."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from phases.reader.cohorts import GRADES
from phases.reader.due import governing
from phases.reader.nouns import Head, Outline, Scale, Stage
from phases.reader.utterance import Notice, Utterance
from workflow.deadline import Mention
from workflow.model import Deadline

_MORE_GRADES = (
    "基本合格",
    "不合格",
    "不达标",
    "基本达标",
    "达标",
    "优良",
    "不称职",
    "基本称职",
    "称职",
    "中等",
    "较弱",
    "差",
    "好",
    "中",
    "优",
    "良",
)
_STARS = r"[一二三四五]星级?|[ABCDE]级|[ABCD]类|[一二三四五]类|[一二三四五]等"
_GRADE = rf"(?:{'|'.join(sorted((*GRADES, *_MORE_GRADES), key=len, reverse=True))}|{_STARS})"
_JOIN = r"(?:[、,]|和|及|以及|或|与|\s){1,2}"
_LIST = re.compile(
    rf"(?:[“‘《]?{_GRADE}[”’》]?(?:类|型|级|等次|档)?(?:\([^()]{{1,20}}\))?{_JOIN}){{1,6}}[“‘《]?{_GRADE}[”’》]?(?![一-鿿]?(?:转化|争|抓|提升))"
)
_ONE = re.compile(_GRADE)
_GRADING = re.compile(
    r"分类定级|定级|等次|等级|评定|评为|评出|分出|档次|分为|划分|[二三四五]类|[二三四五]个?(?:等|档|级|星)|星级|晋位|结果(?:可)?分|分类|测评|评议|考核"
)
_SLOGAN = re.compile(r"(?:巩固|推动|整顿|转化|提升|培强|带促)$")
_GRADED = re.compile(rf"(?:定级|评定|评|列|确定|分类定级)为[“‘]?(?P<grade>{_GRADE})[”’]?的")
_GRADED_LIST = re.compile(rf"(?:定级|评定|分类定级)为(?P<grades>(?:[“‘]?{_GRADE}[”’]?[、和及,]?){{2,5}})的")
_SCORED = re.compile(
    rf"[0-9]{{2,3}}分?(?:\(含\))?(?:[-至到][0-9]{{2,3}})?分?(?:\(含[^()]{{0,6}}\))?(?:以上|以下|及以上|及以下)?(?:的)?(?:为|评?定?为|是)[“‘]?(?P<grade>{_GRADE})[”’]?"
)
_WHOM = r"[^,。;、:\s\x01由]"
_BRACKET = r"(?:\([^()]{1,40}\))?"
_UNIT = r"(?:党委|党工委|总支部?|支部|党组织|组织|单位|学院|学校|部门|科室|系|院|党员|班子|干部|部|办|处|小组|委员会|教师|局)"
_PAIRS = re.compile(
    rf"(?:^|[,、;:。]|由)(?P<grader>{_WHOM}{{0,14}}?{_UNIT}{_BRACKET})(?:负责|再)?对(?P<subject>{_WHOM}{{0,14}}?{_UNIT}{_BRACKET})(?=[、,;]|分别|按|进行|分|评|的|实行|依|逐|作)"
)
_OF = re.compile(
    r"对(?P<subject>(?:所属|各|每个|全体)?[^,。;、:对的]{0,14}?(?:党支部|党组织|支部|党员|单位|学院|学校|部门|班子|干部|教师))"
)
_SUBJECTS = re.compile(r"(?:党支部|基层党组织|党组织|支部|党员)")
_EVIDENCE = re.compile(
    r"(?:结合|根据|综合|参考|依据|通过)(?P<list>[^,。;:]{2,16}(?:、[^,。;:、]{2,16}){1,6}?)(?:等)?(?:情况|结果|意见|的办法|办法|方式)"
)
_ORDER = {
    grade: place
    for place, grade in enumerate(
        (
            "优秀",
            "优",
            "好",
            "先进",
            "A级",
            "A类",
            "良好",
            "良",
            "较好",
            "B级",
            "B类",
            "中等",
            "合格",
            "达标",
            "称职",
            "中",
            "一般",
            "C级",
            "C类",
            "基本合格",
            "基本称职",
            "基本达标",
            "后进",
            "较差",
            "较弱",
            "D级",
            "差",
            "薄弱",
            "软弱涣散",
            "不合格",
            "不达标",
            "不称职",
        )
    )
}


def scales(outline: Outline, head: Head, stages: tuple[Stage, ...]) -> tuple[Scale, ...]:
    """The grades of a notice that grades, best first; a slogan (巩固先进、推动一般) names none."""
    notice = Notice.of(outline, head, stages)
    found = tuple(scale for utterance in notice.utterances for scale in _scales(notice, utterance))
    return _distinct(found) if found else tuple(_scattered(notice))


def _scales(notice: Notice, u: Utterance) -> Iterator[Scale]:
    match, grades = _list(u)
    if match is None:
        return
    around = u.text[max(u.begins, match[0] - 120) : match[1] + 40]
    if not _GRADING.search(around) or _SLOGAN.search(u.text[: match[0]]):
        return
    for grader, subject in _who(u, match[0]) or ((None, _subject(u, *match)),):
        time = governing(u, match[0], u.begins)
        yield Scale(
            grades=grades,
            quote=notice.quote(u, *_clause(u, *match)),
            subject=subject,
            grader=grader,
            evidence=_evidence(u, match[0]),
            deadline=_deadline(notice, u, time),
            stage=u.stage.name if u.stage else None,
        )


def _list(u: Utterance) -> tuple[tuple[int, int] | None, tuple[str, ...]]:
    """The longest list of at least three grades in a sentence and where it stands; grades by marks (90分以上为先进) count as one."""
    best: tuple[tuple[int, int] | None, tuple[str, ...]] = (None, ())
    for match in _LIST.finditer(u.text, u.begins):
        grades = tuple(dict.fromkeys(_ONE.findall(match[0])))
        if len(grades) >= 3 and len(grades) > len(best[1]):
            best = (match.span(), grades)
    scored = list(_SCORED.finditer(u.text, u.begins))
    grades = tuple(dict.fromkeys(m["grade"] for m in scored))
    if len(grades) >= 3 and len(grades) > len(best[1]):
        best = ((scored[0].start(), scored[-1].end()), grades)
    return best


def _who(u: Utterance, to: int) -> tuple[tuple[str, str], ...]:
    """学校对各直属党委、直属党委对所属各党支部: each grader with whom it grades."""
    pairs = _PAIRS.finditer(u.shape, u.begins, to)
    return tuple(
        (u.sentence.text[m.start("grader") : m.end("grader")], u.sentence.text[m.start("subject") : m.end("subject")])
        for m in pairs
    )


def _subject(u: Utterance, at: int, to: int) -> str | None:
    before = list(_OF.finditer(u.text, max(u.begins, at - 80), at))
    if before:
        return u.sentence.text[before[-1].start("subject") : before[-1].end("subject")]
    behind = _SUBJECTS.match(u.text, to)
    return behind[0] if behind else ("党员" if re.search(r"民主评议党员", u.text) else None)


def _evidence(u: Utterance, at: int) -> tuple[str, ...]:
    found = list(_EVIDENCE.finditer(u.text, max(u.begins, at - 120), at))
    if not found:
        return ()
    words = u.sentence.text[found[-1].start("list") : found[-1].end("list")]
    return tuple(part for part in re.split(r"[、和及]", words) if part)


def _deadline(notice: Notice, u: Utterance, time: Mention | None) -> Deadline | None:
    if time is not None:
        return time.deadline
    for later in notice.utterances[u.no + 1 : u.no + 2]:
        first = next((m for m in later.mentions if m.sense in ("before", "window")), None)
        if first and later.sentence.section == u.sentence.section and re.search(r"定级|评定|考核|测评", later.text[: first.at]):
            return first.deadline
    return None


def _clause(u: Utterance, at: int, to: int) -> tuple[int, int]:
    start = max(u.shape.rfind(",", u.begins, at), u.begins - 1) + 1
    stops = [place for stop in ",;。" if (place := u.shape.find(stop, to)) >= 0]
    return start, min(stops) if stops else len(u.shape)


def _distinct(found: tuple[Scale, ...]) -> tuple[Scale, ...]:
    """Each grading once: of two that name the same grades the one that says more."""
    kept: list[Scale] = []
    for scale in sorted(found, key=lambda s: (-len(s.grades), s.subject is None, s.grader is None, s.quote.at)):
        if not any(
            set(scale.grades) <= set(k.grades) and scale.subject in (None, k.subject) and scale.grader in (None, k.grader)
            for k in kept
        ):
            kept.append(scale)
    return tuple(sorted(kept, key=lambda s: s.quote.at))


def _scattered(notice: Notice) -> Iterator[Scale]:
    """对定级为先进的……，对评定为一般的……: the grades a notice names one by one, in their usual order."""
    found: dict[str, Scale] = {}
    for utterance in notice.utterances:
        for match in _GRADED.finditer(utterance.text, utterance.begins):
            scale = Scale(grades=(match["grade"],), quote=notice.quote(utterance, *match.span()))
            found.setdefault(match["grade"], scale)
        for match in _GRADED_LIST.finditer(utterance.text, utterance.begins):
            for grade in _ONE.findall(match["grades"]):
                found.setdefault(grade, Scale(grades=(grade,), quote=notice.quote(utterance, *match.span())))
    if len(found) >= 2:
        grades = tuple(sorted(found, key=lambda grade: _ORDER.get(grade, len(_ORDER))))
        yield replace(next(iter(found.values())), grades=grades)
