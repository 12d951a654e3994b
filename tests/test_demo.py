"""The demo, played once by the command itself: every figure it shows, counted again from the rows, files and tables it leaves."""

from __future__ import annotations

import json
import re
import shlex
import sqlite3
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from demo_year import CODE, ERR, FOLDER, NOTE, OUT, PEAK, demo_year
from portal import Visit

from duban import Engine
from duban.cli.lines import width
from duban.demo import Result, play
from workflow.errors import DubanError

ZONE = ZoneInfo("Asia/Shanghai")
BRANCHES = ("党支部", "直属党支部")
HARSH = re.compile("督办|逾期|将上报|后进|整顿")
"""What is never said to a branch."""
MEGABYTE = 1024


def local(instant: int) -> datetime:
    return datetime.fromtimestamp(instant, UTC).astimezone(ZONE)


@dataclass(frozen=True)
class First:
    """How a duty was met: the day of its first submission or receipt (None: never), and the line of that moment."""

    task: str
    due: date
    came: date | None

    @property
    def late(self) -> int:
        """Civil days after the line; 0 in time. A line includes its day, to 24:00."""
        assert self.came is not None
        return max(0, (self.came - self.due).days)


@dataclass(kw_only=True)
class Played:
    """What one play has left, and what it has said."""

    folder: Path
    screen: str
    said_beside: str
    code: int
    peak: int
    connection: sqlite3.Connection

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        return self.connection.execute(sql, values).fetchall()

    def count(self, sql: str, *values: object) -> int:
        return int(self.rows(sql, *values)[0][0])

    @cached_property
    def truth(self) -> dict[str, Any]:
        return dict(json.loads((self.folder / "truth.json").read_text(encoding="utf-8")))

    @cached_property
    def duties(self) -> dict[int, First]:
        """Every duty that is owed, from the journal alone."""
        return firsts(self.rows(JOURNAL))

    @cached_property
    def messages(self) -> dict[int, dict[str, Any]]:
        files = (self.folder / "demo.db.messages").iterdir()
        return {int(file.stem): json.loads(file.read_text(encoding="utf-8")) for file in files}

    def figures(self, heading: str) -> list[int]:
        """The numbers on the line of the screen that begins with some words, and on the lines that go on from it."""
        lines = self.screen.splitlines()
        at = next(n for n, line in enumerate(lines) if line.startswith(heading))
        more = next((n for n in range(at + 1, len(lines)) if not lines[n].startswith("  ")), len(lines))
        words = " ".join(lines[at:more]).replace(",", "")
        return [int(number) for number in re.findall(r"\d+", words)]


JOURNAL = """
    SELECT journal.duty_id, journal.act, journal.recorded_at, journal.due_day, journal.to_state, task.key
    FROM journal JOIN task ON task.id = journal.task_id WHERE journal.duty_id IS NOT NULL ORDER BY journal.id
"""


def firsts(rows: list[tuple[Any, ...]]) -> dict[int, First]:
    """Read a journal, line by line: the line moves, something comes in, and in the end some duties are not owed any more."""
    due: dict[int, date] = {}
    came: dict[int, First] = {}
    state: dict[int, str] = {}
    for duty, act, at, day, to_state, task in rows:
        state[duty] = to_state
        if act in ("submit", "receive") and duty not in came:
            came[duty] = First(task, due[duty], local(at).date())
        if day is not None:
            due[duty] = date.fromordinal(day)
    tasks = {row[0]: row[5] for row in rows}
    owed = [duty for duty in due if state[duty] not in ("waived", "void")]
    return {duty: came.get(duty, First(tasks[duty], due[duty], None)) for duty in owed}


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    place = demo_year(tmp_path_factory)
    folder = place / FOLDER
    connection = sqlite3.connect(f"file:{folder / 'demo.db'}?mode=ro", uri=True)
    yield Played(
        folder=folder,
        screen=(place / OUT).read_text(encoding="utf-8"),
        said_beside=(place / ERR).read_text(encoding="utf-8"),
        code=int((place / CODE).read_text()),
        peak=int((place / PEAK).read_text()),
        connection=connection,
    )
    connection.close()


