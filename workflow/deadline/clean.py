"""One way of writing: the same phrase comes out the same, however it was typed, scanned or pasted."""

from __future__ import annotations

import re
import unicodedata

from workflow.deadline.mapped import Mapped

DOCUMENT, SCHOOL_YEAR, NUMBER = "□", "▣", "■"
"""Stand where a number was that is no date: of a document, of a school year, any other (a telephone)."""

LOST = "▢"
"""Stands where something is lost for which no single repair is known."""

_DASHES = "—–―‒‐‑−─━~∼〜⁓ー﹣"
_QUOTES = "“”„\"‘’'「」『』《》<>*"
_TRADITIONAL = dict(
    zip(
        "號時點週個內間後開會學總結發當從於與節慶訓練競賽並務報彙際屆黨遲國檢這過須應員單議辦舉選畢業審評測驗講習進關師書記簽紙質電請將續績實還遞達階閉舊曆農陽陰臘閏",
        "号时点周个内间后开会学总结发当从于与节庆训练竞赛并务报汇际届党迟国检这过须应员单议办举选毕业审评测验讲习进关师书记签纸质电请将续绩实还递达阶闭旧历农阳阴腊闰",
        strict=True,
    )
)
_CHARS = str.maketrans(
    {
        **dict.fromkeys(_DASHES, "-"),
        **dict.fromkeys("○◯ОοΟо", "〇"),
        **dict.fromkeys("∶ː꞉", ":"),
        **dict(zip("【】", "()", strict=True)),
        **dict.fromkeys(DOCUMENT + SCHOOL_YEAR + NUMBER + LOST, "◇"),
        **_TRADITIONAL,
    }
)
_DROPPED = re.compile(f"[{re.escape(_QUOTES)}_\u200b\u200c\u200d\u2060\ufeff\u00ad]+")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
# Circled list numbers: the compatibility form of ①3月30日 would read 13月30日.
_CIRCLED = re.compile("[\u2460-\u249b\u24eb-\u24ff\u2776-\u2793\u3220-\u3229\u3280-\u3289]")

_DIGIT = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "o": 0, "O": 0}
_DIGIT |= {str(i): i for i in range(10)}
_TENS = {"廿": "二十", "卅": "三十"}
_RUN = "0-9oO〇零一二两三四五六七八九十百廿卅"
_UNITS = "年|月|日|号|时|点|分|周|星期|个|天|次|季度|学期|小时|工作日|教学周|学周|学时|课时"

# A run of numerals right before a unit. 周一、第一次 are no quantities; 七一 and 十一 without a unit are feasts.
_NUMERAL = re.compile(rf"(?<![{_RUN}])([{_RUN}]{{0,8}}[oO〇零一二两三四五六七八九十百廿卅][{_RUN}]{{0,8}})(?={_UNITS})")
# The left half of 三至六月 and 三月二十八-29日, whose unit stands behind the right half.
_LEFT_NUMERAL = re.compile(rf"(?<![{_RUN}])([一二三四五六七八九十廿卅]{{1,3}})(?=(?:-|至|到)[0-9]{{1,2}}[月日号])")
# 元月 is January; 200元月均 is not
_FIRST_MONTH = re.compile(r"(?<![0-9百千万亿单美多公])元月(?=[0-9一二三四五六七八九十底末初上中下份前至到,。;:、)-]|$)")
# 12月-第2年1月, 下一年度1月15日前
_NEXT_YEAR = re.compile(r"(?:(?<=[至到-])第2|下[1一]?)年度?的?(?=[0-9]{1,2}月)")
_COUNTED_UNIT = ("个", "次")
_AFTER_WEEK = ("周", "星期", "礼拜")

_SPACES = re.compile(r"\s+")
_SPACE = re.compile(r"(?<![0-9A-Za-z]) | (?![0-9A-Za-z])")
_NEXT_LINE = re.compile(r"(?<=[日号前])[^\S\n]*\n\s*(?=[0-9]{1,2}月|[0-9]{4}[年./-])")
_CELL = re.compile(r"\t+")
_SPLIT_YEAR = re.compile(r"(?<![0-9])[12] ?[0-9] ?[0-9] ?[0-9](?=年)")
_SPLIT_DAY = re.compile(r"(?<=月)([0-9]) ([0-9])(?=[日号])")
_SPLIT_TEN = re.compile(r"(?<![0-9])1 0(?=月)")
_ONE_AS_DASH = re.compile(r"(?<=[0-9月日])一(?=[0-9])")
_DASHES_RUN = re.compile(r"-{2,}")

