"""Where a sentence says that something is handed in, and to whom (报送, 交至, 上报, 报……备案, 发送至邮箱)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from phases.reader.people import RECIPIENT
from phases.reader.utterance import Utterance

_ADDRESS = r"[A-Za-z0-9][A-Za-z0-9._+-]{0,40}\s?@\s?[A-Za-z0-9][A-Za-z0-9.-]{0,60}"
ADDRESS = re.compile(_ADDRESS)

_NOUN = (
    r"(?!(?:[审评汇总验备认公初推材][一-鿿])?(?:和[一-鿿]{2,4})?(?:[二三四五六]个)?阶段(?=[,。;:(、]|进行|$)|工作(?=[,。;、的:]|$)|时间|方式|要求|程序|范围|地点|地址|格式|单位|对象|内容|名额|条件|数量|邮箱|期限|截止|制度(?=[,。;、的:]|$)|机制|平台|系统|人数|人[:,。]|途径|渠道|流程|"
    r"联系|的|了|过|率|者|会|稿件要求|质量|次数|信息员|任务(?:的|$)|材料的?(?:时间|要求|方式|地点|内容|截止|单位|清单如下))"
)
_TO = r"(?:到|至|给|往|回|予|达)"
_FIRM = r"(?:报送|上报|呈报|呈送|提交|递交|上交|上缴|缴交|报备|送交|交送|交报|移交|寄送|邮寄|发送|传送|反馈|汇总报|返回|申报|填报|推荐上报)"
_LOOSE = r"(?:(?<![情简通周快])报|(?<![社外成])交|(?<![选推欢赠护])送|寄|(?<![印转下颁分])发|传(?!达)真?|缴|返|传(?!达)|投|邮)"
_WHOM = r"[^,。;:、!?\s]"
# What may stand behind the name of a recipient
_WHERE_IT_ENDS = (
    r"(?=[,。;:、!?\s()]|\.(?![A-Za-z0-9])|$|备案|备查|审[核批定查阅]|存档|汇总|批准|研究|进行|统一|留存|留底|登记|归档|初审|评审|参[评加与]|确认|验收|评选|同意|并|由|以便|呈|处$|"
    r"[0-9]|邮|的?(?:电子)?邮箱|[A-Za-z]|各?一份|审)"
)
_OFFICE_NEXT = rf"(?={_WHOM}{{0,24}}?{RECIPIENT}{_WHERE_IT_ENDS})"
_VERB = re.compile(
    rf"(?P<firm>{_FIRM})(?:{_TO}(?=.)|(?!{_TO}){_NOUN})"
    rf"|(?P<to>{_LOOSE}{_TO}(?!位|此|时|[0-9]+月))"
    rf"|(?P<paper>(?<=前)报(?=[^,。;、]{{2,20}}?(?:计划|总结|报告|方案|[^代]表|材料|名单|清单|情况|》)(?:[,、。;]|至|到)))"
    rf"|(?P<bare>(?<![汇情简通预日校院海填申上呈举回警电月年季画墙板学晚周党公快专战捷线谎层])报(?![名告道表酬考到纸刊废销价警社料请]))(?:经|请)?{_OFFICE_NEXT}"
    rf"|(?P<hand>(?<![提上递送移社外成缴转])交(?![流通叉换往际涉接谈由替纳界错给易报至到]))(?:由)?{_OFFICE_NEXT}"
    rf"|(?P<send>(?<![报选推欢赠护寄发传呈输])送(?![交达教审别到至]))(?=(?:学校|校|院|县|市|区|本)?党?委?{_WHOM}{{0,12}}?(?:部|处|办公室|办|科|室|局){_WHERE_IT_ENDS})"
    rf"|(?P<mail>(?<![印下颁分开启引激并散签转])发(?![展现布生动挥放行表扬给送至到言]))(?=[^,。;]{{0,12}}(?:邮箱|@|OA|QQ|微信群|信箱))"
    rf"|(?P<load>上传|录入|填报|网上申报)(?!下达){_NOUN}"
)
_NOT_NOW = re.compile(
    r"(?:不|未|没有|没|概不|无需|不得|不再|不能|不准|如果?|若|已|已经|曾|所|刚|拒绝?|逾期|凡|经常)[^,。;:、]{0,6}$|(?:视|作)为[^,。;]{0,4}$|(?:按|按照|根据|对照)$|(?:请|可)?(?:自行)?下载[^,。;]{0,2}$"
)
_MEANT = re.compile(rf"{_WHOM}{{1,60}}")
# 组织部(行政楼1004室), but not 组织部(联系人: ...)
_BRACKET = re.compile(r"\((?![^()]{0,60}(?:联系|电话|@|逾期|过期|附件|一式|签字|盖章|格式|[月日]前|时间|邮箱))[^()]{1,60}\)")
_TAIL = re.compile(
    r"(?:备案|备查|审[核批定查阅]|存档|汇总|批准|研究|进行|统一|留存|登记|归档|初审|评审|参[评加与]|确认|验收|评选|同意|并|由|以便|呈|以及|各?[一二两三四五六七八九十0-9]+份).*$"
)
_TOWARDS = re.compile(rf"向({_WHOM}{{2,24}}?)(?:书面|统一|及时|正式|积极)*$")
_WITH_OBJECT = ("firm", "load", "paper")
_NOBODY = re.compile(r"你们|我们|大家|贵|他们|各位|下级")
# 上报本党总支晋级支部: what, not to whom
_OWN = re.compile(r"本(?:党总支|党支部|支部|单位|部门|学院|院系|系|年度|学期|月|季度)")
_STOP = re.compile(r"[,。;!?]|、(?=[于在][^,。;、]{2,12}前)")
_IS_RECIPIENT = re.compile(rf"{RECIPIENT}$")


@dataclass(frozen=True, kw_only=True)
class Handing:
    """A verb `text[at:to]` that hands something in. `end` is where the words about it end, `receiver` the span of whom it goes to.

    `after` is the span of what is handed in if it stands behind the verb. `addresses` are e-mail addresses. `online` is set by the
    verb (上传).
    """

    at: int
    to: int
    end: int
    receiver: tuple[int, int] | None = None
    after: tuple[int, int] | None = None
    addresses: tuple[str, ...] = ()
    online: bool = False


def handings(utterance: Utterance) -> tuple[Handing, ...]:
    """Every place of a sentence where something is to be handed in, in order."""
    return tuple(_handings(utterance))


def _handings(utterance: Utterance) -> Iterator[Handing]:
    shape, position = utterance.shape, utterance.begins
    while found := _VERB.search(shape, position):
        position = found.end()
        # 二、报送 请各班……: the heading of a part whose line's end was lost
        is_heading = found.start() == utterance.begins and shape[position : position + 1] == " "
        if is_heading or _NOT_NOW.search(shape, max(0, found.start() - 10), found.start()):
            continue
        handing = _handing(utterance, found)
        if handing:
            yield handing
            position = max(position, handing.end)


def _handing(utterance: Utterance, found: re.Match[str]) -> Handing | None:
    shape, text = utterance.shape, utterance.text
    at, to = found.start(), found.end()
    stop = _clause_end(shape, to)
    addresses = tuple(a.replace(" ", "") for a in ADDRESS.findall(text, at, stop))
    online = found.lastgroup == "load"
    towards = _TOWARDS.search(shape, max(0, at - 30), at)
    if towards:
        after = (to, stop) if re.match(r"[^(:\s,]", shape[to:stop]) else None
        return Handing(at=towards.start(), to=to, end=stop, receiver=towards.span(1), after=after, online=online)
    receiver, after = _behind(utterance, to, stop, firm=found.lastgroup in _WITH_OBJECT)
    weak = found.lastgroup not in _WITH_OBJECT or found[0].startswith("申报")
    if (weak and receiver is None and not addresses) or (receiver and _NOBODY.match(shape, receiver[0])):
        return None
    end = receiver[1] if receiver else stop
    return Handing(at=at, to=to, end=max(end, to), receiver=receiver, after=after, addresses=addresses, online=online)


def _behind(utterance: Utterance, at: int, stop: int, *, firm: bool) -> tuple[tuple[int, int] | None, tuple[int, int] | None]:
    """Whom it goes to and what it is, as far as they stand behind the verb."""
    shape = utterance.shape
    words = shape[at:stop]
    spread = re.search(r"(?<=.)(?:送|交|报)?(?:到|至|给)(?=.)", words)
    if spread and firm and not _receiver(utterance, at, at + spread.start()):
        return _receiver(utterance, at + spread.end(), stop), (at, at + spread.start())
    to_marked = shape[at - 1] in "到至给往回达"
    is_own = _OWN.match(shape, at)
    if not is_own and (receiver := _receiver(utterance, at, stop, loose=to_marked)):
        return receiver, None
    return None, (at, stop) if re.match(r"[^(:\s,]", words) else None


def _receiver(utterance: Utterance, at: int, stop: int, *, loose: bool = False) -> tuple[int, int] | None:
    """The span of a recipient with the bracket behind it, if these words are one."""
    shape = utterance.shape
    meant = _MEANT.match(shape, at, stop)
    if not meant:
        return None
    words = _TAIL.sub("", re.split(r"[(]|\.(?![A-Za-z0-9])|[A-Za-z0-9._+-]{2,40}@", meant[0])[0])
    if not words or (not loose and not _IS_RECIPIENT.search(words)):
        return None
    end = at + len(words)
    bracket = _BRACKET.match(utterance.text, end)
    return (at, bracket.end() if bracket else end)


def _clause_end(shape: str, at: int) -> int:
    found = _STOP.search(shape, at)
    return found.start() if found else len(shape)