# -- the run


def test_it_ends_well_within_the_memory_it_may_take(played: Played) -> None:
    assert (played.code, played.said_beside) == (0, "")
    assert played.peak < 400 * MEGABYTE


def test_an_earlier_demo_is_replaced_and_nothing_else_is_touched(played: Played) -> None:
    assert 999999 not in played.messages
    assert not (played.folder / "tables" / "旧表.xlsx").exists()
    assert (played.folder / NOTE).read_text(encoding="utf-8") == "别动"


def test_a_folder_with_other_things_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / NOTE).write_text("别动", encoding="utf-8")

    with pytest.raises(DubanError, match="有别的东西：请用 --dir 换一个空文件夹"):
        play(tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == [NOTE]


def test_the_screen_fits_into_80_columns_but_for_what_is_there_to_be_copied(played: Played) -> None:
    wide = [line for line in played.screen.splitlines() if width(line) > 80]

    assert all("duban " in line and ".db" in line for line in wide)
    assert len(played.screen.splitlines()) < 45


def test_the_three_commands_to_try_next_work(played: Played) -> None:
    lines = [shlex.split(line) for line in played.screen.splitlines() if "sqlite:///" in line and " serve " not in line]

    done = [_again(words[words.index("duban") + 1 :], played.folder.parent) for words in lines]

    assert [process.returncode for process in done] == [0, 0, 0]
    assert "基层组织建设年：各单位进度" in done[0].stdout
    assert "（2012-04-13结束时）" in done[1].stdout
    assert "提请部长" in done[2].stdout


def test_the_portal_that_the_screen_tells_to_open_shows_the_campaign_at_once(played: Played) -> None:
    [line] = [shlex.split(line) for line in played.screen.splitlines() if " serve " in line]
    words = [sys.executable, "-m", "duban", *line[line.index("duban") + 1 :], "--port", "0"]

    with subprocess.Popen(
        words, cwd=played.folder.parent, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        try:
            address = re.search(r"http://[\d.]+:\d+", process.stdout.readline())
            assert address is not None
            visit = Visit(address[0], None)
            chosen = visit.get("/").submit("//form[.//input[@name='as']]", **{"as": "91:联系人"})
            visit.client.close()
        finally:
            process.terminate()
            process.wait(60)

    assert process.returncode == 0
    assert "基层组织建设年" in chosen.words


def _again(words: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "duban", *words], cwd=folder, capture_output=True, text=True)


def test_the_result_can_be_had_as_a_document(tmp_path: Path) -> None:
    result = Result(
        folder=tmp_path,
        organisation="某大学",
        units=1,
        branches=2,
        members=3,
        campaign="试点",
        cases=3,
        totals={"expected": 1, "on_time": 1, "late": 0, "open": 0},
        phases={},
        acts={},
        proxies=0,
        runs=281,
        reminders=0,
        messages=0,
        longest_day=(date(2012, 5, 28), 9),
        held={},
        figures=[],
        grades={},
        example="0101",
        tables=[tmp_path / "甲.xlsx"],
    )

    document = json.loads(json.dumps(result.document()))

    assert document["database"] == str(tmp_path / "demo.db")
    assert document["busiest_day"] == {"day": "2012-05-28", "messages": 9}
    assert document["tables"] == [str(tmp_path / "甲.xlsx")]


# -- figures, counted from the journal


def test_totals_are_those_of_the_journal(played: Played) -> None:
    came = [duty for duty in played.duties.values() if duty.came is not None]
    on_time = sum(1 for duty in came if not duty.late)

    counted = [len(played.duties), on_time, len(came) - on_time, len(played.duties) - len(came)]

    assert played.figures("应办事项") == counted
    assert counted[0] > 2000


@pytest.mark.parametrize("day", [date(2012, 3, 30), date(2012, 6, 1), date(2012, 12, 31)])
def test_the_board_of_a_past_day_is_what_the_journal_had_by_then(played: Played, day: date) -> None:
    lines = [row for row in played.rows(JOURNAL) if local(row[2]).date() <= day]
    returned = {duty for duty, act, *_ in lines if act == "return"}
    duties = firsts(lines)
    came = {duty: first for duty, first in duties.items() if first.came is not None}

    with Engine(f"sqlite:///{played.folder / 'demo.db'}") as engine:
        board = engine.status(at=day)

    on_time = sum(1 for first in came.values() if not first.late)
    assert board.totals.expected == len(duties)
    assert (board.totals.on_time, board.totals.late) == (on_time, len(came) - on_time)
    shown = {duty.id: duty.days_late for row in board.rows for duty in row.duties if duty.on_time is not None}
    # A return moves the line; how late the first submission was is then another question.
    assert {duty: shown[duty] for duty in came if duty not in returned} == {
        duty: first.late for duty, first in came.items() if duty not in returned
    }


def test_acts_are_those_of_the_journal(played: Played) -> None:
    acts = Counter(act for _, act, *_ in played.rows(JOURNAL))
    proxies = played.count("SELECT count(*) FROM submission WHERE proxy")

    shown = played.figures("办理")

    assert shown == [acts["submit"], proxies, acts["receive"], acts["accept"], acts["return"], acts["extend"], acts["sign"]]
    assert min(shown) > 0


def test_every_morning_had_its_run(played: Played) -> None:
    days = (date(2012, 12, 31) - date(2012, 3, 26)).days + 1

    assert f"共{days}次" in played.screen
    assert (
        played.count("SELECT value FROM meta WHERE key = 'heartbeat'") == datetime(2012, 12, 31, 8, 30, tzinfo=ZONE).timestamp()
    )


def test_phases_are_those_of_the_cases(played: Played) -> None:
    for track in ("二级党组织", "党支部"):
        stand = Counter(phase for (phase,) in played.rows("SELECT phase FROM case_ WHERE track = ?", track))

        assert played.figures(f"{track} ") == [stand[phase] for phase in range(1, 7)]


# -- figures, as truth.json has them


def test_the_organisation_is_the_generated_one(played: Played) -> None:
    totals = played.truth["totals"]

    said = played.screen.replace(",", "")

    assert f"{totals['second_level']}个二级党组织，{totals['branches']}个党支部，{totals['members']}名党员" in said
    assert played.rows("SELECT count(*), sum(members) FROM unit_span WHERE branch_kind IS NOT NULL") == [
        (totals["branches"], totals["members"])
    ]


def test_units_are_as_punctual_as_h1_says(played: Played) -> None:
    dealt = [duty for duty in played.duties.values() if "集中培训" not in duty.task]  # terms of half a year, nobody's habit

    met = Counter(_habit(duty) for duty in dealt)

    assert met == _quotas(played.truth["punctuality"], len(dealt))


def _habit(duty: First) -> str:
    if duty.came is None:
        return "never"
    return "on_time" if not duty.late else "late_1_3" if duty.late <= 3 else "later"


def _quotas(shares: dict[str, float], count: int) -> dict[str, int]:
    """Whole numbers by the largest remainder."""
    whole = {name: int(share * count) for name, share in shares.items()}
    by_rest = sorted(shares, key=lambda name: shares[name] * count - whole[name], reverse=True)
    return {name: whole[name] + (name in by_rest[: count - sum(whole.values())]) for name in shares}


def test_as_many_extensions_are_granted_as_h1_says(played: Played) -> None:
    assert played.count("SELECT count(*) FROM journal WHERE act = 'extend'") == played.truth["extensions"]["granted"]
    assert played.count("SELECT count(*) FROM duty WHERE due_day > first_due_day") >= played.truth["extensions"]["granted"]


def test_the_first_grading_is_the_starting_one_and_the_second_is_variant_a(played: Played) -> None:
    rounds = defaultdict(dict)
    graded = "SELECT grading, unit.code, grade FROM grade JOIN unit ON unit.id = unit_id WHERE superseded_at > 1 << 60"
    for grading, code, grade in played.rows(graded):
        rounds[grading][code] = grade
    branches = {
        code
        for (code,) in played.rows("SELECT code FROM unit JOIN unit_span ON unit.id = unit_id WHERE branch_kind IS NOT NULL")
    }
    first, last = rounds[2], rounds[4]

    assert set(first) == set(last) == branches
    assert Counter(first.values()) == played.truth["totals"]["grades"]
    assert last == played.truth["regrade"]["A"]
    labels = ("先进", "较好", "一般", "后进")
    assert played.figures("年初") == [played.truth["totals"]["grades"][label] for label in labels]
    assert played.figures("年底 ") == [Counter(last.values())[label] for label in labels]


def test_targets_are_reached_as_in_variant_a(played: Played) -> None:
    expected = played.truth["targets"]["A"]

    said = re.findall(r"(一般|后进)→.*基数(\d+)，需要(\d+)，现有(\d+)，达到", played.screen)

    assert said == [
        (grade, *(str(expected[grade][key]) for key in ("cohort", "needed", "reached"))) for grade in ("一般", "后进")
    ]
    assert (expected["一般"]["needed"], expected["后进"]["needed"]) == (28, 14)


# -- messages


def test_every_message_that_left_is_a_file_and_every_file_such_a_message(played: Played) -> None:
    left = {id_ for (id_,) in played.rows("SELECT id FROM message WHERE state = 'sent'")}
    lines = sum(len(message["items"]) for message in played.messages.values())
    busiest = Counter(datetime.fromisoformat(m["at"]).astimezone(ZONE).date() for m in played.messages.values()).most_common(1)

    assert set(played.messages) == left
    assert all(message["id"] == str(id_) for id_, message in played.messages.items())
    (day, most), *_ = busiest
    assert played.figures("提醒") == [lines, len(left), day.month, day.day, most]


def test_nobody_gets_two_messages_in_one_window(played: Played) -> None:
    windows = played.rows(
        "SELECT recipient_id, window_day, count(*) FROM message WHERE state = 'sent' GROUP BY 1, 2 HAVING count(*) > 1"
    )
    days = Counter((m["recipient"], m["to"], m["at"][:10]) for m in played.messages.values())

    assert windows == []
    assert set(days.values()) == {1}


def test_no_harsh_word_reaches_a_branch_or_stands_in_a_subject_or_a_file_name(played: Played) -> None:
    only_of_branches = {
        email
        for email, kinds in played.rows(
            "SELECT person.email, group_concat(unit_span.kind) FROM person JOIN post ON post.person_id = person.id "
            "JOIN unit_span ON unit_span.unit_id = post.unit_id WHERE email IS NOT NULL GROUP BY person.id"
        )
        if set(kinds.split(",")) <= set(BRANCHES)
    }
    to_branches = [message for message in played.messages.values() if message["to"] in only_of_branches]

    assert len(to_branches) > 100
    assert [m["id"] for m in to_branches if HARSH.search(m["subject"] + m["text"])] == []
    assert [m["id"] for m in played.messages.values() if HARSH.search(m["subject"])] == []
    assert [path for path in played.folder.rglob("*") if HARSH.search(path.name)] == []


def test_what_a_message_mentions_was_still_open_when_it_left(played: Played) -> None:
    steps = defaultdict(list)
    for code, key, occurrence, at, to_state in played.rows(
        "SELECT unit.code, task.key, duty.occurrence, journal.recorded_at, journal.to_state FROM journal "
        "JOIN duty ON duty.id = journal.duty_id JOIN unit ON unit.id = duty.unit_id JOIN task ON task.id = duty.task_id "
        "ORDER BY journal.id"
    ):
        steps[code, f"{key}@{occurrence}" if occurrence else key].append((at, to_state))

    closed = [
        (message["id"], item["unit"], item["duty"])
        for message in played.messages.values()
        for item in message["items"]
        if _state(steps[item["unit"], item["duty"]], message["at"]) not in ("open", "returned")
    ]

    assert closed == []


def _state(steps: list[tuple[int, str]], at: str) -> str:
    instant = datetime.fromisoformat(at).timestamp()
    return [state for recorded, state in steps if recorded <= instant][-1]


def test_what_was_never_handed_in_climbed_every_step_and_a_leader_decided(played: Played) -> None:
    told = defaultdict(set)
    for duty, rung in played.rows("SELECT duty_id, rung FROM reminder WHERE state = 'folded' OR state = 'told'"):
        told[duty].add(rung)
    states = {state for (state,) in played.rows("SELECT DISTINCT state FROM reminder")}
    never = [duty for duty, first in played.duties.items() if first.came is None]
    decided = {duty for duty, act, *_ in played.rows(JOURNAL) if act == "sign"}

    assert {duty for duty in never if not told[duty] >= {"+1:组织员", "+3:书记", "+5:上级联系人", "+7:提请部长"}} == set(), (
        states
    )
    assert decided == set(never)


# -- tables


def table(played: Played, title: str, unit: str = "岚川大学党委") -> list[tuple[Any, ...]]:
    path = played.folder / "tables" / f"{title}_{unit}_2012-12-31.xlsx"
    return list(openpyxl.load_workbook(path).active.iter_rows(values_only=True))


def data(rows: list[tuple[Any, ...]]) -> list[dict[str, Any]]:
    """The numbered lines of a table under its headings."""
    headings = next(row for row in rows if row[0] == "序号")
    return [dict(zip(headings, row, strict=True)) for row in rows if isinstance(row[0], int)]


def total(rows: list[tuple[Any, ...]]) -> list[int]:
    return [cell for cell in next(row for row in rows if row[0] == "合计") if isinstance(cell, int)]


def test_the_tables_on_the_screen_are_the_files_there_are(played: Played) -> None:
    files = {path.name for path in (played.folder / "tables").iterdir()}

    assert set(re.findall(r"\S+\.xlsx", played.screen)) == files
    assert len(files) == 5


def test_the_grading_table_adds_up_to_the_database(played: Played) -> None:
    rows = table(played, "党支部分类定级汇总表")
    grades = played.truth["totals"]["grades"]

    lines = data(rows)

    assert Counter(line["定级"] for line in lines) == grades
    assert sum(line["党员数"] for line in lines) == played.truth["totals"]["members"]
    assert total(rows) == [grades["先进"], grades["较好"], grades["一般"], grades["后进"], played.truth["totals"]["branches"]]


def test_the_table_of_one_unit_holds_its_branches_only(played: Played) -> None:
    lines = data(table(played, "党支部分类定级汇总表", "文学院党委"))

    assert len(lines) == played.truth["branches_per_unit"]["01"]
    assert all(line["党支部"].startswith("文学院") for line in lines)


def test_the_register_adds_up_to_the_database(played: Played) -> None:
    plan, result = (table(played, f"党支部整改汇总表（{which}）") for which in ("计划", "结果"))
    (items, branches, closed), *_ = played.rows("SELECT count(*), count(DISTINCT unit_id), sum(state = 'closed') FROM item")

    assert (len(data(plan)), total(plan)) == (items, [items, branches])
    assert (len(data(result)), total(result)) == (items, [items, branches, closed, items - closed])
    assert sum(line["是否销号"] == "是" for line in data(result)) == closed


def test_the_promotion_table_adds_up_to_variant_a(played: Played) -> None:
    rows = table(played, "党支部晋位升级统计表")
    regrade = played.truth["regrade"]["A"]
    labels = ("先进", "较好", "一般", "后进")

    flow = {row[0]: row[1:5] for row in rows if row[0] in labels}

    first = {line["党支部"]: line["定级"] for line in data(table(played, "党支部分类定级汇总表"))}
    names = dict(played.rows("SELECT name, code FROM unit_span JOIN unit ON unit.id = unit_id WHERE branch_kind IS NOT NULL"))
    moved = Counter((grade, regrade[names[branch]]) for branch, grade in first.items())
    assert flow == {before: tuple(moved[before, after] for after in labels) for before in labels}
