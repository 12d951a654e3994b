"""Files and databases that are broken, missing, in the way or somebody else's: one sentence, the right code, nothing half-written."""

from __future__ import annotations

import getpass  # noqa: F401  # where nobody may not read Python's own library, it is loaded before
import importlib.readers  # noqa: F401
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from shell import PLAN, Shell
from world import LI, QIAN, SCHOOL

from phases import library

SUBMIT = ("submit", "--unit", "0101", "--duty", "自查表", "--by", LI)


def listing(folder: Path) -> dict[str, bytes]:
    """Every file below a folder with its content."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


# -- definitions

TEN_SLIPS = """\
活动: 支部换届
发文: 学校党委
印发: 2026-03-02
参加: [二级党组织, 党支部]
联系人: {单位: 组织部, 邮编: '100000'}
休息日: 向后
阶段:
  - 名称: 摸底
    时间: 3.30
  - 名称: 换届
    时间: 4月31日前
  - 名称: 摸底
任务:
  - {事项: 自查表, 谁办: 党支部, 阶段: 换界, 时间: 3月20日前}
  - {事项: 换届方案, 谁办: 党支部, 表单: 打分表, 时间: 3月20日前}
  - {谁办: 党支部, 时间: 3月20日前}
  - {事项: 民主评议, 谁办: 党支部, 频次: 常常, 时间: 4月20日前}
督办:
  - {何时: 提前三天, 告诉: 责任人}
