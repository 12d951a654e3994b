"""我的账号、登录账号: one's own password and tokens, and for 组织部 who can sign in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from campus import PASSWORD, Campus, campus, sign_in
from portal import portal
from world import LI, QIAN, WANG, ZHAO, World

from duban.settings import Settings

OTHER = "另一句只有自己知道的话"
CHANGE = "//form[contains(@action, '/account/password')]"
TOKEN = "//form[contains(@action, '/account/tokens')][.//input[@name='days']]"


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Campus]:
    with campus(tmp_path) as made:
        yield made


# --- one's own


def test_a_new_password_serves_from_then_on_and_this_browser_stays_in(here: Campus) -> None:
    here.has(LI)
    visit, elsewhere = here.enter(LI), here.enter(LI)

    page = visit.get("/account").submit(CHANGE, press="修改密码", current=PASSWORD, password=OTHER, again=OTHER)

    assert "密码已修改" in page.words
    assert elsewhere.get("/account").url.startswith(f"{here.base}/signin")
    assert sign_in(here.somebody(), LI, OTHER).status == 200


def test_after_a_new_password_the_page_says_which_tokens_go_on_and_leads_to_them(here: Campus) -> None:
    here.has(LI)
    visit = here.enter(LI)
    none = visit.get("/account")
    for name in ("大屏", "数据中台"):
        here.engine.new_token(LI, name=name)

    page = visit.get("/account").submit(CHANGE, press="修改密码", current=PASSWORD, password=OTHER, again=OTHER)

    assert "不影响接口令牌" not in none.words
    assert "目前有2个有效" in page.words
    assert page.links["查看或撤销"] == "#tokens"
    assert len(page.find("//article[@id='tokens']//li")) == 2


@pytest.mark.parametrize(
    ("fields", "status", "said"),
    [
        ({"current": "不是这个密码", "password": OTHER, "again": OTHER}, 403, "现在的密码不对"),
        ({"current": PASSWORD, "password": OTHER, "again": OTHER + "。"}, 400, "两次输入的密码不一样"),
        ({"current": PASSWORD, "password": "短", "again": "短"}, 409, "密码只有1个字符"),
    ],
)
def test_a_password_that_is_not_changed_says_why(here: Campus, fields: dict[str, str], status: int, said: str) -> None:
    here.has(LI)
    visit = here.enter(LI)

    page = visit.get("/account").submit(CHANGE, press="修改密码", **fields)

    assert page.status == status
    assert said in page.words
    assert sign_in(here.somebody(), LI).status == 200


def test_leaving_everywhere_leaves_here_too(here: Campus) -> None:
    here.has(LI)
    visit, elsewhere = here.enter(LI), here.enter(LI)
    page = visit.get("/account")

    left = page.submit("//form[contains(@action, '/sessions/end')]", press="在所有设备上退出")

    assert "目前在2处登录" in page.words
    assert "所有设备上退出" in left.words
    assert visit.get("/account").url.startswith(f"{here.base}/signin")
    assert elsewhere.get("/account").url.startswith(f"{here.base}/signin")


def test_a_token_is_shown_once_and_listed_without_its_secret(here: Campus) -> None:
    here.has(LI)
    visit = here.enter(LI)

    made = visit.get("/account").submit(TOKEN, press="生成令牌", name="数据中台")
    later = visit.get("/account")

    secret = made.find("//code[@class='secret']")[0].text_content()
    program = here.engine.token_visitor(secret)
    assert program is not None
    assert (program.name, program.may_act) == ("李可", False)
    assert "数据中台" in later.words
    assert secret not in later.text
    revoked = later.submit("//form[contains(@action, '/revoke')]", press="撤销")
    assert "令牌已撤销" in revoked.words
    assert here.engine.token_visitor(secret) is None


def test_a_token_that_cannot_be_says_why(here: Campus) -> None:
    here.has(LI)
    page = here.enter(LI).get("/account")

    outside = page.submit(TOKEN, press="生成令牌", name="大屏", unit="0201")
    nameless = page.submit(TOKEN, press="生成令牌", name="", days="9999")

    assert outside.status == 404
    assert "没有找到单位“0201”" in outside.words
    assert nameless.status == 409
    assert "令牌要有名称" in nameless.words
    assert "有效期不能是9999天" in nameless.words


def test_nobody_revokes_anothers_token(here: Campus) -> None:
    here.has(ZHAO)
    made = here.engine.new_token(LI, name="大屏")
    visit = here.enter(ZHAO)
    csrf = visit.get("/account").find("//input[@name='csrf']")[0].get("value")

    tried = visit.post(f"/account/tokens/{made.id}/revoke", {"csrf": csrf})

    assert tried.status == 404
    assert here.engine.token_visitor(made.secret) is not None


def test_inside_a_portal_with_a_sign_on_there_are_tokens_but_no_password(small_world: World) -> None:
    with portal(small_world) as inside:
        page = inside.as_(QIAN).get("/account")
        tried = inside.as_(QIAN).post("/account/password", {"current": "x"})

    assert page.status == 200
    assert page.find(TOKEN)
    assert not page.find("//input[@type='password']")
    assert "/accounts" not in page.text
    assert tried.status == 404


# --- who can sign in


def test_an_officer_gives_somebody_a_link_and_he_gets_in_with_it(here: Campus) -> None:
    here.has(QIAN)
    officer = here.enter(QIAN)
    listed = officer.get("/accounts?q=李可")

    given = listed.submit("//form[contains(@action, '/invite')]", press="发链接")
    link = given.find("//div[@id='link']//code")[0].text_content()
    done = here.somebody().get(link.removeprefix(here.base)).submit(press="设好并登录", password=PASSWORD, again=PASSWORD)

    assert link.startswith(f"{here.base}/invite/")
    assert "李可" in given.words
    assert "密码已设好" in done.words
    assert "可以登录" in officer.get("/accounts?q=李可").words


def test_a_link_begins_with_the_address_people_know(tmp_path: Path) -> None:
    with campus(tmp_path, settings=Settings(link="https://portal.example.edu.cn/duban/")) as made:
        made.has(QIAN)
        page = made.enter(QIAN).get("/accounts?q=李可").submit("//form[contains(@action, '/invite')]", press="发链接")

    link = page.find("//div[@id='link']//code")[0].text_content()
    assert link.startswith("https://portal.example.edu.cn/duban/invite/")


def test_an_officer_ends_an_account(here: Campus) -> None:
    here.has(QIAN)
    here.has(LI)
    theirs, officer = here.enter(LI), here.enter(QIAN)

    page = officer.get("/accounts?q=李可&state=active").submit("//form[contains(@action, '/disable')]", press="停用")

    assert "账号已停用" in page.words
    assert "state=active" in page.url
    assert theirs.get("/account").url.startswith(f"{here.base}/signin")


def test_nobody_is_offered_to_end_his_own_account(here: Campus) -> None:
    here.has(QIAN)

    page = here.enter(QIAN).get("/accounts?q=钱宁")

    assert "钱宁" in page.words
    assert not page.find("//form[contains(@action, '/disable')]")


@pytest.mark.parametrize("who", [LI, WANG])
def test_for_anybody_else_there_is_no_such_page(here: Campus, who: str) -> None:
    here.has(who)
    visit = here.enter(who)
    account = visit.get("/account")
    csrf = account.find("//input[@name='csrf']")[0].get("value")
    zhao = here.engine.person(ZHAO)

    answers = [
        visit.get("/accounts"),
        visit.post(f"/accounts/{zhao}/invite", {"csrf": csrf}),
        visit.post(f"/accounts/{zhao}/disable", {"csrf": csrf}),
    ]

    assert [answer.status for answer in answers] == [404, 404, 404]
    assert "/accounts" not in account.text
    assert [one.state for one in here.engine.accounts(words="赵磊").accounts] == ["none"]


@pytest.mark.parametrize("path", ["/accounts/0/invite", "/accounts/99999999999999999999/invite", "/accounts/x/disable"])
def test_a_person_that_cannot_be_is_not_found(here: Campus, path: str) -> None:
    here.has(QIAN)
    visit = here.enter(QIAN)
    csrf = visit.get("/account").find("//input[@name='csrf']")[0].get("value")

    assert visit.post(path, {"csrf": csrf}).status == 404


@pytest.mark.parametrize("query", ["?page=0", "?page=-1", "?page=999999999999", "?state=nonsense", "?q=%00", "?q=<b>"])
def test_odd_questions_are_answered_calmly(here: Campus, query: str) -> None:
    here.has(QIAN)

    page = here.enter(QIAN).get(f"/accounts{query}")

    assert page.status == 200
    assert not page.find("//main//b")
