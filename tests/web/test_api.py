"""The JSON API as a program meets it: who sees what, acts on the version seen, lists in pages, and problems that say why."""

from __future__ import annotations

from typing import Any

import pytest
from api import Api, Program, api
from jsonschema import Draft202012Validator
from portal import portal
from world import LI, QIAN, WANG, ZHAO, World, definition

from duban import create_app

SELF_RATED = definition(
    """阶段:
  - {名称: 摸底, 时间: 3月30日前}
  - {名称: 整改, 时间: 5月底前}
定级:
  - {对象: 党支部, 谁来定: 二级党组织, 阶段: 摸底, 等次: [先进, 较好, 一般, 后进], 基数: 是}
任务:
  - {事项: 自评, 谁办: 党支部, 阶段: 摸底, 表单: 自评}
"""
)
PROBLEM = "application/problem+json"


@pytest.fixture
def asked(small_world: World) -> Any:
    """Everybody owes a plan by 30 March; it is the 26th."""
    small_world.launch()
    small_world.at("2026-03-26 10:00")
    with api(small_world) as found:
        yield found


def _duty_of(program: Program, unit: str) -> int:
    return int(program.get("/duties", unit=unit).json()["items"][0]["id"])


def _codes(answer: Any) -> list[str]:
    return [reason["code"] for reason in answer.json()["reasons"]]


# --- who sees what


def test_a_program_sees_what_its_person_sees(asked: Api) -> None:
    li, wang, qian = asked.as_(LI), asked.as_(WANG), asked.as_(QIAN)

    seen = [[each["unit"] for each in who.items("/duties")] for who in (li, wang, qian)]

    assert seen[0] == ["0101"]
    assert seen[1] == ["0101", "0102", "010901", "010902"]
    assert seen[2] == ["0101", "0102", "010901", "010902", "0201", "0202", "0203", "03"]
    assert [each["code"] for each in li.items("/units")] == ["0101"]
    assert [each["unit"] for each in wang.items("/cases", track="党支部")] == seen[1]


@pytest.mark.parametrize(
    "path", ["/duties/{}", "/duties/{}/acts", "/duties/{}/form", "/duties/{}/submission", "/cases/{}", "/cases/{}/acts"]
)
def test_what_belongs_to_others_is_answered_like_what_does_not_exist(asked: Api, path: str) -> None:
    li, qian = asked.as_(LI), asked.as_(QIAN)
    theirs = qian.get("/duties", unit="0201").json()["items"][0]
    of_others = theirs["case" if path.startswith("/cases") else "id"]

    answers = [li.get(path.format(number)) for number in (of_others, 99999)]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].content == answers[1].content
    assert qian.get(path.format(of_others)).status_code == (404 if path.endswith(("form", "submission")) else 200)


def test_nobody_acts_on_what_he_does_not_see_nor_learns_that_it_is_there(asked: Api) -> None:
    duty = _duty_of(asked.as_(QIAN), "0201")

    answers = [asked.as_(LI).act(number, "submit", if_match='"1"') for number in (duty, 99999)]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].content == answers[1].content


def test_a_unit_by_its_code_or_not_at_all(asked: Api) -> None:
    li = asked.as_(LI)

    mine, above, strange = (li.get(f"/units/{code}") for code in ("0101", "01", "9999"))

    assert mine.json() == {
        "code": "0101",
        "name": "教工第一党支部",
        "kind": "党支部",
        "branch_kind": "专任教师",
        "members": 12,
        "parent": "01",
    }
    assert [above.status_code, strange.status_code] == [404, 404]


def test_without_a_word_about_who_asks_nothing_is_told(asked: Api) -> None:
    nobody = asked.page_of(None)

    answers = [nobody.get(path) for path in ("/me", "/campaigns", "/duties/1", "/runs")]

    assert {answer.status_code for answer in answers} == {401}
    assert {answer.headers["www-authenticate"] for answer in answers} == {"Bearer"}
    assert {answer.json()["code"] for answer in answers} == {"unauthenticated"}


# --- tokens, and pages of the portal


