"""登录: the pages where people without a portal's sign-on come in, and what a sandbox offers instead."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from campus import PASSWORD, Campus, campus, sign_in
from portal import Served, portal, served
from world import LI, QIAN, ZHAO, World

from duban import create_app
from duban.web.sessions import COOKIE, DEVICE
from workflow.errors import NotFound


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Campus]:
    with campus(tmp_path) as made:
        yield made


# --- signing in


def test_nobody_is_led_to_the_door_and_from_there_where_he_wanted_to_go(here: Campus) -> None:
    here.has(QIAN)
    visit = here.somebody()

    door = visit.get("/accounts?state=none")
    page = door.submit(press="登录", name=QIAN, password=PASSWORD)

    assert door.url.startswith(f"{here.base}/signin?next=")
    assert page.url == f"{here.base}/accounts?state=none"
    assert page.status == 200


def test_the_cookie_is_kept_from_scripts_and_other_sites_and_lasts_a_working_day(here: Campus) -> None:
    here.has(LI)
    visit = here.somebody()
    visit.client.follow_redirects = False

    answer = sign_in(visit, LI)

    (cookie,) = [line for line in answer.headers["set-cookie"].split(", ") if line.startswith(COOKIE)]
    assert {part.strip().lower() for part in cookie.split(";")[1:]} == {
        "httponly",
        "max-age=43200",
        "path=/",
        "samesite=lax",
    }


def test_cookies_of_a_secure_portal_travel_over_https_only(tmp_path: Path) -> None:
    with campus(tmp_path, secure=True) as made:
        link = made.engine.invite(LI).path
        visit = made.somebody()
        visit.client.follow_redirects = False
        page = visit.get(link)
        browser = page.headers["set-cookie"].split(";")[0]
        fields = {"csrf": page.find("//input[@name='csrf']")[0].get("value"), "password": PASSWORD, "again": PASSWORD}

        answer = visit.post(link, fields, cookie=browser)

    assert answer.status == 303
    assert all("secure" in line.lower() for line in (page.headers["set-cookie"], answer.headers["set-cookie"]))


def test_a_wrong_password_says_nothing_about_the_name_and_keeps_it(here: Campus) -> None:
    here.has(LI)

    wrong = sign_in(here.somebody(), LI, "不是这个密码")
    unknown = sign_in(here.somebody(), "nobody", "不是这个密码")

    assert wrong.status == unknown.status == 403
    assert wrong.words == unknown.words
    assert wrong.find("//input[@name='name']")[0].get("value") == LI
    assert wrong.find("//input[@name='password']")[0].get("value") is None


def test_after_five_wrong_passwords_the_door_says_how_long_to_wait(here: Campus) -> None:
    here.has(LI)
    visit = here.somebody()
    for _ in range(5):
        sign_in(visit, LI, "不是这个密码")

    page = sign_in(visit, LI)

    assert page.status == 429
    assert 0 < int(page.headers["retry-after"]) <= 60
    assert "1分钟后再试" in page.words


@pytest.mark.parametrize(
    "next_", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "/\r\nX: y", ""]
)
def test_the_door_leads_nowhere_else(here: Campus, next_: str) -> None:
    here.has(QIAN)
    visit = here.somebody()

    page = visit.get("/signin").submit(press="登录", name=QIAN, password=PASSWORD, next=next_)

    assert page.url.startswith(here.base + "/")
    assert "evil" not in page.url
    assert page.find("//details[@class='me']/summary")[0].text_content() == "钱宁"


def test_a_session_somebody_planted_is_not_taken_over(here: Campus) -> None:
    here.has(LI)
    visit = here.somebody()
    visit.client.cookies.set(COOKIE, "planted-by-somebody-else-0000000000000000000")

    sign_in(visit, LI)

    assert here.engine.signed_in("planted-by-somebody-else-0000000000000000000") is None
    assert here.engine.signed_in([c.value for c in visit.client.cookies.jar if c.name == COOKIE][-1]) is not None


def test_a_form_from_elsewhere_signs_nobody_in(here: Campus) -> None:
    here.has(LI)

    answer = here.somebody().post("/signin", {"name": LI, "password": PASSWORD})

    assert answer.status == 403
    assert COOKIE not in answer.headers.get("set-cookie", "")


def test_signing_out_ends_the_session_itself_not_only_the_cookie(here: Campus) -> None:
    here.has(LI)
    visit = here.enter(LI)
    secret = next(c.value for c in visit.client.cookies.jar if c.name == COOKIE)
    page = visit.get("/account")

    left = page.submit("//form[contains(@action, '/signout')]", press="退出登录")

    assert left.url == f"{here.base}/signin"
    assert "您已退出登录" in left.words
    assert here.engine.signed_in(secret or "") is None
    assert visit.get("/account").url.startswith(f"{here.base}/signin")


def test_signing_out_once_the_session_is_over_is_no_error(here: Campus) -> None:
    answer = here.somebody().post("/signout", {})

    assert answer.status == 200
    assert answer.url == f"{here.base}/signin"


def test_under_a_path_everything_stays_there(tmp_path: Path) -> None:
    with campus(tmp_path, root="/duban") as made:
        made.has(QIAN)
        visit = made.somebody()
        visit.client.follow_redirects = False

        answer = visit.get("/accounts")

        assert answer.headers["location"].startswith("/duban/signin?next=%2Fduban%2Faccounts")
        assert visit.get("/signin").find("//main//form")[0].get("action") == "/duban/signin"


def test_a_browser_is_known_again_for_a_year_by_a_cookie_that_tells_nobody_who_uses_it(here: Campus) -> None:
    here.has(LI)
    visit = here.somebody()
    visit.client.follow_redirects = False

    answer = sign_in(visit, LI)

    (cookie,) = [line for line in answer.headers["set-cookie"].split(", ") if line.startswith(DEVICE)]
    value, *rest = cookie.split(";")
    assert {part.strip().lower() for part in rest} == {"httponly", "max-age=31536000", "path=/", "samesite=lax"}
    assert re.fullmatch(DEVICE + r"=[\w-]{24}\.[0-9a-f]{64}", value)
    assert not [c for c in sign_in(here.somebody(), LI, "不是这个密码").visit.client.cookies.jar if c.name == DEVICE]


def test_who_keeps_trying_a_name_does_not_lock_out_its_owner_who_has_been_here_before(here: Campus) -> None:
    here.has(LI)
    owner = here.enter(LI)
    owner.get("/account").submit("//form[contains(@action, '/signout')]", press="退出登录")
    stranger = here.somebody()
    for _ in range(6):
        sign_in(stranger, LI, "不是这个密码")

    page, elsewhere = sign_in(owner, LI), sign_in(here.somebody(), LI)

    assert page.find("//details[@class='me']/summary")[0].text_content() == "李可"
    assert elsewhere.status == 429


def test_who_holds_no_post_any_more_can_still_sign_out(here: Campus) -> None:
    here.has(LI)
    visit = here.enter(LI)
    secret = next(c.value for c in visit.client.cookies.jar if c.name == COOKIE)
    _dismiss(here, LI)

    page = visit.get("/next")
    forged = visit.post("/signout", {})
    kept = here.engine.signed_in(secret or "")
    left = page.submit(press="退出登录")

    assert (page.status, forged.status) == (404, 403)
    assert "目前没有任职" in page.words
    assert "李可" in page.words
    assert kept is not None
    assert "您已退出登录" in left.words
    assert here.engine.signed_in(secret or "") is None


def test_a_page_open_since_before_signs_out_who_has_lost_his_post(here: Campus) -> None:
    here.has(LI)
    visit = here.enter(LI)
    before = visit.get("/account")
    _dismiss(here, LI)

    left = before.submit("//form[contains(@action, '/signout')]", press="退出登录")

    assert "您已退出登录" in left.words


def test_an_officer_who_asks_about_somebody_without_a_post_is_not_offered_to_leave(here: Campus) -> None:
    here.has(QIAN)
    visit, li = here.enter(QIAN), here.engine.person(LI)
    csrf = visit.get("/accounts").find("//input[@name='csrf']")[0].get("value")
    _dismiss(here, LI)

    page = visit.post(f"/accounts/{li}/invite", {"csrf": csrf})

    assert "没有任职" in page.words
    assert not page.find("//main//form[contains(@action, '/signout')]")


def _dismiss(here: Campus, who: str) -> None:
    """Somebody's posts never were."""
    with here.engine.database.write() as connection:
        connection.exec_driver_sql(f"UPDATE post SET valid_to = valid_from WHERE person_id = {here.engine.person(who)}")


