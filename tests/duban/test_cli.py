"""The main way through the command line, and the documents it answers with: keys and types as design 7 has them, to the letter."""

from __future__ import annotations

import json
import re
from pathlib import Path

import openpyxl
import pytest
from shell import PLAN, Shell
from world import CAO, CHEN, LI, QIAN, SCHOOL, WANG, ZHAO, ZHENG

from duban.workbook import read_units, write_units

RATING = '{"summary": "对照检查了一遍，台账齐全。"}'
LI_S_DUTY = ("--unit", "0101", "--duty", "摸底/自查表")
PAPER = ("--unit", "01", "--duty", "摸底/报送材料")


def submitted(shell: Shell, unit: str = "0101", by: str = LI) -> None:
    shell.json("submit", "--unit", unit, "--duty", "摸底/自查表", "--by", by, "--data", shell.file("自评.json", RATING))


def test_a_campaign_from_an_empty_folder_to_a_table(empty_shell: Shell) -> None:
    shell = empty_shell
    shell.json("db", "create", "--sandbox")
    shell.clock = "2026-03-02 09:00"
    units = read_units(SCHOOL.files())
    workbook = shell.file("units.xlsx", write_units(units.units, [row for row in units.posts]))

    imported = shell.json("units", "import", workbook)
    launched = shell.json("launch", shell.file("活动.yaml", PLAN), "--by", "91:部长")
    submitted(shell)
    shell.json("accept", *LI_S_DUTY, "--by", "01:组织员")
    exported = shell.json("export", "plan", "--by", QIAN, "-o", "tables")

    assert (imported["units_added"], imported["people_added"]) == (15, 17)
    assert launched == {"campaign": 1, "cases": 12, "duties": 20}
    assert shell.case("0101")["phase"] == "换届"
    assert openpyxl.load_workbook(Path(exported["file"])).active["A1"].value == "党支部整改汇总表（计划）"


def test_the_same_way_in_words_for_people(shell: Shell) -> None:
    data = shell.file("自评.json", RATING)

    said = [
        shell("launch", shell.file("活动.yaml", PLAN)).out,
        shell("submit", *LI_S_DUTY, "--by", LI, "--data", data).out,
        shell("accept", *LI_S_DUTY, "--by", WANG).out,
        shell("receive", *PAPER, "--by", QIAN).out,
        shell("escalate").out,
        shell("deliver").out,
    ]

    assert said == [
        "已启动“支部换届”（活动1）：12份进展，20件应办事项。\n",
        "已办理。摸底/自查表：已报送（阶段：摸底，第2版）\n",
        "已办理。摸底/自查表：已审核（阶段：换届，第3版）\n",
        "已办理。摸底/报送材料：已报送，收到纸质和电子邮件（阶段：摸底，第2版）\n",
        "现在没有到时间的事项。提醒0条，消息0封，暂缓0，略过0（已过时或启动前的提醒）。\n",
        "已发送0封，未送达0封，结果不明0封，等待中0封。\n",
    ]


def test_status_has_exactly_the_keys_of_the_contract(shell: Shell) -> None:
    shell.launched()

    board = shell.json("status")

    assert list(board) == ["as_of", "totals", "rows"]
    assert board["as_of"] == "2026-03-02"
    assert board["totals"] == {"expected": 20, "on_time": 0, "late": 0, "open": 20}
    assert {tuple(row) for row in board["rows"]} == {("unit", "name", "track", "phase", "version", "duties")}
    assert {tuple(duty) for row in board["rows"] for duty in row["duties"]} == {("key", "due", "state", "days_late")}
    assert shell.case("0101") == {
        "unit": "0101",
        "name": "教工第一党支部",
        "track": "党支部",
        "phase": "摸底",
        "version": 1,
        "duties": [
            {"key": "摸底/自查表", "due": "2026-03-20", "state": "open", "days_late": 0},
            {"key": "换届/换届方案", "due": "2026-04-30", "state": "open", "days_late": 0},
        ],
    }


def test_an_act_answers_with_where_the_case_stands_afterwards(shell: Shell) -> None:
    shell.launched()

    done = shell.json("submit", *LI_S_DUTY, "--by", LI, "--data", shell.file("自评.json", RATING))

    assert list(done) == ["case", "phase", "duty", "state", "version"]
    assert (done["phase"], done["duty"], done["state"], done["version"]) == ("摸底", "摸底/自查表", "submitted", 2)
    assert isinstance(done["case"], int)


