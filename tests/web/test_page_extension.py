"""延期申请, from the branch's page to the clerk's answer and back."""

from __future__ import annotations

import pytest
from portal import Page, Served, portal
from test_page_next import UNWANTED
from world import LI, QIAN, WANG, WU, XU, World

ASK = ".//form[contains(@action, '/extension')]"
ANSWER = ".//form[contains(@action, '/requests/')]"


@pytest.fixture
def begun(small_world: World) -> World:
    small_world.launch()
    small_world.at("2026-03-25 10:00")
    return small_world


def _ask(world: World, p: Served, to: str = "2026-04-03", reason: str = "书记外出学习") -> Page:
    return p.as_(LI).get(f"/duties/{world.duty('0101').id}").submit(ASK, press="申请延期", to=to, reason=reason)


def test_a_branch_asks_and_the_clerk_grants_another_day(begun: World) -> None:
    with portal(begun) as p:
        page = _ask(begun, p)
        assert "申请延到4月3日（周五）：等待答复" in page.words

        done = p.as_(WANG).get("/branches").submit(ANSWER, press="同意", to="2026-04-02", words="请抓紧")

        assert "已同意教工第一党支部“换届方案”延到4月2日（周四）。" in done.words
        assert not done.find(ANSWER)
        assert str(begun.duty("0101").due) == "2026-04-02"
        seen = p.as_(LI).get("/next").words
        assert "已同意。请抓紧" in seen
        assert not [word for word in UNWANTED if word in seen]


def test_a_refusal_needs_words_and_reaches_the_branch(begun: World) -> None:
    with portal(begun) as p:
        _ask(begun, p)
        page = p.as_(WANG).get("/branches")

        without = page.submit(ANSWER, press="不同意")
        done = without.submit(ANSWER, press="不同意", words="考核在即，请按时")

        assert "写明理由" in without.words
        assert "“换届方案”仍按原时限" in done.words
        assert "未同意。考核在即，请按时" in p.as_(LI).get("/next").words
        assert str(begun.duty("0101").due) == "2026-03-30"


def test_an_answer_given_twice_counts_once(begun: World) -> None:
    with portal(begun) as p:
        _ask(begun, p)
        page = p.as_(WANG).get("/branches")
        page.submit(ANSWER, press="同意")

        again = page.submit(ANSWER, press="同意")

        assert "已经答复：已同意" in again.words
        assert begun.rows("SELECT epoch FROM duty WHERE state = 'open' AND epoch > 1") == [(2,)]


def test_what_cannot_be_asked_says_why_and_keeps_what_was_typed(begun: World) -> None:
    with portal(begun) as p:
        page = _ask(begun, p, to="2026-03-30")

        assert page.status == 409
        assert "不晚于现在的时限" in page.words
        assert page.find(f"{ASK}//textarea")[0].text == "书记外出学习"
        assert _ask(begun, p, to="明天").status == 409
        assert begun.rows("SELECT id FROM extension_request") == []


def test_a_branch_takes_its_request_back(begun: World) -> None:
    with portal(begun) as p:
        page = _ask(begun, p).submit(".//form[contains(@action, 'extension/withdraw')]", press="撤回申请")

        assert "延期申请已撤回。" in page.words
        assert page.find(f"{ASK}//input[@name='to']")
        assert not p.as_(WANG).get("/branches").find(ANSWER)


def test_nobody_else_can_answer(begun: World) -> None:
    with portal(begun) as p:
        _ask(begun, p)
        form = dict(p.as_(WANG).get("/branches").tree.xpath(ANSWER)[0].form_values())
        number = begun.rows("SELECT id FROM extension_request")[0][0]
        answers = {}
        for who in (WU, XU, LI):
            visit = p.as_(who)
            token = visit.get("/calendar").find(".//input[@name='csrf']")[0].get("value")
            answers[who] = visit.post(f"/requests/{number}", {**form, "csrf": token, "answer": "grant", "back": ""})

        assert answers[WU].status == answers[XU].status == 404
        assert "不能为教工第一党支部办理" in answers[LI].words
        assert begun.rows("SELECT state FROM extension_request") == [("open",)]
        assert p.as_(QIAN).get("/progress").status == 200
