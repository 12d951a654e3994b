"""One unit's story: who reads what of it, what it waits for, and that nothing that happened is missing."""

from __future__ import annotations

import pytest
from world import HE, LI, QIAN, R1, R2, WANG, ZHAO, ZHENG, World, definition

from duban.service import story_words
from duban.service.journal_words import EVENT_WORDS
from duban.service.outcome import CHANNEL, OK, PERMANENT, RAISED, RETRYABLE, TEMPLATE, UNKNOWN
from duban.service.story_events import StoryEvent
from duban.service.unit_story import UnitStory
from workflow.errors import NotFound
from workflow.model import Way

PHASES = definition(
    """阶段:
  - {名称: 摸底, 时间: 3月30日前}
  - {名称: 整改, 时间: 5月底前}
任务:
  - {事项: 自评, 谁办: 党支部, 阶段: 摸底, 方式: [纸质]}
  - {事项: 整改计划, 谁办: 党支部, 阶段: 整改}
"""
)


def read(world: World, unit: str, who: str) -> UnitStory:
    return world.engine.unit_story(unit, visitor=world.engine.visitor(who))


def events(story: UnitStory) -> list[StoryEvent]:
    return [event for _, month in story.months for event in month]


def words(story: UnitStory) -> str:
    return "\n".join("；".join((event.words, event.by, event.reason, *event.more)) for event in events(story))


def test_li_reads_what_was_sent_to_his_branch_and_not_what_was_told_about_it(small_world: World) -> None:
    small_world.launch()
    for morning in ("2026-03-25", "2026-03-31", "2026-04-02"):
        small_world.run(morning, deliver=True)

    story = read(small_world, "0101", LI)

    told = [event for event in events(story) if event.kind != "act"]
    assert [event.words for event in told] == ["工作提示，发给李可（书记）：换届方案"]
    assert not any(name in words(story) for name in ("孙岩", "钱宁", "王然", "第1步", "组织部"))
    assert all(duty.told is None for case in story.cases for duty in case.duties)


def test_wang_reads_every_step_and_whom_it_told(small_world: World) -> None:
    small_world.launch()
    small_world.run("2026-03-25", deliver=True)
    small_world.run("2026-03-31", deliver=True)

    story = read(small_world, "0101", WANG)

    told = [event for event in events(story) if event.kind == "told"]
    assert [event.words for event in told] == ["工作提示，发给孙岩（书记）：换届方案", "工作提示，发给李可（书记）：换届方案"]
    assert [event.more[0] for event in told] == ["第2步（超过1个工作日，告诉书记）", "第1步（提前3个工作日，告诉责任人）"]
    why = story.cases[0].duties[0].told
    assert why is not None
    assert [one.recipient for one in why.told] == ["孙岩"]


def test_a_committees_own_people_do_not_read_whom_else_was_told_of_its_own_duty(small_world: World) -> None:
    small_world.launch(definition("任务:\n  - {事项: 方案, 谁办: 二级党组织, 时间: 3月30日前}\n"))
    for morning in ("2026-03-25", "2026-03-31", "2026-04-02"):
        small_world.run(morning, deliver=True)

    own, officer = read(small_world, "01", WANG), read(small_world, "01", QIAN)

    assert "钱宁" not in words(own)
    assert "发给钱宁" in words(officer)


def test_zhao_does_not_learn_that_another_committees_branch_exists(small_world: World) -> None:
    small_world.launch()

    with pytest.raises(NotFound):
        read(small_world, "0101", ZHAO)


def test_every_act_stands_in_the_story_with_who_did_it_and_why(small_world: World) -> None:
    small_world.launch()
    small_world.at("2026-03-20")
    small_world.act("submit", "0101", by=LI)
    small_world.at("2026-03-23")
    small_world.act("return", "0101", by=WANG, reason="请补上候选人")
    small_world.at("2026-04-03")
    small_world.act("submit", "0101", by=LI)

    story = read(small_world, "0101", LI)

    acts = [(event.words, event.by, event.reason) for event in events(story)]
    assert acts[:3] == [
        ("报送：换届方案，按时", "李可", ""),
        ("退回补正：换届方案", "王然", "请补上候选人"),
        ("报送：换届方案，按时", "李可", ""),
    ]
    assert acts[-1][0] == "应办1件：换届方案"
    assert [month.month for month, _ in story.months] == [4, 3]


def test_a_line_that_moved_is_told_with_the_old_one(small_world: World) -> None:
    from datetime import date

    small_world.launch()
    small_world.act("extend", "0101", by=WANG, reason="书记出差", to=date(2026, 4, 8))

    first = events(read(small_world, "0101", LI))[0]

    assert first.words == "延期：换届方案，时限改到4月8日（周三）（原3月30日（周一））"
    assert first.reason == "书记出差"