def test_every_act_reaches_its_state(shell: Shell) -> None:
    shell.launched()
    reason = ("--reason", "材料要再核对")
    steps = [
        ("submit", ("--by", LI, "--data", shell.file("自评.json", RATING)), "submitted"),
        ("withdraw", ("--by", LI), "open"),
        ("submit", ("--by", "p1001@example.edu.cn", "--data", shell.file("自评.json", RATING)), "submitted"),
        ("return", ("--by", WANG, *reason, "--to", "2026-03-23"), "returned"),
        ("extend", ("--by", WANG, *reason, "--to", "2026-03-27"), "returned"),
        ("submit", ("--by", "0101:书记", "--data", shell.file("自评.json", RATING)), "submitted"),
        ("accept", ("--by", WANG), "accepted"),
        ("reopen", ("--by", QIAN, *reason), "open"),
        ("waive", ("--by", QIAN, *reason), "waived"),
    ]

    reached = [(verb, shell.json(verb, *LI_S_DUTY, *words)["state"]) for verb, words, _ in steps]

    assert reached == [(verb, state) for verb, _, state in steps]
    assert shell.duty("0101", "摸底/自查表")["due"] == "2026-03-27"


def test_an_officer_carries_a_case_on_by_hand_and_its_duties_stay(shell: Shell) -> None:
    shell.launched()

    moved = shell.json("advance", "--unit", "0101", "--by", QIAN, "--reason", "已当面核对")

    assert (moved["phase"], moved["duty"], moved["state"]) == ("换届", None, None)
    assert shell.duty("0101", "摸底/自查表")["state"] == "open"


def test_a_leader_decides_what_was_brought_to_him(shell: Shell) -> None:
    shell.launched()
    decision = ("--data", shell.file("决定.json", '{"decision": "电话了解"}'))
    before = shell.refused("sign", *LI_S_DUTY, "--by", ZHENG, *decision)
    for day in range(17, 32):
        shell("escalate", DUBAN_CLOCK=f"2026-03-{day:02}T08:30:00+08:00")
    shell.clock = "2026-03-31 09:00"

    done = shell.json("sign", *LI_S_DUTY, "--by", ZHENG, *decision)

    assert before == ["nothing-asked"]
    assert done["state"] == "open"


def test_a_refusal_is_a_list_of_reasons_each_with_what_would_unblock(shell: Shell) -> None:
    shell.launched()

    answer = shell("submit", "--unit", "0101", "--duty", "换届方案", "--by", ZHAO, "--json")

    assert answer.code == 1
    (reasons,) = answer.document.values()
    assert list(answer.document) == ["refused"]
    assert {reason["code"] for reason in reasons} == {"wrong-actor", "not-yet-open"}
    assert all(list(reason) == ["code", "text", "unblock"] for reason in reasons)
    assert next(r for r in reasons if r["code"] == "not-yet-open") == {
        "code": "not-yet-open",
        "text": "“换届/换届方案”从3月23日开始办理",
        "unblock": "3月23日起可以办理",
    }


def test_a_refusal_in_words_names_every_reason_and_the_way_out(shell: Shell) -> None:
    shell.launched()

    answer = shell("submit", "--unit", "0101", "--duty", "换届方案", "--by", ZHAO)

    assert (answer.code, answer.out) == (1, "")
    assert answer.err.splitlines() == [
        "赵磊不能为教工第一党支部办理：报送和撤回由本单位书记、委员办理，上级组织员可以代填。请本单位书记办理，或请上级组织员代填。",
        "“换届/换届方案”从3月23日开始办理。3月23日起可以办理。",
    ]


def test_whoever_saw_an_older_version_is_told_so_and_nothing_happens(shell: Shell) -> None:
    shell.launched()
    submitted(shell)

    refused = shell.refused("accept", *LI_S_DUTY, "--by", WANG, "--expect-version", "1")

    assert refused == ["stale-version"]
    assert shell.case("0101")["version"] == 2
    assert shell.json("accept", *LI_S_DUTY, "--by", WANG, "--expect-version", "2")["version"] == 3