def test_a_token_that_is_none_or_was_revoked_opens_nothing(asked: Api) -> None:
    engine = asked.world.engine
    made = engine.new_token(engine.person(LI), name="旧程序", rights="act")
    before = asked.with_token(made.secret).get("/me").status_code
    engine.revoke_token(made.id)

    answers = [asked.with_token(secret).get("/me") for secret in (made.secret, "duban_guess", "guess")]

    assert before == 200
    assert [answer.status_code for answer in answers] == [401, 401, 401]
    assert answers[0].headers["www-authenticate"] == 'Bearer error="invalid_token"'


def test_a_bad_token_is_not_excused_by_a_reader_who_is_signed_in(asked: Api) -> None:
    both = Program(asked.client, {**asked.page_of(LI).headers, "Authorization": "Bearer duban_guess"})

    assert both.get("/me").status_code == 401


def test_a_token_that_only_reads_does_not_act(asked: Api) -> None:
    reader = asked.as_(LI, rights="read")
    duty = _duty_of(reader, "0101")

    answer = reader.act(duty, "submit")

    assert (answer.status_code, answer.json()["code"]) == (403, "read-only-token")
    assert asked.world.duty("0101").state == "open"
    assert reader.get("/me").json()["may_act"] is False


def test_a_token_of_one_unit_sees_and_moves_only_that(asked: Api) -> None:
    program = asked.as_(QIAN, unit="01")
    other = _duty_of(asked.as_(QIAN), "0201")

    assert [each["unit"] for each in program.items("/duties")] == ["0101", "0102", "010901", "010902"]
    assert program.act(other, "waive", if_match="*", reason="已撤销").status_code == 404
    assert program.act(_duty_of(program, "0101"), "waive", reason="已撤销").status_code == 200
    assert program.get("/runs").status_code == 404


def test_a_page_acts_with_the_token_it_was_given_and_not_without(asked: Api) -> None:
    page = asked.page_of(LI)
    duty = _duty_of(page, "0101")
    given = page.get("/me").json()["csrf_token"]
    others = asked.page_of(ZHAO).get("/me").json()["csrf_token"]

    tried = [
        page.post(f"/duties/{duty}/acts", {"act": "submit"}, If_Match='"1"', **({"X_CSRF_Token": said} if said else {}))
        for said in (None, "1.forged", others, given)
    ]

    assert [answer.status_code for answer in tried] == [403, 403, 403, 200]
    assert {answer.json()["code"] for answer in tried[:3]} == {"forged"}


# --- acts on the version seen


def test_an_act_says_which_version_it_was_decided_on_and_answers_the_next(asked: Api) -> None:
    li = asked.as_(LI)
    duty = _duty_of(li, "0101")
    case = li.get(f"/duties/{duty}").json()["case"]
    tags = {li.get(path).headers["etag"] for path in (f"/duties/{duty}", f"/cases/{case}", f"/duties/{duty}/acts")}

    done = li.act(duty, "submit", if_match='"1"')

    assert tags == {'"1"'}
    assert (done.status_code, done.headers["etag"]) == (200, '"2"')
    assert done.json() == {"case": case, "phase": "办理", "duty": "换届方案", "state": "submitted", "version": 2}
    assert li.get(f"/cases/{case}").headers["etag"] == '"2"'
    assert asked.world.rows("SELECT via FROM journal WHERE act = 'submit'") == [("api",)]


def test_the_same_request_again_changes_nothing(asked: Api) -> None:
    li = asked.as_(LI)
    duty = _duty_of(li, "0101")
    li.act(duty, "submit", if_match='"1"')
    before = asked.world.everything()

    again = li.act(duty, "submit", if_match='"1"')

    assert (again.status_code, again.json()["code"]) == (412, "stale-version")
    assert "wrong-state" in _codes(again)
    assert asked.world.everything() == before


@pytest.mark.parametrize(
    ("tag", "status", "code"),
    [
        (None, 428, "version-missing"),
        ('"7"', 412, "stale-version"),
        ('"another"', 412, "stale-version"),
        ("1", 412, "stale-version"),
    ],
)
def test_an_act_on_no_version_or_another_one_is_not_done(asked: Api, tag: str | None, status: int, code: str) -> None:
    li = asked.as_(LI)
    duty = _duty_of(li, "0101")

    answer = li.act(duty, "submit", if_match=tag)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert asked.world.duty("0101").state == "open"


