"""What one cell means: a code, a day, a number, an address; or why it cannot be read."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta

from workflow.model import UnitKind

Cell = str | int | float | bool | date | datetime | time | timedelta

# A double holds 15 decimal digits for certain; what Excel shows beyond them is made of zeros.
SAFE_DIGITS = 10**15
EXCEL_EPOCH = date(1899, 12, 30)
INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff"))
DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:\s+0{1,2}:00(?::00)?)?")
EMAIL = re.compile(r"[^@\s,;，；]+@[^@\s.,;，；]+(?:\.[^@\s.,;，；]+)+")
MOBILE = re.compile(r"(?:\+?86)?(1\d{10})")
ABROAD = re.compile(r"\+(?!86)\d{8,15}")
CODE_STOPS = re.compile(r"[\s:,;/|，；、]")

KIND_WORDS = {
    UnitKind.SCHOOL: ("校党委", "学校", "school"),
    UnitKind.COMMITTEE: ("分党委", "二级学院党委", "院系党委", "committee"),
    UnitKind.GENERAL_BRANCH: ("总支", "党总支部", "总支部", "general_branch", "generalbranch"),
    UnitKind.DIRECT_BRANCH: ("直属支部", "直属党支", "direct_branch", "directbranch"),
    UnitKind.BRANCH: ("支部", "基层党支部", "branch"),
    UnitKind.DEPARTMENT: ("职能部门", "党委部门", "党群部门", "机关部门", "department"),
    UnitKind.LEADING_GROUP: ("活动领导小组", "工作领导小组", "leading_group", "leadinggroup"),
    UnitKind.GROUP_OFFICE: ("领导小组办", "活动领导小组办公室", "工作领导小组办公室", "group_office", "groupoffice"),
    UnitKind.SECTION: ("科", "科室部门", "section"),
    UnitKind.OUTSIDE: ("上级", "外部上级单位", "上级党组织", "outside"),
}
KINDS = {word: kind for kind, words in KIND_WORDS.items() for word in (kind.value, *words)}
# In a university 「学院党委」 stands below the top, in a college it is the top: the tree decides.
COMMITTEES = ("党委", "党委会", "学院党委", "医院党委", "党的委员会")


class Unreadable(ValueError):
    """A cell that cannot be read. `str(error)` says in Chinese what was found and what to do."""


def is_empty(cell: Cell) -> bool:
    return isinstance(cell, str) and not words(cell)


def words(cell: Cell) -> str:
    """The cell as people read it: a name, a role, a grade. A whole number loses its `.0`."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return " ".join(str(cell).translate(INVISIBLE).split())


def narrow(cell: Cell) -> str:
    """The same with full-width letters and digits (０３０７) written as usual (0307)."""
    return unicodedata.normalize("NFKC", words(cell))


def code(cell: Cell) -> str:
    """A code or 工号 as text: 307.0 is `307`, `0307` stays `0307`."""
    if isinstance(cell, date | time | timedelta):
        raise Unreadable(f"「{words(cell)}」被表格软件当成了日期；请把这一列设为“文本”后重新填写")
    if isinstance(cell, int | float) and not isinstance(cell, bool) and abs(cell) >= SAFE_DIGITS:
        raise Unreadable(f"「{words(cell)}」位数太多，表格软件已丢失末几位；请把这一列设为“文本”后重新填写")
    text = narrow(cell)
    if CODE_STOPS.search(text):
        raise Unreadable(f"「{text}」中有空格或标点；编号只用字母、数字、短横线或汉字")
    return text


def kind(cell: Cell, *, at_top: bool) -> UnitKind:
    """A kind of unit by its name or a usual other name: 分党委 is 二级党委. `at_top` settles the bare word 党委."""
    text = narrow(cell).replace(" ", "")
    if text in COMMITTEES:
        return UnitKind.SCHOOL if at_top else UnitKind.COMMITTEE
    found = KINDS.get(text) or KINDS.get(text.lower().replace("-", "_"))
    if found is None:
        raise Unreadable(f"不认识的类型「{words(cell)}」；可填：{'、'.join(kind.value for kind in UnitKind)}")
    return found


def count(cell: Cell) -> int:
    """A number of people: 23, 23.0 or `23人`."""
    text = narrow(cell).removesuffix("人").strip()
    if isinstance(cell, bool) or not re.fullmatch(r"\d{1,7}", text):
        raise Unreadable(f"「{words(cell)}」不是人数；请填 0 或正整数，不知道就留空")
    return int(text)


def day(cell: Cell) -> date:
    """A day: an Excel date, or 2012-03-26, 2012/3/26, 2012年3月26日 (the year first, so that nothing is guessed)."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, int | float) and not isinstance(cell, bool) and 20_000 <= cell < 80_000:
        meant = EXCEL_EPOCH + timedelta(days=int(cell))
        raise Unreadable(f"「{words(cell)}」是数字；如指 {meant}，请把单元格设为日期格式，或写成 {meant}")
    found = DAY.fullmatch(narrow(cell))
    if not found:
        raise Unreadable(f"「{words(cell)}」不是日期；请写成 2012-03-26 这样的年-月-日，或设为日期格式")
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        raise Unreadable(f"没有「{words(cell)}」这一天；请核对年、月、日") from None


def email(cell: Cell) -> str:
    text = narrow(cell)
    if not EMAIL.fullmatch(text):
        raise Unreadable(f"「{words(cell)}」不是邮箱地址；请写成 name@example.edu 这样的一个地址，没有就留空")
    return text


def mobile(cell: Cell) -> str:
    """A mobile number as 11 digits; numbers from abroad keep their `+`."""
    text = re.sub(r"[\s()\-]", "", narrow(cell))
    home = MOBILE.fullmatch(text)
    if home:
        return home[1]
    if not ABROAD.fullmatch(text):
        raise Unreadable(f"「{words(cell)}」不是手机号；请填 1 开头的 11 位数字（该列设为“文本”），没有就留空")
    return text


def without_zeros(codes: Iterable[str]) -> dict[str, list[str]]:
    """{code without leading zeros: the codes that look so}: spreadsheets drop those zeros."""
    index: dict[str, list[str]] = {}
    for each in codes:
        index.setdefault(each.lstrip("0"), []).append(each)
    return index


def dropped_zeros(wanted: str, index: Mapping[str, list[str]]) -> str:
    """A hint if the code `wanted` is not there but one that differs only by leading zeros is: 307 for 0307; else nothing."""
    close = index.get(wanted.lstrip("0"), [])
    if len(close) != 1:
        return ""
    return f"；是否为「{close[0]}」（开头的 0 常被表格软件去掉，请把编号列设为“文本”）"
