"""Which words say that stages follow, that something is a stage, and what it is called. All on `plain` text."""

from __future__ import annotations

import re

_STEPS = re.compile(
    r"步骤|阶段(?:安排|划分|任务|目标任务|工作安排)|(?:进度|进程|阶段性?)(?:安排|计划|要求|划分|表)|推进安排|分阶段|"
    r"^(?:(?:工作|活动|时间|方法|任务)(?:和|与|及)?)?(?:进度|进程|阶段)$"
)
_ARRANGED = re.compile(
    r"(?:时间|工作|活动|日程|赛程|具体|总体|检查|实施|任务|行动|培训|整治|治理|学习|竞赛|比赛|大赛|评选|组织|测评|考核)(?:的)?(?:时间)?(?:安排|流程|计划|程序|日程)|"
    r"赛程|日程|时间(?:节点|要求|步骤|进度|及|和|与|表)|活动(?:过程|环节|时间)|比赛时间|竞赛时间|^时间$|工作(?:时间|流程)|评选(?:程序|流程)|方式(?:和|与|及)时间"
)
_DEMANDS = re.compile(
    r"要求|保障|组织领导|领导$|注意|事项|联系|材料|纪律|奖[项励]|附则|经费|(?<!网)[上呈]报|报送|提交|上交|[送交]至|宣传报道$|目标|意义|思想|原则"
)
_INTRODUCED = re.compile(
    r"分(?:为|成|以下|下列|如下)*[二两三四五六七八2-8]个?(?:大)?(?:阶段|步骤?|环节)|(?:分|按)(?:以下|下列|如下)(?:[几]个)?(?:阶段|步骤?|环节)|(?:阶段|步骤)(?:如下|是|为|安排如下)?:$|分步骤?、?分?阶段?(?:实施|进行|推进)?:$"
)
COUNTED = re.compile(r"分(?:为|成|以下|下列|如下)*([二两三四五六七八2-8])个?(?:大)?(?:阶段|步骤?|环节)")

_NO_STAGE = re.compile(
    r"(?:现|当前|目前|初级|高级|新|这一?|该|此|每个?|各个?|本|上一?|下一?|任何|不同|某一?|小学|初中|高中|中学|学前|幼儿|本科|研究生|硕士|博士|大学|学习生涯|培养|历史|发展|人生|关键|重要|启蒙|起步|攻坚|成长|年龄|全|[二两三四五六七八九几2-9]个大?)(?:阶段|环节)$"
)
_SCHOOL = re.compile(
    r"(?:小学|初中|高中|中学|学前|幼儿|本科|研究生|硕士|博士|义务教育|基础教育|高中教育|职业教育|大学)(?:教育)?阶段"
)
IS_STAGE = re.compile(r"(?:阶段|环节)(?:工作)?$|^第(?:[一二三四五六七八九十]|[1-9])(?:个)?(?:阶段|步骤?|环节)")
_LONGEST_NAME = 30
LONGEST_UNDATED = 24


_ACTS = re.compile(r"^(?:举办|召开|组织|举行|开展|进行|完成|各|请)")


def is_act(name: str) -> bool:
    """召开座谈会: what is done on a day rather than a stage."""
    return bool(_ACTS.search(name)) and not IS_STAGE.search(name)


def announces_steps(heading: str) -> bool:
    """方法步骤, 实施步骤, 进度安排: what stands below are stages."""
    return bool(_STEPS.search(heading)) and len(heading) <= 30


def announces_dates(heading: str) -> bool:
    """时间安排, 工作安排: what stands below may be stages, if it has spans of time."""
    return bool(_ARRANGED.search(heading)) and len(heading) <= 24


def introduces(sentence: str) -> bool:
    """活动分三个阶段进行"""
    return bool(_INTRODUCED.search(sentence))


def is_demand(heading: str) -> bool:
    """有关要求, 组织领导: no step."""
    return bool(_DEMANDS.search(heading)) and not IS_STAGE.search(heading)


def is_stage_name(name: str) -> bool:
    return bool(IS_STAGE.search(name)) and not _NO_STAGE.search(name) and not _SCHOOL.search(name)


_LEADING = re.compile(r"^(?:[,:、;。\s-]|为期|(?:主要)?(?:是|为|系|即|属于?|作为|进入|开展|进行)(?=.{0,20}(?:阶段|环节)))+")
_OF = re.compile(r"^.{2,20}的(?=.{4,}(?:阶段|环节)$)")
_TRAILING = re.compile(r"(?:[,:、;。\s(\[-]|[时日]间|时限)+$")


def trimmed(text: str, at: int, to: int) -> tuple[int, int]:
    """The place of the name within `text[at:to]`: 为宣传发动阶段。 -> 宣传发动阶段."""
    words = text[at:to]
    start = at
    if found := _LEADING.match(words):
        start += found.end()
    if found := _OF.match(text[start:to]):
        start += found.end()
    end = to
    if found := _TRAILING.search(text[start:end]):
        end = start + found.start()
    return start, max(start, end)


def may_be_name(name: str) -> bool:
    return 2 <= len(name) <= _LONGEST_NAME and bool(re.search("[一-鿿]{2}", name))