def test_a_clerk_accepts_for_all_branches_under_him_and_those_not_yet_in_are_named(shell: Shell) -> None:
    shell.launched()
    submitted(shell)
    submitted(shell, "0102", CHEN)

    done = shell.json("accept", "--under", "01", "--duty", "摸底/自查表", "--by", WANG)

    assert [(one["duty"], one["state"]) for one in done["done"]] == [("摸底/自查表", "accepted")] * 2
    assert done["refused"] == []
    assert done["waiting"] == ["010901", "010902"]


def test_a_refusal_of_one_of_many_holds_up_nobody_and_says_whose_it_is(shell: Shell) -> None:
    shell.launched()
    submitted(shell)

    answer = shell("accept", "--unit", "0101", "--unit", "0102", "--duty", "摸底/自查表", "--by", WANG, "--json")

    assert answer.code == 1
    assert [done["state"] for done in answer.document["done"]] == ["accepted"]
    (reason,) = answer.document["refused"]
    assert list(reason) == ["unit", "code", "text", "unblock"]
    assert (reason["unit"], reason["code"]) == ("0102", "wrong-state")


def test_several_units_are_named_one_by_one_and_one_named_twice_counts_once(shell: Shell) -> None:
    shell.launched()
    submitted(shell)
    submitted(shell, "0102", CHEN)

    done = shell.json("accept", "--unit", "0101", "--unit", "0102", "--unit", "0101", "--duty", "自查表", "--by", WANG)

    assert [one["state"] for one in done["done"]] == ["accepted", "accepted"]
    assert done["refused"] == []


def test_received_without_saying_how_is_received_as_the_notice_asks(shell: Shell) -> None:
    shell.launched()

    shell.json("receive", *PAPER, "--by", QIAN)

    assert shell.json("accept", *PAPER, "--by", QIAN)["state"] == "accepted"


def test_received_one_way_leaves_the_other_to_come(shell: Shell) -> None:
    shell.launched()

    shell.json("receive", *PAPER, "--by", QIAN, "--way", "电子邮件")

    assert shell.refused("accept", *PAPER, "--by", QIAN) == ["paper-missing"]


def test_a_paper_registered_later_counts_on_the_day_it_came(shell: Shell) -> None:
    shell.launched()
    shell.clock = "2026-03-27 09:00"

    shell.json("receive", *PAPER, "--by", QIAN, "--received", "2026-03-25")

    assert shell.duty("01", "摸底/报送材料")["days_late"] == 0


def test_explain_tells_one_unit_s_story(shell: Shell) -> None:
    shell.launched()
    submitted(shell)

    told = shell("explain", "0101", "--to", WANG)
    answer = shell.json("explain", "0101", "--to", WANG)

    assert "报送 摸底/自查表，按时（李可）" in told.out
    assert "○ 审核通过 摸底/自查表" in told.out
    assert [line["act"] for line in answer["journal"]] == ["launch", "launch", "launch", "submit"]
    assert {(a["act"], a["duty"]) for a in answer["actions"] if not a["reasons"]} >= {("accept", "摸底/自查表")}


def test_a_direct_branch_has_two_cases_and_a_duty_tells_which(shell: Shell) -> None:
    shell.launched()

    both = shell("advance", "--unit", "03", "--by", QIAN, "--reason", "已核对", "--json")
    one = shell("submit", "--unit", "03", "--duty", "自查表", "--by", CAO, "--data", shell.file("d.json", RATING), "--json")

    assert both.code == 1
    assert "2份进展" in both.document["error"]["text"]
    assert one.document["state"] == "submitted"


@pytest.mark.parametrize("kind", ["university", "hospital", "college"])
def test_a_sample_can_be_imported_as_it_is(empty_shell: Shell, kind: str) -> None:
    made = empty_shell.json("sample", kind, "--out", "sample")

    imported = empty_shell.json("units", "import", made["units"])

    written = read_units({"units.xlsx": Path(made["units"]).read_bytes()})
    assert (imported["units_added"], imported["posts_added"]) == (len(written.units), len(written.posts))
    assert imported["skipped"] == []


def test_an_import_looked_at_first_writes_nothing(empty_shell: Shell) -> None:
    files = [empty_shell.file(name, content) for name, content in SCHOOL.files().items()]

    looked = empty_shell.json("units", "import", *files, "--preview")
    again = empty_shell.json("units", "import", *files)

    assert looked["units_added"] == again["units_added"] == 15


