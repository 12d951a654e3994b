"""Who says what to whom: title, issuer, day of issue and why that one, addressees, contact."""

from datetime import date

import pytest

from phases.reader.document import Document
from phases.reader.head import head
from phases.reader.nouns import Head
from phases.reader.outline import outline

TEXT = "请各单位按照要求做好准备，并把情况告诉我们。"


def read(*lines: str) -> Head:
    return head(outline(Document(text="\n".join(lines))))


def test_signature_gives_issuer_and_day():
    found = read("关于检查灭火器的通知", "各单位：", TEXT, "保卫处", "2017年11月6日")

    assert (found.title, found.issuer, found.issued) == ("关于检查灭火器的通知", "保卫处", date(2017, 11, 6))
    assert found.why == "按落款“2017年11月6日”"


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("二〇一二年六月五日", date(2012, 6, 5)),
        ("二○一〇年十二月廿三日", date(2010, 12, 23)),
        ("2011.5.27", date(2011, 5, 27)),
        ("2012 年 3 月 26 日", date(2012, 3, 26)),
        ("2012-03-26", date(2012, 3, 26)),
    ],
)
def test_day_of_a_signature_however_it_is_written(words, day):
    found = read("关于检查灭火器的通知", "各单位：", TEXT, "保卫处", words)

    assert found.issued == day


def test_signature_wins_over_imprint_and_the_day_of_posting():
    found = read(
        "关于检查灭火器的通知",
        "发布时间：2017-11-09 点击：12",
        "各单位：",
        TEXT,
        "保卫处",
        "2017年11月6日",
        "校长办公室 2017年11月7日印发",
    )

    assert (found.issued, found.published) == (date(2017, 11, 6), date(2017, 11, 9))
    assert "页眉2017-11-09" in found.why
    assert "印发一栏2017-11-07" in found.why


def test_imprint_gives_the_day_if_nobody_signed():
    found = read("关于检查灭火器的通知", "各单位：", TEXT, "校长办公室 2017年11月7日印发")

    assert found.issued == date(2017, 11, 7)


@pytest.mark.parametrize("signature", ["一二年六月五日", "二〇一二年月五日", "2012年6月31日"])
def test_damaged_signature_gives_way_to_the_header(signature):
    found = read("关于检查灭火器的通知", "发布日期:2012年06月05日 来源: 作者:", "各单位:", TEXT, "保卫处", signature)

    assert found.issued == date(2012, 6, 5)
    assert found.why.startswith(f"落款“{signature}”有缺字")


def test_damaged_signature_alone_gives_no_day():
    found = read("关于检查灭火器的通知", "各单位：", TEXT, "保卫处", "一二年六月五日")

    assert (found.issued, found.year, found.anchor) == (None, None, None)


def test_line_of_the_page_under_the_title_is_the_day_of_issue_if_there_is_no_other():
    found = read("关于检查灭火器的通知", "日期:2022-04-13 14:55:49  发布者:  阅读次数:", "各单位:", TEXT)

    assert (found.issued, found.published) == (date(2022, 4, 13), date(2022, 4, 13))


def test_index_card_of_a_portal_tells_only_when_it_was_posted():
    found = read("索引号 | 主题分类 教育 | 发布日期 2023-06-19 | 来源 教育局", "校车检查工作简读", TEXT)

    assert (found.issued, found.published, found.issuer) == (None, date(2023, 6, 19), "教育局")
    assert "不作为印发日期" in found.why


def test_day_of_posting_gives_the_year_only_where_no_other_year_speaks_against_it():
    card = "索引号 | 发布日期 2023-06-19 | 来源 教育局"

    now = read(card, "校车检查工作简读", "检查分两步：自查阶段（5月）；抽查阶段（6月），已有进展。")
    old = read(card, "校车检查工作简读", "根据教发〔2019〕5号文件，检查分两步：自查阶段（5月）；抽查阶段（6月）。")

    assert (now.issued, now.year) == (None, 2023)
    assert "年份按发布日期，请核对" in now.why
    assert old.year is None


