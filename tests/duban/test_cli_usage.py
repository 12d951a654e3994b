"""Words that the command does not understand, people and units it does not know: the right exit code, one clear answer."""

from __future__ import annotations

import re

import pytest
from shell import Shell
from typer.main import get_command
from world import LI, QIAN, WANG, ZHAO

from duban.cli import app
from duban.cli.lines import folded, width

ACT = ("submit", "--unit", "0101", "--duty", "自查表", "--by", LI)
CHINESE = re.compile(r"[一-鿿]")

WRONG_USAGE = [
    (("status", "--foo"), "没有选项 --foo"),
    (("status", "--camp", "1"), "没有选项 --camp；是不是 --campaign"),
    (("stauts",), "没有命令“stauts”；是不是 status"),
    (("units", "importt"), "没有命令“importt”；是不是 import"),
    (("submit",), "少了 --by"),
    (("launch",), "少了 FILE"),
    (("sample", "university", "college", "--out", "."), "多了“college”"),
    (("escalate", "--expect"), "--expect 后面要写值"),
    (("run", "confirm", "x"), "RUN 要写成整数"),
    ((*ACT, "--expect-version", "x"), "--expect-version 要写成整数"),
    (("status", "--at", "明天"), "--at 要写成 2012-03-30 这样的日期，现在是“明天”"),
    (("status", "--at", "2026-02-29"), "--at 要写成"),
    (("status", "--at", "20260302"), "--at 要写成"),
    (("status", "--at", "2026-W10-1"), "--at 要写成"),
    (("status", "--at", "9999-12-31"), "--at 的年份应在1900到2199之间，现在是“9999-12-31”"),
    (("status", "--at", ""), "--at 要写成"),
    (("check", "standard", "--on", "3月30日"), "--on 要写成"),
    (("extend", "--unit", "0101", "--duty", "自查表", "--by", WANG, "--to", "2026-3-30"), "--to 要写成"),
    (("extend", "--unit", "0101", "--duty", "自查表", "--by", WANG, "--to", "9999-12-31"), "--to 的年份应在1900到2199之间"),
    (("receive", "--unit", "01", "--duty", "报送材料", "--by", QIAN, "--received", "昨天"), "--received 要写成"),
    (("escalate", "--as-of", "2026-03-27"), "没有时区"),
    (("escalate", "--as-of", "2026-03-27T08:30:00"), "没有时区：请在末尾写上 +08:00"),
    (("escalate", "--as-of", "8点半"), "看不懂时刻“8点半”"),
    (("escalate", "--as-of", "9999-12-31T23:59:59+00:00", "--dry-run"), "年份应在1900到2199之间"),
    (("escalate", "--as-of", ""), "看不懂时刻"),
    (("deadline",), "请写出时限的原文"),
    (("deadline", "3月30日前", "--anchor", "2012"), "--anchor 要写成"),
    (("sample", "kindergarten", "--out", "."), "没有样例“kindergarten”"),
    (("submit", "--by", LI, "--duty", "自查表"), "请用 --unit 指明单位"),
    ((*ACT, "--under", "01"), "请用 --unit 指明单位"),
    (("submit", "--unit", "0101", "--by", LI), "请用 --duty 指明事项"),
    (("accept", "--under", "01", "--duty", "自查表", "--by", WANG, "--expect-version", "1"), "只能和一个 --unit 同用"),
    (("receive", "--unit", "01", "--duty", "报送材料", "--by", QIAN, "--way", "口头"), "--way 只能是纸质或电子邮件"),
    ((*ACT, "--way", "纸质"), "submit 用不到 --way；它用于 receive"),
    (("accept", "--unit", "0101", "--duty", "自查表", "--by", WANG, "--data", "d.json"), "accept 用不到 --data"),
]  # fmt: skip


@pytest.mark.parametrize(("words", "said"), WRONG_USAGE, ids=lambda value: " ".join(value) if isinstance(value, tuple) else "")
def test_wrong_usage_is_exit_code_2_and_one_sentence(shell: Shell, words: tuple[str, ...], said: str) -> None:
    answer = shell(*words)

    assert (answer.code, answer.out) == (2, "")
    assert said in answer.err
    assert len(answer.err.splitlines()) == 1


@pytest.mark.parametrize("words", [("status", "--foo"), ("stauts",), ("submit",), ("status", "--at", "明天")])
def test_wrong_usage_with_json_is_one_document(shell: Shell, words: tuple[str, ...]) -> None:
    answer = shell(*words, "--json")

    assert answer.code == 2
    assert answer.document["error"]["code"] == "usage"


