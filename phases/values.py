"""What a single value in a definition may look like, and what to say in Chinese when it doesn't.

Every plain value arrives as the text that was written (phases.source): `3.30` is never a number and `否` never a surprise. An
entry here turns that text into what the model needs and publishes the shape an editor may offer.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date, time
from fractions import Fraction
from typing import Annotated

from pydantic import BeforeValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from phases.ladder_words import CATCH_UP, GATES, VACANT
from workflow.ladder import REVIEW_KEY
from workflow.model import Way
from workflow.numerals import whole

UNDECIDED = "待定"
UNKNOWN = "？"
"""Stands in for what was reported and taken out. Whoever sees it keeps silent: the person was told already."""
FORMS = ("自评", "测评", "定级", "整改计划", "整改结果", "承诺", "总结")
WAYS = {
    "纸质": Way.PAPER,
    "纸质版": Way.PAPER,
    "书面": Way.PAPER,
    "电子邮件": Way.EMAIL,
    "邮件": Way.EMAIL,
    "电子版": Way.EMAIL,
    "在线": Way.ONLINE,
    "网上": Way.ONLINE,
    "线上": Way.ONLINE,
}
YES, NO = ("是", "true", "yes", "对"), ("否", "false", "no", "不")


class Bare(str):
    """A value written without quotes: YAML's traps concern only these."""

    __slots__ = ()


def wrong(text: str) -> PydanticCustomError:
    """A sentence for the person who wrote the file; braces in it are his, not placeholders."""
    return PydanticCustomError("definition", "{text}", {"text": text})


def found(value: object) -> str:
    """How a value that does not fit is called in a message."""
    if value is None:
        return "空着"
    if isinstance(value, Mapping):
        return "一组“名称: 内容”"
    if isinstance(value, list | tuple):
        return "一个清单"
    return f"“{value}”"


def text(value: object) -> str:
    """One sentence or name; blank is an error."""
    if isinstance(value, Mapping | list | tuple):
        raise wrong(f"这里写一句话，现在是{found(value)}")
    if value is None or not str(value).strip():
        raise wrong("这里空着；写上内容，或删去这一行")
    return str(value).strip()


def name(value: object) -> str:
    """One name. Several names in one value are usually a full-width comma (、，) where a half-width one belongs."""
    words = text(value)
    if isinstance(value, Bare) and (mark := re.search("[，；]|(?<!（)、(?![^（]*）)", words)):
        raise wrong(f"“{words}”像是几项写成了一项；用半角逗号隔开：[{words.replace(mark[0], ', ')}]；若确是一项，请加引号")
    return words


def listed(value: object) -> object:
    """A single value stands for a list of one."""
    if isinstance(value, Mapping):
        raise wrong("这里写一个清单，如 [甲, 乙]，现在是一组“名称: 内容”")
    return [value] if value is not None and not isinstance(value, list | tuple) else value


def phrase(value: object) -> str:
    """Words that say when. `3.30` and `12:00` without quotes are what a spreadsheet makes of dates and hours."""
    words = text(value)
    if isinstance(value, float) or (isinstance(value, Bare) and re.fullmatch(r"\d{1,2}\.\d{1,2}", words)):
        month, _, day = words.partition(".")
        raise wrong(f"{words} 会被当成数字；请写成 {month}月{day}日前")
    if re.fullmatch(r"\d{1,2}[:：]\d{2}", words):
        raise wrong(f"{words} 只有钟点，没有日子；请写成 3月30日{words}前 这样的时间")
    return words


def day(value: object) -> date | None:
    """A civil day; 待定 is None."""
    if isinstance(value, date):
        return value
    words = text(value)
    if words == UNDECIDED:
        return None
    if not (m := re.fullmatch(r"(\d{4})(?:-|/|\.|年)(\d{1,2})(?:-|/|\.|月)(\d{1,2})日?", words)):
        raise wrong(f"“{words}”不是一个日期；请写成 2012-03-26 这样的年-月-日，还没有定就写 待定")
    try:
        return date(*(int(part) for part in m.groups()))
    except ValueError:
        raise wrong(f"“{words}”这一天不存在；请核对月和日") from None


def event_day(value: object) -> date:
    """The day of an event that was asked for."""
    if (known := day(value)) is None:
        raise wrong("日期定了再写在这里；没有定的写进“待定”")
    return known


def flag(value: object) -> bool:
    """是 or 否."""
    if isinstance(value, bool):
        return value
    words = text(value).lower()
    if words in YES or words in NO:
        return words in YES
    raise wrong(f"这里写 是 或 否，现在是“{words}”")


