"""What people read: the voice, what is listed and what is counted."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from typing import Any

import pytest

from notifications.letter import Contact, Letter, Line
from notifications.preview import awkward, examples
from notifications.render import render

HARSH = ("督办", "逾期", "将上报", "后进", "问责", "通报", "批评", "排名", "先进", "一般")
EXAMPLES = list(examples())


@pytest.mark.parametrize("name", EXAMPLES)
def test_no_example_carries_a_harsh_word(name: str) -> None:
    letter = examples()[name]

    rendered = render(letter)

    body = rendered.text + rendered.html
    allowed = body.replace("督办单", "") if letter.ask else body
    assert [word for word in HARSH if word in rendered.subject or word in allowed] == []


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_says_what_it_is_and_how_to_end_it(name: str) -> None:
    letter = examples()[name]

    rendered = render(letter)

    assert rendered.subject.startswith("工作提示：")
    assert len(rendered.subject) < 90
    for body in (rendered.text, rendered.html):
        assert body.count("如已报送，请忽略") == 1
        assert "非涉密系统，严禁处理国家秘密" in body
        assert letter.contact.phone in body
        assert body.index("如已报送") > body.index(letter.contact.name or letter.contact.unit or "联系")


@pytest.mark.parametrize("name", EXAMPLES)
def test_text_has_no_stray_blank_lines_or_spaces(name: str) -> None:
    text = render(examples()[name]).text

    assert "\n\n\n" not in text
    assert not re.search(r"[ \t]\n|，，|。。|：：|（）|None", text)


@pytest.mark.parametrize("name", EXAMPLES)
def test_html_opens_and_closes_its_tags_and_loads_nothing(name: str) -> None:
    html = render(examples()[name]).html

    tags = _Tags()
    tags.feed(html)

    assert tags.open == []
    assert tags.seen.isdisjoint({"img", "script", "link", "iframe", "form"})


def test_branch_secretary_reads_what_by_when_and_whom_to_call(to_li: Letter) -> None:
    rendered = render(to_li)

    assert rendered.subject == "工作提示：基层组织建设年 支部自评，3月30日（周五）24:00前"
    assert "化学化工学院教工第一党支部有1件事请您办" in rendered.text
    assert "3月30日（周五）24:00前，含当日，还有3个工作日" in rendered.text
    assert "化学化工学院党委 陈老师，电话0000-1234" in rendered.text


def test_internal_line_comes_first_and_is_marked_as_local(to_li: Letter, self_assessment: Line) -> None:
    line = replace(self_assessment, internal_text="3月28日（周三）24:00前，含当日")

    rendered = render(replace(to_li, own=(line,)))

    assert rendered.subject.endswith("3月28日（周三）24:00前")
    assert rendered.text.index("3月28日") < rendered.text.index("3月30日")
    assert "本级补充" in rendered.text


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"due_day": date(2012, 3, 27), "workdays_left": 0}, "今天到期"),
        # The 29th of April 2012 is a Sunday in the holiday; the Saturday before it was a working day.
        ({"due_day": date(2012, 4, 29), "workdays_left": 0}, "今天是最后一个工作日"),
        ({"provisional": True}, "未公布，暂按周一至周五推算"),
        ({"workdays_left": None, "days_past": 6}, "目前尚未报送，请抽空办理"),
        ({"returned": True}, "退回补正，改好再报即可"),
        ({"returned": True, "returned_text": "第3项人数与名册不一致"}, "第3项人数与名册不一致"),
    ],
)
def test_own_line_says_how_it_stands(to_li: Letter, self_assessment: Line, change: dict[str, Any], words: str) -> None:
    plain = render(to_li).text

    changed = render(replace(to_li, own=(replace(self_assessment, **change),)))

    assert words in changed.text
    assert words in changed.html
    assert words not in plain


def test_days_past_are_told_only_to_the_leader_who_decides(to_li: Letter, self_assessment: Line) -> None:
    late = replace(self_assessment, workdays_left=None, days_past=12)

    parts: list[dict[str, Any]] = [{"own": (late,)}, {"own": (), "below": (late,)}, {"own": (), "ask": (late,)}]
    own, below, ask = (render(replace(to_li, **part)).text for part in parts)

    assert "12天" in ask
    assert "12天" not in own + below


def test_clerk_reads_units_by_task_not_copies_of_reminders(to_wang: Letter) -> None:
    rendered = render(to_wang)

    assert rendered.subject == "工作提示：基层组织建设年 支部自评，3个单位还没有报齐"
    assert "教工第二党支部（待补正）、硕士党支部、退休党支部\n" in rendered.text
    assert "请您办" not in rendered.text
    assert rendered.item_count == 3


def test_units_with_an_extension_stand_under_their_own_day(to_wang: Letter) -> None:
    extended = replace(to_wang.below[0], due_text="4月6日（周五）24:00前，含当日", due_day=date(2012, 4, 6), days_past=0)

    text = render(replace(to_wang, below=(extended, *to_wang.below[1:]))).text

    assert "1. 支部自评：2个单位\n   时限：3月30日" in text
    assert "2. 支部自评：1个单位\n   时限：4月6日" in text


def test_more_than_twenty_units_end_in_their_number(to_wang: Letter) -> None:
    below = tuple(replace(to_wang.below[0], unit=f"第{n}党支部", unit_code=f"{n:04}") for n in range(1, 26))

    text = render(replace(to_wang, below=below)).text

    assert "第20党支部等25个\n" in text
    assert "第21党支部" not in text


def test_leader_is_offered_four_answers_and_nothing_is_threatened(to_wang: Letter) -> None:
    letter = replace(to_wang, role="部长", below=(), ask=to_wang.below)

    rendered = render(letter)

    assert rendered.subject == "工作提示：基层组织建设年 请您定1件事"
    for answer in ("电话了解", "督办单", "约谈", "不处理"):
        assert answer in rendered.text
        assert answer in rendered.html
    assert "在您决定之前，不会自动发出任何文书" in rendered.text


def test_reviewer_reads_how_many_papers_wait_and_of_whom(to_wang: Letter) -> None:
    waiting = tuple(replace(line, rung_kind="review", state_text="已报送", returned=False) for line in to_wang.below[:2])

    rendered = render(replace(to_wang, below=(), review=waiting))

    assert rendered.subject == "工作提示：基层组织建设年 2份材料等您审核"
    assert "2份材料等您审核" in rendered.html
    assert "1. 支部自评：教工第二党支部、硕士党支部\n" in rendered.text
    assert "还没有报齐" not in rendered.text
    assert rendered.item_count == 2


def test_what_a_unit_answered_stands_in_brackets_after_its_name(to_wang: Letter) -> None:
    below = tuple(replace(line, answered_text="说好4月3日前") for line in to_wang.below[:2])

    rendered = render(replace(to_wang, below=(*below, to_wang.below[2])))

    assert "教工第二党支部（待补正，说好4月3日前）、硕士党支部（说好4月3日前）、退休党支部\n" in rendered.text
    assert "硕士党支部（说好4月3日前）" in rendered.html


def test_person_with_several_posts_gets_one_letter_with_sections(to_wang: Letter, to_li: Letter) -> None:
    letter = replace(to_wang, own=to_li.own, ask=(replace(to_wang.below[0], rung_kind="ask"),), role="部长、书记")

    rendered = render(letter)

    assert rendered.subject == "工作提示：基层组织建设年 请您定1件事，1件事请您办，3个单位还没有报齐"
    places = [rendered.text.index(words) for words in ("请您定1件事", "有1件事请您办", "3个单位还没有报齐")]
    assert places == sorted(places)
    assert rendered.item_count == 5


def test_two_campaigns_are_told_apart(to_li: Letter, self_assessment: Line) -> None:
    other = replace(self_assessment, campaign="支部结对共建", task="共建协议", due_day=date(2012, 4, 13))

    rendered = render(replace(to_li, own=(self_assessment, other)))

    assert rendered.subject == "工作提示：基层组织建设年等2项活动 2件事请您办"
    assert "共建协议（支部结对共建）" in rendered.text


def test_order_does_not_depend_on_the_order_of_the_lines(to_wang: Letter) -> None:
    backwards = replace(to_wang, below=tuple(reversed(to_wang.below)))

    assert render(backwards) == render(to_wang)


def test_higher_rung_comes_first_then_longer_past_then_earlier_day(to_li: Letter, self_assessment: Line) -> None:
    late = replace(self_assessment, workdays_left=None, days_past=1)
    lines = (
        replace(self_assessment, task="丁：还没到"),
        replace(self_assessment, task="丙：先到", due_day=date(2012, 3, 28)),
        replace(late, task="乙：过了一天"),
        replace(late, task="甲：过了六天", days_past=6),
        replace(self_assessment, task="壹：第二步", rung_kind="chase"),
        replace(self_assessment, task="零：第三步", rung_kind="oversee"),
    )

    text = render(replace(to_li, own=lines)).text

    assert re.findall(r"\d\. (\w)：", text) == ["零", "壹", "甲", "乙", "丙", "丁"]


def test_ten_thousand_duties_are_one_short_letter_with_right_totals(to_wang: Letter) -> None:
    # 500 tasks of 20 units each; the same 200 units, 50 tasks a unit, with the longest names shown.
    long_name = "某某学院" * 20
    lines = tuple(
        replace(to_wang.below[0], task=f"{task:03}{long_name}", unit=f"{unit:03}{long_name}", unit_code=f"{unit:03}")
        for task in range(500)
        for unit in (range(task % 10, 200, 10))
    )
    assert len(lines) == 10_000

    rendered = render(replace(to_wang, below=lines))

    assert rendered.item_count == 10_000
    assert "200个单位（共10000件）还没有报齐" in rendered.text
    assert "另有480项工作、9600件" in rendered.text
    assert len((rendered.subject + rendered.text + rendered.html).encode()) < 60_000


def test_the_longest_letter_stays_under_its_size(to_wang: Letter) -> None:
    long_name = "某" * 200
    line = replace(to_wang.below[0], campaign=long_name, due_text=long_name, internal_text=long_name)
    lines = tuple(
        replace(line, task=f"{n // 30}{long_name}", unit=f"{n}{long_name}", campaign=f"{n}{long_name}") for n in range(900)
    )

    rendered = render(replace(to_wang, own=lines, below=lines, ask=lines, recipient=long_name, role=long_name))

    assert len((rendered.subject + rendered.text + rendered.html).encode()) < 100_000


def test_hostile_names_are_shown_and_not_obeyed() -> None:
    rendered = render(awkward())

    assert "{{7*7}}党支部" in rendered.text
    assert "{{7*7}}党支部" in rendered.html
    assert "49" not in rendered.text
    assert "<script>alert(1)</script>&党支部" in rendered.text
    assert "<script" not in rendered.html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&amp;党支部" in rendered.html
    assert "一行 Bcc: all@example.edu.cn 党支部" in rendered.text


@pytest.mark.parametrize("breaking", ["\r\n", "\n", "\x0b", "\x85", "\u2028", "\x00"])
def test_subject_is_one_line_whatever_the_task_is_called(to_li: Letter, self_assessment: Line, breaking: str) -> None:
    line = replace(self_assessment, task=f"自评{breaking}Bcc: all@example.edu.cn", campaign=f"建设{breaking}年")

    subject = render(replace(to_li, own=(line,))).subject

    assert subject == "工作提示：建设 年 自评 Bcc: all@example.edu.cn，3月30日（周五）24:00前"


@pytest.mark.parametrize(
    ("task", "shown"),
    [
        ("整顿后进党支部", "整顿有关党支部"),
        ("后\u200b进倒查", "有关倒查"),
        ("逾期材料清理", "未报材料清理"),
        ("将上报的汇总表", "将报送的汇总表"),
        ("督督办办事项", "办理理办事项"),
    ],
)
def test_harsh_words_of_a_notice_do_not_reach_a_message(to_li: Letter, self_assessment: Line, task: str, shown: str) -> None:
    rendered = render(replace(to_li, own=(replace(self_assessment, task=task, campaign=task),)))

    assert f"1. {shown}\n" in rendered.text
    assert shown in rendered.subject
    assert not any(w in rendered.subject + rendered.text + rendered.html for w in ("督办", "逾期", "将上报", "后进"))


def test_link_that_is_no_web_address_is_only_shown(to_li: Letter) -> None:
    rendered = render(replace(to_li, link="javascript:alert(1)"))

    assert "href" not in rendered.html
    assert "javascript:alert(1)" in rendered.html


def test_letter_without_contact_or_link_still_says_whom_to_ask(to_li: Letter) -> None:
    rendered = render(replace(to_li, contact=Contact(), link=None))

    assert "有疑问请联系上级党组织。" in rendered.text
    assert "查看和办理" not in rendered.text


def test_letter_that_may_have_arrived_before_says_so(to_li: Letter) -> None:
    again = render(replace(to_li, maybe_received=True))

    assert "可能已收到" in again.text
    assert "可能已收到" in again.html
    assert "可能已收到" not in render(to_li).text


def test_letter_with_nothing_to_tell_is_refused(to_li: Letter) -> None:
    with pytest.raises(ValueError, match="without a single line"):
        render(replace(to_li, own=()))


def test_one_letter_takes_less_than_three_milliseconds(to_li: Letter) -> None:
    render(to_li)

    started = time.perf_counter()
    for _ in range(100):
        render(to_li)

    assert (time.perf_counter() - started) / 100 < 0.003


def test_jinja2_is_loaded_only_when_something_is_rendered() -> None:
    program = (
        "import sys, notifications.render, notifications.preview, notifications.channels.folder\n"
        "assert 'jinja2' not in sys.modules\n"
        "notifications.render.Templates()\n"
        "assert 'jinja2' in sys.modules\n"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr


class _Tags(HTMLParser):
    """Which tags stay open, and which occur at all."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