UNKNOWN = [
    (("status", "--unit", "化学"), "没有找到单位“化学”", ["01 化学学院党委"]),
    (("status", "--phase", "总结"), "没有阶段“总结”", ["摸底", "换届", "办结"]),
    (("status", "--campaign", "换界"), "没有找到活动“换界”", ["1 支部换届"]),
    (("explain", "教工"), "没有找到单位“教工”", ["0101 教工第一党支部", "0102 教工第二党支部", "0201 教工党支部"]),
    (("submit", "--unit", "0101", "--duty", "自评表", "--by", LI), "没有事项“自评表”", ["摸底/自查表", "换届/换届方案"]),
    (("submit", "--unit", "0101", "--duty", "自查表", "--by", "0101:组织委员"), "现在没有“组织委员”", ["0101:书记 李可"]),
    (("submit", "--unit", "0101", "--duty", "自查表", "--by", "化学:书记"), "没有找到单位“化学”", ["01 化学学院党委"]),
    (("export", "ranking", "--by", QIAN), "没有表“ranking”", ["grades", "plan", "result", "promotion"]),
]


@pytest.mark.parametrize(("words", "said", "candidates"), UNKNOWN)
def test_what_is_not_known_is_exit_code_1_with_what_was_perhaps_meant(
    shell: Shell, words: tuple[str, ...], said: str, candidates: list[str]
) -> None:
    shell.launched()

    answer, in_words = shell(*words, "--json"), shell(*words)

    assert answer.code == in_words.code == 1
    assert said in answer.document["error"]["text"]
    assert answer.document["error"]["candidates"] == candidates
    assert all(candidate.split()[0] in in_words.err for candidate in candidates)


@pytest.mark.parametrize("who", ["9999", "nobody@example.edu.cn", "赵磊的秘书"])
def test_nobody_of_that_name_is_exit_code_1_and_says_what_may_be_typed(shell: Shell, who: str) -> None:
    shell.launched()

    answer = shell("submit", "--unit", "0101", "--duty", "自查表", "--by", who)

    assert (answer.code, answer.out) == (1, "")
    assert answer.err == f"没有找到“{who}”：请用工号、邮箱，或 单位编号:角色（如 0307:书记）\n"


def test_an_actor_of_another_branch_is_refused_and_nothing_is_written(shell: Shell) -> None:
    shell.launched()

    refused = shell.refused(*ACT[:-1], ZHAO, "--data", shell.file("d.json", '{"summary": "代写"}'))

    assert refused == ["wrong-actor"]
    assert shell.case("0101")["version"] == 1


def test_without_a_verb_there_is_help(shell: Shell) -> None:
    answer = shell()

    assert answer.code == 0
    assert answer.out == shell("--help").out == shell("-h").out
    assert "第一次用，请运行 duban demo。" in answer.out


def test_options_of_all_verbs_may_stand_before_the_verb(shell: Shell) -> None:
    shell.launched()

    before = shell("--db", shell.url, "--json", "status", DUBAN_DATABASE_URL=None)

    assert before.document == shell.json("status")


def test_the_version_is_the_package_s(shell: Shell) -> None:
    import duban

    assert shell("--version").out == f"duban {duban.__version__}\n"


def verbs() -> list[tuple[str, ...]]:
    """Every verb there is, and every group."""
    found: list[tuple[str, ...]] = [()]
    for name, command in get_command(app).commands.items():  # type: ignore[attr-defined]
        found.append((name,))
        found += [(name, inner) for inner in getattr(command, "commands", ())]
    return found


@pytest.mark.parametrize("verb", verbs(), ids=" ".join)
def test_help_is_in_chinese_and_fits_into_80_columns(shell: Shell, verb: tuple[str, ...]) -> None:
    answer = shell(*verb, "--help")

    assert answer.code == 0
    assert [line for line in answer.out.splitlines() if width(line) > 80] == []
    assert not re.search(r"Usage|Options:|Commands:|Arguments:|required|default:|Show this", answer.out)
    assert CHINESE.search(answer.out.partition("\n\n")[2])


FOLDS = [
    ("时限是3月30日，请核对是否来得及。", 20, 0, ["时限是3月30日，请核", "对是否来得及。"]),
    # the comma would begin the second line: the character before it goes along
    ("一二三四五，六七", 10, 0, ["一二三四", "五，六七"]),
    # a bracket does not end a line, a number is not cut
    ("共四件（2012-03-30前）", 14, 2, ["共四件", "  （2012-03-30", "  前）"]),
    ("duban status", 8, 2, ["duban", "  status"]),
    ("第一行\n\n第三行", 80, 0, ["第一行", "", "第三行"]),
]


@pytest.mark.parametrize(("text", "room", "hang", "lines"), FOLDS, ids=range(len(FOLDS)))
def test_chinese_breaks_where_it_may(text: str, room: int, hang: int, lines: list[str]) -> None:
    found = folded(text, room, hang=hang)

    assert found == lines
    assert all(width(line) <= room for line in found)
