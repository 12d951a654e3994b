"""Who does what a sentence asks, and who receives it: units, offices, superiors, as written."""

from __future__ import annotations

import re
from dataclasses import dataclass

from phases.reader.nouns import Head
from phases.reader.plain import plain
from phases.reader.utterance import Utterance

_UNIT = (
    r"(?:党总支部|党总支|直属党支部|党支部|团支部|支部|总支|党组织|分党委|党工委|工委|党委|党组|团委|纪委|学院|院系|系部|院部|系|部门|单位|学校|校|园|"
    r"科室|处室|教研室|班级|中心|乡镇|街道|社区|村|机关|公司|企业|医院|行署|安委会|(?<=各)(?:县级市|县[(][市区][)]区?|市[(]区[)]|地市|县区|市县|地|市|县|区|州|乡|镇)|科|队|所|站|馆|"
    r"组织部|宣传部|统战部|[^全各内本干外\s]部|[^平此]处|办公室|[^主]办|局|厅|委|组|委员会|党校|工会|政府|"
    r"书记|负责人|责任人|党员|教师|教职工|学生|干部|领导|秘书长|委员|组织员|同志)"
)
_NAME = r"[^,。;:、()《》“”\s\x01报送交于将把须连已的各每向对与尽为]"
# 各直属党委(党总支部)、直属党支部; what may follow it says that it acts
_ACTS = (
    r"(?=[,]?(?:[0-9各本每自从于在将把要应须需务必请均都也可先再并以]|必须|务必|至少|最迟|根据|按|结合|对照|针对|围绕|通过|负责|认真|积极|及时|统一|组织|召开|开展|完成|制定|制订|填写|撰写|形成|"
    r"今年|明年|本年|下半年|上半年|年内|年底|报|上报|提交|上交|汇总|进行|建立|分别|书记|指导|督促|明确|做|抓|安排|定期|不定期|经常|适时|确定|推荐|选择|选派|举办|举行|利用|依据|随机|"
    r"\(|对|为|由|就|向|成立|研究|加强|坚持|采取|经|充分|统筹|会同|自查|全面|集中|逐|抽查|检查|给予|会同|评|审|落实))"
)
_BRACKET = r"(?:\([^()]{1,60}\))?"
_BEGINS = re.compile(r"(?:[,;:。!、)请由望]|其中|要求|组织(?=[各全所])|督促|指导)(?=[^,;:。!、)])")
_ONE = re.compile(
    rf"(?:请|望|由|同时|另外|其中|届时|到时|原定|原则上)*"
    rf"(?P<name>(?!组织(?!部|员|人事|科|处)|至少|为|对|向|按|依|以|与|被|根据|结合|就|从|通过|经|给|使|让|凡|此次|本次|近期|并|和|及|该|这|抓|做|把|加强|严格|切实|认真|指导|督促|促进|推动|确保|建成|建设|新建|再建|完成|培训|选派)(?:各位?|每一?个?|全体|全[校院区市县]|所有|有关|相关|我|本)?{_NAME}{{0,18}}?{_UNIT}{_BRACKET})"
    rf"(?:(?P<more>[、和及]|以及|与|(?=各))|{_ACTS})"
)
_MOST_NAMES = 6
# 向省领导小组和市委、市政府: those after the mark are spoken to as well
_AIMED_AT = re.compile(r"[向对将把给][^,;:。]{1,36}、$")
_MANY = re.compile(r"^(?:各|每|全体|所有|有关|相关|全[校院]|一般|后进|先进|较好|教[职工师]|学生|离退休|县属|区属|直属)")
_PERSONAL = re.compile(r"(?:书记|负责人|责任人|党员|教师|教职工|学生|干部|委员|组织员|秘书长|领导|同志)$")
_OFFICE = re.compile(
    r"(?:(?<!支)(?<!全)(?<!各)(?<!院)(?<!系)部|处|办公室|办|局|厅|党校|小组|[评考检督专复巡查审]\S{0,6}组|指导组|委员会|政府|省委|市委|县委|区委|工委|纪委|教委|卫健委|科|"
    r"学校|我校|我院|本院|大学|医院|学院|公司|集团|党委|机关|上级党组织|上级\S{0,6}|组织部门|中心|工会|团委)$"
)
_SUPERIOR = re.compile(
    r"^(?:上级|省|市|县|区|中央|教育部|国家|自治区)\S{0,12}(?:部|委|厅|局|办|工委|政府|专家|组)$|^(?:上级|教育部|中央)"
)