def count(value: object) -> int:
    """A whole number above zero."""
    words = text(value)
    number = whole(words)
    if number is None or number <= 0:
        raise wrong(f"这里写一个大于0的整数，现在是“{words}”")
    return number


def workdays(value: object) -> int:
    """`5个工作日`, `每2个工作日`, `5`."""
    words = text(value)
    m = re.fullmatch(r"(?:提前|每隔?)?(.+?)(?:个?工作日)?(?:内)?", words)
    number = whole(m[1]) if m else None
    if number is None or number <= 0:
        raise wrong(f"“{words}”看不懂；请按工作日写，如 5个工作日")
    return number


def share(value: object) -> Fraction:
    """`30%`, `30%以上`: above 0, at most 100 %."""
    words = text(value)
    m = re.fullmatch(r"(\d+(?:\.\d+)?)[%％](?:及?以上)?", words)
    if not m:
        raise wrong(f"“{words}”不是比例；请写成 30%")
    part = Fraction(m[1]) / 100
    if not 0 < part <= 1:
        raise wrong(f"比例要大于0%、不超过100%，现在是“{words}”")
    return part


def amount(value: object) -> tuple[int, int | None]:
    """How many: `1` (exactly), `1以上`, `1-2`, `至少2项`. The second number is None for 以上."""
    words = text(value)
    unit = "[个项次名篇份条件人]?"
    number = r"([-\d零〇一二两三四五六七八九十]+?)"
    if m := re.fullmatch(rf"(?:至少|不少于){number}{unit}|{number}{unit}(?:及?以上)", words):
        least, most = whole(m[1] or m[2]), None
    elif m := re.fullmatch(rf"{number}{unit}[-—－–~～至到]{number}{unit}", words):
        least, most = whole(m[1]), whole(m[2])
        if least is not None and most is not None and most < least:
            raise wrong(f"“{words}”后一个数比前一个小")
    elif m := re.fullmatch(rf"{number}{unit}", words):
        least = most = whole(m[1])
    else:
        least, most = None, None
    if least is None:
        raise wrong(f"数量“{words}”看不懂；请写 1、1以上 或 1-2，几样东西就分行写“名称: 数量”")
    if least <= 0:
        raise wrong(f"数量“{words}”要大于0；不要求数量就删去这一行")
    return least, most


def way(value: object) -> Way:
    """纸质, 电子邮件, 在线."""
    words = name(value)
    if words not in WAYS:
        raise wrong(f"方式“{words}”没有；可写 纸质、电子邮件、在线")
    return WAYS[words]


def form(value: object) -> str:
    """The name of a published form."""
    words = name(value)
    if words not in FORMS:
        raise wrong(f"没有“{words}”这种表单；可写 {'、'.join(FORMS)}")
    return words


def by_name(value: object) -> object:
    """One value, or several each with its name; the nameless one gets the empty name."""
    if isinstance(value, list | tuple):
        raise wrong("这里写一个值，或分行写“名称: 内容”，现在是一个清单")
    return value if isinstance(value, Mapping) else {"": value}


def advance(value: object) -> bool:
    """推进: True for 按时间."""
    words = name(value)
    if words not in ("按审核", "按时间"):
        raise wrong(f"推进写 按审核 或 按时间，现在是“{words}”")
    return words == "按时间"


def rest_day(value: object) -> str:
    """休息日: what happens to a last day that is a rest day."""
    words = name(value)
    if words not in ("保持", "提前", "顺延"):
        raise wrong(f"休息日写 保持、提前 或 顺延，现在是“{words}”")
    return words


def local_time(value: object) -> time:
    """A time of day in the campaign's zone: `20:00`, `8:30`, `20点`; a cell of a table may add the seconds."""
    words = text(value)
    m = re.fullmatch(r"(\d{1,2})(?:[:：](\d{2})(?::00)?|[点时](?:(\d{1,2})分?)?整?)", words)
    if not m or int(m[1]) > 23 or int(m[2] or m[3] or 0) > 59:
        raise wrong(f"时刻“{words}”看不懂；请写成 08:30 这样的24小时钟点")
    return time(int(m[1]), int(m[2] or m[3] or 0))


