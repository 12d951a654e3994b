"""What do letters look like? Invented ones, for checking templates when they are loaded and for reading aloud."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from notifications.letter import Contact, Letter, Line, RungKind

BUILD, PROMOTE = "基层组织建设年", "支部结对共建"
DAY_30_MARCH = "3月30日（周五）24:00前，含当日"
DAY_13_APRIL = "4月13日（周五）24:00前，含当日"
LINK = "https://portal.example.edu.cn/duban/my"

CLERK = Contact(unit="化学化工学院党委", name="陈老师", phone="0000-1234")
OFFICE = Contact(unit="组织部", name="周老师", phone="0000-5678")
BRANCH = "化学化工学院教工第一党支部"
COMMITTEE = "化学化工学院党委"

_SELF = Line(
    unit=BRANCH,
    unit_code="030701",
    task="支部自评",
    campaign=BUILD,
    due_text=DAY_30_MARCH,
    due_day=date(2012, 3, 30),
    workdays_left=3,
)
_PLAN = replace(_SELF, task="支部整改计划", due_text=DAY_13_APRIL, due_day=date(2012, 4, 13))
_PAPERS = replace(_SELF, unit=COMMITTEE, unit_code="0307", task="报送实施方案、分类定级汇总表、整改汇总表（计划）")
_REST = ("教工第二党支部", "硕士2011级党支部", "硕士2010级党支部", "博士党支部", "本科生第一党支部", "退休党支部")


def examples() -> dict[str, Letter]:
    """Letters as people get them in one campaign, by what they show; Li leads a branch, Wang its committee's office."""
    return {
        "支部书记：一件事，时限前": _to_branch(_SELF, today=date(2012, 3, 27)),
        "支部书记：有内部时间": _to_branch(
            replace(_SELF, internal_text="3月28日（周三）24:00前，含当日"), today=date(2012, 3, 27)
        ),
        "支部书记：就是今天": _to_branch(replace(_SELF, workdays_left=0), today=date(2012, 3, 30)),
        "支部书记：几件事，一件待补正": _to_branch(
            replace(_SELF, returned=True, workdays_left=None, days_past=6, state_text="退回补正"),
            replace(_SELF, task="党员民主测评", workdays_left=None, days_past=6),
            replace(_PLAN, workdays_left=6),
            today=date(2012, 4, 5),
        ),
        "支部书记：时限已过": _to_branch(
            replace(_SELF, workdays_left=None, days_past=6), today=date(2012, 4, 5), maybe_received=True
        ),
        "支部书记：退回补正": _to_branch(
            replace(_SELF, returned=True, returned_text="第3项的人数与名册不一致。", state_text="退回补正", workdays_left=1),
            today=date(2012, 3, 29),
        ),
        "支部书记：明年放假安排未公布": _to_branch(
            replace(
                _SELF,
                task="年度总结",
                due_text="1月10日（周四）24:00前，含当日",
                due_day=date(2013, 1, 10),
                workdays_left=3,
                provisional=True,
            ),
            today=date(2013, 1, 7),
        ),
        "支部书记：最后一个工作日": _to_branch(
            replace(_SELF, due_text="4月29日（周日）24:00前，含当日", due_day=date(2012, 4, 29), workdays_left=0),
            today=date(2012, 4, 28),
        ),
        "支部书记：日期待定": _to_branch(
            replace(_SELF, task="表彰申报", due_text="时间待定", due_day=None, workdays_left=None),
            today=date(2012, 4, 5),
        ),
        "组织员：八个支部": _to_clerk(),
        "组织员：两项活动": _to_clerk_of_two(),
        "组织员：只有待审核的": _to_reviewer(),
        "组织员：待审核，也有支部回应": replace(_to_clerk(answered="说好4月3日前报送"), review=_to_reviewer().review[:1]),
        "二级党委书记：自己的和支部的": _to_committee_secretary(),
        "组织部联系人：四十五个单位中的二十七个": _to_office(27),
        "部长：请定": _to_head(),
        "部长：请定，也是支部书记": replace(_to_head(), own=(_branch_of_head(),), link=None),
        "学校办公室：很多件": _to_office_of_many(),
        "没有联系人": replace(_to_branch(_SELF, today=date(2012, 3, 27)), contact=Contact(), link=None, role=""),
    }


def awkward(kind: RungKind = "chase") -> Letter:
    """Names as nobody should give them: templates must show them, not obey them. `kind` is that of the letter."""
    units = (
        "{{7*7}}党支部",
        "<script>alert(1)</script>&党支部",
        "一行\r\nBcc: all@example.edu.cn\n党支部",
        "@all*[点](http://x.cn)_`#",
    )
    lines = tuple(replace(_SELF, unit=unit, unit_code=str(n), rung_kind=kind) for n, unit in enumerate(units))
    if kind == "review":
        return replace(_to_clerk(), below=(), review=lines)
    return replace(_to_clerk(), below=() if kind == "ask" else lines, ask=lines if kind == "ask" else ())


