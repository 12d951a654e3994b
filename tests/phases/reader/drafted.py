"""The scene of the draft's tests: a notice of 26 March 2012 and what its readers found in it, put together by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction

from phases.reader.answers import Answers, settled
from phases.reader.document import Document, Quote
from phases.reader.doubts import doubts_of
from phases.reader.keys import named_apart
from phases.reader.nouns import Aim, Demand, Draft, Head, Scale, Stage
from workflow.deadline import read

ISSUED = date(2012, 3, 26)
NOTICE = """示例大学关于开展支部规范年活动的通知
各二级党组织：
一、摸底排查。这一步3月30日前做完。
二、立行立改。时间另定。
三、回头看。
各二级党组织于3月30日前把实施方案和汇总表报组织部。
各教学院部建立一项制度。党校每半年办一次书记培训班，各支部定期开民主恳谈会。
学校给二级党组织、二级党组织给党支部按优、良、中、差定等。
今年内，三成中等支部要升到优等。2年内，差等支部全部升级。
617前报总结。支部书记述职安排在表彰大会前。
中共示例大学委员会
2012年3月26日
"""
DOCUMENT = Document(text=NOTICE)
SCALE = ("优", "良", "中", "差")


def quote(words: str) -> Quote:
    at = NOTICE.index(words)
    return DOCUMENT.quote(at, at + len(words))


def found() -> Draft:
    """Two stages are open, one paper's date is damaged, one scale has nobody to set it, one target no end."""
    return named_apart(
        Draft(
            document=DOCUMENT,
            head=Head(
                title="示例大学关于开展支部规范年活动的通知",
                title_quote=quote("示例大学关于开展支部规范年活动的通知"),
                issuer="中共示例大学委员会",
                issued=ISSUED,
                why="落款日期",
                addressees=("各二级党组织",),
                addressees_quote=quote("各二级党组织"),
            ),
            stages=(
                Stage(name="摸底排查", quote=quote("这一步3月30日前做完。"), deadline=read("3月30日前", ISSUED)),
                Stage(name="立行立改", quote=quote("二、立行立改。时间另定。"), deadline=read("时间另定", ISSUED)),
                Stage(name="回头看", quote=quote("三、回头看。")),
            ),
            deliverables=(
                Demand(
                    what="实施方案和汇总表",
                    materials=("实施方案", "汇总表"),
                    to="组织部",
                    ways=("纸质",),
                    deadline=read("3月30日前", ISSUED),
                    quote=quote("各二级党组织于3月30日前把实施方案和汇总表报组织部。"),
                ),
                Demand(what="总结", materials=("总结",), deadline=read("617前", ISSUED), quote=quote("617前报总结。")),
            ),
            recurring=(
                Demand(
                    what="书记培训班",
                    who=("学校党校",),
                    office=True,
                    deadline=read("每半年办一次", ISSUED),
                    quote=quote("党校每半年办一次书记培训班"),
                ),
            ),
            tasks=(
                Demand(
                    what="民主恳谈会", who=("各支部",), deadline=read("定期", ISSUED), quote=quote("各支部定期开民主恳谈会")
                ),
                Demand(
                    what="建立制度",
                    who=("各教学院部",),
                    quantities=(("制度", 1, None),),
                    quote=quote("各教学院部建立一项制度。"),
                ),
                Demand(what="书记述职", deadline=read("表彰大会前", ISSUED), quote=quote("支部书记述职安排在表彰大会前。")),
            ),
            scales=(
                Scale(
                    grades=SCALE, subject="党支部", grader="二级党组织", quote=quote("二级党组织给党支部按优、良、中、差定等")
                ),
                Scale(grades=SCALE, subject="二级党组织", quote=quote("学校给二级党组织")),
            ),
            aims=(
                Aim(
                    share=Fraction(3, 10),
                    source="中",
                    to="优",
                    deadline=read("今年内", ISSUED),
                    quote=quote("三成中等支部要升到优等"),
                ),
                Aim(share=Fraction(1), source="差", deadline=read("2年内", ISSUED), quote=quote("2年内，差等支部全部升级")),
            ),
        )
    )


def drafted(answers: Mapping[str, str] | None = None) -> Draft:
    """The draft with answers, and the questions still open. Raises as `phases.reader.draft.draft` does."""
    given = Answers(answers or {})
    final = settled(found(), given)
    given.complain()
    return replace(final, doubts=tuple(doubts_of(final)))


def with_rate(words: str) -> Draft:
    """The draft with one more rate, of something that is no grade."""
    before = found()
    rate = Aim(share=Fraction(1), quote=quote(words))
    more = named_apart(replace(before, aims=(*before.aims, rate)))
    return replace(more, doubts=tuple(doubts_of(more)))