def test_index_card_that_says_when_the_paper_was_written_gives_the_day():
    found = read("索引号：A-1", "成文日期：2023-06-12", "发布日期：", "2023-06-19", "关于检查校车的通知", "各学校：", TEXT)

    assert (found.issued, found.published) == (date(2023, 6, 12), date(2023, 6, 19))


def test_day_on_which_a_page_was_changed_is_no_day_of_issue():
    found = read("关于检查灭火器的通知", "更新时间:2018-11-23 16:37 作者:王", "各单位:", TEXT)

    assert found.issued is None


@pytest.mark.parametrize(
    ("lines", "year"),
    [
        (("校发〔2014〕9号", "关于检查灭火器的通知", "各单位：", TEXT), 2014),
        (("关于做好2015年度统计工作的通知", "各单位：", TEXT), 2015),
        (("关于检查灭火器的通知", "各单位：", "2016年3月至2016年5月自查，2016年6月抽查。"), 2016),
        (("关于检查灭火器的通知", "各单位：", "2016年12月自查，2017年1月抽查，请准备好。"), None),
        (("2016-2018年工作规划", "各单位：", "2016-2018年各年都要检查一次灭火器。"), None),
    ],
)
def test_year_without_a_day_is_taken_only_from_what_is_written(lines, year):
    found = read(*lines)

    assert (found.issued, found.year) == (None, year)
    assert found.anchor == (date(year, 1, 1) if year else None)


def test_title_of_a_plan_that_is_sent_out_is_the_plans_own_and_the_first_signature_counts():
    found = read(
        "关于印发《节水活动",
        "实施方案》的通知",
        "各学院：",
        "现将方案印发给你们，请认真执行。",
        "后勤处",
        "2018年4月2日",
        "节水活动实施方案",
        "一、目标",
        "用水减少一成。",
        "后勤处",
        "2018年3月1日",
    )

    assert (found.title, found.issued) == ("节水活动实施方案", date(2018, 4, 2))


def test_notice_whose_plan_does_not_follow_keeps_its_own_title():
    found = read("关于印发《节水活动实施方案》的通知", "各学院：", "现将方案印发给你们，请认真执行。", "后勤处", "2018年4月2日")

    assert found.title == "关于印发《节水活动实施方案》的通知"


@pytest.mark.parametrize(
    ("lines", "issuer"),
    [
        (("某某大学后勤处文件", "关于节水的通知", "各学院：", TEXT), "某某大学后勤处"),
        (("关于节水的通知", "各学院：", TEXT, "某某大学后勤处文件"), "某某大学后勤处"),
        (("清河县教育局关于节水的通知", "各学校：", TEXT), "清河县教育局"),
        (("节水活动全面展开", "作者:节水办 发布时间:2012-05-14 点击率:40", TEXT), "节水办"),
        (("关于节水的通知", "来源:本站 作者:李某 发布时间:2012-05-14", "各学院：", TEXT), None),
        (("关于节水的通知", "各学院：", TEXT, "后勤处", "学生处", "2012年5月14日"), "后勤处、学生处"),
        (("关于节水的通知", "各学院：", TEXT, "后勤处  学生处", "2012年5月14日"), "后勤处、学生处"),
        (
            ("关于节水的通知", "各学院：", TEXT, "某某大学节水及节电", "领导小组办公室", "2012年5月14日"),
            "某某大学节水及节电领导小组办公室",
        ),
        (("关于节水的通知", "各学院：", TEXT, "后勤处 2012年5月14日"), "后勤处"),
    ],
)
def test_issuer_is_the_signature_else_letterhead_else_title_else_source(lines, issuer):
    assert read(*lines).issuer == issuer


def test_addressees_are_kept_together_with_their_brackets():
    found = read("关于节水的通知", "各直属党委（党总支、直属支部），机关各部门、后勤中心：", TEXT)

    assert found.addressees == ("各直属党委（党总支、直属支部）", "机关各部门", "后勤中心")


