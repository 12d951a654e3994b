"""Who owes: the words of a definition for units (每个党支部, 二级党组织, 组织部) as tracks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from workflow.model import BRANCHES, SECOND_LEVEL, UnitKind

STAFF = ("专任教师", "机关/管理", "教辅/直属单位", "后勤/校产", "附属医院", "教工")
STUDENTS = ("本科生", "研究生", "学生")
BRANCH_KINDS = (*STAFF, *STUDENTS, "离退休", "师生联合", "临床", "医技", "护理", "临时")
GROUPS = {"教工": STAFF, "教职工": STAFF, "学生": STUDENTS}

BRANCH, SECOND, DIRECT = "党支部", "二级党组织", "直属党支部"
ORGANISATION_OFFICE = "组织部"
KINDS: dict[str, tuple[UnitKind, ...]] = {
    BRANCH: BRANCHES,
    SECOND: SECOND_LEVEL,
    "党总支": (UnitKind.GENERAL_BRANCH,),
    "二级党委": (UnitKind.COMMITTEE,),
    DIRECT: (UnitKind.DIRECT_BRANCH,),
    "学校党委": (UnitKind.SCHOOL,),
    "部门": (UnitKind.DEPARTMENT,),
    "科室": (UnitKind.SECTION,),
    "领导小组": (UnitKind.LEADING_GROUP,),
    "领导小组办公室": (UnitKind.GROUP_OFFICE,),
}
OTHER_NAMES = {
    "支部": BRANCH,
    "基层党支部": BRANCH,
    "党总支部": "党总支",
    "总支": "党总支",
    "分党委": "二级党委",
    "直属党委": "二级党委",
    "基层党委": "二级党委",
    "学院党委": "二级党委",
    "直属支部": DIRECT,
    "二级单位党组织": SECOND,
    "基层党组织": SECOND,
    "校党委": "学校党委",
}
LOWEST_FIRST = (BRANCH, "科室", DIRECT, "党总支", "二级党委", SECOND)


@dataclass(frozen=True, kw_only=True)
class Who:
    """Units named in a definition: those of some kinds, perhaps only branches of some kinds, or one office by name."""

    track: str
    kinds: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    branch_kinds: tuple[str, ...] = ()

    def joined(self, other: Who) -> Who:
        """Both together on one track; a restriction holds only if both have one."""
        kinds = tuple(dict.fromkeys(self.branch_kinds + other.branch_kinds)) if self.branch_kinds and other.branch_kinds else ()
        return replace(self, branch_kinds=kinds)


def who(words: str) -> Who | None:
    """Read words for units; None if they look like a misspelt kind (see `meant`). Any other words name an office."""
    name = _plain(words)
    if name in KINDS:
        return Who(track=name, kinds=tuple(map(str, KINDS[name])))
    for group in (*GROUPS, *BRANCH_KINDS):
        if name in (f"{group}党支部", f"{group}支部"):
            return Who(track=BRANCH, kinds=tuple(map(str, BRANCHES)), branch_kinds=GROUPS.get(group, (group,)))
    return None if meant(name) else Who(track=name, units=(name,))


def meant(words: str) -> str | None:
    """The kind of unit of which this is one slip away: 党支步 -> 党支部."""
    name = _plain(words)
    known = [*KINDS, "教工党支部", "学生党支部", "离退休党支部"]
    return next((kind for kind in known if _one_slip(name, kind)), None)


def branch_kinds(words: str) -> tuple[str, ...] | None:
    """The kinds of branches (支部类别) that a word covers: 教工 covers all staff, 机关 is 机关/管理. None if unknown."""
    if words in GROUPS:
        return GROUPS[words]
    covered = tuple(kind for kind in BRANCH_KINDS if words == kind or words in kind.split("/"))
    return covered or None


def lowest(tracks: Iterable[str]) -> str | None:
    """The most basic of the participating kinds: what 谁办 means when nothing is written."""
    present = set(tracks)
    return next((track for track in LOWEST_FIRST if track in present), None)


def _plain(words: str) -> str:
    """Without 每个 and the like, and under its usual name."""
    for prefix in ("每一个", "每个", "全体", "所有", "所属", "各"):
        words = words.removeprefix(prefix)
    return OTHER_NAMES.get(words, words)


def _one_slip(word: str, known: str) -> bool:
    """One character too many, too few or another. Very short words have too many neighbours to tell."""
    if word == known or abs(len(word) - len(known)) > 1 or len(known) < 3:
        return False
    same = sum(block.size for block in SequenceMatcher(None, word, known, autojunk=False).get_matching_blocks())
    return same >= max(len(word), len(known)) - 1
