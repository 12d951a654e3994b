"""What a damaged phrase probably said: 617前 was 6月17日前.

Copying and scanning lose the characters between digits. A repair is a proposal: whoever reads the repaired words must
flag them, and where two repairs are possible there is none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from workflow.deadline.clean import LOST
from workflow.deadline.clock import BEFORE
from workflow.deadline.mapped import Mapped

_BEGIN = r"(?:(?<=[,。;:、()于在从自定至到-])|^)"
# 20105月 was 2010年5月
_YEAR_LOST = re.compile(r"(?<![0-9])((?:19|20)[0-9]{2})(0?[1-9]|1[0-2])(?=月|(?:至|到|-)[0-9]{1,2}月)")
# 201667日 was 2016年6月7日, 2021年12 31日 was 2021年12月31日
_YEAR_MONTH_LOST = re.compile(r"(?<![0-9])((?:19|20)[0-9]{2})([0-9]{2,4})(?=[日号])")
_MONTH_AS_SPACE = re.compile(r"(?<=年)([0-9]{1,2}) ([0-9]{1,2}[日号])")
# 3 5日 was 3月5日, 2026 1 12日 was 2026年1月12日
_SPACES_LEFT = re.compile(r"(?<![0-9.])(?:((?:19|20)[0-9]{2}) )?([1-9]|1[0-2]) ([0-9]{1,2})(?=[日号](?!内|以内|之内|楼))")
# 1110-14日 was 11月10-14日
_RANGE_LOST = re.compile(r"(?<![0-9.:/月-])([0-9]{3,4})(?=(?:-|至|到)[0-9]{1,2}[日号])")
# 4月2717:00 was 4月27日17:00
_DAY_LOST = re.compile(r"(?<=[0-9]月)([0-9]{2,4}):([0-9]{2})(?![0-9])")
# 510日至20日 was 5月10日至20日; 100日 and 365日 are a number of days
_BARE_LOST = re.compile(rf"{_BEGIN}([0-9]{{3,4}})日(?!内|以内|之内|以上|以下|左右|后)")
# 911月 was 9-11月
_MONTHS_LOST = re.compile(r"(?<![0-9.:/第-])([0-9]{2,4})(?=月(?![0-9日号龄]))")
# 5月20曰: misread by a scanner
_MISREAD = re.compile(r"(?<=[0-9])曰")
# 3.31118:00 was item 3., 3月11日18:00
_ALL_LOST = re.compile(r"(?<![0-9.])(?:([0-9]{1,2})[.、])?([0-9]{4,6}):([0-9]{2})(?![0-9:])")
# 617前 and 617日前 were 6月17日前; 2012年617日 was 2012年6月17日
_MONTH_LOST = re.compile(rf"(?<![0-9.:/月-])([0-9]{{3,4}})[日号]?(?={BEFORE})|(?<=年)([0-9]{{3,4}})[日号]")
# 3月2829日 was 3月28-29日
_DASH_LOST = re.compile(r"(?<=[0-9]月)([0-9]{3,4})(?=[日号])")
# l for 1 between digits and 月, 日
_LETTER = re.compile(
    r"(?<![A-Za-z])[lI](?=[0-9]?月)|(?<=[0-9年])[lI|](?=[0-9]?月)|(?<=[0-9月])[lI|](?=[0-9]?[日号])|(?<=[12][0-9])l(?=[0-9]年)"
)
# 20122年, 3月日前, 3月日: nothing can be proposed
_HOPELESS = re.compile(rf"[0-9]{{5,}}(?=[年月])|[0-9]{{1,2}}月-?[日号]|月[日号](?={BEFORE})")


# 〔201640号, 2016〕40号, a day of issue run together (2022915), 202020212022级, 1123-121日: no day at all can be told
_LOOKS_DAMAGED = re.compile(
    r"[〔\[(](?:19|20)[0-9]{3,6}号|(?<![〔\[(0-9])(?:19|20)[0-9]{2}[〕\]]|^(?:19|20)[0-9]{4,6}[日号]?$"
    r"|(?:(?:19|20)[0-9]{2}){2,4}[级届]|[0-9]{3,4}(?:-|至|到)[0-9]{1,4}[日号]"
)


# 一二年六月 was 二〇一二年六月; nobody writes a year short in such numerals
_YEAR_CUT = re.compile(r"(?<![〇零一二两三四五六七八九十百0-9])[〇零一二三四五六七八九]{2}年(?=[一二三四五六七八九十]{1,2}月)")


def cut_years(text: Mapped) -> tuple[tuple[int, int], ...]:
    """The places in the original where a year in numerals lost its beginning, of a `plain` text."""
    return tuple(text.place(*found.span()) for found in _YEAR_CUT.finditer(text.text))


def looks_damaged(text: str) -> bool:
    """Did a `plain` text in which no time was read lose characters?"""
    return bool(_LOOKS_DAMAGED.search(text))


def repair(text: Mapped) -> tuple[Mapped, tuple[tuple[int, int], ...]]:
    """The `numbered` text as it probably was, and the places in the original where something was damaged."""
    damage: list[tuple[int, int]] = []
    for pattern, mend in _REPAIRS:
        text = _mended(text, pattern, mend, damage)
    return text, tuple(damage)


def _mended(
    text: Mapped, pattern: re.Pattern[str], mend: Callable[[re.Match[str]], str], damage: list[tuple[int, int]]
) -> Mapped:
    def marked(found: re.Match[str]) -> str:
        mended = mend(found)
        if mended != found[0]:
            damage.append(text.place(*found.span()))
        return mended

    return text.sub(pattern, marked)


def _with_hour(found: re.Match[str]) -> str:
    number, digits, minute = found.groups()
    ways = [f"{m}月{d}日{h}:{minute}" for m, d, h in _cut3(digits)]
    if number and int(number) <= 12:
        ways += [f"{number}月{d}日{h}:{minute}" for d, h in _cut2(digits, 31, 24)]
    return ways[0] if len(ways) == 1 else LOST


def _with_month(found: re.Match[str]) -> str:
    ways = [f"{m}月{d}日" for m, d in _cut2(found[1] or found[2], 12, 31)]
    return ways[0] if len(ways) == 1 else LOST


def _with_year(found: re.Match[str]) -> str:
    ways = [f"{found[1]}年{m}月{d}" for m, d in _cut2(found[2], 12, 31)]
    return ways[0] if len(ways) == 1 else LOST


def _with_day(found: re.Match[str]) -> str:
    ways = [f"{d}日{h}:{found[2]}" for d, h in _cut2(found[1], 31, 24)]
    return ways[0] if len(ways) == 1 else LOST


def _with_month_if_any(found: re.Match[str]) -> str:
    ways = [f"{m}月{d}日" for m, d in _cut2(found[1], 12, 31)]
    is_day = len(found[1]) == 4 or found.string.startswith(("-", "至", "到"), found.end())
    return ways[0] if len(ways) == 1 else LOST if is_day else found[0]


def _with_first_month(found: re.Match[str]) -> str:
    ways = [f"{m}月{d}日" for m, d in _cut2(found[1], 12, 31)]
    return ways[0] if len(ways) == 1 else LOST


def _with_months(found: re.Match[str]) -> str:
    ways = [f"{first}-{last}" for first, last in _cut2(found[1], 12, 12) if first < last]
    return ways[0] if len(ways) == 1 and int(found[1]) > 12 else found[0]


def _with_dash(found: re.Match[str]) -> str:
    ways = [f"{first}-{last}" for first, last in _cut2(found[1], 31, 31) if first < last]
    return ways[0] if len(ways) == 1 else LOST


def _cut2(digits: str, most: int, second_most: int) -> Iterator[tuple[int, int]]:
    """Every way to cut digits in two numbers from 1 to `most` and `second_most`, of two digits at the most."""
    for at in range(max(1, len(digits) - 2), min(2, len(digits) - 1) + 1):
        first, second = int(digits[:at]), int(digits[at:])
        if 1 <= first <= most and 1 <= second <= second_most:
            yield first, second


def _cut3(digits: str) -> Iterator[tuple[int, int, int]]:
    for length in (1, 2):
        for day, hour in _cut2(digits[length:], 31, 24):
            if 1 <= int(digits[:length]) <= 12:
                yield int(digits[:length]), day, hour


_REPAIRS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (_LETTER, lambda found: "1"),
    (_MISREAD, lambda found: "日"),
    (_SPACES_LEFT, lambda found: f"{found[1]}年" * bool(found[1]) + f"{found[2]}月{found[3]}"),
    (_RANGE_LOST, _with_first_month),
    (_MONTH_AS_SPACE, lambda found: f"{found[1]}月{found[2]}"),
    (_YEAR_MONTH_LOST, _with_year),
    (_YEAR_LOST, lambda found: f"{found[1]}年{found[2]}"),
    (_ALL_LOST, _with_hour),
    (_DAY_LOST, _with_day),
    (_MONTH_LOST, _with_month),
    (_BARE_LOST, _with_month_if_any),
    (_DASH_LOST, _with_dash),
    (_MONTHS_LOST, _with_months),
    (_HOPELESS, lambda found: LOST),
)
