"""Which problems the branches of an invented organisation enter in their 整改台账."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from duban.samples.draws import pick, shuffled, stream
from duban.samples.organisation import RegisterItem
from duban.workbook.rows import UnitRow

CATEGORIES = ("设置", "班子", "制度", "经费场所", "活动", "作用", "其他")
STUDENT_KINDS = ("本科生", "研究生", "师生联合", "学生")
TEACHING_KINDS = ("专任教师", "教工")
SERVICE_KINDS = ("机关/管理", "教辅/直属单位", "后勤/校产", "附属医院", "医技", "护理", "行政", "后勤")
SHIFT_KINDS = ("附属医院", "临床", "医技", "护理", "后勤/校产", "后勤")
DUE = (date(2012, 4, 27), date(2012, 5, 31), date(2012, 6, 29), date(2012, 9, 28), date(2012, 11, 30))


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A problem as many branches have it; `kinds` empty means that any branch may."""

    category: str
    problem: str
    goal: str
    measure: str
    owner: str = "书记"
    kinds: tuple[str, ...] = ()


def _findings(category: str, *rows: tuple[str, str, str, str], kinds: tuple[str, ...] = ()) -> tuple[Finding, ...]:
    return tuple(
        Finding(category=category, problem=problem, goal=goal, measure=measure, owner=owner, kinds=kinds)
        for problem, goal, measure, owner in rows
    )


FINDINGS = (
    *_findings(
        "设置",
        ("党小组划分过粗，人员分散，难以集中", "按班组和地点重新划分党小组", "一个月内重划并公布党小组名单", "组织委员"),
        ("支部人数偏多，讨论难以充分", "拆分支部或增设党小组", "提出拆分方案报上级审批", "书记"),
        ("流动党员去向登记不全", "流动党员去向清楚、联系不断", "逐人核对去向并指定联系人", "组织委员"),
    ),
    *_findings(
        "设置",
        ("毕业班党员即将离校，支部设置需随之调整", "离校前完成支部调整", "排出转接计划并报学院备案", "书记"),
        kinds=STUDENT_KINDS,
    ),
    *_findings(
        "班子",
        ("委员分工不明确，事务集中在书记一人", "每名委员有分工、有记录", "重新分工并在支部大会上公布", "书记"),
        ("支委会未按月召开", "支委会每月召开一次", "固定每月第一周召开并留存记录", "书记"),
        ("新任委员不熟悉党务流程", "委员能独立办理日常党务", "参加党校培训并安排老委员带教", "组织委员"),
        ("书记兼职多，用于支部工作的时间不足", "书记每周有固定的支部工作时间", "调整兼职并公布接待时间", "书记"),
    ),
    *_findings(
        "制度",
        ("党员学习考勤没有落实到人", "考勤逐人登记、按季公布", "启用签到表并由组织委员汇总", "组织委员"),
        ("民主评议走过场，问题点得不具体", "评议有问题、有整改、有反馈", "评议前谈心，评议后一人一条整改意见", "书记"),
        ("党费收缴不按月", "党费按月足额收缴", "明确收缴日并公示收缴情况", "组织委员"),
        ("制度挂在墙上，近两年没有修订", "制度可用、可查、可考核", "逐条对照修订并提交支部大会通过", "书记"),
        ("请假制度不严，缺席较多", "到会率不低于九成", "执行请假补课办法，缺席者书面说明", "组织委员"),
    ),
    *_findings(
        "经费场所",
        ("没有固定的活动场所", "有一处可长期使用的活动场所", "与所在单位协商共用会议室并排定时间", "书记"),
        ("活动经费使用缺少计划", "年初有计划、年末有公示", "编制年度经费计划并经支委会讨论", "书记"),
        ("学习资料陈旧", "学习资料按季更新", "向上级申领并订阅必要书刊", "组织委员"),
        ("活动室设备损坏，放映和视频学习不便", "设备可正常使用", "报修并登记设备责任人", "组织委员"),
    ),
    *_findings(
        "活动",
        ("组织生活形式单一，以读文件为主", "每季度至少一次有讨论、有实践的组织生活", "由党员轮流设计主题并主讲", "书记"),
        ("主题活动与业务工作结合不紧", "每次活动对应一项业务难题", "年初列出共建课题并分工推进", "书记"),
        ("党员参加活动的积极性不高", "活动参加率明显提高", "活动前征集意见，活动后公布反馈", "组织委员"),
        ("活动记录不完整", "记录完整并可查询", "指定记录人，活动后三日内归档", "组织委员"),
    ),
    *_findings(
        "活动",
        ("实习期间学生党员难以参加组织生活", "实习党员每月参加一次线上或就近活动", "按实习地点编组并确定召集人", "组织委员"),
        ("低年级入党积极分子的培养联系不够", "每名积极分子有两名联系人", "重新配备联系人并按季谈话", "组织委员"),
        kinds=STUDENT_KINDS,
    ),
    *_findings(
        "活动",
        ("部分老同志行动不便，难以到会", "行动不便的党员每季度有人上门", "结对送学上门并做好记录", "书记"),
        ("通知方式不适合老同志", "每名党员都能及时得到通知", "改用电话和大字通知，指定联络员", "组织委员"),
        kinds=("离退休",),
    ),
    *_findings(
        "作用",
        ("党员示范岗标准不明确", "示范岗有标准、有评议", "公布标准，每半年评议一次", "书记"),
        ("服务群众的事项没有台账", "群众反映的事项件件有登记", "建立服务台账并按月回访", "组织委员"),
        ("党员在重点工作中的带头作用不突出", "重点工作均有党员承担", "设立党员责任区并公开承诺", "书记"),
        ("群众对支部工作了解不多", "支部工作按季公开", "利用公告栏公布工作和整改情况", "组织委员"),
    ),
    *_findings(
        "作用",
        ("青年教师党员培养后备力量不足", "形成青年骨干培养名单", "与教研室共同确定培养对象并结对", "书记"),
        kinds=TEACHING_KINDS,
    ),
    *_findings(
        "作用",
        ("窗口服务的意见较多", "服务满意度提高", "公开办事流程，党员轮流值守意见窗口", "书记"),
        kinds=SERVICE_KINDS,
    ),
    *_findings(
        "活动",
        ("倒班较多，党员难以同时到会", "每名党员每月至少参加一次组织生活", "同一内容分班次召开，缺席者下一班补课", "组织委员"),
        kinds=SHIFT_KINDS,
    ),
    *_findings(
        "作用",
        ("学业困难同学的帮扶没有覆盖", "学业困难同学均有党员结对", "摸清名单并按学期总结帮扶情况", "组织委员"),
        kinds=STUDENT_KINDS,
    ),
    *_findings(
        "其他",
        ("党员基本信息有缺漏", "信息完整准确", "逐人核对并一次补齐", "组织委员"),
        ("对上级文件的传达记录不全", "传达有记录、有落实", "统一传达登记样式并归档", "组织委员"),
        ("支部之间交流较少", "每学期与其他支部交流一次", "选定结对支部并商定交流内容", "书记"),
    ),
)