"""
SLIPS = {
    5: "邮编",
    6: "向后",
    9: "3.30",
    11: "4月31日",
    12: "摸底",
    14: "换界",
    15: "打分表",
    16: "事项",
    17: "常常",
    19: "提前三天",
}


def test_a_file_with_ten_planted_slips_reports_ten_each_with_its_line(empty_shell: Shell) -> None:
    file = empty_shell.file("错.yaml", TEN_SLIPS)

    answer = empty_shell("check", file, "--json")
    in_words = empty_shell("check", file)

    assert answer.code == in_words.code == 1
    assert list(answer.document) == ["problems", "warnings"]
    problems = answer.document["problems"]
    assert [problem["line"] for problem in problems] == list(SLIPS)
    assert all(list(problem) == ["line", "path", "text"] for problem in problems)
    assert all(SLIPS[problem["line"]] in problem["text"] for problem in problems)
    assert "10个问题" in in_words.out
    assert all(f"第{line}行" in in_words.out for line in SLIPS)


def test_a_broken_definition_is_not_launched_and_says_all_of_it(shell: Shell) -> None:
    answer = shell("launch", shell.file("错.yaml", TEN_SLIPS), "--json")

    assert answer.code == 1
    assert [problem["line"] for problem in answer.document["problems"]] == list(SLIPS)
    assert "还没有启动任何活动" in shell("status").err


@pytest.mark.parametrize("name", library.names())
def test_the_ready_made_campaigns_pass(empty_shell: Shell, name: str) -> None:
    found = empty_shell.json("check", empty_shell.file(f"{name}.yaml", library.text(name)))

    assert found["problems"] == []
    assert all(list(warning) == ["line", "path", "text"] for warning in found["warnings"])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_definition_is_read_as_an_office_saves_it(shell: Shell, encoding: str) -> None:
    file = shell.file("活动.yaml", PLAN.encode(encoding))

    assert shell.json("check", file)["problems"] == []
    assert shell.json("launch", file)["cases"] == 12


NO_DEFINITIONS: list[tuple[bytes, str]] = [
    (b"", "文件是空的"),
    (b"# only a remark\n", "文件是空的"),
    ("活动".encode("utf-16"), "不是文本文件"),
    (os.urandom(16) + b"\xff" * 300, "不是文本文件"),
    ("活动：换届\n".encode(), "第1行"),
    ("- 甲\n- 乙\n".encode(), "第1行"),
    ("活动: 甲\n\t发文: 乙\n".encode(), "第2行"),
]


@pytest.mark.parametrize(("content", "said"), NO_DEFINITIONS, ids=range(len(NO_DEFINITIONS)))
@pytest.mark.parametrize("verb", ["check", "launch", "read-back", "graph"])
def test_what_is_no_definition_is_exit_code_1(shell: Shell, verb: str, content: bytes, said: str) -> None:
    answer = shell(verb, shell.file("活动.yaml", content))

    assert answer.code == 1
    assert said in answer.out + answer.err


@pytest.mark.parametrize("verb", ["check", "launch", "read-back", "graph"])
@pytest.mark.parametrize(
    ("name", "said"), [("没有.yaml", "没有文件“没有.yaml”：请检查路径"), (".", "“.”是一个文件夹：请写到文件名")]
)
def test_a_missing_file_or_a_folder_is_one_sentence(shell: Shell, verb: str, name: str, said: str) -> None:
    answer = shell(verb, name)

    assert (answer.code, answer.out, answer.err) == (1, "", said + "\n")


def test_a_launch_of_a_missing_file_makes_no_database(empty_shell: Shell) -> None:
    empty_shell("launch", "没有.yaml")

    assert listing(empty_shell.folder) == {}


def test_check_against_the_units_names_who_is_missing(shell: Shell) -> None:
    school = SCHOOL.without(units=("03",), people=(LI,))
    files = [shell.file(name, content) for name, content in school.files().items()]
    other = shell.file("党校.yaml", PLAN.replace("谁办: 党支部, 阶段: 换届", "谁办: 纪委, 阶段: 换届"))

    found = shell.json("check", other, "--units", files[0], "--units", files[1])

    said = "\n".join(warning["text"] for warning in found["warnings"])
    assert "单位表里没有“纪委”" in said
    assert "教工第一党支部" in said


def test_check_against_broken_units_lists_their_rows_too(shell: Shell) -> None:
    broken = {name: content.replace("党支部,01,".encode(), "党支部,77,".encode()) for name, content in SCHOOL.files().items()}
    files = [shell.file(name, content) for name, content in broken.items()]

    answer = shell("check", shell.file("活动.yaml", PLAN), "--units", files[0], "--units", files[1], "--json")

    assert answer.code == 1
    assert [(p["line"], p["path"]) for p in answer.document["problems"]] == [
        (4, "units.csv、posts.csv 单位!上级编号"),
        (5, "units.csv、posts.csv 单位!上级编号"),
    ]


# -- units


def test_an_import_lists_every_bad_row_and_imports_nothing(empty_shell: Shell) -> None:
    shell = empty_shell
    broken = {name: content.replace("二级党委".encode(), "二级党党".encode()) for name, content in SCHOOL.files().items()}
    files = [shell.file(name, content) for name, content in broken.items()]

    answer = shell("units", "import", *files, "--json")

    assert answer.code == 1
    assert [p["line"] for p in answer.document["problems"] if p["path"] == "单位!类型"] == [3, 9]
    assert "还没有单位" in shell("launch", shell.file("活动.yaml", PLAN.replace("2026", "2199"))).err


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 not a workbook", os.urandom(2000)])
def test_what_is_no_workbook_is_exit_code_1(empty_shell: Shell, content: bytes) -> None:
    answer = empty_shell("units", "import", empty_shell.file("units.xlsx", content), "--json")

    assert answer.code == 1
    assert answer.document["problems"][0]["path"] == "units.xlsx"


# -- data of a submission

NO_DATA: list[tuple[bytes, str]] = [
    (b"", "第1行：不是正确的 JSON"),
    (b'{"summary": "a",}', "第1行：不是正确的 JSON"),
    (b'{\n "summary": \xe4\xbd\xa0}', "第2行：不是正确的 JSON"),
    (b"[]", "最外层要是一个对象"),
    (b"null", "最外层要是一个对象"),
    (b'"summary"', "最外层要是一个对象"),
    (b'{"score": ' + b"9" * 5000 + b"}", "数字太长或括号套得太深"),
    (b"[" * 100_000, "数字太长或括号套得太深"),
    (b"\xff\xfe{\x00}\x00", "不是文本文件"),
]


@pytest.mark.parametrize(("content", "said"), NO_DATA, ids=range(len(NO_DATA)))
def test_data_that_are_no_json_object_are_exit_code_1(shell: Shell, content: bytes, said: str) -> None:
    shell.launched()

    answer = shell(*SUBMIT, "--data", shell.file("d.json", content))

    assert (answer.code, answer.out) == (1, "")
    assert said in answer.err
    assert shell.case("0101")["version"] == 1


UNFIT = [
    ("{}", "自评情况"),
    ('{"summary": ""}', "没有填写"),
    ('{"summary": "有", "score": "九十"}', "应当是数字，现在是文字“九十”"),
    ('{"summary": "有", "score": NaN}', "应当是数字"),
    ('{"summary": "有", "score": 1e999}', "应当是数字"),
    ('{"summary": "有", "score": 101}', "自评得分"),
    ('{"summary": "有", "points": 3}', "没有“points”这一项"),
    ('{"summary": ["有"]}', "自评情况"),
]


@pytest.mark.parametrize(("content", "said"), UNFIT, ids=range(len(UNFIT)))
def test_data_that_do_not_fit_the_form_are_refused_by_field(shell: Shell, content: str, said: str) -> None:
    shell.launched()
    file = shell.file("d.json", content)

    answer, in_words = shell(*SUBMIT, "--data", file, "--json"), shell(*SUBMIT, "--data", file)

    assert answer.code == in_words.code == 1
    assert all(list(reason) == ["code", "text", "unblock"] for reason in answer.document["refused"])
    assert said in in_words.err
    assert "。。" not in in_words.err
    assert shell.case("0101")["version"] == 1


def test_data_missing_or_not_asked_for(shell: Shell) -> None:
    shell.launched()
    shell.clock = "2026-03-23 09:00"
    plan = ("submit", "--unit", "0101", "--duty", "换届方案", "--by", LI)

    assert shell.refused(*SUBMIT) == ["data-missing"]
    assert shell.refused(*plan, "--data", shell.file("d.json", "{}")) == ["data-not-asked"]
    assert shell(*SUBMIT, "--data", "没有.json").err == "没有文件“没有.json”：请检查路径\n"


# -- databases


def not_a_database(path: Path) -> None:
    path.write_bytes(os.urandom(5000))


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:9000])


def overwritten(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[2048 * 3 : 2048 * 40] = b"\xff" * 2048 * 37
    path.write_bytes(content)


def newer(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE duban_version SET version_num = '9999'")
    connection.close()


def foreign(path: Path) -> None:
    path.unlink()
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE invoice (id INTEGER)")
    connection.close()


BROKEN: list[tuple[Callable[[Path], None], str]] = [
    (not_a_database, "不是完好的 Duban 数据库"),
    (cut_short, "不是完好的 Duban 数据库"),
    (overwritten, "不是完好的 Duban 数据库"),
    (newer, "请升级 Duban"),
    (foreign, "已有别的程序的表"),
]
VERBS = [("status",), ("escalate",), ("launch", "活动.yaml"), ("doctor",), ("db", "upgrade")]


@pytest.mark.parametrize("verb", VERBS, ids=" ".join)
@pytest.mark.parametrize(("breaks", "said"), BROKEN)
def test_a_database_that_cannot_be_used_is_one_sentence_with_the_remedy(
    shell: Shell, breaks: Callable[[Path], None], said: str, verb: tuple[str, ...]
) -> None:
    shell.file("活动.yaml", PLAN)
    breaks(shell.database)
    tables = _tables(shell.database)

    answer = shell(*verb)

    assert (answer.code, answer.out) == (1, "")
    assert said in answer.err
    assert len(answer.err.splitlines()) == 1
    assert _tables(shell.database) == tables


def _tables(path: Path) -> list[str]:
    """The tables of a file, if it has any that can be read."""
    connection = sqlite3.connect(path)
    try:
        return [name for (name,) in connection.execute("SELECT name FROM sqlite_master ORDER BY name")]
    except sqlite3.DatabaseError:
        return []
    finally:
        connection.close()


UNREACHABLE = [
    ("sqlite:///没有/a.db", "文件夹“没有”不存在"),
    ("sqlite:///.", "打不开数据库"),
    ("sqlite://", "不能用内存数据库"),
    ("duban.db", "看不懂数据库地址“duban.db”"),
    ("mysql://localhost/duban", "不支持的数据库“mysql”"),
    ("postgresql://nobody@127.0.0.1:1/duban", "打不开数据库"),
]


@pytest.mark.parametrize(("url", "said"), UNREACHABLE)
def test_a_database_that_cannot_be_reached_is_one_sentence(empty_shell: Shell, url: str, said: str) -> None:
    answer = empty_shell("status", "--db", url)

    assert (answer.code, answer.out) == (1, "")
    assert said in answer.err
    assert len(answer.err.splitlines()) == 1
    assert listing(empty_shell.folder) == {}


def test_a_read_only_file_can_be_looked_at_but_not_written(shell: Shell) -> None:
    shell.launched()
    rating = shell.file("d.json", '{"summary": "有"}')
    for folder in (shell.folder, shell.database.parent):
        _open_to_everybody(folder)
    shell.database.chmod(0o444)

    with as_nobody():
        looked = shell("status", "--json")
        acted = shell(*SUBMIT, "--data", rating)

    assert (looked.code, looked.document["totals"]["expected"]) == (0, 20)
    assert (acted.code, acted.out) == (1, "")
    assert "是只读的：请检查文件权限" in acted.err
    assert len(acted.err.splitlines()) == 1
    assert shell.case("0101")["version"] == 1


@contextmanager
def as_nobody() -> Iterator[None]:
    """Root may write everywhere: tests that run as root do this part as nobody."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def _open_to_everybody(folder: Path) -> None:
    folder.chmod(0o777)
    for above in folder.parents[:-2]:
        above.chmod(above.stat().st_mode | 0o055)


