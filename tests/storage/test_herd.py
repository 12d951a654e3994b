"""What several processes do at the same moment comes out as if they had done it one after the other."""

from __future__ import annotations

import threading
import time
from datetime import date
from pathlib import Path

import herd as h
import psycopg
import pytest
from herd import Herd
from places import Places
from sqlalchemy import Connection
from sqlalchemy.engine import make_url
from world import CHEN, KONG, LI, QIAN, R1, WANG, WU, YAN, ZHAO, World, built, definition, instant

from duban.clock import fixed_clock
from duban.engine import Engine
from storage import calendar
from storage.campaigns import hold
from storage.regroup import lock_tree

EIGHT = definition("任务:\n" + "".join(f"  - {{事项: 第{n}件, 谁办: 党支部, 时间: 3月30日前}}\n" for n in range(1, 9)))
WAITING = definition(
    """阶段:
  - {名称: 摸底, 时间: 3月20日前, 等支部: 是}
  - {名称: 整改, 时间: 3月30日前}
任务:
  - {事项: 自评, 谁办: 党支部, 阶段: 摸底}
  - {事项: 小结, 谁办: 党支部, 阶段: 整改}
报送:
  - {谁报: 二级党组织, 材料: 汇总表, 报给: 组织部, 方式: 在线, 阶段: 摸底}
"""
)
MOVES = definition(
    """休息日: 顺延
定级:
  - {对象: 党支部, 谁来定: 二级党组织, 时间: 3月20日前, 等次: [先进, 一般], 基数: 是}
任务:
  - {事项: 小结, 谁办: 党支部, 时间: 3月30日前}
  - {事项: 选定对标支部, 谁办: 党支部, 时间: 3月30日前, 适用等次: 一般}
"""
)


def _duties(world: World, unit: str) -> list[int]:
    return [duty.id for row in world.engine.status(unit=unit).rows for duty in row.duties if row.unit == unit]


def test_of_four_who_submit_the_same_duty_one_does_it(world: World, herd: Herd) -> None:
    world.launch(EIGHT)

    for duty in _duties(world, "0101"):
        answers = herd.together(h.act, [(world.url, world.time, "submit", duty, LI)] * 4)

        assert answers.count("done") == 1
        assert {answer for answer in answers if answer != "done"} == {"wrong-state"}
    assert world.row("0101").version == 1 + 8
    assert world.rows("SELECT count(*) FROM journal WHERE act = 'submit'") == [(8,)]
    assert world.rows("SELECT count(*) FROM submission") == [(8,)]


def test_of_four_who_saw_the_same_version_one_acts_and_the_others_are_stale(world: World, herd: Herd) -> None:
    world.launch(EIGHT)
    duties = _duties(world, "0101")

    for round_ in range(2):
        four = duties[round_ * 4 : round_ * 4 + 4]
        seen = world.row("0101").version
        answers = herd.together(h.act, [(world.url, world.time, "submit", duty, LI, seen) for duty in four])

        assert sorted(answers) == ["done", "stale-version", "stale-version", "stale-version"]
        assert world.row("0101").version == seen + 1


def test_no_act_on_the_same_case_is_lost(world: World, herd: Herd) -> None:
    world.launch(EIGHT)
    duties = _duties(world, "0101")

    answers = herd.together(h.acts, [(world.url, world.time, "submit", duties[n::4], LI) for n in range(4)])

    assert [answer for process in answers for answer in process] == ["done"] * 8
    assert world.row("0101").version == 1 + 8
    assert {duty.state for duty in world.row("0101").duties} == {"submitted"}


def test_the_last_acceptances_at_once_move_a_case_once(world: World, herd: Herd) -> None:
    world.launch(WAITING.replace("  - {事项: 自评, 谁办: 党支部, 阶段: 摸底}\n", _four_tasks()))
    duties = _duties(world, "0101")[:4]
    for duty in duties:
        world.engine.act("submit", duty=duty, by=LI)

    answers = herd.together(h.act, [(world.url, world.time, "accept", duty, WANG) for duty in duties])

    assert answers == ["done"] * 4
    assert world.row("0101").phase == "整改"
    assert world.rows("SELECT count(*) FROM journal WHERE act = 'complete'") == [(1,)]


def test_branches_that_finish_at_the_same_moment_free_their_committee(world: World) -> None:
    """Each of the two sees the other as still behind, unless the second waits for the first."""
    world.launch(WAITING)
    world.act("submit", "02", "报送材料", by=WU)
    world.act("accept", "02", "报送材料", by=QIAN)
    for branch, secretary in (("0201", ZHAO), ("0202", KONG), ("0203", YAN)):
        world.act("submit", branch, "自评", by=secretary)
    world.act("accept", "0203", "自评", by=WU)
    _slow_down(world)

    first, second = (world.duty(branch, "自评").id for branch in ("0201", "0202"))
    _at_once(
        lambda: world.engine.act("accept", duty=first, by=WU),
        lambda: world.engine.act("accept", duty=second, by=WU),
    )

    assert [world.row(b).phase for b in ("0201", "0202")] == ["整改", "整改"]
    assert world.row("02", "二级党组织").phase == "整改"


