"""转到新版: a running campaign takes another ladder; what was told stays told, what is new is told from here on, nothing gets stuck."""

from __future__ import annotations

from datetime import date

import pytest
from world import LI, ONE_DUTY, QIAN, R1, R2, R3, R4, WANG, World, days, definition

from duban.service.context import day_of
from duban.service.migrating import Migrated
from workflow.errors import DefinitionError, Refused

WITH_R1B = ONE_DUTY.replace("  - {何时: 超过1个", "  - {何时: 当天, 告诉: 责任人, 代号: R1b}\n  - {何时: 超过1个")
WITHOUT_R3 = ONE_DUTY.replace("  - {何时: 超过3个工作日, 告诉: 上级联系人}\n", "")
LONGER = ONE_DUTY.replace(
    "  - {何时: 超过7个工作日, 提请: 组长}\n",
    "  - {何时: 超过7个工作日, 提请: 组长}\n  - {何时: 超过9个工作日, 提请: 部长}\n",
)


def climbed(world: World, unit: str = "0101") -> list[tuple[str, str]]:
    rows = world.rows(
        "SELECT n.as_of, r.rung FROM reminder r JOIN run n ON n.id = r.run_id JOIN duty d ON d.id = r.duty_id"
        f" JOIN unit u ON u.id = d.unit_id WHERE u.code = '{unit}' AND r.recipient_id > 0 ORDER BY n.as_of"
    )
    return [(str(day_of(as_of)), rung) for as_of, rung in rows]


def run_all(world: World, first: str, last: str) -> None:
    for day in days(first, last):
        world.run(day, deliver=True)


def migrate(world: World, text: str, **more: object) -> Migrated:
    return world.engine.migrate(text=text, by=QIAN, reason="督办过密", **more)  # type: ignore[arg-type]


def refused(world: World, text: str, by: str = QIAN, reason: str = "督办过密") -> list[tuple[str, str]]:
    with pytest.raises(Refused) as refusal:
        world.engine.migrate(text=text, by=by, reason=reason)
    return [(each.code, each.text) for each in refusal.value.reasons]


def test_inserted_rung_below_is_skipped_and_what_was_told_is_not_told_again(world: World) -> None:  # [61]
    world.launch()
    other = definition("任务:\n  - {事项: 名册, 谁办: 党支部, 时间: 3月30日前}\n", name="名册核对")
    untouched = world.launch(other)
    run_all(world, "2026-03-25", "2026-03-31")
    world.at("2026-04-01")

    done = migrate(world, WITH_R1B, campaign="支部换届")
    run_all(world, "2026-04-01", "2026-04-09")

    ours = "SELECT d.id FROM duty d JOIN task t ON t.id = d.task_id JOIN unit u ON u.id = d.unit_id"
    rungs = world.rows(f"SELECT rung, state, recipient_id > 0 FROM reminder WHERE duty_id IN ({ours} WHERE u.code = '0101'"
                       " AND t.key = '换届方案') ORDER BY slot_day")  # fmt: skip
    assert [(rung, state if not told else "told") for rung, state, told in rungs] == [
        (R1, "told"), ("R1b", "skipped:catch-up"), (R2, "told"), (R3, "told"), (R4, "told"),
    ]  # fmt: skip
    assert (done.duties, done.skipped, done.version) == (8, 8, 2)
    assert {r.key: r.verdict for r in done.rungs} == {R1: "same", "R1b": "new", R2: "moved", R3: "moved", R4: "moved"}
    assert world.rows(f"SELECT definition_id <> (SELECT min(definition_id) FROM campaign) FROM campaign WHERE id = {untouched}")
    assert world.engine.campaign(untouched).campaign.ladder != world.engine.campaign(done.campaign).campaign.ladder


def test_rung_deleted_under_the_cursor_leaves_nothing_stuck(world: World) -> None:  # [62]
    world.launch()
    run_all(world, "2026-03-25", "2026-03-31")
    world.at("2026-04-01")

    done = migrate(world, WITHOUT_R3)
    run_all(world, "2026-04-01", "2026-04-10")

    assert climbed(world) == [("2026-03-25", R1), ("2026-03-31", R2), ("2026-04-09", R4)]
    assert done.verdicts["moved"] == 8
    assert [(r.key, r.after) for r in done.rungs if r.verdict == "removed"] == [(R3, None)]


def test_rung_deleted_on_which_duties_stand_is_not_said_again_under_another_number(world: World) -> None:
    world.launch()
    run_all(world, "2026-03-25", "2026-04-02")
    world.at("2026-04-03")

    migrate(world, WITHOUT_R3)
    run_all(world, "2026-04-03", "2026-04-10")

    assert climbed(world) == [("2026-03-25", R1), ("2026-03-31", R2), ("2026-04-02", R3), ("2026-04-09", R4)]


