"""Which units of a definition the words of a notice mean: 各直属党委（党总支部） are 二级党组织, 学校党校 is 党校."""

from __future__ import annotations

import re
from collections.abc import Iterable

from phases.tracks import BRANCH, BRANCH_KINDS, GROUPS, KINDS, SECOND

_EACH = re.compile(
    r"^(?:全[校院系区县市]|[本我][校院系]|学校|学院|县属|区属|市属)?"
    r"(?:每一个|每个|全体|所有|所属|各相关|各有关|各级|各|直属){1,3}"
)
_SCHOOL = re.compile(r"^(?:学校|校|本校|我校)(?=党校|办公室|组织部|宣传部|纪委|工会|团委)|^党委(?=组织部|宣传部|统战部|办公室)")
_REMARK = re.compile(r"[（(][^（）()]{0,40}[）)]")
_SECOND = re.compile(
    r"(?:二级|基层|直属|下属)(?:单位)?党(?:组织|委|总支部?)|分党委|(?:学院|院系|系|单位)党(?:委|组织)|党(?:委|工委)$|^党总支部?$"
)
_BRANCH = re.compile(r"(?:党|团)?支部$")
INFORMED = "知会"
"""The answer for an addressee that only takes note."""
_AMONG_SECOND = ("党总支", "二级党委", "直属党支部")
_ALL_LEVELS = re.compile(r"^(?:各级)?党组织$")


def unit_words(words: str) -> str | None:
    """The word of a definition for units named in a notice; None if a person has to say which units they are.

    An office (党委组织部, 学校党校) keeps its own name, without the school before it.
    """
    name = _EACH.sub("", _REMARK.sub("", words).strip()).strip()
    if kind := _kind(name, words):
        return kind
    if is_many(words):
        return None
    office = _SCHOOL.sub("", words.strip())
    return office or None


def is_many(words: str) -> bool:
    """Are these many units (各学院, 全体教师, 有关单位), not one office?"""
    return bool(re.search(r"^(?:全|各|每|所有|有关|相关)|各|单位$|有关|们$", _REMARK.sub("", words).strip()))


def definition_words(words: Iterable[str]) -> tuple[str, ...]:
    """Units as a definition names them, each once: 各基层党委、党总支、直属党支部 are 二级党组织 together. Those only informed drop out."""
    found = dict.fromkeys(unit_words(w) or w for w in words if w != INFORMED)
    if SECOND not in found and sum(w in found for w in _AMONG_SECOND) > 1:
        first = next(w for w in found if w in _AMONG_SECOND)
        found = dict.fromkeys(SECOND if w == first else w for w in found)
    return tuple(w for w in found if SECOND not in found or w not in _AMONG_SECOND)


def known_kinds(words: Iterable[str]) -> tuple[str, ...]:
    """The kinds of units among words of a notice, each once, in their order."""
    return tuple(kind for kind in definition_words(words) if kind in KINDS or kind.endswith(BRANCH))


def only_informed(words: str) -> bool:
    """各部门、各处室 beside the Party organisations: they are told, the campaign is not theirs."""
    return bool(re.search("(?:部门|处室|机关|科室)$", _REMARK.sub("", words).strip()))


def _kind(name: str, words: str) -> str | None:
    if name in ("学校", "我校", "本校", "校党委", "学校党委"):
        return "学校党委"
    for group in (*GROUPS, *BRANCH_KINDS):
        if re.fullmatch(rf"{re.escape(group)}(?:党)?支部", name):
            return f"{group}党支部"
    if name in ("直属党支部", "直属支部") or (words.startswith("直属") and name in ("党支部", "支部")):
        return "直属党支部"
    if re.search("党总支部?$", name) and not is_many(words):
        return "党总支"
    if _SECOND.search(name) or (name == "党委" and is_many(words)):
        return "党总支" if name in ("党总支", "党总支部") else SECOND
    if _BRANCH.search(name) and len(name) <= 6:
        return BRANCH
    if _ALL_LEVELS.search(name):
        return SECOND
    return "科室" if name == "科室" and is_many(words) else None
