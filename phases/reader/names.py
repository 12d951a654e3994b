"""What offices, papers and titles are called: by their last characters."""

from __future__ import annotations

import re

PAPER = (
    "(?:通知|通告|公告|通报|方案|意见|办法|计划|规划|安排|要点|决定|细则|规定|制度|预案|倡议书?|函|简读|简报|纪要|请示|报告|总结|"
    "活动|工作|指南|任务分解表?|责任书|行动|章程|启事|说明|解读|部署|措施|举措)"
)
_ISSUE = r"(?:[(](?:试行|暂行|征求意见稿|讨论稿|修订稿?|草案|摘要|节选|全文|转载|代拟稿|20[0-9]{2}[^()]{0,10})[)])?"
_STRICT_PAPER = (
    "(?:通知|通告|公告|通报|方案|意见|办法|计划|规划|安排|要点|决定|细则|规定|制度|预案|倡议书?|"
    "函|简报|纪要|请示|报告|总结|章程|启事)"
)
TITLE_END = re.compile(rf"{PAPER}[》>]?{_ISSUE}$")
"""How a title ends, on `plain` text."""

_STRICT_END = re.compile(rf"{_STRICT_PAPER}[》>]?{_ISSUE}$")

PLAN = re.compile(
    r"(?:方案|意见|办法|计划|规划|安排|要点|细则|规定|制度|预案|措施|工作|活动|通知|(?:计划|安排|进度|日程|分工|分解|推进)表)"
    rf"[》>]?{_ISSUE}$"
)
"""How the title of a paper ends that may be sent out with a notice and holds what it asks."""

TITLE_START = re.compile(r"关于|印发|转发|下发|批转")

OFFICE = re.compile(
    r"(?:委员会|委员会办公室|党委|党总支|总支|支部|组织部|宣传部|统战部|工作部|办公室|[^全各内本]部|[^平]处|科|室|局|厅|署|院|所|中心|大学|学校|小学|中学|中|高中|幼儿园|"
    r"学院|医院|公司|集团|政府|小组|领导小组|指挥部|工会|团委|纪委|(?:卫健|卫计|发改|经信|住建|国资|政法|教|科|农|建|编)委|党组|党工委|工委|协会|学会|联合会|妇联|总工会|中队|大队|支队|总队|分局|"
    r"保卫处|银行|管委会|街道|社区|村委会|居委会|教育办|创先办|创建办|[^主]办|组|站|馆|队|社|党组织|联盟|基金会|图书馆|镇|乡|县|区|市)$"
)
"""How the name of an office ends, on `plain` text."""
LETTERHEAD = re.compile(r"^[^,。;:!?]{3,40}文\s?件$")
DOCUMENT_NO = re.compile(
    r"^(?:文号|发文字号|编号)?:?\s?([^\s,。;:!?、()\[\]]{1,16}\s?[\[(](?:19|20)[0-9]{2}[\])]\s?第?\s?[0-9]{1,4}\s?号)(?:\s|$)"
)

_REMARK = re.compile(r"[(][^()]{1,8}[)]$")
_STOPS = re.compile(r"[。;!?]")


def is_office(text: str) -> bool:
    """May a line of `plain` text be nothing but the name of an office (or several)?"""
    text = _REMARK.sub("", text)
    return 2 <= len(text) <= 60 and not re.search(r"[。;!?,:《]|关于|[0-9]{3}", text) and bool(OFFICE.search(text))


_REST = re.compile(r"(?:工作)?(?:领导小组|办公室|委员会|指挥部|工作组|小组|活动)")


def is_rest_of_name(text: str) -> bool:
    """领导小组办公室 alone names nobody: it is the rest of the line above."""
    return bool(_REST.match(text))


def is_title_end(text: str) -> bool:
    return bool(TITLE_END.search(text)) and not _STOPS.search(text)


def is_whole_title(text: str) -> bool:
    """Does a title end here? 关于开展……活动 goes on: 的通知."""
    if TITLE_START.search(text):
        return bool(_STRICT_END.search(text)) and not _STOPS.search(text)
    return is_title_end(text)