def test_a_new_database_never_takes_the_place_of_another(shell: Shell) -> None:
    before = shell.database.read_bytes()

    answer = shell("db", "create", "--sandbox", "--json")

    assert (answer.code, answer.document["error"]["code"]) == (1, "exists")
    assert shell.database.read_bytes() == before


def test_a_backup_holds_what_the_database_held(shell: Shell) -> None:
    shell.launched()

    made = shell.json("db", "backup", "copy.db")

    assert made == {"backup": "copy.db", "bytes": (shell.folder / "copy.db").stat().st_size}
    assert shell.json("status", "--db", "sqlite:///copy.db") == shell.json("status")


@pytest.mark.parametrize(("out", "said"), [("没有/copy.db", "文件夹“没有”不存在"), (".", "已经存在")])
def test_a_backup_that_cannot_be_written_names_the_backup(shell: Shell, out: str, said: str) -> None:
    answer = shell("db", "backup", out)

    assert answer.code == 1
    assert said in answer.err


# -- places to write to


@pytest.mark.parametrize(
    "words",
    [
        ("export", "plan", "--by", QIAN, "-o", "占着"),
        ("sample", "college", "--out", "占着"),
        ("demo", "--dir", "占着"),
        ("graph", "-o", "占着/图.svg"),
        ("graph", "-o", "没有/图.svg"),
    ],
    ids=" ".join,
)
def test_a_place_that_cannot_be_written_to_is_one_sentence(shell: Shell, words: tuple[str, ...]) -> None:
    shell.launched()
    shell.file("占着", "这是一个文件")

    answer = shell(*words)

    assert (answer.code, answer.out) == (1, "")
    assert "请" in answer.err
    assert len(answer.err.splitlines()) == 1