def test_an_act_that_meets_a_deadlock_is_done_all_the_same(postgresql_places: Places, tmp_path: Path) -> None:
    world = World(url=postgresql_places.copy("school", built), folder=tmp_path)
    world.launch(EIGHT)
    duty = _duties(world, "0101")[0]
    case = world.row("0101").case
    with psycopg.connect(_plain(world.url)) as other:
        other.execute("SET deadlock_timeout = '30s'")  # so that the act is the one that gives way
        other.execute("SELECT 1 FROM case_ WHERE id = %s FOR UPDATE", (case,))
        thread = threading.Thread(target=lambda: world.engine.act("submit", duty=duty, by=LI))
        thread.start()
        _wait_for_lock(world)

        other.execute("SELECT 1 FROM duty WHERE id = %s FOR UPDATE", (duty,))
        other.rollback()
        thread.join()

    assert world.duty("0101", "第1件").state == "submitted"
    world.close()
    postgresql_places.drop(world.url)


def test_four_runs_at_once_tell_everybody_once(crowded: World, herd: Herd) -> None:
    crowded.launch()

    for moment, messages in (("2026-03-25 08:30", 90), ("2026-03-31 08:30", 93), ("2026-04-02 08:30", 94)):
        answers = herd.together(h.escalate, [(crowded.url, instant(moment))] * 4)

        assert answers.count("done") == 1
        assert set(answers) <= {"done", "nothing_due", "already_running"}
        assert crowded.rows("SELECT count(*) FROM message") == [(messages,)]
    assert crowded.rows("SELECT count(*) FROM reminder") == [(270,)]
    assert crowded.rows("SELECT count(*) FROM run") == [(3,)]


def test_a_cron_that_comes_a_second_later_is_no_error(crowded: World, herd: Herd) -> None:
    crowded.launch()
    moment = instant("2026-03-25 08:30")

    answers = herd.together(h.escalate, [(crowded.url, moment + second) for second in range(4)])

    assert answers.count("done") == 1
    assert set(answers) <= {"done", "nothing_due", "already_running"}


def test_of_four_launches_of_one_definition_one_is_made(world: World, herd: Herd) -> None:
    answers = herd.together(h.launch, [(world.url, world.time, EIGHT)] * 4)

    assert sorted(answers) == ["already-launched"] * 3 + ["done"]
    assert world.rows("SELECT count(*) FROM duty") == [(64,)]


def test_a_launch_that_waits_for_a_new_calendar_is_planned_by_it(postgresql_places: Places, tmp_path: Path) -> None:
    world = World(url=postgresql_places.copy("school", built), folder=tmp_path)
    with world.database.write() as connection:
        lock_tree(connection)
        thread = threading.Thread(target=lambda: world.engine.launch("活动.yaml", text=MOVES))
        thread.start()
        _wait_for_lock(world)

        _close_30_march(connection)
    thread.join()

    assert world.duty("0101", "小结").due == date(2026, 3, 31)
    world.close()
    postgresql_places.drop(world.url)


def test_duties_that_a_grade_brings_while_the_calendar_changes_are_planned_by_the_new_one(
    postgresql_places: Places, tmp_path: Path
) -> None:
    world = World(url=postgresql_places.copy("school", built), folder=tmp_path)
    campaign = world.launch(MOVES)
    grades = [{"unit": unit, "grade": "一般"} for unit in ("0201", "0202", "0203")]
    world.act("submit", "02", "党支部定级", by=WU, data={"grades": grades})
    duty = world.duty("02", "党支部定级").id
    with world.database.write() as connection:
        hold(connection, campaign)
        thread = threading.Thread(target=lambda: world.engine.act("accept", duty=duty, by=QIAN))
        thread.start()
        _wait_for_lock(world)

        _close_30_march(connection)
    thread.join()

    assert world.duty("0201", "选定对标支部").due == date(2026, 3, 31)
    world.close()
    postgresql_places.drop(world.url)


def test_four_deliveries_at_once_send_every_message_once(crowded: World, herd: Herd) -> None:
    crowded.launch()
    crowded.run("2026-03-25")
    folder = str(crowded.folder / "messages")

    answers = herd.together(h.deliver, [(crowded.url, crowded.time, folder)] * 4)

    assert sum(sent for sent, _ in answers) == 90
    assert crowded.rows("SELECT count(*), max(attempts) FROM message WHERE state = 'sent'") == [(90, 1)]
    assert crowded.rows("SELECT count(*) FROM delivery WHERE outcome = 'ok'") == [(90,)]
    assert len(crowded.messages) == 90