def test_sentence_that_announces_a_list_is_no_addressee():
    found = read("关于节水的通知", "现将各学院要做的事通知如下：", "一、关好水龙头。")

    assert found.addressees == ()


@pytest.mark.parametrize(
    ("line", "contact"),
    [
        ("联系人：周老师，0100-6280000", ("", "周老师", "0100-6280000")),
        ("联系人：周老师，联系电话：62800001", ("", "周老师", "62800001")),
        ("联系电话：62800001", ("", "", "62800001")),
        ("后勤处联系人：周老师", ("后勤处", "周老师", "")),
    ],
)
def test_contact_is_read_as_far_as_it_is_given(line, contact):
    assert read("关于节水的通知", "各学院：", TEXT, line).contact == contact


def test_document_number_is_kept_as_written():
    assert read("后勤发〔2014〕9号", "关于节水的通知", "各学院：", TEXT).document_no == "后勤发〔2014〕9号"


def test_words_of_title_issuer_and_addressees_stand_in_the_file():
    text = "关于节水的通知\n各学院：\n" + TEXT + "\n后勤处\n2014年3月3日"
    found = head(outline(Document(text=text)))

    for quote in (found.title_quote, found.issuer_quote, found.addressees_quote, found.days[0].quote):
        assert quote is not None
        assert text[quote.at : quote.to] == quote.text


@pytest.mark.parametrize("text", ["", "\n", "：", "关于", "年月日", "〔〕号", "。" * 3000])
def test_junk_has_an_empty_head(text):
    found = head(outline(Document(text=text)))

    assert (found.issued, found.year) == (None, None)


# Pages that lost their line breaks, and libraries of other people's papers


@pytest.mark.parametrize(
    ("closing", "issuer"),
    [
        ("特此通知 后勤处 2014年3月3日 |", "后勤处"),
        ("附件：报名表（略） 二〇一四年三月三日 |", None),
        ("联系人：李老师（8822，li@example.edu.cn） 后勤处2014年3月3日", "后勤处"),
    ],
)
def test_the_signature_may_end_the_read(closing: str, issuer: str | None):
    found = read(
        "关于开展“清洁校园”活动的通知",
        "发布日期：2015-10-24 02:56:54",
        "各学院：",
        f"请各学院组织师生清扫校园，于4月10日前报送小结。 {closing}",
    )

    assert found.issued == date(2014, 3, 3)
    assert issuer is None or found.issuer == issuer


def test_a_day_in_the_last_paragraph_that_is_something_else_is_no_signature():
    found = read("关于开展“清洁校园”活动的通知", "各学院：", "请于上班时间报名，报名截止时间 2014年3月3日")

    assert found.issued is None


def test_a_library_of_papers_tells_only_when_it_was_uploaded():
    found = read(
        "清洁校园活动实施方案",
        "时间：2019-05-14 23:36:32下载本文 作者：会员上传",
        "一、目标",
        "校园整洁，环境优美，人人参与，个个动手。",
        "二、时间",
        "活动从2012年3月27日开始，到4月6日结束。",
    )

    assert found.issued is None
    assert found.year == 2012


def test_the_day_behind_the_list_of_attachments_signs():
    found = read(
        "后勤处关于开展“清洁校园”活动的通知",
        "各学院：",
        "请各学院组织师生清扫校园。",
        "附：《报名表》",
        "二00九年十二月七日",
        "詞條",
        "聯絡",
    )

    assert found.issued == date(2009, 12, 7)


def test_bullets_below_a_short_heading_hide_no_signature():
    found = read(
        "关于开展“清洁校园”活动的通知", "各学院：", "工作进度", "● 3月10日前：清扫", "● 7月：评比", "后勤处", "2014年3月3日"
    )

    assert found.issued == date(2014, 3, 3)
    assert found.issuer == "后勤处"
