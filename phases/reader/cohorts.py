"""For which units among those that owe it something is asked: by grade (每个一般党支部), by kind of branch (学生党支部)."""

from __future__ import annotations

import re

GRADES = ("先进", "优秀", "较好", "良好", "一般", "合格", "后进", "较差", "薄弱", "软弱涣散")
_GRADE = "|".join(GRADES)
_BY_GRADE = re.compile(rf"(?P<grades>(?:“?(?:{_GRADE})”?[、和及或]?){{1,3}})(?:的)?(?:基层)?(?:党支部|党组织|支部|单位)")
_GRADED = re.compile(rf"(?:定级|评定|评|确定|列)(?:为|在)(?P<grades>(?:“?(?:{_GRADE})”?[、和及或]?){{1,3}})(?:等次|等级)?的")
_KINDS = {
    "教职工": "教工",
    "教工": "教工",
    "教师": "专任教师",
    "机关": "机关",
    "研究生": "研究生",
    "本科生": "本科生",
    "学生": "学生",
    "离退休": "离退休",
    "后勤": "后勤",
}
_BY_KIND = re.compile(rf"(?P<kinds>(?:(?:{'|'.join(_KINDS)})[、和及]?){{1,3}})党?支部")


def grades_of(words: str) -> tuple[str, ...]:
    """The grades of the units that `plain` words are about: 每个一般党支部 -> 一般."""
    found = [match["grades"] for pattern in (_BY_GRADE, _GRADED) for match in pattern.finditer(words)]
    return tuple(dict.fromkeys(grade for run in found for grade in re.findall(_GRADE, run)))


def branch_kinds_of(words: str) -> tuple[str, ...]:
    """The kinds of branches that `plain` words are about: 离退休党支部 -> 离退休."""
    found = [kind for match in _BY_KIND.finditer(words) for kind in re.findall("|".join(_KINDS), match["kinds"])]
    return tuple(dict.fromkeys(_KINDS[kind] for kind in found))
