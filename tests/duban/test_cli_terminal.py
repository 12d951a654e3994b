"""How answers look in a terminal and arrive in a pipe: columns of Chinese, other encodings, one document and nothing else."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from places import Places
from shell import Shell
from world import CHEN, LI, SCHOOL, WANG, Unit, built, post

from duban.cli.lines import width

RATING = '{"summary": "有"}'


@pytest.fixture
def busy(sqlite_places: Places, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """Two handed in, one of them late; the others are chased."""
    monkeypatch.chdir(tmp_path)
    shell = Shell(folder=tmp_path, url=sqlite_places.copy("busy", lambda url: chased(Shell(folder=tmp_path, url=url))))
    shell.clock = "2026-03-24 09:00"
    return shell


def chased(shell: Shell) -> None:
    built(shell.url)
    shell.launched()
    rating = shell.file("d.json", RATING)
    shell.json("submit", "--unit", "0101", "--duty", "自查表", "--by", LI, "--data", rating)
    for day in ("2026-03-17", "2026-03-20", "2026-03-23"):
        shell.clock = f"{day} 08:30"
        shell.json("escalate", "--deliver")
    shell.clock = "2026-03-24 09:00"
    shell.json("submit", "--unit", "0102", "--duty", "自查表", "--by", CHEN, "--data", rating)


def starts(table: str, heading: str) -> list[int]:
    """The cells at which the columns of a table begin, by its line of headings."""
    (line,) = [line for line in table.splitlines() if line.startswith(heading)]
    return [width(line[: found.start()]) for found in re.finditer(r"(?:^|(?<=  ))\S", line)]


def cell_at(line: str, column: int) -> str:
    """What stands at a cell of a line; empty beyond its end."""
    used = 0
    for mark in line:
        if used >= column:
            return mark if used == column else "…"
        used += width(mark)
    return ""


@pytest.mark.parametrize("columns", [80, 120])
@pytest.mark.parametrize(
    "words", [("status",), ("status", "--unit", "01"), ("explain", "0102", "--reminders"), ("escalate", "--dry-run")]
)
def test_no_line_of_a_table_is_wider_than_the_terminal(busy: Shell, words: tuple[str, ...], columns: int) -> None:
    busy.columns = columns
    busy.clock = "2026-03-25 08:30"

    shown = busy(*words).out

    table = [line for line in shown.splitlines() if re.search(r"\S {2,}\S", line) and not re.match(r"  \d{4}-", line)]
    assert len(table) > 3
    assert [line for line in table if width(line.rstrip()) > columns] == []


@pytest.mark.parametrize("columns", [80, 120])
def test_columns_begin_in_the_same_cell_on_every_line(busy: Shell, columns: int) -> None:
    busy.columns = columns

    shown = busy("status", "--unit", "01").out

    lines = [line for line in shown.splitlines()[2:] if re.match(r"\d|  ", line)]
    columns_at = starts(shown, "编号")
    assert len(columns_at) == 5
    for line in lines:
        assert all(cell_at(line, at - 1) in (" ", "") for at in columns_at[1:]), line
    assert [cell_at(line, columns_at[3]) for line in lines if "自查表" in line] == ["自", "自", "自", "自"]


def test_figures_line_up_at_the_right(busy: Shell) -> None:
    shown = busy("status").out

    heading, *lines = [line.rstrip() for line in shown.splitlines() if re.match(r"编号|\d\d ", line)]
    assert {width(line) for line in lines} == {width(heading)}
    assert lines[0].split() == ["01", "化学学院党委", "6", "10", "1", "1", "8", "2"]


def test_the_sum_below_the_table_is_the_sum_of_its_lines(busy: Shell) -> None:
    shown = busy("status").out

    rows = [line.split() for line in shown.splitlines() if re.match(r"\d\d ", line)]
    expected, on_time, late, still_open = (sum(int(row[n]) for row in rows) for n in (3, 4, 5, 6))
    assert f"应报{expected}件：按时{on_time}，逾时{late}，尚未报送{still_open}。" in shown
    assert expected == on_time + late + still_open == 20


def test_a_board_of_one_unit_says_in_words_what_is_late(busy: Shell) -> None:
    shown = busy("status", "--unit", "01").out

    lines = {line.split()[0]: line for line in shown.splitlines() if re.match(r"\d{4}", line)}
    assert "尚未报送，已过4天" in lines["010901"]
    assert "已报送，晚4天" in lines["0102"]


def test_nothing_expected_is_said_in_words(busy: Shell) -> None:
    busy.json("waive", "--unit", "02", "--duty", "报送材料", "--by", "9101", "--reason", "合并报送")

    shown = busy("status", "--phase", "办结").out

    assert "无应报。" in shown
    assert "%" not in shown


def test_a_name_with_brackets_and_colons_is_shown_as_it_is(empty_shell: Shell) -> None:
    name = "[bold]测试:smile:[/x]支部"
    school = SCHOOL.plus(
        Unit(code="0103", name=name, kind="党支部", parent="01", branch_kind="专任教师"), post("0103", "书记", "[red]甲", "77")
    )
    shell = empty_shell
    shell.json("db", "create", "--sandbox")
    shell.clock = "2026-03-02 09:00"
    shell.json("units", "import", *(shell.file(name, content) for name, content in school.files().items()))
    shell.launched()

    shown = [shell("status", "--unit", "0103").out, shell("explain", "0103").out]

    assert name in shown[0].replace("\n", "").replace(" ", "") or "[bold]测试" in shown[0]
    assert f"0103 {name}（支部换届）" in shown[1]
    assert "书记 [red]甲" in shown[1]


# -- a process of its own


@pytest.mark.parametrize(("words", "code"), [(("status", "--unit", "没有"), 1), (("status", "--at", "没有"), 2)])
def test_the_process_ends_with_the_same_code(shell: Shell, words: tuple[str, ...], code: int) -> None:
    shell.launched()

    answer = shell.outside(*words)

    assert (answer.code, answer.out) == (code, "")
    assert answer.err == shell(*words).err


def test_what_nobody_expected_is_exit_code_3_one_sentence_and_no_traceback(shell: Shell) -> None:
    shell.launched()
    _spoil(shell)

    answer, document = shell.outside("status"), shell("status", "--json")

    assert (answer.code, answer.out, document.code) == (3, "", 3)
    assert answer.err.startswith("程序出错（")
    assert len(answer.err.splitlines()) == 1
    assert document.document["error"]["code"] == "unexpected"


def _spoil(shell: Shell) -> None:
    """A state that no act of ours can bring about."""
    import sqlite3

    with sqlite3.connect(shell.database) as connection:
        connection.execute("UPDATE duty SET state = 'nonsense', due_day = -5")
    connection.close()


@pytest.mark.parametrize("words", [("status",), ("escalate", "--deliver")], ids=" ".join)
def test_with_json_stdout_is_one_document_and_nothing_else(busy: Shell, words: tuple[str, ...]) -> None:
    answer = busy.outside(*words, "--json")

    assert answer.code == 0
    assert isinstance(answer.document, dict)
    assert answer.out.count("\n") == 1


ENCODINGS = [
    {"LC_ALL": "C"},
    {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    {"PYTHONIOENCODING": "latin-1"},
]


@pytest.mark.parametrize("variables", ENCODINGS, ids=str)
def test_where_no_chinese_can_be_written_it_is_utf_8(busy: Shell, variables: dict[str, str]) -> None:
    words = ("status", "--unit", "化学学院党委")

    shown = busy.outside(*words, **variables)

    assert shown == busy(*words)
    assert "教工第一党支部" in shown.out


def test_a_terminal_of_gbk_gets_gbk_and_a_program_reads_the_same_document(busy: Shell) -> None:
    environment = os.environ | {"DUBAN_DATABASE_URL": busy.url, "PYTHONIOENCODING": "gbk"}

    outputs = [
        subprocess.run(
            [sys.executable, "-m", "duban", "status", *more], capture_output=True, env=environment, check=True
        ).stdout
        for more in ((), ("--json",))
    ]

    assert "化学学院党委" in outputs[0].decode("gbk")
    assert json.loads(outputs[1].decode("ascii")) == busy.json("status")


def test_who_reads_only_the_first_line_has_read_enough(busy: Shell) -> None:
    command = f"{sys.executable} -m duban status | head -1; exit ${{PIPESTATUS[0]}}"

    done = subprocess.run(["bash", "-c", command], capture_output=True, env=os.environ | {"DUBAN_DATABASE_URL": busy.url})

    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode().startswith("支部换届：各单位进度")


def in_a_terminal(shell: Shell, *words: str, columns: int) -> str:
    """What a person sees, without the colours."""
    ours, theirs = pty.openpty()
    environment = os.environ | {"DUBAN_DATABASE_URL": shell.url, "COLUMNS": str(columns), "TERM": "xterm"}
    environment.pop("DUBAN_CLOCK", None)
    done = subprocess.Popen([sys.executable, "-m", "duban", *words], stdout=theirs, stderr=theirs, env=environment)
    os.close(theirs)
    seen = b""
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:  # the other end is closed
            break
        if not part:
            break
        seen += part
    os.close(ours)
    assert done.wait() == 0
    return re.sub(r"\x1b\[[0-9;]*m", "", seen.decode()).replace("\r\n", "\n")


@pytest.mark.parametrize("columns", [80, 120])
def test_in_a_terminal_sentences_are_folded_where_chinese_may_break(busy: Shell, columns: int) -> None:
    seen = in_a_terminal(busy, "explain", "0101", "--reminders", "--to", WANG, columns=columns)

    lines = seen.splitlines()
    assert [line for line in lines if width(line.rstrip()) > columns] == []
    assert [after for _, after in pairwise(lines) if re.match(r"\s*[，。；：、）」]", after)] == []
    assert "应办2件：摸底/自查表、换届/换届方案" in seen