# --- one-time links


def test_a_new_link_says_which_tokens_it_ended(here: Campus) -> None:
    here.has(LI)
    here.engine.new_token(LI, name="大屏")
    page = here.somebody().get(here.engine.invite(LI).path)

    done = page.submit(press="设好并登录", password=PASSWORD, again=PASSWORD)

    assert "原有的1个接口令牌已一并撤销" in done.words
    assert here.engine.tokens(LI) == ()


def test_who_sets_the_portal_up_picks_himself_and_is_in(here: Campus) -> None:
    link = here.engine.set_up().path
    page = here.somebody().get(link)

    done = page.submit(press="设好并登录", person=here.engine.person(QIAN), password=PASSWORD, again=PASSWORD)

    assert "李可" not in page.words
    assert "密码已设好" in done.words
    assert sign_in(here.somebody(), QIAN).status == 200
    assert page.visit.get(link).status == 410


def test_the_link_to_set_up_makes_nobody_else_an_account(here: Campus) -> None:
    page = here.somebody().get(here.engine.set_up().path)

    tried = page.submit(press="设好并登录", person=here.engine.person(LI), password=PASSWORD, again=PASSWORD)

    assert tried.status == 404
    assert here.engine.own_account(LI) is None


def test_an_invited_person_sets_his_password_and_is_in(here: Campus) -> None:
    page = here.somebody().get(here.engine.invite(LI).path)

    done = page.submit(press="设好并登录", password=PASSWORD, again=PASSWORD)

    assert page.find("//h1")[0].text_content() == "李可，请设置密码"
    assert page.headers["referrer-policy"] == "no-referrer"
    assert done.find("//details[@class='me']/summary")[0].text_content() == "李可"


