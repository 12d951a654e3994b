"""回应: 知悉 silences a little, 承诺 lets the ladder wait, 推迟 holds one's own digest; none of them stops an escalation."""

from __future__ import annotations

from datetime import date

import pytest
from shell import Shell
from world import CHEN, LADDER, LI, ONE_DUTY, QIAN, R2, R3, SUN, WANG, ZHAO, World, definition, instant

from duban.service.answering import Answered
from workflow.errors import NotFound, Refused

REPEATED = definition(
    "任务:\n  - {事项: 换届方案, 谁办: 党支部, 时间: 3月30日前}\n",
    ladder="""督办:
  - {何时: 超过1个工作日, 告诉: 书记, 重复: 每1个工作日, 最多: 5}
  - {何时: 超过3个工作日, 告诉: 上级联系人}
""",
)
"""R2 on 03-31 is told again each working day until 组织部 is told on 04-02."""
LOCKED = definition("任务:\n  - {事项: 换届方案, 谁办: 党支部, 时间: 3月30日前, 锁定: 4月2日}\n")


def answer(
    world: World, kind: str, unit: str = "0101", *, by: str, until: str | None = None, note: str | None = None
) -> Answered:
    duty = None if kind == "snooze" else world.duty(unit).id
    day = date.fromisoformat(until) if until else None
    return world.engine.answer(kind, by=by, duty=duty, until=day, note=note)


def refused(world: World, kind: str, unit: str = "0101", *, by: str, until: str | None = None) -> list[str]:
    """The codes with which an answer is refused; then nothing has been written."""
    before = world.everything()
    with pytest.raises(Refused) as refusal:
        answer(world, kind, unit, by=by, until=until)
    assert world.everything() == before
    assert all(reason.text for reason in refusal.value.reasons)
    return [reason.code for reason in refusal.value.reasons]