def test_same_keys_in_another_order_send_nothing(world: World) -> None:  # [63]
    world.launch(WITH_R1B)
    run_all(world, "2026-03-25", "2026-03-31")
    before = climbed(world)
    world.at("2026-03-31 15:00")
    renumbered = WITH_R1B.replace("R1b", "R0").replace("当天", "提前5个工作日")  # another rung in front: all others move up
    migrate(world, renumbered)

    run = world.run("2026-04-01", deliver=True)

    assert run.reminders == 0
    assert climbed(world) == before
    run_all(world, "2026-04-02", "2026-04-09")
    assert climbed(world)[-2:] == [("2026-04-02", R3), ("2026-04-09", R4)]


def test_ladder_that_had_ended_goes_on_where_the_new_one_has_more(world: World) -> None:
    world.launch()
    run_all(world, "2026-03-25", "2026-04-09")
    world.at("2026-04-10 10:00")

    done = migrate(world, LONGER)
    run_all(world, "2026-04-10", "2026-04-14")

    assert done.verdicts["resumed"] == 8
    assert climbed(world)[-2:] == [("2026-04-09", R4), ("2026-04-13", "+9:提请部长")]


def test_act_of_another_process_after_the_migration_goes_by_the_new_ladder(world: World) -> None:
    world.launch()
    run_all(world, "2026-03-25", "2026-03-31")
    elsewhere = World(url=world.url, folder=world.folder, time=world.time)
    elsewhere.at("2026-04-01 09:00")
    elsewhere.act("submit", "0101", by=LI)
    world.at("2026-04-01 10:00")
    migrate(world, WITH_R1B)

    elsewhere.at("2026-04-01 11:00")
    elsewhere.act("withdraw", "0101", by=LI)
    run_all(elsewhere, "2026-04-02", "2026-04-09")

    assert climbed(world) == [("2026-03-25", R1), ("2026-03-31", R2), ("2026-04-02", R3), ("2026-04-09", R4)]
    elsewhere.close()


def test_promise_and_pause_outlast_a_migration(world: World) -> None:
    world.launch()
    run_all(world, "2026-03-25", "2026-03-31")
    world.at("2026-03-31 10:00")
    world.engine.answer("promise", by=LI, duty=world.duty("0101").id, until=date(2026, 4, 3))
    world.engine.pause(by=QIAN, reason="校庆")
    world.run("2026-04-02")

    migrate(world, WITH_R1B)
    silent = world.run("2026-04-03").reminders
    world.at("2026-04-03 10:00")
    world.engine.resume(by=QIAN)
    run_all(world, "2026-04-03", "2026-04-07")

    assert silent == 0
    assert climbed(world)[-1] == ("2026-04-07", R3)


def test_preview_says_the_same_and_writes_nothing(world: World) -> None:
    world.launch()
    run_all(world, "2026-03-25", "2026-03-31")
    world.at("2026-04-01")
    before = world.everything()

    preview = migrate(world, WITH_R1B, preview=True)
    untouched = world.everything() == before
    done = migrate(world, WITH_R1B)

    assert untouched
    assert preview.preview
    assert (preview.verdicts, preview.skipped, preview.rungs) == (done.verdicts, done.skipped, done.rungs)


def test_whatever_else_differs_is_refused_with_a_list(world: World) -> None:
    world.launch()
    before = world.everything()
    other = ONE_DUTY.replace("3月30日前", "4月3日前").replace("参加: [二级党组织, 党支部]", "参加: [党支部]")
    more = ONE_DUTY.replace("任务:\n", "任务:\n  - {事项: 名册, 谁办: 党支部, 时间: 3月30日前}\n")

    by_line, by_task = refused(world, other), refused(world, more)

    assert {code for code, _ in by_line + by_task} == {"not-migratable"}
    assert any("换届方案" in text and "3月30日前 → 4月3日前" in text for _, text in by_line)
    assert any("新增事项“名册”" in text for _, text in by_task)
    assert world.everything() == before


def test_wording_and_contact_may_change(world: World) -> None:
    world.launch()

    done = migrate(world, ONE_DUTY.replace("3月30日前", "3月30日以前").replace("姓名: 钱宁", "姓名: 郑直"))

    assert done.verdicts["same"] == 8
    assert world.engine.campaign().campaign.contact.name == "郑直"


def test_who_is_no_officer_or_gives_no_reason_is_refused(world: World) -> None:
    world.launch()

    assert [code for code, _ in refused(world, WITH_R1B, by=WANG, reason=" ")] == ["reason-missing", "wrong-actor"]
    assert [code for code, _ in refused(world, ONE_DUTY)] == ["same-version"]
    with pytest.raises(DefinitionError):
        migrate(world, ONE_DUTY.replace("何时: 超过1个工作日", "何时: 很久以后"))


def test_versions_are_kept_with_who_and_why(world: World) -> None:
    world.launch()
    world.at("2026-03-05")
    migrate(world, WITH_R1B, via="shell:qian")

    versions = world.rows(
        "SELECT v.no, p.name, v.via, v.reason FROM campaign_version v LEFT JOIN person p ON p.id = v.by_person ORDER BY v.no"
    )
    lines = world.rows("SELECT act, reason FROM journal WHERE act = 'migrate'")

    assert versions == [(1, None, None, None), (2, "钱宁", "shell:qian", "督办过密")]
    assert lines == [("migrate", "督办过密")]