# 院部检查小组, 支部评议组: a group of those who are addressed
_OF_UNIT = re.compile(
    r"^(?:院[部系]|系部?|二级(?:学院|单位)|基层|支部|党支部|总支|党总支|班级|车间|科室|村|社区)\S{0,8}[^领]小?组$"
)

RECIPIENT = (
    r"(?:部|处|办公室|办|委|党总支部?|总支部?|支部|科|股|室|局|厅|组|中心|院|系|会|校|公司|工会|馆|老师|同志|部门|机关|党组|政府|书记|领导|单位|"
    r"教研室|所|站|队|组织员|专干|主任|助理|信箱|邮箱|党组织|楼|[0-9]{3,4}室?)"
)
"""How the name of somebody who receives papers ends."""


@dataclass(frozen=True, kw_only=True)
class Doer:
    """Who does it, as written (() are the addressees), and whether that is an office or a superior rather than the units."""

    names: tuple[str, ...] = ()
    office: bool = False


ADDRESSEES = Doer()


def doer(utterance: Utterance, to: int, head: Head) -> Doer:
    """Who does what stands at place `to` of a sentence: the last subject before it, else the addressees."""
    found, shape = ADDRESSEES, utterance.shape
    stops = (m.end() for m in _BEGINS.finditer(shape, utterance.begins, to))
    starts = sorted({utterance.begins, *stops, *(m.to for m in utterance.mentions if m.to < to)})
    done = 0
    for start in starts:
        if start < done or _AIMED_AT.search(shape, max(utterance.begins, start - 40), start):
            continue
        names, done = _named(utterance, start, to)
        if names:
            many = bool(_MANY.search(_bare(names[0])))
            found = Doer(names=names, office=not many and all(is_office(name, head) for name in names))
    return found


def _named(utterance: Utterance, at: int, to: int) -> tuple[tuple[str, ...], int]:
    """The names of a subject that begins at a place and ends before `to`, and where they end."""
    names: list[str] = []
    position = at
    for _ in range(_MOST_NAMES):
        found = _ONE.match(utterance.shape, position)
        if not found or found.end("name") > to:
            break
        names.append(utterance.sentence.text[found.start("name") : found.end("name")].strip())
        position = found.end()
        if not found["more"]:
            return tuple(names), position
    return (), at


def is_office(name: str, head: Head) -> bool:
    """Is it the issuer, a department or a superior, and not one of those the notice is addressed to?"""
    said = _bare(name)
    if _MANY.search(said) or any(_same(said, _bare(a)) for a in head.addressees):
        return False
    if said == "学院" and any("学院" in a for a in head.addressees):
        return False
    if _OF_UNIT.match(said):
        return False
    if _SUPERIOR.search(said) or said.startswith(("我", "本院党委", "本校")):
        return True
    issuer = _bare(head.issuer or "")
    if head.addressees and issuer and (_same(said, issuer) or issuer.endswith(said)):
        return True
    return not _PERSONAL.search(said) and bool(_OFFICE.search(said))


def _bare(name: str) -> str:
    name = re.sub(r"\([^()]{0,60}\)", "", plain(name)).strip()
    return re.sub(r"^(?:中共|中国共产党)", "", name)


def _same(said: str, named: str) -> bool:
    core = re.sub(r"^(?:各|全体|所有|有关|相关|院属|校属|学院|学校|直属)+", "", named)
    return said == named or (len(core) >= 2 and said.endswith(core) and not said.startswith(("学校党委", "学院党委")))
