"""Whatever the code can write into a journal, a reminder or a message has a Chinese word. What it can write is read from the code."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from importlib import resources
from pathlib import Path

import pytest
from world import LI, ONE_DUTY, QIAN, SUN, WANG, ZHENG, World

from duban.service.journal_words import EVENT_WORDS
from duban.service.reminder_words import FATES, MESSAGE_FATES, MESSAGE_WHYS, SENT_WORDS, fate, step
from duban.service.tending import STATES
from phases.ladder_words import default_ladder, key_words, review_ladder
from workflow.model import Rung

CHINESE = re.compile("[一-鿿]")
ROOMS = ("workflow", "storage", "duban")
SHOWN_OTHERWISE = {"carried"}
"""A key of a reminder that was told under an earlier line: nobody is shown it."""
OF_THE_CALENDAR = {"apply", "import"}
"""What its own table calls a change; the journal says 日历变化."""
OF_OTHER_THINGS = {"weekend", "vacant", "calendar", "gate", "quarantined"}
"""Why a day is free, why a reminder is no message."""


@cache
def _trees() -> tuple[ast.Module, ...]:
    folders = [Path(str(resources.files(room))) for room in ROOMS]
    files = [path for folder in folders for path in sorted(folder.rglob("*.py")) if "migrations" not in path.parts]
    return tuple(ast.parse(path.read_text("utf-8")) for path in files)


def _nodes(kind: type[ast.AST]) -> Iterator[ast.AST]:
    return (node for tree in _trees() for node in ast.walk(tree) if isinstance(node, kind))


@cache
def _constants() -> dict[str, set[str]]:
    """{NAME: what it is} of every module, 「NAME = "words"」 alone or in a tuple."""
    found: dict[str, set[str]] = {}
    for node in _nodes(ast.Assign):
        assert isinstance(node, ast.Assign)
        pairs = [(target, node.value) for target in node.targets]
        for target, value in list(pairs):
            if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
                pairs += zip(target.elts, value.elts, strict=True)
        for target, value in pairs:
            if isinstance(target, ast.Name) and isinstance(value, ast.Constant) and isinstance(value.value, str):
                found.setdefault(target.id, set()).add(value.value)
    return found


def _texts(node: ast.AST | None) -> set[str]:
    """The strings an expression may be: a constant, a NAME, either side of a choice, what SQL is given."""
    match node:
        case ast.Constant(value=str(text)):
            return {text}
        case ast.Name(id=name) | ast.Attribute(attr=name) if name.isupper():
            return _constants().get(name, set())
        case ast.IfExp(body=body, orelse=other):
            return _texts(body) | _texts(other)
        case ast.Call(func=ast.Name(id="literal"), args=[first]):
            return _texts(first)
        case ast.Call(func=ast.Name(id="case"), args=args, keywords=more):
            chosen = [arg.elts[1] for arg in args if isinstance(arg, ast.Tuple)]
            return set().union(*map(_texts, [*chosen, *(word.value for word in more)]))
        case ast.JoinedStr(values=[ast.Constant(value=str(start)), ast.FormattedValue(value=rest)]):
            ends = _texts(rest) or {"*"}
            return {start + end for end in ends}
    return set()


@cache
def _named(name: str) -> dict[str, list[int]]:
    """{function: where it takes an argument of this name}, self left out."""
    found: dict[str, list[int]] = {}
    for node in _nodes(ast.FunctionDef):
        assert isinstance(node, ast.FunctionDef)
        names = [arg.arg for arg in node.args.args if arg.arg not in ("self", "cls")]
        if name in names:
            found.setdefault(node.name, []).append(names.index(name))
    return found


def _given(name: str) -> set[str]:
    """Every string that goes into a column, a member or an argument of this name."""
    found: set[str] = set()
    for node in _nodes(ast.Call):
        assert isinstance(node, ast.Call)
        found |= set().union(*(_texts(word.value) for word in node.keywords if word.arg == name))
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        for place in _named(name).get(called, []):
            found |= _texts(node.args[place]) if place < len(node.args) else set()
    for node in _nodes(ast.Assign):
        assert isinstance(node, ast.Assign)
        if any(_is_called(target, name) for target in node.targets):
            found |= _texts(node.value)
    for node in _nodes(ast.Dict):
        assert isinstance(node, ast.Dict)
        found |= set().union(
            *(_texts(v) for k, v in zip(node.keys, node.values, strict=True) if isinstance(k, ast.Constant) and k.value == name)
        )
    return found


def _is_called(target: ast.expr, name: str) -> bool:
    """A variable of this name, or a member: `values["why"] = …`."""
    match target:
        case ast.Name(id=called) | ast.Subscript(slice=ast.Constant(value=called)):
            return bool(called == name)
    return False


@cache
def _of_the_ladder() -> tuple[set[str], set[str]]:
    """Why a rung is skipped (the second of the pairs that are yielded), and what holds one back (what is returned)."""
    tree = ast.parse((Path(str(resources.files("workflow"))) / "ladder" / "plan.py").read_text("utf-8"))
    pairs = [node.value for node in ast.walk(tree) if isinstance(node, ast.Yield) and isinstance(node.value, ast.Tuple)]
    held = next(node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == "_held_by")
    given = [node.value for node in ast.walk(held) if isinstance(node, ast.Return)]
    return set().union(*(_texts(pair.elts[-1]) for pair in pairs)), set().union(*map(_texts, given)) - {""}


def _reminder_states() -> set[str]:
    kinds = "planned|folded|told|carried|released|quarantined|(skipped|suppressed|blocked|undeliverable|cancelled)"
    written = {state for state in _given("state") if re.fullmatch(f"({kinds})(:.+)?", state) and state != "cancelled"}
    skipped, held = _of_the_ladder()
    written |= {f"skipped:{why}" for why in skipped} | {f"blocked:{why}" for why in held} | _constants()["SEEN"]
    return written - {"skipped:*", "blocked:*"}


def _acts() -> set[str]:
    return {act for act in _given("act") if re.fullmatch("[a-z-]+", act)} - OF_THE_CALENDAR


def test_every_act_of_the_journal_has_a_word() -> None:
    acts = _acts()

    assert acts >= {
        "launch",
        "submit",
        "promise",
        "silence-end",
        "migrate",
        "paper-sign",
        "dissolve",
        "enable-channel",
        "rewind",
    }
    assert {act for act in acts if not CHINESE.search(EVENT_WORDS.get(act, ""))} == set()


def test_no_word_is_kept_for_an_act_that_nobody_does() -> None:
    assert set(EVENT_WORDS) - _acts() == set()


def test_every_state_of_a_reminder_has_a_word() -> None:
    states = {state.replace("*", "7") for state in _reminder_states()} - SHOWN_OTHERWISE

    assert states >= {"planned", "folded", "skipped:collapsed", "suppressed:silence:7", "cancelled:post-ended", "quarantined"}
    assert {state for state in states if not CHINESE.search(fate(state))} == set()


def test_no_state_of_a_reminder_has_two_meanings() -> None:
    assert len(set(FATES.values())) == len(FATES)


def test_every_state_of_a_message_has_a_word() -> None:
    assert {state for state in STATES if state not in MESSAGE_FATES | SENT_WORDS} == set()


def test_every_reason_of_ours_why_a_message_did_not_leave_has_words() -> None:
    ours = {why for why in _given("why") if re.fullmatch("[a-z-]+", why)} - OF_OTHER_THINGS

    assert ours >= {"done", "merged", "rejected", "expired", "no-address", "aborted"}
    assert {why for why in ours if why not in MESSAGE_WHYS} == set()


@pytest.mark.parametrize("rung", [*default_ladder(), *review_ladder()], ids=lambda rung: rung.key)
def test_every_rung_is_said_in_words_by_its_key_and_by_its_place(rung: Rung) -> None:
    key, ladder = rung.key, [*default_ladder(), *review_ladder()]

    assert ":" not in key_words(key)
    assert "review" not in key_words(key)
    assert re.fullmatch(r"(审核提醒)?第\d步（.*个工作日，(告诉|提请).+）", step(ladder, key))


def test_a_campaign_that_did_all_that_is_told_without_a_foreign_word(small_world: World) -> None:
    world, engine = small_world, small_world.engine
    world.launch("审核时限: 3个工作日\n" + ONE_DUTY)
    engine.silence(by=QIAN, reason="校庆", first=world.day, last=world.day, unit="01")
    world.run("2026-03-25", deliver=True)
    world.at("2026-03-25 10:00")
    engine.delegate("0101", "书记", to=engine.person(SUN), first=world.day, last=world.day, by=LI)
    engine.pause(by=QIAN, reason="学校放假")
    engine.resume(by=QIAN)
    engine.answer("promise", by=LI, duty=world.duty("0101").id, until=world.day.replace(day=27))
    world.act("submit", "0101", by=LI)
    world.act("return", "0101", by=WANG, reason="请补签字")
    engine.rename_unit("0101", "教工第一联合党支部", by=engine.person(ZHENG), on=world.day)

    told = engine.explain("0101")

    acts = {line.act for line in told.journal}
    assert acts >= {"launch", "promise", "pause", "resume", "delegate", "rename", "submit", "return"}
    assert {act for act in acts if act not in EVENT_WORDS} == set()