_DOCUMENT = re.compile(r"[〔\[【(][0-9]{4,8}[〕\]】)]?第?[0-9]{0,4}号|第[0-9]{1,4}号|[0-9]{1,4}号(?:文件?|楼|院|室|通知)")
_NAMED_NUMBER = re.compile(r"(?:学号|工号|编号|账号|帐号|卡号|密码|邮编|编码|代码|身份证号?|证号|群号|QQ群?|qq群?):?[0-9-]{4,}")
_TELEPHONE = re.compile(r"(?<![0-9])(?:[0-9]{3,4}-)?[0-9]{7,}(?:-[0-9]+)?(?![0-9年月日号前:])")
_COMPACT = re.compile(r"(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])")
_SCHOOL_YEAR = re.compile(r"[0-9]{4}[-/至][0-9]{2,4}学年度?")


def plain(text: str, *, cells: bool = False) -> Mapped:
    """The text in half-width, simplified, without quotes and needless spaces; every dash is `-`.

    With `cells` a tab divides the cells of a table: what stands on both sides is never read together.
    """
    simple = _half_width(text)
    if cells:
        simple = simple.sub(_CELL, "。")
    for pattern, new in (
        (_DROPPED, ""),
        (_NEXT_LINE, ";"),
        (_SPACES, " "),
        (_SPACE, ""),
        (_ONE_AS_DASH, "-"),
        (_DASHES_RUN, "-"),
    ):
        simple = simple.sub(pattern, new)
    return simple


def _half_width(text: str) -> Mapped:
    flat = _CIRCLED.sub(";", text)
    half = unicodedata.normalize("NFKC", flat)
    if len(half) == len(text):
        return Mapped.of(half.translate(_CHARS))
    mapped = Mapped.of(flat).sub(_NOT_ASCII, lambda found: unicodedata.normalize("NFKC", found[0]))
    return Mapped(mapped.text.translate(_CHARS), mapped.starts, mapped.ends)


def numbered(text: Mapped) -> Mapped:
    """`plain` text with numerals before a unit as digits (二〇一二年三月 -> 2012年3月) and other numbers hidden."""
    text = text.sub(_FIRST_MONTH, "1月").sub(_NUMERAL, _in_digits).sub(_LEFT_NUMERAL, _in_digits).sub(_NEXT_YEAR, "次年")
    for split in (_SPLIT_YEAR, _SPLIT_DAY, _SPLIT_TEN):
        text = text.sub(split, lambda found: found[0].replace(" ", ""))
    text = text.sub(_DOCUMENT, DOCUMENT).sub(_SCHOOL_YEAR, SCHOOL_YEAR)
    return text.sub(_NAMED_NUMBER, NUMBER).sub(_TELEPHONE, lambda found: found[0] if _COMPACT.fullmatch(found[0]) else NUMBER)


def _in_digits(found: re.Match[str]) -> str:
    run, text = found[1], found.string
    is_counted = text.startswith(_COUNTED_UNIT, found.end())
    if text.endswith("第" if is_counted else _AFTER_WEEK, 0, found.start()):
        return run
    number = _number(run, is_year=text.startswith("年", found.end()))
    return run if number is None else number


def _number(run: str, *, is_year: bool) -> str | None:
    """三十一 -> 31, 二〇一二 -> 2012, 三〇 -> 30; None for what is no single number (七一时, 三五天)."""
    if set(run) <= {"o", "O"}:
        return None
    for word, tens in _TENS.items():
        run = run.replace(word, tens)
    if "十" in run or "百" in run:
        return _counted(run)
    if is_year or len(run) == 1 or (len(run) == 2 and set(run) & set("0〇零oO")):
        return "".join(str(_DIGIT[c]) for c in run)
    return None


_COUNTED = re.compile(r"(?:([一二两三四五六七八九])?百[零〇]?)?(?:([一二三四五六七八九])?(十))?([一二三四五六七八九])?")


def _counted(run: str) -> str | None:
    found = _COUNTED.fullmatch(run)
    if not found:
        return None
    hundreds = _DIGIT[found[1] or "一"] if "百" in run else 0
    tens = _DIGIT[found[2] or "一"] if found[3] else 0
    return str(hundreds * 100 + tens * 10 + _DIGIT[found[4] or "零"])