# -- settings

NO_SETTINGS = [
    ("x = [", "读不懂"),
    ("smtp = 3", "smtp 要写成一节：[smtp]"),
    ("[smpt]\nhost = 'a'", "[smpt] 不认识"),
    ("[smtp]\nport = '25'", "[smtp] port 要写整数"),
    ("[smtp]\npassword = 'x'", "用 password_env"),
    ("[smtp]\nsecurity = 'tls'", "security 只能是 plain、starttls、ssl"),
    ("[contact]\nfon = '1'", "[contact] fon 不认识；可以写的有：unit、name、phone"),
    ("[calendar.days]\n'2026-02-30' = true", "2026-02-30 不是日期"),
    ("[calendar.days]\n2026-01-04 = 'yes'", "2026-01-04 只能写 true（上班）或 false（休息）"),
    ("[database]\nurl = 3", "[database] url 要写文字"),
]


@pytest.mark.parametrize(("content", "said"), NO_SETTINGS)
def test_settings_that_are_wrong_are_named(shell: Shell, content: str, said: str) -> None:
    shell.file("duban.toml", content)

    answer = shell("status")

    assert (answer.code, answer.out) == (1, "")
    assert said in answer.err
    assert "duban.toml" in answer.err


def test_a_variable_wins_over_the_file_and_is_named_when_it_is_wrong(shell: Shell) -> None:
    shell.file("duban.toml", f"[database]\nurl = '{shell.url}'\n[smtp]\nport = 25\n")

    assert shell("doctor", "--json", DUBAN_DATABASE_URL=None).document["held_runs"] == []
    assert "环境变量 DUBAN_SMTP_PORT 要写整数，现在是“abc”" in shell("doctor", DUBAN_SMTP_PORT="abc").err