def test_what_is_blocked_says_what_would_help(small_world: World) -> None:
    small_world.launch(PHASES)
    small_world.at("2026-03-20")
    small_world.act("submit", "0101", "自评", by=LI)

    case = read(small_world, "0101", WANG).cases[0]

    waiting = case.now[0]
    assert waiting.waits == "已收到，等上级党组织审核"
    assert [(reason.code, reason.unblock) for reason in waiting.reasons] == [
        ("paper-missing", "收到纸质件后先登记收件，再审核通过")
    ]
    assert "accept" not in waiting.acts
    assert {"receive", "return", "extend"} <= set(waiting.acts)
    assert [reason.code for reason in case.held] == ["duties-open"]
    assert [duty.name for duty in case.later] == ["整改计划"]

    small_world.act("receive", "0101", "自评", by=WANG, ways=[Way.PAPER])
    after = read(small_world, "0101", WANG).cases[0].now[0]
    assert after.reasons == ()
    assert "accept" in after.acts


def test_each_reader_is_offered_what_the_guards_allow_him(small_world: World) -> None:
    small_world.launch()
    small_world.act("submit", "0101", by=LI)

    offered = {who: set(read(small_world, "0101", who).cases[0].duties[0].acts) for who in (LI, WANG, QIAN)}

    assert offered[LI] == {"withdraw"}
    assert offered[WANG] == {"withdraw", "accept", "return", "receive", "extend"}
    assert offered[QIAN] == {"extend", "waive"}
    advances = {who: read(small_world, "0101", who).cases[0].may_advance for who in (LI, WANG, QIAN)}
    assert advances == {LI: False, WANG: False, QIAN: True}


def test_grades_are_read_by_those_who_need_them(small_world: World) -> None:
    grading = """阶段:
  - {名称: 摸底, 时间: 3月30日前}
定级:
  - {对象: 党支部, 谁来定: 二级党组织, 阶段: 摸底, 等次: [先进, 一般], 基数: 是}
任务:
  - {事项: 自评, 谁办: 党支部, 阶段: 摸底}
"""
    small_world.launch(definition(grading))
    grades = {"grades": [{"unit": code, "grade": "一般"} for code in ("0101", "0102", "010901", "010902")]}
    small_world.act("submit", "01", "党支部定级", by=WANG, data=grades)
    small_world.act("accept", "01", "党支部定级", by=QIAN)

    seen = {who: "定级：一般" in words(read(small_world, "0101", who)) for who in (LI, WANG, QIAN, ZHENG, "9301")}

    assert seen == {LI: False, WANG: True, QIAN: True, ZHENG: True, "9301": False}  # 9301: 党校, an office that grades nobody


def test_a_general_branch_between_is_above_its_own_branches(small_world: World) -> None:
    small_world.launch()
    small_world.run("2026-03-25", deliver=True)

    assert read(small_world, "010901", "1005").overlooks  # Xu, 书记 of the 总支
    assert not read(small_world, "010901", HE).overlooks
    assert [unit.code for unit in read(small_world, "010901", WANG).above] == ["01", "0109"]
    assert [unit.code for unit in read(small_world, "010901", "1005").above] == ["0109"]


def test_a_message_that_failed_is_told_with_its_tries(small_world: World) -> None:
    small_world.launch()
    small_world.run("2026-03-25")
    message = small_world.rows(
        "SELECT message_id FROM reminder r JOIN person p ON p.id = r.recipient_id WHERE p.number = '1001'"
    )
    with small_world.database.write() as connection:
        connection.exec_driver_sql(f"UPDATE message SET state = 'failed', why = '550 查无此人' WHERE id = {message[0][0]}")
        for n, outcome in ((1, "retryable"), (2, "permanent")):
            connection.exec_driver_sql(
                f"INSERT INTO delivery (message_id, n, started_at, outcome, text) VALUES ({message[0][0]}, {n}, 1, '{outcome}', '550')"
            )

    quiet = next(event for event in events(read(small_world, "0101", WANG)) if event.kind == "quiet")

    assert quiet.words == "工作提示，写给李可（书记）：换届方案"
    assert quiet.reason == "没有送达：550 查无此人（文件夹）"
    assert quiet.more[1:] == ("第1次：没有发出，稍后再试（550）", "第2次：被拒绝（550）")


def test_words_cover_every_kind_of_line_and_every_outcome() -> None:
    assert set(EVENT_WORDS) >= story_words.OF_THE_UNIT
    assert set(story_words.TRY_WORDS) == {OK, RETRYABLE, PERMANENT, UNKNOWN, CHANNEL, RAISED, TEMPLATE, "cancelled"}
    assert not {"grade", "sign", "paper-draft", "silence"} & story_words.OF_THE_UNIT


def test_the_steps_of_the_ladder_have_their_words(small_world: World) -> None:
    campaign = small_world.engine.campaign(small_world.launch()).campaign

    assert story_words.step_of(campaign, R1) == "第1步（提前3个工作日，告诉责任人）"
    assert story_words.step_of(campaign, R2) == "第2步（超过1个工作日，告诉书记）"
