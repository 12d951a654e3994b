"""Which sense the words right behind a point of time give it (3月30日前, 4月1日起, 5月底结束)."""

from __future__ import annotations

import re

from workflow.deadline.clock import BEFORE

# 前期 and 前来 are words; 前列出, 前述职, 前面向 and 前台账 are a 前 and another word
_NO_LINE = r"(?:[往来瞻景]|期(?!末|满)|列(?![出入支明为表席])|述(?!职|学)|面(?![向试谈签授审])|台(?![账帐]))"
# Words right behind a point. 前进入 and 前提交 are a 前 and a verb; 前往, 前期, 后勤 and 起草 are other words.
_SENSES = (
    ("around", re.compile(r"前[、和]?后|前夕|左右|上下|[至到-](?=$|[,。;)])|起,?半个?[年月]")),
    ("offset", re.compile(rf"{BEFORE}(?:[0-9]+个?(?:工作日|日|天|周)|的)")),
    # 10月31日后不再受理: the last day is the 31st
    ("before", re.compile(r"(?:之后|以后|后)[^,。;]{0,6}?(?:不再|不予|概不|停止|关闭)")),
    (
        "before",
        re.compile(
            rf"的?(?:之前|以前|前(?!{_NO_LINE}|[0-9一二三四五六七八九十几]{{1,3}}[位名届])|(?:为|是)?(?:最后)?截止(?:日期|时间|日)?|截稿|为最后期限|为止|止)"
        ),
    ),
    ("past", re.compile(r"以来|至今")),
    ("from", re.compile(r"起(?![草来诉点步到])|开始|以后|之后|后(?![勤续进期备来])|始(?![终业])")),
    ("within", re.compile(r"(?:之内|以内|内)(?![容部外蒙])")),
)
# 3月1日至学期末, 3月1日-项目结束: until something of unknown day
OPEN_END = re.compile(
    r"起?,?(?:(?:-|直?至|直?到)[^0-9,。;:、()-]{0,20}?(?:结束|之?前|为止|之日|期满|学期末|期末)"
    r"|直?至[^0-9,。;:、()-]{0,20}?(?:完成|闭幕|开学|放假|毕业|离校))(?![往来期列述面台瞻景考复典仪班生论证])"
)
# 上午8:30开始 is when a meeting opens, not a time without an end
OPENS = re.compile(r"(?:正式)?开始(?=$|[,。;、)])")
# 3月30日(逾期不候)前
_REMARK = re.compile(rf"\([^()]{{1,15}}\){BEFORE}(?![往来期列述面台瞻景])")
_BEFORE_SOMETHING = re.compile(r"(?!提前|[目当此]前|每)[^,。;:、()0-9]{1,3}(?<![目当此提向])前(?![往来期列述面台瞻景])")
# 儿童节(6月1日)前
BRACKETED = re.compile(rf"\){BEFORE}(?![往来期列述面台瞻景])")


def sense_behind(text: str, position: int) -> tuple[str, int]:
    """(sense, where its words end) of what stands right behind a point at `position`; the senses are those of `grammar.Span`."""
    for sense, words in _SENSES:
        if found := words.match(text, position):
            return sense, found.end()
    if found := _REMARK.match(text, position):
        return "before", found.end()
    # 3月30日会议前: before the 30th, or on it?
    return ("offset" if _BEFORE_SOMETHING.match(text, position) else ""), position