def test_two_different_passwords_are_not_set_and_a_weak_one_says_why(here: Campus) -> None:
    page = here.somebody().get(here.engine.invite(LI).path)

    different = page.submit(press="设好并登录", password=PASSWORD, again=PASSWORD + "。")
    weak = page.submit(press="设好并登录", password="1234567890", again="1234567890")

    assert (different.status, weak.status) == (400, 409)
    assert "两次输入的密码不一样" in different.words
    assert "太容易猜到" in weak.words
    assert here.engine.own_account(LI) is None


@pytest.mark.parametrize("path", ["/invite/nothing", "/setup/nothing", "/invite/" + "x" * 500, "/setup/%00"])
def test_a_link_that_is_none_says_so(here: Campus, path: str) -> None:
    page = here.somebody().get(path)

    assert page.status == 404
    assert "链接无效" in page.words


# --- where the portal says who is asking


@pytest.mark.parametrize("path", ["/signin", "/setup/x", "/invite/x", "/accounts"])
def test_inside_a_portal_with_a_sign_on_there_is_no_door_of_our_own(small_world: World, path: str) -> None:
    with portal(small_world) as inside:
        assert inside.as_(QIAN).get(path).status == 404


# --- 沙盘


@pytest.fixture
def sand(small_world: World) -> Iterator[Served]:
    small_world.launch()
    with served(create_app(small_world.engine)) as found:
        yield found


def test_a_sandbox_offers_one_of_each_without_a_password(sand: Served) -> None:
    page = sand.as_(None).get("/signin")

    parts = [heading.text_content() for heading in page.find("//main//h2")]
    buttons = [button.text_content() for button in page.find("//main//article//button")]
    assert parts == ["支部书记", "组织员", "组织部干部", "领导小组"]
    assert buttons == ["以李可的身份看", "以王然的身份看", "以钱宁的身份看", "以金声的身份看"]
    assert not page.find("//input[@type='password']")


@pytest.mark.parametrize(("who", "name"), [(ZHAO, "赵磊"), ("0201:书记", "赵磊"), ("02：组织员", "吴桐")])
def test_in_a_sandbox_anybody_can_be_chosen(sand: Served, who: str, name: str) -> None:
    page = sand.as_(None).get("/signin").submit(".//main//form[@class='filters other']", press="以此人的身份看", **{"as": who})

    assert page.find("//details[@class='me']/summary")[0].text_content() == name


def test_in_a_sandbox_nobody_known_is_said_so(sand: Served) -> None:
    page = sand.as_(None).get("/signin").submit(".//main//form[@class='filters other']", **{"as": "0999:书记"})

    assert page.status == 404
    assert "没有找到单位" in page.words


@pytest.mark.parametrize("field", ["as", "person"])
def test_outside_a_sandbox_nobody_is_let_in_without_a_password(here: Campus, field: str) -> None:
    here.has(LI)
    value = LI if field == "as" else str(here.engine.person(LI))
    visit = here.somebody()

    page = visit.get("/signin").submit(press="登录", **{field: value})

    assert page.status == 403
    assert not [c for c in visit.client.cookies.jar if c.name == COOKIE]
    assert "沙盘" not in page.words
    assert here.engine.players() == ()
    with pytest.raises(NotFound):
        here.engine.play(LI)
