"""How a notice is built: passages, parts, sentences, and which of a page is the text of the notice."""

import pytest

from phases.reader.document import Document
from phases.reader.nouns import Outline
from phases.reader.outline import outline


def read(*lines: str, rows: tuple[int, ...] = ()) -> Outline:
    return outline(Document(text="\n".join(lines), rows=frozenset(rows)))


def parts(found: Outline) -> list[tuple[str, str, int, int | None]]:
    return [(s.marker, s.heading, s.level, s.parent) for s in found.sections]


def said(found: Outline) -> list[str]:
    return [sentence.text for sentence in found.sentences]


def test_lines_broken_at_the_edge_of_the_paper_are_one_paragraph():
    found = read(
        "关于整理党员档案的通知",
        "各党支部：",
        "　　为了做好档案工作，请各支部对照目录逐份检查，缺少的材料要及时补齐，破",
        "损的要修补，涂改的要由本人说明情况并签字，由支部书记审核以后集中存放保",
        "管。",
        "　　各支部要指定一名委员负责这件事，并把名单告诉组织员，变动的时候也要说",
        "一声。",
        "组织部",
        "2016年5月9日",
    )

    assert said(found)[0].endswith("集中存放保管。")
    assert len([p for p in found.passages if p.text.startswith("各支部要指定")]) == 1
    assert found.passages[2].line == 3


def test_short_lines_that_end_by_themselves_stay_apart():
    found = read("关于春游的通知", "各班：", "一、活动时间", "4月8日", "二、活动地点", "城南公园", "三、活动要求", "注意安全。")

    assert [p.text for p in found.passages[2:6]] == ["一、活动时间", "4月8日", "二、活动地点", "城南公园"]
    assert [s.heading for s in found.sections] == ["活动时间", "活动地点", "活动要求"]


def test_title_broken_over_two_lines_with_a_blank_between_is_one_passage_whose_words_stand_in_the_file():
    found = read("关于在全院开展", "", "“我为病人做件事”活动的通知", "各科室：", "请认真组织。")

    title = found.passages[0]
    assert title.text == "关于在全院开展“我为病人做件事”活动的通知"
    assert found.document.quote_of(title, 0, len(title.text)).text == "关于在全院开展\n\n“我为病人做件事”活动的通知"


def test_title_that_goes_on_behind_the_word_activity_is_joined():
    found = read("关于开展校园植树活动", "的通知", "各班级：", "请按时参加植树活动。")

    assert found.passages[0].text == "关于开展校园植树活动的通知"


def test_sections_nest_by_the_form_of_their_numbers():
    found = read(
        "二〇一五年工作要点",
        "一、思想建设",
        "（一）抓好学习",
        "1.读原著。每人读一本。",
        "（1）先读目录。",
        "①做笔记。",
        "（二）抓好宣传",
        "二、组织建设",
        "1、配齐班子。",
        "（1）开大会。",
    )

    assert parts(found) == [
        ("一、", "思想建设", 1, None),
        ("（一）", "抓好学习", 2, 0),
        ("1.", "读原著", 3, 1),
        ("（1）", "先读目录", 4, 2),
        ("①", "做笔记", 5, 3),
        ("（二）", "抓好宣传", 2, 0),
        ("二、", "组织建设", 1, None),
        ("1、", "配齐班子", 3, 6),
        ("（1）", "开大会", 4, 7),
    ]


def test_numbering_that_restarts_under_the_next_heading_belongs_to_that_heading():
    found = read("工作安排", "一、学习", "1、读书。", "2、讨论。", "二、整改", "1、列清单。", "2、销号。")

    assert [s.parent for s in found.sections] == [None, 0, 0, None, 3, 3]


@pytest.mark.parametrize(
    ("line", "marker", "heading"),
    [
        ("2.11月8日前各支部上交名单。", "2.", "11月8日前各支部上交名单"),
        ("3.2024年工作打算。", "3.", "2024年工作打算"),
        ("（三)检查验收", "（三)", "检查验收"),
        ("⒉自查自纠。", "⒉", "自查自纠"),
        ("㈡自查自纠。", "㈡", "自查自纠"),
        ("第二阶段：自查自纠（5月）。", "第二阶段", "自查自纠"),
        ("第三条 党员要按时交纳党费。", "第三条", "党员要按时交纳党费"),
        ("2)核对名册。", "2)", "核对名册"),
    ],
)
def test_number_of_a_part_is_told_from_its_words(line, marker, heading):
    found = read("工作安排", "下面是全部内容，请各支部逐项对照。", line)

    assert [(s.marker, s.heading) for s in found.sections] == [(marker, heading)]


@pytest.mark.parametrize(
    "line", ["3.30前把名单交来。", "1.5倍的加班费照发。", "第二阶段工作已经完成。", "七一前夕召开座谈会。"]
)
def test_what_is_no_number_of_a_part_begins_none(line):
    found = read("工作安排", "下面是全部内容，请各支部逐项对照。", line)

    assert found.sections == ()


def test_parts_counted_within_a_paragraph_cover_their_own_words_and_end_with_it():
    found = read(
        "关于加强学习的意见",
        "一、学习方法。要做到：一是读原文。每天一页。二是写体会。每月一篇。",
        "各支部要检查落实情况。",
    )

    first, one, two = found.sections
    text = found.passages[1].text
    assert (one.marker, one.heading, text[one.first : one.end]) == ("一是", "读原文", "读原文。每天一页。")
    assert (two.parent, two.end) == (0, len(text))
    assert found.sentences[-1].section == 0
    assert first.passages == range(1, 3)


