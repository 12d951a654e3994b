"""The verbs that hold back, hand over and change course: their documents, their sentences, their exit codes."""

from __future__ import annotations

from shell import Shell
from world import CHEN, KONG, LI, ONE_DUTY, QIAN, SUN, WANG

MORE = ONE_DUTY.replace("  - {何时: 超过1个", "  - {何时: 当天, 告诉: 责任人, 代号: R1b}\n  - {何时: 超过1个")


def test_silence_is_set_listed_and_ended(shell: Shell) -> None:
    shell.launched(ONE_DUTY)
    shell.clock = "2026-03-30 09:00"
    days = ("--from", "2026-03-31", "--to", "2026-04-01")

    made = shell.json("silence", "add", *days, "--unit", "01", "--by", QIAN, "--reason", "考试周")
    listed = shell.json("silence", "list")
    said = shell("silence", "list").out
    ended = shell.json("silence", "end", str(made["id"]), "--by", QIAN)

    assert (made["unit"], made["first"], made["last"], made["mode"]) == ("01", "2026-03-31", "2026-04-01", "defer")
    assert listed == {"silences": [made]}
    assert "2026-03-31至2026-04-01，推迟，01 化学学院党委及下级，钱宁设（考试周）" in said
    assert (ended["silence"], ended["state"]) == (made["id"], "ended")
    assert shell.json("silence", "list") == {"silences": []}


def test_silence_is_refused_or_misunderstood_with_its_exit_code(shell: Shell) -> None:
    shell.launched(ONE_DUTY)
    words = ("silence", "add", "--unit", "01", "--reason", "考试周")

    assert shell.refused(*words, "--from", "2026-03-31", "--to", "2026-04-01", "--by", LI) == ["wrong-actor"]
    assert shell(*words, "--from", "明天", "--to", "2026-04-01", "--by", QIAN).code == 2
    assert shell(*words, "--from", "2026-03-31", "--by", QIAN).code == 2
    assert shell("silence", "end", "7", "--by", QIAN).code == 1


def test_campaign_is_paused_and_resumed(shell: Shell) -> None:
    shell.launched(ONE_DUTY)
    shell.clock = "2026-03-25 08:30"
    shell.json("escalate")

    paused = shell.json("pause", "--by", QIAN, "--reason", "校庆")
    again = shell.refused("pause", "--by", QIAN, "--reason", "校庆")
    shell.clock = "2026-03-26 08:30"
    sent = shell.json("escalate", "--deliver")["delivered"]["sent"]
    said = shell("resume", "--by", QIAN).out
    later = shell.json("deliver")["sent"]

    assert (paused["state"], paused["taken_back"], again, sent) == ("paused", 8, ["already-paused"], 0)
    assert "已恢复督办" in said
    assert later == 8


def test_post_is_delegated(shell: Shell) -> None:
    done = shell.json(
        "delegate", "01", "书记", "--to", WANG, "--from", "2026-03-30", "--until", "2026-04-03", "--by", SUN, "--reason", "出差"
    )

    assert done == {"unit": "01", "role": "书记", "holder": "孙岩", "to": "王然", "first": "2026-03-30", "last": "2026-04-03"}
    days = ("--from", "2026-03-30", "--until", "2026-04-03")
    assert shell.refused("delegate", "0101", "书记", "--to", CHEN, *days, "--by", KONG) == ["wrong-actor"]


def test_migration_is_looked_at_and_done(shell: Shell) -> None:
    shell.launched(ONE_DUTY)
    shell.clock = "2026-03-31 08:30"
    shell.json("escalate")
    file = shell.file("新版.yaml", MORE)
    words = ("migrate", file, "--by", QIAN, "--reason", "督办过疏")

    looked = shell.json(*words, "--dry-run")
    done = shell.json(*words)
    again = shell.refused(*words)
    other = shell.refused("migrate", shell.file("另版.yaml", MORE.replace("3月30日", "3月31日")), *words[2:])

    assert looked == {**done, "preview": True}
    assert (done["version"], done["duties"], done["skipped"]) == (2, 8, 8)
    assert {rung["key"]: rung["verdict"] for rung in done["rungs"]}["R1b"] == "new"
    assert again == ["same-version"]
    assert set(other) == {"not-migratable"}


def test_migration_says_what_becomes_of_everything(shell: Shell) -> None:
    shell.launched(ONE_DUTY)

    said = shell("migrate", shell.file("新版.yaml", MORE), "--by", QIAN, "--reason", "督办过疏", "--dry-run").out

    assert "将转到第2版，未办结事项8件" in said
    assert "第2步（R1b）：新增" in said
    assert "8件：下一步的时间不变" in said


def test_backfill_tells_nobody(shell: Shell) -> None:
    shell.launched(ONE_DUTY)
    shell.clock = "2026-04-03 09:00"

    run = shell.json("escalate", "--backfill", "--as-of", "2026-04-02T08:30:00+08:00", "--deliver")

    assert (run["state"], run["messages"], run["skipped"], run["delivered"]["sent"]) == ("done", 0, 24, 0)


def test_restored_database_is_confirmed_with_what_had_left(shell: Shell) -> None:
    shell.launched(ONE_DUTY)
    shell.clock = "2026-03-25 08:30"
    shell.json("escalate")

    said = shell("db", "restored", "--by", QIAN).out
    shell.clock = "2026-03-25 09:30"
    run = shell.json("escalate", "--deliver")
    keys = [key for key in _keys(shell) if key]
    listed = shell.file("已发.txt", f"{keys[0]}\n\n{keys[1]}\n")
    done = shell.json("run", "confirm", str(run["run"]), "--sent", keys[2], "--sent-file", listed)

    assert "已暂停8封" in said
    assert (run["state"], run["delivered"]["sent"]) == ("needs_confirm", 0)
    assert (done["sent"], done["messages"]) == (3, 5)
    assert shell.json("deliver")["sent"] == 5


def test_rewinding_needs_something_to_take_back(shell: Shell) -> None:
    shell.launched(ONE_DUTY)

    assert shell.refused("run", "rewind", "--by", QIAN, "--reason", "误会") == ["not-ahead"]


def _keys(shell: Shell) -> list[str]:
    from storage.database import Database

    database = Database(shell.url)
    with database.read() as connection:
        keys = list(connection.exec_driver_sql("SELECT idem_key FROM message ORDER BY id").scalars())
    database.close()
    return keys
