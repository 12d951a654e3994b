"""The number at the head of a part (一、 （一） 1. （1） ① 第一阶段 一是): which form, which number, how long."""

from __future__ import annotations

import re
from dataclasses import dataclass

from workflow.numerals import whole

LEVELS = {
    "chapter": 0,
    "han": 1,
    "article": 1,
    "stage": 2,
    "(han)": 2,
    "digit": 3,
    "decimal": 4,
    "(digit)": 4,
    "digit)": 4,
    "circled": 5,
    "is": 6,
    "ordinal": 6,
    "order": 6,
}
"""How deep a form of number usually stands."""

INLINE = frozenset({"is", "ordinal", "order"})
"""Forms that count within a paragraph; they end with it."""


@dataclass(frozen=True, kw_only=True)
class Marker:
    """A number `text[at:to]` of a part; behind `to` the heading begins. `words` is the number as written."""

    form: str
    number: int
    at: int
    to: int
    words: str

    @property
    def level(self) -> int:
        return LEVELS[self.form]

    @property
    def is_inline(self) -> bool:
        return self.form in INLINE


_HAN = "[一二三四五六七八九十]{1,3}"
_DATE_NEXT = r"(?=[0-9]{1,2}月|(?:19|20)[0-9]{2}[年.])"
_SOON = r"(?=[:,;(、。\s-]|[0-9]|$|为|是|[^,。;:]{2,16}[(:。,]|[^,。;:]{2,12}$)"
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_RINGED = {c: n for n, c in enumerate(_CIRCLED, 1)}
_RINGED |= {chr(0x2474 + n): n + 1 for n in range(20)} | {chr(0x2488 + n): n + 1 for n in range(20)}
_RINGED |= {chr(0x3220 + n): n + 1 for n in range(10)} | {chr(0x2776 + n): n + 1 for n in range(10)}
_ORDER = {"首先": 1, "其次": 2, "再次": 3}

# On `plain` text. After 1. a digit may only begin a date: 2.11月8日前 is item 2, while 3.30 is a day and 1.5 a number.
_MARKER = re.compile(
    rf"(?P<chapter>第({_HAN})(?:章|部分))(?=\s|[:,、]|[^。]{{1,20}}$)"
    rf"|(?P<article>第({_HAN})条)(?=\s|[:,、]|\S)"
    rf"|(?P<stage>第({_HAN}|[1-9])(?:个)?(?:阶段|步骤?|环节)(?!性|工作|任务|要|的|已|将))\s?{_SOON}"
    rf"|(?P<ordinal>[第其]({_HAN})[,、:])"
    rf"|(?P<han>({_HAN})\s?[、.])"
    rf"|(?P<is>({_HAN})[是要](?=[^,。;:不][^,。;:]))"
    rf"|(?P<phan>[(\[]\s?({_HAN})\s?[)\]][、.,:]?)"
    rf"|(?P<pdigit>[(]\s?([0-9]{{1,2}})\s?[)][、.,:]?)"
    rf"|(?P<decimal>[0-9]{{1,2}}\.([0-9]{{1,2}})\s?(?=[ 一-鿿])(?![日号前至到后起止和与及月年个人万亿元分时届次期倍米吨级折%]))"
    rf"|(?P<halfdigit>([0-9]{{1,2}})\s?[)][、.]?)"
    rf"|(?P<digit>([0-9]{{1,2}})\s?(?:、|\.(?![0-9])|\.{_DATE_NEXT}|,(?=[一-鿿])))"
    rf"|(?P<ringed>[{''.join(_RINGED)}][、.]?)"
    rf"|(?P<order>(?:首先|其次|再次)[,、:])"
)
_FORMS = {"phan": "(han)", "pdigit": "(digit)", "halfdigit": "digit)"}


def marker_at(text: str, at: int = 0) -> Marker | None:
    """The number that stands at a place of a `plain` text, if one does."""
    found = _MARKER.match(text, at)
    if not found:
        return None
    name = str(found.lastgroup)
    number = _number(name, found)
    if number is None:
        return None
    to = found.end()
    behind = " :,、" if name == "stage" else " "
    while to < len(text) and text[to] in behind:
        to += 1
    return Marker(form=_form(name, found[0]), number=number, at=at, to=to, words=found[0].strip())


def _form(name: str, words: str) -> str:
    if name != "ringed":
        return _FORMS.get(name, name)
    if words[0] in _CIRCLED or 0x2776 <= ord(words[0]) <= 0x277F:
        return "circled"
    if 0x3220 <= ord(words[0]) <= 0x3229:
        return "(han)"
    return "digit" if ord(words[0]) >= 0x2488 else "(digit)"


def _number(name: str, found: re.Match[str]) -> int | None:
    if name == "ringed":
        return _RINGED[found[0][0]]
    if name == "order":
        return _ORDER[found[0][:2]]
    inner = next((g for g in found.groups() if g and g != found[0] and g != found[name]), None)
    return whole(inner or found[name])
