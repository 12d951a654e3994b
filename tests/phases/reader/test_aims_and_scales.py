"""Which shares a notice wants reached, and which grades it gives."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from phases.reader.aims import aims
from phases.reader.document import Document
from phases.reader.head import head
from phases.reader.nouns import Aim, Scale
from phases.reader.outline import outline
from phases.reader.scales import scales
from phases.reader.stages import stages


def wanted(sentence: str) -> tuple[Aim, ...]:
    built = outline(Document(text=_notice(sentence)))
    return aims(built, head(built))


def graded(*sentences: str) -> tuple[Scale, ...]:
    built = outline(Document(text=_notice(*sentences)))
    top = head(built)
    return scales(built, top, stages(built, top))


def _notice(*lines: str) -> str:
    return "\n".join(("关于开展晋位升级活动的通知", "各党总支：", *lines, "党委组织部", "2012年3月5日"))


def test_each_share_is_governed_by_the_time_before_it():
    found = wanted(
        "今年内，25%以上的一般党支部晋位为先进，40%以上的后进党支部转化升级；2年内，70%以上的后进党支部升级为一般及其以上位次。"
    )

    assert [(a.share, a.source, a.to) for a in found] == [
        (Fraction(1, 4), "一般", "先进"),
        (Fraction(2, 5), "后进", None),
        (Fraction(7, 10), "后进", "一般及以上"),
    ]
    assert [a.deadline.end if a.deadline else None for a in found] == [date(2012, 12, 31), date(2012, 12, 31), None]
    assert found[2].deadline is not None
    assert "ambiguous" in found[2].deadline.flags


def test_the_quote_begins_with_the_time_that_stands_right_before():
    first, second = wanted("今年内，25%以上的一般党支部晋位为先进，40%以上的后进党支部转化升级。")

    assert first.quote.said == "今年内，25%以上的一般党支部晋位为先进"
    assert second.quote.said == "40%以上的后进党支部转化升级"


@pytest.mark.parametrize(
    ("sentence", "share", "source"),
    [
        ("努力实现“先进”提升率达15%以上。", Fraction(3, 20), "先进"),
        ("确保一般支部晋级率达到30%。", Fraction(3, 10), "一般"),
        ("对定级为后进的7个支部，集中整顿，实现转化率达80%以上。", Fraction(4, 5), "后进"),
        ("隐患整改率要达到100%。", Fraction(1), None),
        ("一般党支部升为先进的要达到35%以上。", Fraction(7, 20), "一般"),
        ("整改率6月20日前达到100%。", Fraction(1), None),
        ("三分之一以上的一般党支部晋位为先进。", Fraction(1, 3), "一般"),
    ],
)
def test_a_rate_is_an_aim(sentence: str, share: Fraction, source: str | None):
    (aim,) = wanted(sentence)

    assert (aim.share, aim.source) == (share, source)


@pytest.mark.parametrize(
    "sentence",
    [
        "每年要按照5%-10%的后进比例进行倒查。",
        "先进比例控制在20%以内。",
        "最终得分=自评分×40%+上级考评分×60%。",
        "候选人得票率达到80%以上方可当选。",
        "按党员人数的1%推荐优秀党员。",
        "评为优秀的党员一般不超过30%。",
        "目前一般党支部晋级率已达到20%。",
        "立项项目经费按50%拨付。",
    ],
)
def test_shares_of_votes_marks_money_and_limits_are_no_aims(sentence: str):
    assert wanted(sentence) == ()


def test_two_gradings_of_one_sentence_are_told_apart_by_grader_and_subject():
    found = graded(
        "学校对各直属党委（党总支）、直属党委（党总支）对所属各党支部分别按先进、较好、一般、后进等四类进行分类定级。"
    )

    assert [(s.grader, s.subject) for s in found] == [
        ("学校", "各直属党委（党总支）"),
        ("直属党委（党总支）", "所属各党支部"),
    ]
    assert {s.grades for s in found} == {("先进", "较好", "一般", "后进")}


def test_a_grading_says_on_what_evidence():
    (scale,) = graded("结合调查摸底、年度考核、群众评议情况，上级党组织对党支部按先进、一般和后进进行分类定级。")

    assert scale.evidence == ("调查摸底", "年度考核", "群众评议")
    assert (scale.grader, scale.subject) == ("上级党组织", "党支部")


def test_the_day_of_a_grading_may_stand_in_the_next_sentence():
    (scale,) = graded("各总支对所属党支部按先进、一般、后进进行分类定级。分类定级工作于3月30日前完成。")

    assert scale.deadline is not None
    assert scale.deadline.end == date(2012, 3, 30)


def test_cut_offs_name_the_grades():
    (scale,) = graded("总分90分以上为先进，75-89分为较好，60-74分为一般，60分以下为后进。")

    assert scale.grades == ("先进", "较好", "一般", "后进")


def test_grades_named_one_by_one_are_put_in_their_order():
    (scale,) = graded("对于分类定级为“一般”、“后进”的党支部，要抓好整改。", "对定级为“优秀”的党支部，认真总结经验。")

    assert scale.grades == ("优秀", "一般", "后进")


@pytest.mark.parametrize(
    "sentence",
    [
        "按照巩固先进、推动一般、整顿后进的要求，抓好整改。",
        "积极向学校党委申报先进单位和个人进行表彰。",
        "表彰一批优秀共产党员、优秀党务工作者。",
    ],
)
def test_a_slogan_and_an_award_name_no_grades(sentence: str):
    assert graded(sentence) == ()