def test_a_run_a_fold_and_deliveries_of_the_same_moment_lose_nothing_and_say_nothing_twice(crowded: World, herd: Herd) -> None:
    """What was to leave before is stale each time: everybody finds the same things to fold anew, beside those that are just due."""
    crowded.launch()
    folder = str(crowded.folder / "messages")
    crowded.run("2026-03-25 08:30")

    for day in ("2026-03-31 08:30", "2026-04-07 08:30", "2026-04-14 08:30"):
        moment = instant(day)
        calls = [(h.deliver, crowded.url, moment, folder)] * 2
        answers = herd.together(_either, [(h.escalate, crowded.url, moment), (h.fold_again, crowded.url, moment), *calls])
        crowded.at(day).deliver()

        assert set(map(str, answers[:2])) <= {"done", "nothing_due", "already_running"}
        assert [failed for _, failed in answers[2:]] == [0, 0]
        assert _unsaid(crowded) == []
        assert crowded.rows(_TWICE) == []
        with crowded.database.write() as connection:  # as if none of it had left: pending, and stale by the next round
            connection.exec_driver_sql(
                "UPDATE message SET state = 'pending', attempts = 0 WHERE state = 'sent' AND (id & 1) = 0"
            )
            connection.exec_driver_sql(
                "DELETE FROM delivery WHERE message_id IN (SELECT id FROM message WHERE state = 'pending')"
            )

    assert crowded.rows("SELECT count(*) FROM reminder WHERE recipient_id > 0") == [(EVERYTHING_TOLD,)]


EVERYTHING_TOLD = 360
_TWICE = """SELECT recipient_id, channel, window_day FROM message WHERE state = 'sent'
    GROUP BY recipient_id, channel, window_day HAVING count(*) > 1"""


def _unsaid(world: World) -> list[tuple[object, ...]]:
    """Reminders that lie in no message that was sent."""
    return world.rows(
        "SELECT r.state, m.state, count(*) FROM reminder r LEFT JOIN message m ON m.id = r.message_id WHERE r.recipient_id > 0"
        " AND r.state NOT LIKE 'skipped%' AND (r.state <> 'folded' OR m.state <> 'sent') GROUP BY r.state, m.state"
    )


def test_a_run_and_the_acts_of_the_same_moment_go_together(world: World, herd: Herd) -> None:
    world.launch(EIGHT)
    moment = instant("2026-03-25 08:30")
    duties = [_duties(world, unit) for unit in ("0101", "0102", "0201")]
    calls = [(world.url, moment, "submit", mine, by) for mine, by in zip(duties, (LI, CHEN, ZHAO), strict=True)]

    answers = herd.together(_either, [(h.acts, *call) for call in calls] + [(h.escalate, world.url, moment)])

    assert answers[3] == "done"
    assert answers[:3] == [["done"] * 8] * 3
    told = world.rows(f"SELECT count(*) FROM reminder WHERE rung = '{R1}' AND recipient_id > 0")[0][0]
    assert told >= 5 * 8  # those who did not act
    world.at("2026-03-25 08:31").deliver()
    assert not [m for m in world.messages.values() if m["recipient"] in ("李可", "陈初", "赵磊")]


def test_two_engines_in_threads_see_each_others_acts(world: World) -> None:
    world.launch()
    other = Engine(world.url, clock=fixed_clock(world.time))
    try:
        world.act("submit", "0101", by=LI)

        assert {duty.state for duty in other.status(unit="0101").rows[0].duties} == {"submitted"}
    finally:
        other.close()


def _either(work: object, *arguments: object) -> object:
    assert callable(work)
    return work(*arguments)


def _four_tasks() -> str:
    return "".join(f"  - {{事项: 自评{n}, 谁办: 党支部, 阶段: 摸底}}\n" for n in range(1, 5))


def _plain(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def _close_30_march(connection: Connection) -> None:
    """Monday 30 March becomes a rest day of the school."""
    day, at = date(2026, 3, 30).toordinal(), instant("2026-03-02 09:00")
    made = calendar.add_version(connection, at=at, day=day, act="import", digest="0", statutory="")
    entry = {"kind": calendar.DAY, "first": day, "last": day, "works": False}
    calendar.add_entries(connection, [entry], calendar_id=made, at=at)


def _wait_for_lock(world: World) -> None:
    for _ in range(200):
        if world.rows("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")[0][0]:
            return
        time.sleep(0.005)
    pytest.fail("the act does not wait")


def _slow_down(world: World) -> None:
    """On PostgreSQL an act's last statement (the sandbox's instant) now takes a while: acts begun together surely overlap."""
    if world.database.dialect == "postgresql":
        with world.database.write() as connection:
            connection.exec_driver_sql(
                "CREATE FUNCTION doze() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.2); RETURN NEW; END'"
            )
            connection.exec_driver_sql("CREATE TRIGGER doze BEFORE UPDATE ON meta FOR EACH ROW EXECUTE FUNCTION doze()")


def _at_once(*works: object) -> None:
    threads = []
    for work in works:
        assert callable(work)
        threads.append(threading.Thread(target=work))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