def test_a_lone_ordinal_within_a_sentence_begins_no_part():
    found = read("关于加强学习的意见", "各支部要读原文。一是一，二是二，要实事求是地报。")

    assert found.sections == ()


def test_list_in_one_long_line_is_read_like_one_in_many():
    found = read("安全检查通知", "三、工作步骤 (一)自查 各班检查门窗。 (二)抽查 学校派人检查。 (三)通报 公布结果。")

    assert [(s.marker, s.parent) for s in found.sections] == [("三、", None), ("(一)", 0), ("(二)", 0), ("(三)", 0)]


def test_heading_ends_before_the_bracket_with_a_date_and_keeps_other_brackets():
    found = read("工作安排", "1.教学院部（含中心）自查（3月1日—9日）。逐间检查。")

    assert found.sections[0].heading == "教学院部（含中心）自查"
    assert said(found) == ["1.教学院部（含中心）自查（3月1日—9日）。", "逐间检查。"]


def test_stops_inside_quotations_and_brackets_do_not_end_a_sentence():
    found = read("通报", "支部讨论了“怎么办？谁来办；何时办”三个问题（见附件。详细记录另发）并作了决定。会后抓紧落实。")

    assert len(said(found)) == 2


def test_opening_mark_that_is_never_closed_does_not_swallow_the_text():
    found = read("通报", "召开七一”表彰大会以前要评议。要讲“实话。会后公布结果。请各支部按时参加评议。")

    assert said(found) == ["召开七一”表彰大会以前要评议。", "要讲“实话。", "会后公布结果。", "请各支部按时参加评议。"]


def test_body_leaves_out_the_page_the_head_and_what_follows_the_signature():
    found = read(
        "通知公告",
        "当前位置:首页 > 通知",
        "关于清点会议室桌椅的通知",
        "发布日期:2019-03-04 来源:后勤处 浏览次数:31",
        "各部门：",
        "请各部门清点会议室的桌椅，把数目告诉后勤处。",
        "附件：1.清点表",
        "2.会议室名单",
        "后勤处",
        "2019年3月4日",
        "主题词：清点 通知",
        "抄送：校长办公室",
        "上一篇：关于停水的通知",
        "打印本页 关闭窗口",
    )

    assert [found.passages[i].text for i in found.body] == ["请各部门清点会议室的桌椅，把数目告诉后勤处。"]
    assert said(found) == ["请各部门清点会议室的桌椅，把数目告诉后勤处。"]


def test_plan_sent_out_with_a_notice_belongs_to_its_text_and_forms_do_not():
    found = read(
        "关于印发《节水活动方案》的通知",
        "各学院：",
        "现将方案印发给你们，请认真执行。",
        "后勤处",
        "2018年4月2日",
        "节水活动方案",
        "一、目标",
        "用水减少一成。",
        "附件1",
        "节水情况登记表",
        "填表人：",
    )

    assert [s.heading for s in found.sections] == ["目标"]
    assert said(found) == ["现将方案印发给你们，请认真执行。", "一、目标", "用水减少一成。"]


def test_text_between_the_list_of_papers_and_the_signature_is_text():
    found = read(
        "关于清点桌椅的通知", "各部门：", "请清点桌椅。", "附件：1.清点表", "清点时请拍照留存。", "后勤处", "2019年3月4日"
    )

    assert said(found) == ["请清点桌椅。", "清点时请拍照留存。"]


def test_row_of_a_table_is_a_passage_with_cells():
    found = read("进度安排", "工作分三步做，各学院按表执行。", "阶段\t时间", "自评\t3月上旬", rows=(3, 4))

    assert [p.cells for p in found.passages if p.cells] == [("阶段", "时间"), ("自评", "3月上旬")]
    assert said(found)[-2:] == ["自评", "3月上旬"]


def test_traditional_characters_and_half_width_marks_are_read_like_the_others():
    found = read("關於創建平安校園的工作規劃", "一、工作步驟", "(一)2011年3月為宣傳發動階段。", "(二)其他。")

    assert [s.marker for s in found.sections] == ["一、", "(一)", "(二)"]


def test_unnumbered_heading_opens_a_part_but_the_only_line_of_a_part_does_not():
    found = read(
        "安全月方案",
        "一、参加对象",
        "全体学生",
        "二、活动内容",
        "宣传周",
        "张贴标语，播放短片，发放手册，举办讲座。",
    )

    assert parts(found) == [
        ("一、", "参加对象", 1, None),
        ("二、", "活动内容", 1, None),
        ("", "宣传周", 2, 1),
    ]


def test_quotes_of_sentences_are_the_words_in_the_file():
    found = read("通报", "　　请按时参加。请带笔记本。", "　　会场在礼堂。")

    for sentence in found.sentences:
        quote = found.quote(sentence)
        assert found.document.text[quote.at : quote.to] == sentence.text


@pytest.mark.parametrize("text", ["", "\n\n", "　", "（" * 5000, "“《" * 3000, "一是" * 4000, "1." * 4000, "\t" * 100])
def test_junk_has_a_structure_too(text):
    found = outline(Document(text=text))

    assert len(found.body) <= len(found.passages)
