"""What a campaign is called for short: 关于做好毕业生党员组织关系转接工作的通知 is about 毕业生党员组织关系转接工作."""

from __future__ import annotations

import re

SHORTEST = 4
_FORWARDED = re.compile(r"^(?:关于)?(?:印发|转发|下发)[《〈](?P<inner>.+)[》〉]的?通知$")
_ABOUT = re.compile(
    r"^.{0,30}?(?:关于|關於)"
    r"(?:在[^，。“”]{1,24}?(?=(?:认真|切实|全面|深入|广泛|进一步|集中){0,3}(?:开展|做好|落实|推进|加强|实施|组织开展)))?"
    r"(?:认真|切实|全面|深入|广泛|进一步|集中|扎实|继续|积极){0,3}"
    r"(?:组织开展|组织实施|做好|抓好|开好|开展好?|落实|推进|举办|组织|实施|举行|印发|创建|創建)?"
)
_KIND = re.compile(
    r"(?:的(?=[^的]{2,10}$))?(?:补充|紧急|预备|实施|工作|活动)?(?:通知|通告|公告|方案|实施意见|意见|办法|安排|计划|要点|简读|函|規劃|规划)$"
)


def campaign_name(title: str) -> str:
    """The title without 关于, 开展, 的通知 and the like; the whole title if little would be left."""
    inner = m["inner"] if (m := _FORWARDED.match(title)) else title
    about = _ABOUT.sub("", inner, count=1) if re.search("关于|關於", inner) else inner
    name = _KIND.sub("", about).strip()
    return name if len(name) >= SHORTEST and name.count("“") == name.count("”") else title