def register(
    kind: str, branches: Sequence[UnitRow], wanted: Mapping[str, int], *, closed: int, reopened: int
) -> dict[str, tuple[RegisterItem, ...]]:
    """{code: items}, `wanted[code]` of them each and no problem twice in a branch.

    `closed` of all are 销号 by the end, `reopened` of those after a relapse.
    """
    random = stream(kind, "register")
    drafts = [(row.code, item) for row in branches for item in _items(kind, row, wanted[row.code])]
    done = set(pick(random, range(len(drafts)), closed))
    again = set(pick(random, sorted(done), reopened))
    items: dict[str, list[RegisterItem]] = {row.code: [] for row in branches}
    for index, (code, item) in enumerate(drafts):
        items[code].append(replace(item, closed=index in done, reopened=index in again))
    return {code: tuple(rows) for code, rows in items.items()}


def _items(kind: str, row: UnitRow, count: int) -> list[RegisterItem]:
    random = stream(kind, f"register/{row.code}")
    fitting = [finding for finding in FINDINGS if not finding.kinds or row.branch_kind in finding.kinds]
    chosen = sorted(shuffled(random, fitting)[:count], key=lambda finding: CATEGORIES.index(finding.category))
    return [
        RegisterItem(
            no=no,
            problem=finding.problem,
            category=finding.category,
            goal=finding.goal,
            measure=finding.measure,
            owner=finding.owner,
            due=random.choice(DUE),
            closed=False,
        )
        for no, finding in enumerate(chosen, start=1)
    ]