def told_on(world: World, unit: str, rung: str) -> list[str]:
    """The days of the runs that told somebody a rung about a unit."""
    found = world.rows(
        "SELECT run.as_of FROM reminder JOIN run ON run.id = reminder.run_id JOIN duty ON duty.id = reminder.duty_id "
        "JOIN unit ON unit.id = duty.unit_id "
        f"WHERE unit.code = '{unit}' AND rung = '{rung}' AND recipient_id > 0 AND reminder.state = 'folded' ORDER BY 1"
    )
    return [date.fromordinal((at + 8 * 3600) // 86400 + date(1970, 1, 1).toordinal()).isoformat() for (at,) in found]


# --- 承诺


def test_a_promise_after_the_line_holds_the_next_rung_to_the_first_working_day_after_it(world: World) -> None:
    world.launch()
    world.run("2026-03-25")
    world.run("2026-03-31", deliver=True)

    world.at("2026-03-31 10:00")
    answer(world, "promise", by=LI, until="2026-04-03", note="等党员大会")
    for day in ("2026-04-01", "2026-04-02", "2026-04-03", "2026-04-06", "2026-04-07"):
        world.run(day)

    assert told_on(world, "0101", R3) == ["2026-04-07"]  # Qingming: 04-04 to 04-06 are off
    assert told_on(world, "0102", R3) == ["2026-04-02"]  # who promised nothing climbs as ever


def test_a_promise_is_in_the_journal_and_leaves_line_and_state_alone(world: World) -> None:
    world.launch()
    world.run("2026-03-31")
    before = world.duty("0101")

    answer(world, "promise", by=LI, until="2026-04-03", note="等党员大会")

    assert world.duty("0101") == before
    ((act, by, reason, from_state, to_state),) = world.rows(
        "SELECT act, person.number, reason, from_state, to_state FROM journal JOIN person ON person.id = by_person "
        "WHERE act = 'promise'"
    )
    assert (act, by, reason, from_state, to_state) == ("promise", LI, "承诺4月3日（周五）前报送：等党员大会", "open", "open")
    assert world.rows("SELECT kind, rung, until_day FROM answer") == [("promise", R2, date(2026, 4, 3).toordinal())]


def test_a_promise_that_ends_before_the_next_rung_changes_nothing_for_it(world: World) -> None:
    world.launch()
    world.run("2026-03-31")

    answer(world, "promise", by=LI, until="2026-04-01")
    world.run("2026-04-02")

    assert told_on(world, "0101", R3) == ["2026-04-02"]


def test_one_promise_a_rung_and_a_new_one_after_the_next(world: World) -> None:
    world.launch()
    world.run("2026-03-31")
    answer(world, "promise", by=LI, until="2026-04-01")

    again = refused(world, "promise", by=LI, until="2026-04-02")
    others = refused(world, "promise", by=SUN, until="2026-04-02")  # one a rung, whoever gave it
    world.run("2026-04-02")
    world.at("2026-04-02 10:00")
    later = answer(world, "promise", by=LI, until="2026-04-03")

    assert (again, others) == (["promise-again"], ["promise-again"])
    assert later.until == date(2026, 4, 3)


@pytest.mark.parametrize(
    ("until", "codes"),
    [
        ("2026-03-30", ["promise-not-ahead"]),
        ("2026-03-31", ["promise-not-ahead"]),
        ("2026-04-01", []),
        ("2026-04-08", []),  # five working days: 04-01 02 03 07 08
        ("2026-04-09", ["promise-too-far"]),
    ],
)
def test_after_the_line_a_promise_reaches_five_working_days(small_world: World, until: str, codes: list[str]) -> None:
    small_world.launch()
    small_world.run("2026-03-31")

    if codes:
        assert refused(small_world, "promise", by=LI, until=until) == codes
    else:
        assert answer(small_world, "promise", by=LI, until=until).until.isoformat() == until


@pytest.mark.parametrize(
    ("until", "codes"),
    [
        ("2026-03-30", []),
        ("2026-03-31", []),  # the slot of the next rung
        ("2026-04-01", ["promise-too-far"]),
    ],
)
def test_before_the_line_a_promise_reaches_the_next_rung(small_world: World, until: str, codes: list[str]) -> None:
    small_world.launch()
    small_world.run("2026-03-25")
    small_world.at("2026-03-27 09:00")

    if codes:
        assert refused(small_world, "promise", by=LI, until=until) == codes
    else:
        answer(small_world, "promise", by=LI, until=until)
        small_world.run("2026-03-31")
        small_world.run("2026-04-01")
        held = until == "2026-03-31"
        assert told_on(small_world, "0101", R2) == ["2026-04-01" if held else "2026-03-31"]


def test_the_refusal_says_which_days_are_possible(small_world: World) -> None:
    small_world.launch()
    small_world.run("2026-03-31")

    with pytest.raises(Refused) as refusal:
        answer(small_world, "promise", by=LI, until="2026-05-01")

    (reason,) = refusal.value.reasons
    assert reason.unblock == "可以写4月1日（周三）到4月8日（周三）之间的一天；需要更长时间，请向上级申请延期"


def test_no_promise_goes_past_the_lock(small_world: World) -> None:
    small_world.launch(LOCKED)
    small_world.run("2026-03-31")

    assert refused(small_world, "promise", by=LI, until="2026-04-03") == ["promise-too-far"]
    assert answer(small_world, "promise", by=LI, until="2026-04-02").until == date(2026, 4, 2)


def test_who_was_not_told_and_owes_nothing_promises_nothing(small_world: World) -> None:
    small_world.launch()
    small_world.run("2026-03-31")

    assert refused(small_world, "promise", by=ZHAO, until="2026-04-01") == ["not-told"]
    assert refused(small_world, "seen", by=WANG) == ["not-told"]  # the clerk was not told: 书记 was


def test_who_was_told_about_a_unit_below_may_promise_for_it(small_world: World) -> None:
    small_world.launch()
    small_world.run("2026-03-31")

    assert answer(small_world, "promise", by=SUN, until="2026-04-01").kind == "promise"


def test_what_is_handed_in_needs_no_promise(small_world: World) -> None:
    small_world.launch()
    small_world.run("2026-03-31")
    small_world.act("submit", "0101", by=LI)

    assert refused(small_world, "promise", by=LI, until="2026-04-01") == ["duty-closed"]


def test_a_promise_of_the_old_line_does_not_count_for_the_new_one(small_world: World) -> None:
    small_world.launch()
    small_world.run("2026-03-25")
    answer(small_world, "promise", by=LI, until="2026-03-27")
    small_world.act("extend", "0101", by=WANG, to=date(2026, 4, 10), reason="换届人选未定")
    small_world.run("2026-04-07")  # R1 of the new line

    assert answer(small_world, "promise", by=LI, until="2026-04-09").kind == "promise"


def test_a_second_act_at_the_same_time_sees_the_version_that_a_promise_leaves(small_world: World) -> None:
    small_world.launch()
    small_world.run("2026-03-31")
    seen = small_world.row("0101").version

    answer(small_world, "promise", by=LI, until="2026-04-01")

    assert small_world.row("0101").version == seen + 1
    assert small_world.refused("submit", "0101", by=LI, expect_version=seen) == ["stale-version"]


def test_of_four_promises_at_once_one_is_kept(world: World) -> None:
    from concurrent.futures import ThreadPoolExecutor

    world.launch()
    world.run("2026-03-31")
    duty = world.duty("0101").id

    def promise(day: int) -> str:
        try:
            world.engine.answer("promise", by=LI, duty=duty, until=date(2026, 4, day))
        except Refused as refusal:
            return refusal.code
        return "kept"

    with ThreadPoolExecutor(4) as pool:
        said = sorted(pool.map(promise, (1, 2, 3, 7)))

    assert said == ["kept", "promise-again", "promise-again", "promise-again"]
    assert world.rows("SELECT count(*) FROM answer") == [(1,)]
    assert world.rows("SELECT count(*) FROM timer JOIN duty ON duty.id = timer.duty_id AND duty.version = timer.version "
                      f"WHERE duty.id = {duty}") == [(1,)]  # fmt: skip


# --- 知悉


def test_seen_silences_repeats_to_that_person_for_two_working_days_and_stops_no_escalation(world: World) -> None:
    world.launch(REPEATED)
    world.run("2026-03-31")

    kept = answer(world, "seen", by=SUN)
    for day in ("2026-04-01", "2026-04-02"):
        world.run(day)

    assert kept.until == date(2026, 4, 2)
    assert told_on(world, "0101", R2) == ["2026-03-31"]  # Sun has said so about this branch
    assert told_on(world, "0102", R2) == ["2026-03-31", "2026-04-01"]  # and not about that one
    assert told_on(world, "0101", R3) == told_on(world, "0102", R3) == ["2026-04-02"]


def test_seen_without_a_duty_is_of_everything_open_that_one_was_told(small_world: World) -> None:
    small_world.launch()
    small_world.run("2026-03-31")
    small_world.act("submit", "0102", by=CHEN)

    kept = small_world.engine.answer("seen", by=SUN)

    assert set(kept.duties) == {small_world.duty(unit).id for unit in ("0101",)}


def test_seen_changes_no_version_and_writes_no_journal(small_world: World) -> None:
    small_world.launch()
    small_world.run("2026-03-31")
    before = small_world.everything()

    answer(small_world, "seen", by=LI)

    after = small_world.everything()
    assert {name for name in after if after[name] != before[name]} <= {"answer", "meta"}


def test_an_unknown_duty_does_not_exist(small_world: World) -> None:
    small_world.launch()

    with pytest.raises(NotFound):
        small_world.engine.answer("seen", by=LI, duty=987654)


def test_words_that_mean_nothing_are_refused_all_at_once(small_world: World) -> None:
    small_world.launch()

    with pytest.raises(Refused) as refusal:
        small_world.engine.answer("promise", by=LI, note="长" * 201)

    assert [r.code for r in refusal.value.reasons] == ["date-missing", "duty-missing", "note-too-long"]


# --- 推迟


@pytest.mark.parametrize(
    ("until", "codes"),
    [
        ("2026-03-31", ["snooze-too-far"]),
        ("2026-04-01", []),
        ("2026-04-03", []),  # three working days: 04-01 02 03
        ("2026-04-04", ["snooze-too-far"]),
    ],
)
def test_a_digest_is_put_off_three_working_days_at_most(small_world: World, until: str, codes: list[str]) -> None:
    small_world.launch()
    small_world.run("2026-03-31")

    if codes:
        assert refused(small_world, "snooze", by=SUN, until=until) == codes
    else:
        assert answer(small_world, "snooze", by=SUN, until=until).until.isoformat() == until


def test_a_digest_is_never_put_off_past_the_last_day_of_what_one_owes(small_world: World) -> None:
    small_world.launch()
    small_world.run("2026-03-25")
    small_world.at("2026-03-26 09:00")

    assert refused(small_world, "snooze", by=LI, until="2026-03-30") == ["snooze-too-far"]
    assert answer(small_world, "snooze", by=LI, until="2026-03-29").until == date(2026, 3, 29)  # told on the last day at least


def test_who_owes_what_is_late_cannot_put_his_digest_off(small_world: World) -> None:
    small_world.launch()
    small_world.run("2026-03-31")

    assert refused(small_world, "snooze", by=LI, until="2026-04-01") == ["snooze-own"]


def test_a_put_off_digest_leaves_after_the_day_and_others_are_not_held_up(world: World) -> None:
    world.launch(definition("任务:\n  - {事项: 换届方案, 谁办: 党支部, 时间: 3月30日前}\n", ladder=LADDER))
    world.run("2026-03-25", deliver=True)
    world.at("2026-03-30 09:00")
    answer(world, "snooze", by=SUN, until="2026-04-01")

    world.run("2026-03-31", deliver=True)

    waits = world.rows(
        "SELECT not_before FROM message JOIN person ON person.id = recipient_id "
        f"WHERE person.number = '{SUN}' AND message.state = 'pending'"
    )
    assert waits == [(instant("2026-04-02 08:30"),)]
    assert world.rows("SELECT count(*) FROM message WHERE state = 'sent'") != [(0,)]


# --- the command


def test_the_command_answers(shell: Shell) -> None:
    shell.launched(ONE_DUTY)
    shell.clock = "2026-03-31 08:30"
    shell.json("escalate")

    said = shell.json("answer", "promise", "--unit", "0101", "--duty", "换届方案", "--by", LI, "--until", "2026-04-03")
    codes = shell.refused("answer", "promise", "--unit", "0101", "--duty", "换届方案", "--by", LI, "--until", "2026-04-03")
    story = shell("explain", "0101").out

    assert (said["kind"], said["until"]) == ("promise", "2026-04-03")
    assert codes == ["promise-again"]
    assert "承诺 换届方案（李可）" in story


@pytest.mark.parametrize(
    "words",
    [
        ("answer", "maybe", "--by", QIAN),
        ("answer", "seen", "--unit", "0101", "--by", QIAN),
        ("answer", "promise", "--until", "2026-04-03", "--by", QIAN),
        ("answer", "snooze", "--unit", "0101", "--duty", "换届方案", "--by", QIAN),
    ],
)
def test_words_that_do_not_go_together_are_wrong_usage(shell: Shell, words: tuple[str, ...]) -> None:
    assert shell(*words).code == 2
