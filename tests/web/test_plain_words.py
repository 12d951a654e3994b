"""Sentences made for a terminal, on a page."""

from __future__ import annotations

from datetime import date

import pytest
from world import instant

from duban.web.plain_words import plain, reason_lines
from duban.web.render import moment
from workflow.errors import Reason


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("等待发送：3封", "等待发送：3封"),
        ("没有送达（地址或内容被拒绝）：3封。改正后 duban message retry 编号", "没有送达（地址或内容被拒绝）：3封"),
        ("结果不明：1封。会在他的下一封消息里再提；急事请电话联系", "结果不明：1封。会在他的下一封消息里再提；急事请电话联系"),
        ("静默3到4月10日为止（考试周）。提前结束：duban silence end 3 --by 谁", "静默3到4月10日为止（考试周）"),
        ("首次催办，先由组织员查看，可用 duban chase list 看、duban chase release 提前发出", "首次催办，先由组织员查看"),
        ("还没有做过例行核查：请把 duban escalate --deliver 写进 crontab，或启动 duban scheduler。", "还没有做过例行核查"),
        ("没有可以提醒的人：2条提醒。补上任职（duban units import），或看 duban explain 单位", "没有可以提醒的人：2条提醒"),
        ("补上任职（duban units import）", "补上任职"),
        ("duban doctor", ""),
    ],
)
def test_a_sentence_is_shown_without_the_commands_it_recommends(said: str, shown: str) -> None:
    assert plain(said) == shown


def test_days_in_a_refusal_are_read_as_people_read_them() -> None:
    refused = Reason(code="x", text="新的时限2012-05-20早于2012-05-31", unblock="写2012-05-31或以后的日期")

    assert reason_lines([refused]) == (
        "新的时限2012年5月20日（周日）早于2012年5月31日（周四）。写2012年5月31日（周四）或以后的日期。",
    )


def test_every_sentence_of_ours_with_a_command_keeps_a_meaning_without_it() -> None:
    from duban.service.doctor import MESSAGES, UNREACHED
    from duban.service.reminder_words import FATES, MESSAGE_WHYS

    ours = [
        *FATES.values(),
        *MESSAGE_WHYS.values(),
        *(f"{words}：1封。{advice}" for words, advice in {**MESSAGES, **UNREACHED}.values()),
    ]

    assert [words for words in ours if "duban" in plain(words) or len(plain(words)) < min(4, len(words))] == []


def test_a_moment_has_its_year_only_where_it_is_another_one() -> None:
    assert moment(instant("2026-03-02 08:05"), date(2026, 12, 31)) == "3月2日 08:05"
    assert moment(instant("2025-12-31 23:59"), date(2026, 1, 1)) == "2025年12月31日 23:59"