def code(value: object) -> str:
    """代号: what a step is called however its day or its people change. Not what the program calls steps itself."""
    words = text(value)
    if not re.fullmatch(r"\w[\w-]{0,19}", words) or re.match(rf"\d+$|{REVIEW_KEY}", words):
        said = "请用20个字以内的汉字、字母、数字或短横，如 催办1，不要只写数字"
        raise wrong(f"代号“{words}”不行；{said}，也不要以 {REVIEW_KEY} 开头")
    return words


def gate(value: object) -> str:
    """前提: what must have come of the step before."""
    return _one_of(value, "前提", GATES)


def vacant(value: object) -> str:
    """空缺时: what happens where nobody holds the post."""
    return _one_of(value, "空缺时", VACANT)


def catch_up(value: object) -> str:
    """错过时: what follows steps that were missed."""
    return _one_of(value, "错过时", CATCH_UP)


def _one_of(value: object, key: str, known: Collection[str]) -> str:
    words = name(value)
    if words not in known:
        raise wrong(f"{key}写 {' 或 '.join(known)}，现在是“{words}”")
    return words


def single(value: object) -> object:
    """One mapping stands for a list of one."""
    return [value] if isinstance(value, Mapping) else value


_WORDS: dict[str, object] = {"type": ["string", "number"]}
_LIST: dict[str, object] = {"anyOf": [_WORDS, {"type": "array", "items": _WORDS}]}

Text = Annotated[str, BeforeValidator(text), WithJsonSchema(_WORDS)]
# A phase may be called “调查摸底，分类定级”: only in a list does a full-width comma look like a slip.
Name = Annotated[str, BeforeValidator(text), WithJsonSchema({"type": "string"})]
ListedName = Annotated[str, BeforeValidator(name)]
Texts = Annotated[tuple[Text, ...], BeforeValidator(listed), WithJsonSchema(_LIST)]
Names = Annotated[tuple[ListedName, ...], BeforeValidator(listed), WithJsonSchema(_LIST)]
Phrase = Annotated[str, BeforeValidator(phrase), WithJsonSchema({"type": "string"})]
Day = Annotated[date | None, BeforeValidator(day), WithJsonSchema({"type": "string"})]
EventDay = Annotated[date, BeforeValidator(event_day), WithJsonSchema({"type": "string"})]
Flag = Annotated[bool, BeforeValidator(flag), WithJsonSchema({"anyOf": [{"type": "boolean"}, {"enum": ["是", "否"]}]})]
Count = Annotated[int, BeforeValidator(count), WithJsonSchema({"type": "integer", "minimum": 1})]
Workdays = Annotated[int, BeforeValidator(workdays), WithJsonSchema({"type": ["string", "integer"]})]
Share = Annotated[Fraction, BeforeValidator(share), WithJsonSchema({"type": "string", "pattern": "[%％]"})]
Amount = Annotated[tuple[int, int | None], BeforeValidator(amount), WithJsonSchema({"type": ["string", "integer"]})]
_BY_NAME: dict[str, object] = {"anyOf": [_WORDS, {"type": "object", "additionalProperties": _WORDS}]}
Amounts = Annotated[dict[str, Amount], BeforeValidator(by_name), WithJsonSchema(_BY_NAME)]
Frequencies = Annotated[dict[str, Phrase], BeforeValidator(by_name), WithJsonSchema(_BY_NAME)]
WayName = Annotated[Way, BeforeValidator(way), WithJsonSchema({"enum": list(WAYS)})]
Ways = Annotated[
    tuple[WayName, ...],
    BeforeValidator(listed),
    WithJsonSchema({"anyOf": [{"enum": list(WAYS)}, {"type": "array", "items": {"enum": list(WAYS)}}]}),
]
Form = Annotated[str, BeforeValidator(form), WithJsonSchema({"enum": list(FORMS)})]
Advance = Annotated[bool, BeforeValidator(advance), WithJsonSchema({"enum": ["按审核", "按时间"]})]
RestDay = Annotated[str, BeforeValidator(rest_day), WithJsonSchema({"enum": ["保持", "提前", "顺延"]})]
LocalTime = Annotated[time, BeforeValidator(local_time), WithJsonSchema({"type": "string"})]
Code = Annotated[str, BeforeValidator(code), WithJsonSchema({"type": "string"})]
Gate = Annotated[str, BeforeValidator(gate), WithJsonSchema({"enum": list(GATES)})]
Vacant = Annotated[str, BeforeValidator(vacant), WithJsonSchema({"enum": list(VACANT)})]
CatchUp = Annotated[str, BeforeValidator(catch_up), WithJsonSchema({"enum": list(CATCH_UP)})]