@pytest.mark.parametrize("tag", ["*", 'W/"1"'])
def test_whatever_stands_and_what_a_gateway_made_weak_are_taken(asked: Api, tag: str) -> None:
    li = asked.as_(LI)

    assert li.act(_duty_of(li, "0101"), "submit", if_match=tag).status_code == 200


def test_a_refusal_says_all_of_why_and_nothing_of_a_command_line(asked: Api) -> None:
    wang = asked.as_(WANG)
    duty = _duty_of(wang, "0101")

    refused = [wang.act(duty, "extend"), wang.act(duty, "waive"), wang.act(duty, "accept")]

    assert [answer.status_code for answer in refused] == [409, 409, 409]
    assert [_codes(answer) for answer in refused] == [
        ["reason-missing", "date-missing"],
        ["wrong-actor", "reason-missing"],
        ["wrong-state"],
    ]
    assert all("--" not in answer.text and "duban " not in answer.text for answer in refused)
    assert {answer.headers["content-type"] for answer in refused} == {PROBLEM}


def test_every_act_reaches_the_rules_with_its_words(asked: Api) -> None:
    wang, qian = asked.as_(WANG), asked.as_(QIAN)
    duty = _duty_of(wang, "0101")

    done = [
        wang.act(duty, "receive", ways=["纸质"], received_on="2026-03-25"),
        wang.act(duty, "return", reason="缺少会议记录", to="2026-04-03"),
        qian.act(duty, "extend", reason="会期推迟", to="2026-04-10"),
        qian.act(duty, "waive", reason="已由上级统一办理"),
        qian.act(duty, "reopen", reason="重新核对"),
    ]

    assert [answer.status_code for answer in done] == [200] * 5
    assert [answer.json()["state"] for answer in done] == ["submitted", "returned", "returned", "waived", "open"]
    standing = wang.get(f"/duties/{duty}").json()
    assert (standing["due"], standing["extended_from"]) == ("2026-04-10", "2026-03-30")
    assert asked.world.rows("SELECT way, received_on FROM receipt") == [("纸质", 739700)]


def test_a_case_is_moved_by_the_office(asked: Api) -> None:
    case = asked.as_(WANG).get("/cases", unit="0101").json()["items"][0]["id"]
    asked_for = {"act": "advance", "reason": "本阶段另行办结"}

    refused = asked.as_(WANG).post(f"/cases/{case}/acts", asked_for, If_Match='"1"')
    done = asked.as_(QIAN).post(f"/cases/{case}/acts", asked_for, If_Match='"1"')

    assert (refused.status_code, _codes(refused)) == (409, ["wrong-actor"])
    assert (done.status_code, done.json()["phase"], done.headers["etag"]) == (200, "办结", '"2"')


def test_what_is_possible_is_what_an_act_would_be_answered(asked: Api) -> None:
    for who in (LI, WANG, QIAN):
        program = asked.as_(who)
        duty = _duty_of(program, "0101")

        for action in program.get(f"/duties/{duty}/acts").json():
            if not action["possible"]:
                answer = program.act(duty, action["act"], reason="核对", to="2026-04-10", ways=["纸质"], decision="约谈")
                assert answer.status_code == 409
                assert {reason["code"] for reason in action["reasons"]} <= set(_codes(answer))


# --- data


def test_data_are_submitted_by_the_published_form_and_read_as_they_were_sent(small_world: World) -> None:
    small_world.launch(SELF_RATED)
    small_world.at("2026-03-26")
    with api(small_world) as asked:
        li, wang = asked.as_(LI), asked.as_(WANG)
        duty = _duty_of(li, "0101")
        form = li.get(f"/duties/{duty}/form").json()
        data = form["schema"]["examples"][0] | {"grade": "较好"}
        wrong = li.act(duty, "submit", data={**data, "grade": "优秀"})
        missing = li.act(duty, "submit")

        done = li.act(duty, "submit", data=data)

        assert form["form"] == "自评"
        assert form["schema"]["properties"]["grade"]["enum"] == ["先进", "较好", "一般", "后进"]
        assert (wrong.status_code, missing.status_code, _codes(missing)) == (409, 409, ["data-missing"])
        assert done.status_code == 200
        sent = wang.get(f"/duties/{duty}/submission").json()
        assert sent == {"at": "2026-03-26T01:00:00Z", "by": "李可", "proxy": False, "data": data}


