"""How a point of time can be written: one named regular expression a form, and all of them together."""

from __future__ import annotations

import re

from workflow.deadline.clock import BEFORE

_ONE = r"[0-9]{1,2}"
_FOUR = r"(?:19|20)[0-9]{2}"
_TO = r"(?:-|至|到)"


def _year_form(group: str, digits: str) -> str:
    """2012年 as `group`, or 明年 as `group` + w."""
    return rf"(?:(?<![0-9])(?P<{group}>{digits})年度?的?|(?P<{group}w>[今本当同明次翌来去上])年度?的?)"


# What follows a day whose 日 is missing: 10月10前, 3月28-29日
_NO_DAY_WORD = rf"(?={BEFORE}|止|{_TO}{_ONE}(?:[日号]|月)|(?:、{_ONE}){{1,6}}[日号]|截止|[上下中]午|晚|\((?:周|星期)|[,。;)]|$)"

_FORMS = {
    "iso": rf"(?<![0-9])(?P<iy>{_FOUR})(?P<sep>[-/.])(?P<im>{_ONE})(?P=sep)(?P<id>{_ONE})(?![0-9])[日号]?",
    "compact": rf"(?<![0-9])(?P<cy>{_FOUR})(?P<cm>0[1-9]|1[0-2])(?P<cd>0[1-9]|[12][0-9]|3[01])(?![0-9年])",
    # 3月30日, 4月, 5月底, 4月上旬; the 4 of 4-6月, the 3月28 of 3月28-29日
    "ymd": rf"""
        (?:{_year_form("y", r"[0-9]{4}|[0-9]{2}")}|(?<![0-9])(?P<yd>{_FOUR})[./-](?={_ONE}月))?
        (?<![0-9A-Za-z])(?P<m>{_ONE})
        (?: (?={_TO}(?:[次明翌]年)?{_ONE}月)
          | 月(?![河球亮饼薪嫂租龄供]|革命)(?:份|月(?=[底末]))?
            (?: (?P<xun>上[、,]?中旬|中[、,]?下旬|[上中下]旬)
              | (?P<end>底|末|的?最后1?[天日])
              | (?P<vague>初|中(?=$|[,。;)]|{BEFORE})
                  |的?(?:第[0-9一二三四五]{{1,2}}|最后1?)个?(?:周|星期|工作日)[一二三四五六日天]?)
              | (?P<d>{_ONE})(?:(?P<dd>[日号])日?|{_NO_DAY_WORD})
            )?
        )""",
    "year_month": rf"""
        (?<![0-9A-Za-z.])(?P<my>{_FOUR})(?:[-/.](?P<mm>0[1-9]|1[0-2])(?![0-9年月日-])|\.(?P<mn>1[0-2]|[1-9]|0[1-9])(?![0-9.年月日]))""",
    # 本月底, 下月5日, 本月
    "near_month": rf"""
        (?P<mw>[本当这下次翌上])个?月份?
        (?:(?P<mwd>{_ONE})[日号]|(?P<mwx>[上中下]旬)|(?P<mwe>底|末)|(?P<mwv>初|中(?=$|[,。;)]|{BEFORE})))?(?![0-9])""",
    "half": rf"""{_year_form("hy", _FOUR)}?(?:(?P<h>[上下])半年(?P<he>年?底|末)?
        |(?<![0-9])(?:第(?=[1-4]个)|第?(?=[1-4]季))(?P<q>[1-4])个?季度(?P<qe>末|底)?)""",
    # 今年内, 2012年底, 年底; not the 年内 of 2年内, 学年内
    "year_end": rf"""
        (?:{_year_form("fy", _FOUR)}年?|(?<![0-9一二三四五六七八九十几数每学半周全多近历成])年度?)
        (?:内|之内|以内|底|末|终(?=$|[,。;)]|{BEFORE})|(?P<yvague>初))""",
    # 七一 only where it is itself the time: 七一前, not 七一表彰大会前
    "feast": rf"""
        (?P<till>(?<=[至到-]))?{_year_form("ey", _FOUR)}?(?<![0-9一二三四五六七八九十百])
        (?P<f>元旦|三八|五一|五四|六一|七[·.]?一|八一|教师节|国庆|十一|春节|除夕|元宵|清明|端午|中秋|重阳)
        (?:建党|劳动|青年|儿童|建军|妇女)?节?
        (?(till)(?=$|[,。;)]|{BEFORE}|期间|止|结束)
          | (?={BEFORE}(?!后|夕)|(?:之后|以后|后)(?!勤|续|期)|起|{_TO}[0-9三五六七八十国元教]))""",
    "year": rf"(?<![0-9])(?<![0-9]{_TO})(?P<wy>{_FOUR})年(?:度|全年)?(?![0-9上下第春秋寒暑])",
    # 3.30, 3/30, 3-30: whether it is a day, grammar.py finds out
    "short": rf"""
        (?<![0-9./])(?P<sm>{_ONE})(?P<sd_sep>[./-])(?P<sd>{_ONE})(?![0-9.%/:年月个人名项次份篇级类元万米条款周天小岁本场点分])[日号]?""",
    "week": r"""
        (?P<ww>下下|[本这下上])?个?(?:周|星期|礼拜)\(?(?P<wwd>[一二三四五六日天])(?![次个])
          |(?P<wk>下下|[本这下上])个?(?:周|星期|礼拜)(?P<wke>末|之?内|以内)?(?![0-9期年])""",
    "near": r"(?P<nd>今天|今日|明天|明日|后天)",
    # Right halves: 至29日, 至中旬, 至月底
    "loose_day": rf"(?<![0-9A-Za-z年])(?P<ld>{_ONE})[日号](?:(?!内|以内|之内)|(?<=[-至到][0-9][日号])|(?<=[-至到][0-9][0-9][日号]))",
    "loose_part": r"(?P<lx>[上中下]旬)|(?<![0-9个每按])月(?P<le>底|末)",
}
POINTS = re.compile("|".join(f"(?P<{name}>{form})" for name, form in _FORMS.items()), re.VERBOSE)

# What may stand right behind a point: (周五), (不含当日), 下午5点, 12:00, 下班
WEEKDAY = re.compile(r"[,(]?(?:本|下)?(?:周|星期|礼拜)([一二三四五六日天七八九]|[0-9](?![0-9次个篇项份场节]))\)?")
WEEKDAY_REMARK = re.compile(r"(?<=[一二三四五六日天])[^()0-9午晚]{1,12}\)")
INCLUDED = re.compile(r"\((不?)(?:包?含|包括)[^()]*\)")