def _to_branch(*lines: Line, today: date, maybe_received: bool = False) -> Letter:
    return Letter(
        recipient="李可",
        role="书记",
        own=lines,
        contact=CLERK,
        today=today,
        link=LINK,
        maybe_received=maybe_received,
    )


def _below(name: str, number: int, like: Line) -> Line:
    return replace(like, unit=name, unit_code=f"0307{number:02}", workdays_left=None, days_past=1, rung_kind="chase")


def _to_reviewer() -> Letter:
    handed_in = replace(_SELF, state_text="已报送", workdays_left=None, days_past=3, rung_kind="review")
    lines = tuple(replace(handed_in, unit=name, unit_code=f"0307{n:02}") for n, name in enumerate(_REST[:3], 2))
    review = (*lines, replace(handed_in, task="党员民主测评", unit=_REST[0], unit_code="030702"))
    return Letter(recipient="王然", role="组织员", review=review, contact=OFFICE, today=date(2012, 4, 2), link=LINK)


def _to_clerk(answered: str | None = None) -> Letter:
    lines = [_below(name, n, _SELF) for n, name in enumerate(_REST, start=2)]
    lines[1] = replace(lines[1], returned=True, state_text="退回补正", answered_text=answered)
    lines[2] = replace(lines[2], answered_text=answered)
    lines += [_below(name, n, replace(_SELF, task="党员民主测评")) for n, name in ((2, _REST[0]), (8, "教工第三党支部"))]
    lines += [_below("本科生第二党支部", 9, replace(_SELF, task="党员民主测评"))]
    return Letter(recipient="王然", role="组织员", below=tuple(lines), contact=OFFICE, today=date(2012, 3, 31), link=LINK)


def _to_clerk_of_two() -> Letter:
    letter = _to_clerk()
    other = replace(_PLAN, campaign=PROMOTE, task="共建协议", workdays_left=10)
    below = tuple(replace(other, unit=name, unit_code=f"0307{n:02}", rung_kind="remind") for n, name in enumerate(_REST[:2], 2))
    return replace(letter, own=(replace(other, unit=COMMITTEE, unit_code="0307"),), below=letter.below + below)


def _to_committee_secretary() -> Letter:
    below = tuple(replace(_below(n, i, _SELF), rung_kind="oversee", days_past=6) for i, n in enumerate(_REST[:2], 2))
    own = (replace(_PAPERS, workdays_left=None, days_past=6, rung_kind="chase"),)
    return Letter(recipient="赵宁", role="书记", own=own, below=below, contact=OFFICE, today=date(2012, 4, 5), link=LINK)


def _to_office(count: int) -> Letter:
    late = replace(_PAPERS, workdays_left=None, days_past=10, rung_kind="oversee")
    lines = tuple(replace(late, unit=f"第{n:02}学院党委", unit_code=f"{n:04}") for n in range(1, count + 1))
    return Letter(recipient="周敏", role="上级联系人", below=lines, contact=OFFICE, today=date(2012, 4, 9), link=LINK)


def _to_head() -> Letter:
    late = replace(_PAPERS, workdays_left=None, days_past=12, rung_kind="ask")
    lines = (replace(late, unit="外国语学院党委", unit_code="0311"), replace(late, unit="后勤党总支", unit_code="0332"))
    return Letter(recipient="孙平", role="部长", ask=lines, contact=OFFICE, today=date(2012, 4, 11), link=LINK)


def _branch_of_head() -> Line:
    return replace(_PLAN, unit="机关第三党支部", unit_code="010103", workdays_left=2)


def _to_office_of_many() -> Letter:
    late = replace(_SELF, workdays_left=None, days_past=1, rung_kind="chase")
    below = tuple(
        replace(late, unit=f"第{unit:02}党支部", unit_code=f"{unit:04}", task=f"第{task:02}项工作")
        for task in range(1, 31)
        for unit in range(1, 11)
    )
    own = tuple(replace(_SELF, task=f"第{n:02}次检查") for n in range(1, 26))
    ask = tuple(replace(line, rung_kind="ask") for line in below)
    return Letter(
        recipient="吴越",
        role="组织员、党务秘书",
        own=own,
        below=below,
        ask=ask,
        contact=Contact(unit="组织部"),
        today=date(2012, 3, 31),
        link="请登录校内门户查看",
    )
