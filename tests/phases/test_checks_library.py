"""What the checks say about the ready-made campaigns: these sentences, each of them true, and no other."""

from __future__ import annotations

import pytest
from checked import warnings

from phases import library
from phases.checks import open_questions
from phases.compile import compile_definition

REST = "现在不变，要改就写 休息日: 提前 或 顺延"
SEPTEMBER = "9月30日是周日（法定节假日）；之前最后一个工作日9月29日（周六），之后第一个工作日10月8日（周一）"
EXPECTED: dict[str, list[str]] = {
    "standard": [
        "第17行，调查摸底：从3月26日（周一）公布到3月30日（周五）只有4个工作日（4件事项）；请核对是否来得及",
        "第17行，调查摸底：“支部自评”支部要在3月28日（周三）前先交，从3月26日（周一）公布起实际只有2个工作日；请核对是否来得及",
        f"第28行，学习先进：“9月底前”的最后一天{SEPTEMBER}；{REST}",
        "第106行，调查摸底/报送材料：“整改汇总表（计划）”3月30日（周五）就要报，它汇总的“整改计划”5月31日（周四）才到期；"
        "请改其中一个时间",
        "督办：3月30日（周五）到期、支部3月28日（周三）先交的1件事项，“提前3个工作日”是3月23日（周五），"
        "在3月26日（周一）公布以前，不会发；到期以前没有人会收到提醒",
    ],
    "d0": [
        "第17行，调查摸底，分类定级：从3月26日（周一）公布到3月30日（周五）只有4个工作日（4件事项）；请核对是否来得及",
        "第26行，学习先进，创先争优：阶段“学习先进，创先争优”没有时间，二级党组织、党支部在其中也没有事项："
        "到这里不会自动办结；请给它补上时间",
        "第65行，对标整改，晋位升级/对照标准提出整改计划：计划“对照标准提出整改计划”和结果“落实整改”同一天到期"
        "（5月31日（周四））；请给计划写早一些的时间",
    ],
    "d1": [],
    "d2": [],
    "d3": [
        "督办：12月31日（周一）到期的3件事项，“超过2个工作日”要到2013年1月5日（周六），那时活动已经结束"
        "（12月31日（周一））；请把事项提前，或把“结束”改晚",
    ],
    "d4": [
        "第19行，调查摸底，分类定级：从4月24日（周二）公布到4月30日（周一）只有4个工作日（4件事项）；请核对是否来得及",
        "第19行，调查摸底，分类定级：“4月”的最后一天4月30日是周一（法定节假日）；之前最后一个工作日4月28日（周六），"
        f"之后第一个工作日5月2日（周三）；{REST}",
        "第22行，整改提高，晋位升级：“4－6月”的最后一天6月30日是周六（休息日）；之前最后一个工作日6月29日（周五），"
        f"之后第一个工作日7月2日（周一）；{REST}",
        f"第25行，学习先进，创先争优：“6－9月”的最后一天{SEPTEMBER}；{REST}",
        "第54行，整改提高，晋位升级/整改方案：计划“整改方案”和结果“解决突出问题”同一天到期（6月30日（周六））；"
        "请给计划写早一些的时间",
    ],
}


@pytest.mark.parametrize("name", library.names())
def test_a_ready_made_campaign_gets_exactly_these_warnings(name: str) -> None:
    assert [str(warning) for warning in warnings(library.text(name))] == EXPECTED[name]


@pytest.mark.parametrize(("name", "number"), [("standard", 1), ("d0", 7), ("d1", 15), ("d2", 12), ("d3", 11), ("d4", 10)])
def test_its_open_questions_are_told_apart_from_warnings(name: str, number: int) -> None:
    campaign = compile_definition(library.text(name))

    questions = open_questions(campaign)

    assert len(questions) == len(campaign.questions) == number
    assert {question.path for question in questions} == {"待定"}


def test_a_question_is_told_with_the_words_of_the_notice_and_the_proposal() -> None:
    first, *_ = open_questions(compile_definition(library.text("d0")))

    assert str(first) == ("第116行，待定：第四阶段没有时间（原文“学习先进，创先争优”）；建议：随年度总结表彰，12月31日前")
