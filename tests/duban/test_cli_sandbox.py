"""A sandbox's clock, its runs and its messages, and that a database of real time knows none of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from shell import Answer, Shell
from world import CHEN, LI, QIAN, WANG, contents

from storage.database import Database

RUN_KEYS = ["run", "as_of", "state", "reminders", "messages", "held", "skipped"]
DAY_BEFORE = "2026-03-17"
"""The Tuesday on which R1 of 摸底/自查表 (Friday 03-20) falls due: three working days before."""


def clock(words: str) -> str:
    """`2026-03-17 08:30` as `DUBAN_CLOCK` has it."""
    return f"{words.replace(' ', 'T')}:00+08:00"


def everything(shell: Shell) -> dict[str, list[tuple[Any, ...]]]:
    database = Database(shell.url)
    found = contents(database)
    database.close()
    return found


def error(answer: Answer) -> str:
    return str(answer.document["error"]["code"])


# -- the clock


@pytest.mark.parametrize(
    "words", ["2026-03-02T09:00:00", "2026-03-02", "9点", "2026-03-02T25:00:00+08:00", "1778-03-02T09:00:00+08:00"]
)
@pytest.mark.parametrize(
    "verb", [("status",), ("escalate",), ("units", "import", "units.csv"), ("doctor",), ("export", "plan", "--by", LI)]
)
def test_a_clock_that_is_no_instant_is_wrong_usage_on_every_verb(shell: Shell, verb: tuple[str, ...], words: str) -> None:
    answer = shell(*verb, "--json", DUBAN_CLOCK=words)

    assert answer.code == 2
    assert error(answer) == "usage"


def test_a_clock_cannot_run_back_behind_what_is_recorded(shell: Shell) -> None:
    shell.launched()

    refused = shell.refused("status", DUBAN_CLOCK="2026-03-02T08:59:59+08:00")

    assert refused == ["clock-back"]


def test_the_same_instant_in_another_zone_is_not_earlier(shell: Shell) -> None:
    shell.launched()

    board = shell.json("status", DUBAN_CLOCK="2026-03-02T01:00:00+00:00")

    assert board["as_of"] == "2026-03-02"


@pytest.mark.parametrize("unset", [None, ""])
def test_without_a_clock_it_is_the_last_instant_recorded(shell: Shell, unset: str | None) -> None:
    shell.launched()
    shell.json("escalate", DUBAN_CLOCK=clock("2026-03-17 08:30"))

    board = shell.json("status", DUBAN_CLOCK=unset)

    assert board["as_of"] == "2026-03-17"


def test_looking_at_a_later_hour_does_not_move_the_clock(shell: Shell) -> None:
    shell.launched()
    shell.json("status", DUBAN_CLOCK=clock("2026-09-01 09:00"))

    board = shell.json("status", DUBAN_CLOCK=clock("2026-03-03 09:00"))

    assert board["as_of"] == "2026-03-03"


def test_a_new_sandbox_without_a_clock_asks_for_one(empty_shell: Shell) -> None:
    empty_shell.json("db", "create", "--sandbox")

    answer = empty_shell("status")

    assert answer.code == 2
    assert answer.err == "沙盘还没有时钟：请设置 DUBAN_CLOCK，如 DUBAN_CLOCK=2012-03-26T09:00:00+08:00\n"


def test_a_database_of_real_time_refuses_a_clock(empty_shell: Shell) -> None:
    empty_shell.json("db", "create")

    answer = empty_shell("status", "--json", DUBAN_CLOCK=clock("2026-03-02 09:00"))

    assert (answer.code, error(answer)) == (2, "usage")


def test_a_clock_where_no_database_is_makes_none(empty_shell: Shell) -> None:
    empty_shell.clock = "2026-03-02 09:00"

    answers = [empty_shell("status", "--json"), empty_shell("db", "create", "--json")]

    assert [answer.code for answer in answers] == [2, 2]
    assert not empty_shell.database.exists()


def test_a_normal_database_lives_by_the_real_clock(empty_shell: Shell) -> None:
    from duban.clock import show_instant, system_clock

    before = show_instant(system_clock().now())
    run = empty_shell.json("escalate")

    assert before <= run["as_of"] <= show_instant(system_clock().now())


# -- runs


def test_a_run_answers_with_exactly_the_keys_of_the_contract(shell: Shell) -> None:
    shell.launched()
    shell.clock = f"{DAY_BEFORE} 08:30"

    dry, run, again = shell.json("escalate", "--dry-run"), shell.json("escalate"), shell.json("escalate")

    assert list(dry) == [*RUN_KEYS, "hash", "plan"]
    assert list(run) == list(again) == RUN_KEYS
    assert {type(run[key]) for key in ("run", "reminders", "messages", "held", "skipped")} == {int}
    assert run == {
        "run": 1,
        "as_of": "2026-03-17T00:30:00Z",
        "state": "done",
        "reminders": 8,
        "messages": 8,
        "held": 0,
        "skipped": 0,
    }
    assert again | {"run": 1} == run | {"state": "nothing_due", "reminders": 0, "messages": 0}


def test_a_dry_run_says_what_the_run_will_do_and_writes_nothing(shell: Shell) -> None:
    shell.launched()
    shell.clock = f"{DAY_BEFORE} 08:30"
    before = everything(shell)

    dry = shell.json("escalate", "--dry-run")

    assert everything(shell) == before
    run = shell.json("escalate")
    counts = ("reminders", "messages", "held", "skipped")
    assert {key: dry[key] for key in counts} == {key: run[key] for key in counts}
    assert dry["plan"][0] == {
        "unit": "教工第一党支部",
        "duty": "摸底/自查表",
        "due": "2026-03-20",
        "rung": "-3:责任人",
        "recipient": "李可",
        "role": "书记",
    }


def test_a_second_run_for_the_same_moment_writes_nothing_at_all(shell: Shell) -> None:
    shell.launched()
    shell.clock = f"{DAY_BEFORE} 08:30"
    shell.json("escalate", "--deliver")
    before = everything(shell)

    shell.json("escalate", "--deliver")

    assert everything(shell) == before


@pytest.mark.parametrize("later", ["2026-03-17T08:30:01+08:00", "2031-01-01T00:00:00+08:00"])
def test_a_real_run_refuses_an_instant_that_has_not_come(shell: Shell, later: str) -> None:
    shell.launched()
    shell.clock = f"{DAY_BEFORE} 08:30"

    assert shell.refused("escalate", "--as-of", later) == ["as-of-future"]
    assert shell.json("escalate", "--as-of", later, "--dry-run")["state"] == "dry"


def test_a_real_run_refuses_an_instant_before_the_last_one(shell: Shell) -> None:
    shell.launched()
    shell.clock = f"{DAY_BEFORE} 08:30"
    shell.json("escalate")

    earlier = ("escalate", "--as-of", "2026-03-17T08:29:59+08:00")

    assert shell.refused(*earlier) == ["as-of-past"]
    assert shell.json(*earlier, "--dry-run")["state"] == "dry"


def test_a_run_may_be_made_for_an_instant_between_the_last_and_now(shell: Shell) -> None:
    shell.launched()
    shell.clock = "2026-03-18 12:00"

    run = shell.json("escalate", "--as-of", "2026-03-17T08:30:00+08:00")

    assert (run["as_of"], run["reminders"]) == ("2026-03-17T00:30:00Z", 8)


def test_what_was_looked_at_is_what_is_sent_or_nothing_is(shell: Shell) -> None:
    shell.launched()
    shell.clock = f"{DAY_BEFORE} 08:30"
    seen = shell.json("escalate", "--dry-run")["hash"]
    shell.json("submit", "--unit", "0101", "--duty", "自查表", "--by", LI, "--data", shell.file("d.json", '{"summary": "有"}'))

    refused = shell.refused("escalate", "--expect", seen)

    assert refused == ["plan-changed"]
    fresh = shell.json("escalate", "--dry-run")["hash"]
    assert shell.json("escalate", "--expect", fresh)["reminders"] == 7


# -- held runs


def crowd(shell: Shell) -> int:
    """Launch what was due two months ago: more than 50 duties over 30 days late hold the first run. Its number."""
    tasks = "".join(f"  - {{事项: 事项{n}, 谁办: 党支部, 时间: 2026-01-0{n}前}}\n" for n in range(1, 9))
    text = f"活动: 补录\n发文: 学校党委\n印发: 2026-01-01\n参加: [党支部]\n任务:\n{tasks}"
    shell.json("launch", shell.file("补录.yaml", text), "--accept-past")
    shell.clock = "2026-03-03 08:30"
    run = shell.json("escalate", "--deliver")
    assert run["state"] == "needs_confirm", run
    assert run["delivered"]["sent"] == 0
    return int(run["run"])


def test_a_held_run_sends_nothing_until_it_is_confirmed(shell: Shell) -> None:
    number = crowd(shell)

    confirmed = shell.json("run", "confirm", str(number))
    delivered = shell.json("deliver")

    assert confirmed == {"run": number, "state": "done", "messages": delivered["sent"]}
    assert delivered["sent"] > 0


def test_a_rejected_run_sends_nothing_ever(shell: Shell) -> None:
    number = crowd(shell)

    rejected = shell.json("run", "reject", str(number))
    delivered = shell.json("deliver")

    assert rejected["state"] == "rejected"
    assert delivered == {"sent": 0, "failed": 0, "unknown": 0, "waiting": 0}
    assert shell.refused("run", "confirm", str(number)) == ["not-held"]


def test_a_run_that_never_was_cannot_be_confirmed(shell: Shell) -> None:
    assert shell.refused("run", "confirm", "7") == ["no-such-run"]


# -- messages


def sent(shell: Shell) -> dict[str, dict[str, Any]]:
    """The last message of every recipient, from the files beside the database."""
    folder = Path(f"{shell.database}.messages")
    files = sorted(folder.glob("*.json"), key=lambda path: int(path.stem))
    found = [json.loads(path.read_text(encoding="utf-8")) for path in files]
    assert all((folder / f"{message['id']}.json").exists() for message in found)
    return {message["recipient"]: message for message in found}


def test_a_message_is_a_file_beside_the_database(shell: Shell) -> None:
    shell.launched()
    shell.clock = f"{DAY_BEFORE} 08:30"

    run = shell.json("escalate", "--deliver")

    assert run["delivered"] == {"sent": 8, "failed": 0, "unknown": 0, "waiting": 0}
    message = sent(shell)["李可"]
    assert {"id", "recipient", "unit", "items", "rung", "subject", "text"} <= set(message)
    assert (message["unit"], message["rung"]) == ("0101", 1)
    assert message["items"] == [{"unit": "0101", "duty": "摸底/自查表", "rung": "-3:责任人"}]
    assert message["subject"].startswith("工作提示：支部换届 自查表")
    assert "3月20日（周五）24:00前，含当日" in message["text"]
    assert "如已报送，请忽略" in message["text"]


def test_a_clerk_with_two_late_branches_gets_one_message(shell: Shell) -> None:
    shell.launched()
    rating = shell.file("d.json", '{"summary": "有"}')
    for code, who in (("010901", "1006"), ("010902", "1007")):
        shell.json("submit", "--unit", code, "--duty", "自查表", "--by", who, "--data", rating)
    for day in ("2026-03-17", "2026-03-20", "2026-03-23"):
        shell.clock = f"{day} 08:30"
        shell.json("escalate", "--deliver")

    message = sent(shell)["孙岩"]

    assert message["unit"] == ["0101", "0102"]
    assert [(item["unit"], item["rung"]) for item in message["items"]] == [("0101", "+1:书记"), ("0102", "+1:书记")]


def test_a_duty_handed_in_between_run_and_delivery_is_not_mentioned(shell: Shell) -> None:
    shell.launched()
    shell.clock = f"{DAY_BEFORE} 08:30"
    shell.json("escalate")
    shell.json(
        "submit", "--unit", "0102", "--duty", "自查表", "--by", CHEN, "--data", shell.file("d.json", '{"summary": "有"}')
    )

    delivered = shell.json("deliver")

    assert (delivered["sent"], delivered["waiting"]) == (7, 0)
    assert "陈初" not in sent(shell)


def test_delivery_that_cannot_write_its_folder_is_exit_code_1_and_says_so(shell: Shell) -> None:
    shell.launched()
    Path(f"{shell.database}.messages").write_text("a file is in the way")
    shell.clock = f"{DAY_BEFORE} 08:30"
    shell.json("escalate")

    answer, said = shell("deliver", "--json"), shell("doctor").out
    at_rest = shell("deliver", "--json")
    Path(f"{shell.database}.messages").unlink()
    shell("channel", "enable", "folder", "--by", QIAN)
    mended = shell.json("deliver")

    # One try says that the folder is no good; the other seven are not spent on it, and all eight wait.
    assert (answer.code, answer.document) == (1, {"sent": 0, "failed": 1, "unknown": 0, "waiting": 8})
    assert "写不进文件夹" in said
    assert (at_rest.code, at_rest.document) == (0, {"sent": 0, "failed": 0, "unknown": 0, "waiting": 8})  # nothing was tried
    assert mended == {"sent": 8, "failed": 0, "unknown": 0, "waiting": 0}


def test_doctor_is_uneasy_until_there_was_a_run(shell: Shell) -> None:
    shell.launched()
    before = shell("doctor", "--json")
    shell.json("escalate")

    after = shell("doctor", "--json")

    assert (before.code, before.document["healthy"]) == (1, False)
    assert (after.code, after.document["healthy"]) == (0, True)


def test_acts_are_recorded_with_the_shell_they_came_from(shell: Shell) -> None:
    shell.launched()

    shell.json(
        "submit", "--unit", "0101", "--duty", "自查表", "--by", WANG, "--data", shell.file("d.json", '{"summary": "有"}')
    )

    journal = shell.json("explain", "0101")["journal"]
    assert (journal[-1]["act"], journal[-1]["by"]) == ("submit", "王然")