# --- lists


def test_a_list_in_pages_is_the_list(asked: Api) -> None:
    qian = asked.as_(QIAN)

    for path in ("/units", "/cases", "/duties", "/campaigns"):
        whole = qian.get(path, limit=200).json()
        assert whole["next"] is None
        assert qian.items(path, limit=2) == whole["items"]


def test_what_comes_in_between_shifts_no_page(asked: Api) -> None:
    qian = asked.as_(QIAN)
    first = qian.get("/duties", limit=3).json()
    asked.world.launch(definition("任务:\n  - {事项: 月报, 谁办: 党支部, 时间: 4月30日前}\n", name="另一项"))

    rest = qian.items("/duties", limit=3, after=first["next"])

    numbers = [each["id"] for each in (*first["items"], *rest)]
    assert numbers == list(range(1, 17))


@pytest.mark.parametrize("word", ["xx", "WyJjYXNlcyIsIDFd", "WyJkdXRpZXMiLCB0cnVlXQ", "WzFd", "W1tbW1tbW1tb"])
def test_a_place_in_a_list_that_it_did_not_give_is_none(asked: Api, word: str) -> None:
    """Not base64; a place among cases; true; one word; brackets that do not close."""
    answer = asked.as_(QIAN).get("/duties", after=word)

    assert (answer.status_code, answer.json()["code"]) == (400, "bad-cursor")


@pytest.mark.parametrize(
    ("query", "units"),
    [
        ({"under": "0109"}, ["010901", "010902"]),
        ({"unit": "教工第二党支部"}, ["0102"]),
        ({"state": "submitted"}, ["0101"]),
        ({"task": "换届方案", "under": "02"}, ["0201", "0202", "0203"]),
        ({"due_by": "2026-03-29"}, []),
        ({"due_by": "2026-03-30", "unit": "03"}, ["03"]),
        ({"campaign": 2}, []),
    ],
)
def test_filters_narrow(asked: Api, query: dict[str, Any], units: list[str]) -> None:
    asked.world.act("submit", "0101", by=LI)

    found = asked.as_(QIAN).items("/duties", **query)

    assert [each["unit"] for each in found] == units


# --- where everything stands


def test_the_board_has_the_figures_of_the_program_now_and_on_a_past_day(asked: Api) -> None:
    world = asked.world
    world.at("2026-03-27")
    world.act("submit", "0101", by=LI)
    world.at("2026-04-01")
    world.act("submit", "0201", by=ZHAO)
    qian = asked.as_(QIAN)

    pages = {
        day: qian.get("/campaigns/1/status", limit=3, **({"at": day} if day else {})).json() for day in (None, "2026-03-27")
    }

    assert pages[None]["totals"] == {"expected": 8, "on_time": 1, "late": 1, "open": 6}
    assert pages["2026-03-27"]["totals"] == {"expected": 8, "on_time": 1, "late": 0, "open": 7}
    assert pages["2026-03-27"]["as_of"] == "2026-03-27"
    board = world.engine.status()
    rows, after = pages[None]["rows"], pages[None]["next"]
    while after:
        page = qian.get("/campaigns/1/status", limit=3, after=after).json()
        assert page["totals"] == pages[None]["totals"]
        rows, after = rows + page["rows"], page["next"]
    assert [(row["case"], row["unit"]) for row in rows] == [(row.case, row.unit) for row in board.rows]
    assert qian.get("/campaigns/1/status", limit=len(rows)).json()["next"] is None


def test_the_next_page_goes_on_though_its_place_is_no_longer_on_the_board(asked: Api) -> None:
    """The last of the first page need not hand in any more, and so is not late."""
    asked.world.at("2026-04-01")
    qian = asked.as_(QIAN)
    first = qian.get("/campaigns/1/status", late=True, limit=2).json()
    asked.world.act("waive", "0102", by=QIAN, reason="并入第一党支部")

    second = qian.get("/campaigns/1/status", late=True, limit=2, after=first["next"]).json()

    assert [row["unit"] for row in first["rows"]] == ["0101", "0102"]
    assert [row["unit"] for row in second["rows"]] == ["010901", "010902"]


