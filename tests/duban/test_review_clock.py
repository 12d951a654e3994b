"""审核时限: a submission stops its owner's clock and starts its reviewer's; each submission has a time of its own."""

from __future__ import annotations

from datetime import date

from world import KONG, LI, ONE_DUTY, QIAN, WU, ZHAO, World, days, definition

from duban.service.context import day_of
from workflow.model import DutyState

REVIEWED = ONE_DUTY.replace("任务:", "审核时限: 3\n任务:")
"""What is submitted on Monday 2026-03-23 is to be reviewed by Thursday 26; the reviewer hears of it on Friday 27, his 书记 on April 1."""


def told(world: World, unit: str, like: str = "review-") -> list[tuple[str, str, str]]:
    rows = world.rows(
        "SELECT n.as_of, r.rung, p.name FROM reminder r JOIN run n ON n.id = r.run_id JOIN person p ON p.id = r.recipient_id"
        f" JOIN duty d ON d.id = r.duty_id JOIN unit u ON u.id = d.unit_id WHERE u.code = '{unit}' AND r.rung LIKE '{like}%'"
        " AND r.recipient_id > 0 ORDER BY n.as_of, p.name"
    )
    return [(str(day_of(as_of)), rung, who) for as_of, rung, who in rows]


def run_all(world: World, first: str, last: str) -> None:
    for day in days(first, last):
        world.run(day, deliver=True)


def test_reviewer_is_told_when_his_time_is_over_and_then_his_secretary(world: World) -> None:
    world.launch(REVIEWED)
    world.at("2026-03-23")
    world.act("submit", "0201", by=ZHAO)

    run_all(world, "2026-03-24", "2026-04-08")

    assert told(world, "0201") == [("2026-03-27", "review-1", "吴桐"), ("2026-04-01", "review-2", "周延")]
    assert told(world, "0201", "%") == told(world, "0201")  # nobody chases the branch for its reviewer's delay
    assert world.rows("SELECT review_day FROM duty d JOIN unit u ON u.id = d.unit_id WHERE u.code = '0201'") == [
        (date(2026, 3, 26).toordinal(),)
    ]


def test_letter_reaches_the_reviewer_though_the_duty_is_no_longer_open(world: World) -> None:
    world.launch(REVIEWED)
    world.at("2026-03-23")
    world.act("submit", "0201", by=ZHAO)

    run_all(world, "2026-03-24", "2026-03-27")

    mine = [m for m in world.messages.values() if m["recipient"] == "吴桐"]
    assert [(item["unit"], item["rung"]) for m in mine for item in m["items"]] == [("0201", "review-1")]


def test_second_level_units_are_reviewed_by_the_department(world: World) -> None:
    text = definition("审核时限: 3\n任务:\n  - {事项: 实施方案, 谁办: 二级党组织, 时间: 3月30日前}\n")
    world.launch(text)
    world.at("2026-03-23")
    world.act("submit", "02", "实施方案", by=WU)

    run_all(world, "2026-03-24", "2026-04-08")

    assert told(world, "02") == [("2026-03-27", "review-1", "钱宁"), ("2026-04-01", "review-2", "郑直")]
    assert world.rows("SELECT count(*) FROM reminder WHERE rung LIKE 'review-%' AND acting_for IS NOT NULL") == [(0,)]


def test_review_in_time_is_followed_by_nothing(world: World) -> None:
    world.launch(REVIEWED)
    world.at("2026-03-23")
    world.act("submit", "0201", by=ZHAO)
    world.at("2026-03-26")
    world.act("accept", "0201", by=WU)

    run_all(world, "2026-03-27", "2026-04-08")

    assert told(world, "0201", "%") == []


def test_each_submission_has_its_own_time_and_its_own_reminders(world: World) -> None:
    world.launch(REVIEWED)
    world.at("2026-03-23")
    world.act("submit", "0201", by=ZHAO)
    run_all(world, "2026-03-24", "2026-03-27")
    world.at("2026-03-27 10:00")
    world.act("return", "0201", by=WU, reason="缺附件", to=date(2026, 3, 30))  # the same line: the same epoch
    world.at("2026-03-27 11:00")
    world.act("submit", "0201", by=ZHAO)

    run_all(world, "2026-03-28", "2026-04-08")

    assert [(day, rung) for day, rung, _ in told(world, "0201")] == [
        ("2026-03-27", "review-1"),
        ("2026-04-02", "review-1"),
        ("2026-04-08", "review-2"),  # 清明: three working days after the second of April
    ]
    assert world.rows("SELECT rung, repeat FROM reminder WHERE rung LIKE 'review-%' ORDER BY rung, repeat") == [
        ("review-1", 0),
        ("review-1", 1),
        ("review-2", 1),
    ]


def test_second_copy_does_not_give_the_reviewer_more_time(world: World) -> None:
    world.launch(REVIEWED)
    world.at("2026-03-23")
    world.act("submit", "0201", by=ZHAO)
    world.at("2026-03-25")
    world.act("receive", "0201", by=WU, ways=["纸质"])
    run_all(world, "2026-03-26", "2026-03-27")
    world.at("2026-03-27 10:00")
    world.act("receive", "0201", by=WU, ways=["电子邮件"])

    run_all(world, "2026-03-28", "2026-04-08")

    assert told(world, "0201") == [("2026-03-27", "review-1", "吴桐"), ("2026-04-01", "review-2", "周延")]


def test_line_extended_while_it_waits_for_review_tells_the_reviewer_nothing_twice(world: World) -> None:
    world.launch(REVIEWED)
    world.at("2026-03-23")
    world.act("submit", "0201", by=ZHAO)
    run_all(world, "2026-03-24", "2026-03-27")
    world.at("2026-03-27 10:00")
    world.act("extend", "0201", by=QIAN, to=date(2026, 4, 20), reason="名册待补")

    run_all(world, "2026-03-28", "2026-04-08")

    assert told(world, "0201") == [("2026-03-27", "review-1", "吴桐"), ("2026-04-01", "review-2", "周延")]


def test_withdrawn_submission_gives_the_owner_his_clock_back(world: World) -> None:
    world.launch(REVIEWED)
    world.at("2026-03-23")
    world.act("submit", "0202", by=KONG)
    world.at("2026-03-24")
    world.act("withdraw", "0202", by=KONG)

    run_all(world, "2026-03-25", "2026-04-01")

    assert [who for _, _, who in told(world, "0202", "%")] == ["孔飞", "周延"]
    assert told(world, "0202") == []


def test_without_a_time_for_reviewing_nobody_is_told(world: World) -> None:
    world.launch()
    world.at("2026-03-23")
    world.act("submit", "0201", by=ZHAO)

    run_all(world, "2026-03-24", "2026-04-08")

    assert world.duty("0201").state == DutyState.SUBMITTED
    assert told(world, "0201", "%") == []


def test_promise_outlasts_a_return_to_the_same_line(world: World) -> None:
    """A hold within an epoch is kept whatever the duty goes through."""
    world.launch()
    world.at("2026-03-24")
    world.engine.answer("promise", by=LI, duty=world.duty("0101").id, until=date(2026, 3, 30))
    world.act("submit", "0101", by=LI)
    world.at("2026-03-25 08:00")
    world.act("withdraw", "0101", by=LI)

    run_all(world, "2026-03-25", "2026-03-31")

    assert told(world, "0101", "%") == [("2026-03-31", "+1:书记", "孙岩")]
