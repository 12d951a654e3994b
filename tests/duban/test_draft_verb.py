"""duban draft: a notice in, a definition out; its questions answered from a file or one by one."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
import time

import pytest
from shell import Shell

from duban.cli.drafting import _with_ask

NOTICE = """青川大学关于开展支部规范年活动的通知

各二级党组织：

根据学校安排，今年开展支部规范年活动。现通知如下。

一、活动步骤
1.摸底排查（3月30日前）。逐个支部查清情况。
2.立行立改（4月上旬）。能改的马上改。
3.回头看。对照清单逐项核对。

二、有关要求
各二级党组织于4月13日前将实施方案和排查汇总表报党委组织部。各支部每月召开一次支委会。

中共青川大学委员会
2012年3月26日
"""


@pytest.fixture
def desk(empty_shell: Shell) -> Shell:
    empty_shell.file("通知.txt", NOTICE)
    return empty_shell


def test_a_notice_becomes_a_definition_that_check_accepts(desk):
    drafted = desk("draft", "通知.txt", "-o", "c.yaml")
    checked = desk("check", "c.yaml")

    assert drafted.code == 0, drafted.err
    assert "3个阶段" in drafted.out
    assert "阶段“回头看”没有写时间" in drafted.out
    assert checked.code == 0
    assert "阶段“回头看”没有写时间" in checked.out


def test_without_a_file_to_write_the_definition_is_all_that_is_on_stdout(desk):
    drafted = desk("draft", "通知.txt")
    (desk.folder / "c.yaml").write_text(drafted.out, encoding="utf-8")

    assert drafted.err == ""
    assert desk("check", "c.yaml").code == 0


def test_the_json_names_every_item_with_its_exact_words_and_their_place(desk):
    found = desk("draft", "通知.txt", "--json").document

    assert (found["title"], found["issued"], found["issuer"]) == (
        "青川大学关于开展支部规范年活动的通知",
        "2012-03-26",
        "中共青川大学委员会",
    )
    assert [(p["name"], p["start"], p["end"]) for p in found["phases"]] == [
        ("摸底排查", None, "2012-03-30"),
        ("立行立改", "2012-04-01", "2012-04-10"),
        ("回头看", None, None),
    ]
    assert [(d["to"], d["due"], d["materials"]) for d in found["deliverables"]] == [
        ("党委组织部", "2012-04-13", ["实施方案", "排查汇总表"])
    ]
    assert [r["rule"] for r in found["recurring"]] == ["monthly"]
    for item in (*found["phases"], *found["deliverables"], *found["recurring"]):
        assert NOTICE[item["at"]["from"] : item["at"]["to"]] == item["quote"]


def test_answers_from_a_file_close_the_questions(desk):
    (desk.folder / "a.json").write_text(json.dumps({"阶段/回头看/时间": "5月底前"}), encoding="utf-8")

    found = desk("draft", "通知.txt", "--answer", "a.json", "--json").document

    assert [p["end"] for p in found["phases"]] == ["2012-03-30", "2012-04-10", "2012-05-31"]
    assert found["questions"] == []


def test_answers_may_be_lines_of_key_and_answer(desk):
    (desk.folder / "a.txt").write_text("# 答复\n阶段/回头看/时间：5月底前\n", encoding="utf-8")

    found = desk("draft", "通知.txt", "--answer", "a.txt", "--json").document

    assert found["questions"] == []


def test_wrong_answers_are_refused_all_at_once_and_nothing_is_written(desk):
    (desk.folder / "a.json").write_text(json.dumps({"阶段/回头看/时间": "尽快", "阶段/回头/时间": "5月底前"}), encoding="utf-8")

    refused = desk("draft", "通知.txt", "--answer", "a.json", "-o", "c.yaml")

    assert refused.code == 1
    assert "2 处问题" in refused.err
    assert not (desk.folder / "c.yaml").exists()


def test_an_existing_file_is_not_overwritten_unless_told(desk):
    (desk.folder / "c.yaml").write_text("我的改动", encoding="utf-8")

    refused = desk("draft", "通知.txt", "-o", "c.yaml")
    forced = desk("draft", "通知.txt", "-o", "c.yaml", "--force")

    assert refused.code == 1
    assert "已经存在" in refused.err
    assert forced.code == 0


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("空.txt", b"", "空"),
        ("图.docx", b"\x89PNG\r\n\x1a\n" + bytes(64), "图片"),
        ("旧.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), ".docx"),
    ],
    ids=["empty", "picture", "old Word"],
)
def test_what_is_no_notice_is_refused_in_one_sentence(desk, name, content, says):
    (desk.folder / name).write_bytes(content)

    refused = desk("draft", name)

    assert refused.code == 1
    assert says in refused.err
    assert refused.out == ""
    assert len(refused.err.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("typed", "understood"),
    [
        (["n.txt", "--answer"], ["n.txt", "--answer", "-"]),
        (["--answer", "n.docx"], ["--answer", "-", "n.docx"]),
        (["n.txt", "--answer", "-o", "c.yaml"], ["n.txt", "--answer", "-", "-o", "c.yaml"]),
        (["n.txt", "--answer", "a.json"], ["n.txt", "--answer", "a.json"]),
        (["--answer", "a.txt", "n.txt"], ["--answer", "a.txt", "n.txt"]),
        (["n.txt", "--answer", "-"], ["n.txt", "--answer", "-"]),
    ],
)
def test_answer_without_a_file_means_ask(typed, understood):
    assert _with_ask(typed) == understood


def test_on_a_terminal_each_question_is_put_once_and_a_wrong_answer_is_asked_again(desk):
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "duban", "draft", "通知.txt", "--answer", "-o", "c.yaml"]
    with subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, cwd=desk.folder, env={**os.environ, "LC_ALL": "C.UTF-8"}
    ):
        os.close(theirs)
        os.write(ours, "尽快\n=\n".encode())
        said = b""
        while chunk := _read(ours):
            said += chunk
    os.close(ours)

    text = said.decode()
    assert text.count("1. 阶段“回头看”没有写时间") == 2
    assert "定不出日子" in text
    written = (desk.folder / "c.yaml").read_text(encoding="utf-8")
    assert "待定" not in written


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:
        return b""


def test_a_long_notice_is_read_in_a_process_of_its_own_and_comes_out_the_same(desk):
    more = "\n\n三、说明\n" + "请各单位认真学习，结合实际抓好落实。" * 800
    desk.file("长.txt", NOTICE.replace("\n\n中共青川大学委员会", f"{more}\n\n中共青川大学委员会"))
    desk.file("a.txt", "阶段/回头看/时间: 5月底前")
    desk.file("b.txt", "阶段/回头看/时间: 尽快")

    found = desk("draft", "长.txt", "--answer", "a.txt", "--json").document
    wrong = desk("draft", "长.txt", "--answer", "b.txt")

    assert [p["end"] for p in found["phases"]] == ["2012-03-30", "2012-04-10", "2012-05-31"]
    assert "定不出日子" in wrong.err


def test_a_text_that_is_no_notice_is_given_up_in_time(desk):
    desk.file("怪.txt", "[阶段]4月" * 20_000)
    begun = time.monotonic()

    answer = desk("draft", "怪.txt")

    assert time.monotonic() - begun < 10
    assert answer.code in (0, 1)