def test_a_day_to_come_has_no_board(asked: Api) -> None:
    answer = asked.as_(QIAN).get("/campaigns/1/status", at="2026-05-01")

    assert (answer.status_code, _codes(answer)) == (409, ["at-future"])


def test_a_campaign_says_what_it_asks(asked: Api) -> None:
    whole = asked.as_(LI).get("/campaigns/1").json()

    assert (whole["name"], whole["launched_on"], whole["zone"]) == ("支部换届", "2026-03-02", "Asia/Shanghai")
    assert [(task["key"], task["words"], task["last_day"]) for task in whole["tasks"]] == [
        ("换届方案", "3月30日前", "2026-03-30")
    ]


def test_its_own_people_do_not_read_whom_else_a_reminder_told(asked: Api) -> None:
    world = asked.world
    for day in ("2026-03-27", "2026-03-31", "2026-04-02"):
        world.run(day, deliver=True)

    own, above = (asked.as_(who).get("/units/0101/explain").json() for who in (LI, WANG))

    told = {name for event in above["events"] if event["kind"] == "told" for name in ("李可", "孙岩") if name in event["words"]}
    assert told == {"李可", "孙岩"}
    assert not [event for event in own["events"] if "孙岩" in event["words"]]
    assert own["cases"][0]["duties"][0]["possible"] == ["submit"]


# --- runs and messages, for the office


def test_runs_and_messages_are_for_the_office(asked: Api) -> None:
    asked.world.run("2026-03-27")
    paths = ("/runs", "/runs/1", "/messages", "/runs/99")

    answers = {who: [asked.as_(who).get(path).status_code for path in paths] for who in (LI, WANG, QIAN)}

    assert answers == {LI: [404] * 4, WANG: [404] * 4, QIAN: [200, 200, 200, 404]}
    assert [run["id"] for run in asked.as_(QIAN).items("/runs")] == [1]
    assert len(asked.as_(QIAN).items("/messages", limit=3)) == asked.as_(QIAN).get("/runs/1").json()["messages"] == 8


def test_a_held_run_is_released_once_and_by_whom_is_kept(asked: Api) -> None:
    world = asked.world
    world.engine.restored(by=QIAN)
    world.run("2026-03-27")
    qian, wang = asked.as_(QIAN), asked.as_(WANG)
    run = qian.get("/runs", state="needs_confirm").json()["items"][0]

    refused = wang.post(f"/runs/{run['id']}/consent", {"accept": True})
    done, again = (qian.post(f"/runs/{run['id']}/consent", {"accept": True, "reason": "已核对"}) for _ in range(2))

    assert run["why"] == "数据库刚从备份恢复"
    assert refused.status_code == 404
    assert (done.status_code, done.json()) == (200, {"run": run["id"], "state": "done", "messages": 8})
    assert (again.status_code, _codes(again)) == (409, ["not-held"])
    kept = world.rows("SELECT act, via, reason FROM journal WHERE act = 'confirm-run'")
    assert kept == [("confirm-run", "api", "已核对")]


# --- what cannot be read


