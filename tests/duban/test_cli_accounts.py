"""duban account, duban token: who may come in, from the shell."""

from __future__ import annotations

import pytest
from shell import Shell
from world import LI, QIAN, WANG, ZHAO

from duban.engine import Engine

PASSWORD = "春风十里不如一早交表"


def redeemed(shell: Shell, link: str) -> str:
    """Open a link as its person would; the secret of his session."""
    with Engine(shell.url) as engine:
        return engine.redeem("invite", link.rpartition("/")[2], PASSWORD).secret


def test_invite_prints_a_link_a_person_that_opens_once(shell: Shell) -> None:
    links = shell.json("account", "invite", LI, "0201:书记")["links"]

    assert [one["name"] for one in links] == ["李可", "赵磊"]
    assert all(one["link"].startswith("/invite/") for one in links)
    assert redeemed(shell, links[0]["link"])


def test_invite_makes_no_link_if_one_of_the_people_is_unknown(shell: Shell) -> None:
    answer = shell("account", "invite", LI, "9999")

    assert answer.code == 1
    assert "9999" in answer.err
    assert {one["state"] for one in shell.json("account", "list")["accounts"]} == {"none"}


def test_links_begin_with_the_address_in_the_settings(shell: Shell) -> None:
    shell.file("duban.toml", '[link]\nurl = "https://portal.example.edu.cn/duban/"\n')

    answer = shell("account", "invite", LI)

    assert answer.code == 0
    assert "https://portal.example.edu.cn/duban/invite/" in answer.out
    assert "[link]" not in answer.out


def test_list_shows_who_can_sign_in_and_disable_ends_it(shell: Shell) -> None:
    session = redeemed(shell, shell.json("account", "invite", LI)["links"][0]["link"])
    before = {one["number"]: one["state"] for one in shell.json("account", "list")["accounts"]}

    shell.json("account", "disable", LI)

    after = {one["number"]: one["state"] for one in shell.json("account", "list", "李可")["accounts"]}
    assert (before[LI], before[ZHAO]) == ("active", "none")
    assert after == {LI: "disabled"}
    with Engine(shell.url) as engine:
        assert engine.signed_in(session) is None


def test_disable_of_who_has_no_account_is_refused(shell: Shell) -> None:
    assert shell.refused("account", "disable", LI) == ["no-account"]


def test_a_token_is_shown_once_listed_and_revoked(shell: Shell) -> None:
    made = shell.json("token", "new", WANG, "--name", "数据中台", "--act", "--unit", "0101", "--days", "7")
    (listed,) = shell.json("token", "list")["tokens"]
    with Engine(shell.url) as engine:
        visitor = engine.token_visitor(made["secret"])

    shell.json("token", "revoke", str(made["token"]))

    assert visitor is not None
    assert (visitor.name, visitor.may_act) == ("王然", True)
    assert (listed["number"], listed["rights"], listed["unit_code"]) == (WANG, "act", "0101")
    assert made["secret"] not in repr(listed)
    assert shell.json("token", "list", "--of", WANG)["tokens"] == []
    with Engine(shell.url) as engine:
        assert engine.token_visitor(made["secret"]) is None


def test_a_token_nobody_could_mean_is_refused_with_every_reason(shell: Shell) -> None:
    assert shell.refused("token", "new", QIAN, "--name", " ", "--days", "400") == ["token-name", "token-days"]


@pytest.mark.parametrize("words", [("account", "list"), ("token", "list"), ("account", "list", "没有这个人")])
def test_lists_fit_a_terminal(shell: Shell, words: tuple[str, ...]) -> None:
    shell.json("token", "new", WANG, "--name", "一个名字很长很长很长很长的数据中台", "--unit", "0101")

    answer = shell(*words)

    assert answer.code == 0
    for line in answer.out.splitlines():
        assert sum(2 if ord(letter) > 0x2E80 else 1 for letter in line) <= 80, line