def test_a_past_day_is_shown_as_it_was_at_its_end(shell: Shell) -> None:
    shell.launched()
    shell.clock = "2026-03-20 23:59"
    submitted(shell)
    shell.clock = "2026-03-23 09:00"
    submitted(shell, "0102", CHEN)

    then, now = shell.json("status", "--at", "2026-03-20"), shell.json("status")

    assert then["as_of"] == "2026-03-20"
    assert then["totals"] == {"expected": 20, "on_time": 1, "late": 0, "open": 19}
    assert now["totals"] == {"expected": 20, "on_time": 1, "late": 1, "open": 18}
    assert shell.duty("0102", "摸底/自查表", DUBAN_CLOCK="2026-04-02T09:00:00+08:00")["days_late"] == 3


def test_late_phase_and_unit_narrow_the_board_and_its_totals(shell: Shell) -> None:
    shell.launched()
    shell.clock = "2026-03-21 09:00"
    submitted(shell)
    shell.json("accept", *LI_S_DUTY, "--by", WANG)

    late = shell.json("status", "--late", "--unit", "01")
    moved = shell.json("status", "--phase", "换届")

    assert [(row["unit"], [d["days_late"] for d in row["duties"]]) for row in late["rows"]] == [
        ("0101", [1]),
        ("0102", [1]),
        ("010901", [1]),
        ("010902", [1]),
    ]
    assert late["totals"] == {"expected": 4, "on_time": 0, "late": 1, "open": 3}
    assert [row["unit"] for row in moved["rows"]] == ["0101"]


def test_a_second_campaign_has_to_be_named(shell: Shell) -> None:
    shell.launched()
    other = shell.json("launch", shell.file("另一个.yaml", PLAN.replace("支部换届", "组织生活检查")))

    unsaid = shell("status", "--json")
    by_name, by_number = (shell.json("status", "--campaign", words) for words in ("组织生活检查", str(other["campaign"])))

    assert unsaid.code == 1
    assert unsaid.document["error"]["candidates"] == ["1 支部换届", "2 组织生活检查"]
    assert by_name == by_number


def test_a_ready_made_campaign_is_launched_by_its_name(shell: Shell) -> None:
    refused = shell("launch", "standard", "--json")

    launched = shell.json("launch", "standard", "--accept-past")

    assert refused.code == 1
    assert {reason["code"] for reason in refused.document["refused"]} == {"dates-past"}
    assert sorted(launched) == ["campaign", "cases", "duties"]


def test_the_form_that_a_submission_follows_is_published(shell: Shell) -> None:
    schema = shell.json("form", "自评")

    assert schema["required"] == ["summary"]
    assert re.search(r"json-schema\.org", schema["$schema"])


def test_a_phrase_is_read_and_so_is_one_a_line(shell: Shell) -> None:
    asked = '{"text": "3月30日前", "anchor": "2012-03-26"}\n\n{"text": "10月", "anchor": null}\n'

    one = shell.json("deadline", "3月30日前", "--anchor", "2012-03-26")
    many = shell("deadline", "--jsonl", stdin=asked)

    assert one == {
        "kind": "before",
        "start": None,
        "end": "2012-03-30",
        "time": None,
        "rule": "day-before",
        "flags": [],
        "all": [[None, "2012-03-30"]],
    }
    answers = [json.loads(line) for line in many.out.splitlines()]
    assert (many.code, answers[0]) == (0, one)
    assert (answers[1]["end"], answers[1]["flags"]) == (None, ["no-year"])


@pytest.mark.parametrize(
    "line", ["3月30日前", "[]", "{}", '{"text": 3}', '{"text": null}', '{"text": "3月", "anchor": "2012"}']
)
def test_a_line_that_asks_nothing_is_wrong_usage_and_named_by_its_number(shell: Shell, line: str) -> None:
    answer = shell("deadline", "--jsonl", stdin=f'{{"text": "3月30日前", "anchor": "2012-03-26"}}\n{line}\n')

    first, last = [json.loads(line) for line in answer.out.splitlines()]
    assert (answer.code, first["end"]) == (2, "2012-03-30")
    assert "标准输入第2行要写成" in last["error"]["text"]