def test_everything_that_is_wrong_is_said_at_once_and_in_chinese(asked: Api) -> None:
    li = asked.as_(LI)
    body = {"act": "prolong", "to": "30.3.", "reason": "x" * 2001, "ways": ["口头"], "extra": 1}

    answer = li.post("/duties/1/acts", body, If_Match='"1"')

    assert (answer.status_code, answer.json()["code"]) == (422, "malformed")
    texts = {reason["text"].partition("：")[0]: reason["text"].partition("：")[2] for reason in answer.json()["reasons"]}
    assert set(texts) == {"body.act", "body.to", "body.reason", "body.ways.0", "body.extra"}
    assert texts["body.to"].startswith("要写成 2012-03-30 这样的日期")
    assert texts["body.extra"] == "没有这一项"
    assert texts["body.reason"] == "太长，最多2000个字"


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"{", 422, "malformed"),
        (b"[" * 100_000, 400, "unreadable"),
        (b'{"act": "submit", "data": {"a": "\\ud800"}}', 422, "malformed"),
        (b'{"act": "submit", "data": {"a": NaN}}', 422, "malformed"),
        (b'{"act": "submit", "reason": "\\u0000"}', 422, "malformed"),
        (b'{"act": "submit", "to": 20260330}', 422, "malformed"),
        (b'"submit"', 422, "malformed"),
        (b"", 422, "malformed"),
    ],
)
def test_what_is_no_honest_json_is_a_problem_and_no_accident(asked: Api, content: bytes, status: int, code: str) -> None:
    headers = {**asked.as_(LI).headers, "content-type": "application/json", "If-Match": '"1"'}

    answer = asked.client.post("/api/v1/duties/1/acts", content=content, headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == PROBLEM


@pytest.mark.parametrize("says_so", [True, False])
def test_a_body_without_end_is_not_read_to_it(asked: Api, says_so: bool) -> None:
    pieces = [b"x" * 300_000] * 5
    headers = {**asked.as_(LI).headers, "content-type": "application/json"}

    answer = asked.client.post("/api/v1/duties/1/acts", content=b"".join(pieces) if says_so else iter(pieces), headers=headers)

    assert (answer.status_code, answer.json()["code"], answer.headers["content-type"]) == (413, "too-long", PROBLEM)


@pytest.mark.parametrize("path", ["/nothing", "/campaigns/1/nothing", "/campaigns/"])
def test_an_address_that_is_none_is_a_problem_too(asked: Api, path: str) -> None:
    answer = asked.client.get(f"/api/v1{path}", headers=asked.as_(QIAN).headers, follow_redirects=False)

    assert answer.status_code in (404, 307)
    assert answer.status_code == 307 or answer.headers["content-type"] == PROBLEM


def test_answers_about_people_are_kept_nowhere(asked: Api) -> None:
    li = asked.as_(LI)

    answers = [li.get(path) for path in ("/me", "/duties", "/duties/1", "/units/0101/explain", "/runs")]

    assert {answer.headers["cache-control"] for answer in answers} == {"no-store"}


# --- how it describes itself


def test_the_description_is_open_and_names_where_it_is(small_world: World) -> None:
    with portal(small_world) as served:
        found = served.as_(None).client.get("/api/v1/openapi.json")

    assert found.status_code == 200
    assert found.json()["openapi"].startswith("3.1")
    assert found.json()["servers"] == [{"url": "/"}]


@pytest.fixture
def description(small_world: World) -> dict[str, Any]:
    with portal(small_world) as served:
        found: dict[str, Any] = served.as_(None).client.get("/api/v1/openapi.json").json()
    return found


def _operations(description: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [(f"{verb} {path}", each) for path, verbs in description["paths"].items() for verb, each in verbs.items()]


def test_every_address_of_the_api_is_described(small_world: World, description: dict[str, Any]) -> None:
    described = set(description["paths"])

    served = {route.path for route in _routes(create_app(small_world.engine)) if route.path.startswith("/api/")}

    assert served == described | {"/api/v1/openapi.json"}


def _routes(app: Any) -> list[Any]:
    found: list[Any] = []
    for route in app.routes:
        inner = getattr(route, "original_router", None)
        found += inner.routes if inner is not None else [route]
    return [route for route in found if hasattr(route, "path")]


def test_every_problem_is_described_as_one(description: dict[str, Any]) -> None:
    for label, operation in _operations(description):
        answers = {int(status): answer for status, answer in operation["responses"].items()}
        problems = {status for status in answers if status >= 400}

        assert {401, 404, 503} <= problems, label
        assert problems == {status for status in problems if list(answers[status]["content"]) == [PROBLEM]}, label
        if label.startswith("post"):
            assert {403, 409, 413, 422} <= problems, label
        if label.endswith("/acts") and label.startswith("post"):
            assert {412, 428} <= problems, label
            assert next(each for each in operation["parameters"] if each["name"] == "If-Match")["required"]


def test_every_example_is_what_it_is_an_example_of(description: dict[str, Any]) -> None:
    shapes = description["components"]["schemas"]
    examples = [(name, each) for name, shape in shapes.items() for each in shape.get("examples", ())]

    for name, each in examples:
        schema = {"$ref": f"#/components/schemas/{name}", "components": description["components"]}
        assert not [error.message for error in Draft202012Validator(schema).iter_errors(each)], name

    assert {name for name, _ in examples} >= {
        "DutyAct",
        "DutyShape",
        "BoardShape",
        "StoryShape",
        "RunShape",
        "MessageShape",
        "Me",
    }
