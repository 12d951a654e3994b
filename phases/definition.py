"""The shape of a definition (活动设置): which Chinese keys stand where, and what each may hold.

Attributes are English, aliases are the keys people write. Unknown keys are refused. What needs two places at once (a task's
phase exists, a grade is on the scale) is checked by phases.compile.
"""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from phases.values import (
    Advance,
    Amounts,
    CatchUp,
    Code,
    Count,
    Day,
    EventDay,
    Flag,
    Form,
    Frequencies,
    Gate,
    LocalTime,
    Name,
    Names,
    Phrase,
    RestDay,
    Share,
    Text,
    Texts,
    Vacant,
    Ways,
    Workdays,
    single,
    wrong,
)


def key(alias: str, chinese: str, english: str, default: Any = None) -> Any:
    """A key with its explanation in both languages; `...` as default makes it required."""
    return Field(default, alias=alias, description=f"{chinese} / {english}")


class Said(BaseModel):
    """A mapping of the definition: it quotes the notice, or is an addition of this level."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    quote: Text | None = key("原文", "通知里的原话", "the words of the notice")
    local: Flag | None = key("本级补充", "是：通知没有要求，本级自己加的", "yes: an addition of this level, not in the notice")

    @model_validator(mode="before")
    @classmethod
    def blank_is_absent(cls, value: Any) -> Any:
        """A key that may be left out may also be left empty."""
        if not isinstance(value, dict):
            return value
        optional = {f.alias for f in cls.model_fields.values() if not f.is_required()}
        return {key: content for key, content in value.items() if content is not None or key not in optional}


class ContactShape(Said):
    unit: Text | None = key("单位", "联系单位", "unit to contact")
    name: Text | None = key("姓名", "联系人姓名", "name of the person")
    phone: Text | None = key("电话", "办公电话", "phone")


class StartShape(Said):
    carried_from: Text = key("沿用", "沿用哪一次定级的结果", "whose grades are carried over as starting grades", ...)
    committees: Count | None = key("二级党组织", "起点有多少个二级党组织", "number of second-level organisations")
    branches: Count | None = key("党支部", "起点有多少个党支部", "number of branches")


class PhaseShape(Said):
    name: Name = key("名称", "阶段名称", "name of the phase", ...)
    time: Phrase | None = key("时间", "照通知写，如 3月30日前；没有就写 待定", "as in the notice, e.g. 3月30日前; 待定 if open")
    points: Texts = key("要点", "这一阶段看什么、做什么", "what it is about", ())
    tracks: Names = key("适用", "只适用于哪些对象；不写就是全部", "which participants walk it; default all", ())
    by_calendar: Advance = key(
        "推进", "按审核：最后一件审核通过后转入下一阶段；按时间：到日子就转", "by review or by calendar", False
    )
    waits_for_branches: Flag = key("等支部", "是：二级党组织等所属支部都完成才转", "second level waits for its branches", False)


class GradingShape(Said):
    subject: Name = key("对象", "给谁定：二级党组织 或 党支部", "who is graded", ...)
    grader: Name = key("谁来定", "学校党委、二级党组织、上级党组织 或部门名称", "who grades", ...)
    scale: Names = key("等次", "从最好写到最差", "grades, best first", ...)
    time: Phrase | None = key("时间", "什么时候定完；不写就按阶段", "deadline; default that of the phase")
    evidence: Names = key("参考", "依据哪些材料", "evidence used", ())
    method: Text | None = key("办法", "怎么定，如 综合研判", "method")
    name: Name | None = key("名称", "这一轮的名称", "name of the round")
    phase: Name | None = key("阶段", "属于哪个阶段", "phase it belongs to")
    baseline: Flag | None = key("基数", "是：目标以这一轮为基数", "the baseline of the targets")
    owners: Names = key("责任人", "由谁具体办，第一个牵头", "owners, the first leads", ())
    locks: Phrase | None = key("锁定", "到什么时候不再接收", "when even late submissions stop")


class TaskShape(Said):
    name: Name = key("事项", "要办的事", "what is to be done", ...)
    who: Names = key("谁办", "党支部、二级党组织、党总支 或部门名称；不写就是参加单位中最基层的", "who owes it", ())
    phase: Name | None = key("阶段", "属于哪个阶段", "phase it belongs to")
    time: Phrase | None = key("时间", "照通知写；不写就按阶段", "deadline as written; default that of the phase")
    owners: Names = key("责任人", "姓名或职务，第一个牵头", "names or roles, the first leads", ())
    frequency: Frequencies | None = key("频次", "多久一次，如 每月1次；几样就分行写", "how often; several as a mapping")
    quantity: Amounts | None = key("数量", "多少，如 1、1以上、1-2；几样就分行写", "how many; several as a mapping")
    grades: Names = key("适用等次", "只要这些等次的单位办", "only units with these grades", ())
    branch_kinds: Names = key("适用类别", "只要这些类别的支部办，如 教工、学生、离退休", "only these kinds of branches", ())
    scope: Text | None = key("范围", "在什么范围内", "within what")
    otherwise: Text | None = key("没有时", "没有合适对象时怎么办", "what if there is none")
    details: Names = key("写明", "要写清哪几样", "what must be stated", ())
    materials: Names = key("材料", "要交的材料", "papers", ())
    receiver: Text | None = key("报给", "交给谁", "to whom")
    ways: Ways = key("方式", "纸质、电子邮件、在线", "paper, e-mail, online", ())
    form: Form | None = key("表单", "按哪种表填", "form that submitted data follow")
    proxy: Flag = key("可代填", "是：组织员可以代填", "the clerk may fill it in for the branch", False)
    chased: Flag | None = key("催办", "否：只计数，不催；按频次办的默认否", "no: counted, never chased")
    locks: Phrase | None = key("锁定", "到什么时候不再接收，如 超过10个工作日", "when even late submissions stop")
    ratio: Text | None = key("比例", "要求的比例，如 5%-10%", "a ratio asked for")
    basis: Text | None = key("口径", "按什么口径", "what it is counted on")


class PaperShape(Said):
    who: Name = key("谁报", "由谁报送", "who submits", ...)
    materials: Names = key("材料", "哪几份材料", "papers", ...)
    receiver: Text = key("报给", "报给谁；还没有定就写 待定", "receiver", ...)
    ways: Ways = key("方式", "纸质、电子邮件、在线", "paper, e-mail, online", ())
    time: Phrase | None = key("时间", "照通知写；不写就按阶段", "deadline as written")
    phase: Name | None = key("阶段", "属于哪个阶段", "phase it belongs to")
    internal: Workdays | None = key("支部内部时间", "支部提前几个工作日交到二级党组织", "workdays earlier for its branches")
    name: Name | None = key("名称", "这次报送的名称；默认 报送材料", "name; default 报送材料")
    form: Form | None = key("表单", "按哪种表填", "form that submitted data follow")
    owners: Names = key("责任人", "姓名或职务，第一个牵头", "names or roles, the first leads", ())
    details: Names = key("写明", "要写清哪几样", "what must be stated", ())
    proxy: Flag = key("可代填", "是：组织员可以代填", "the clerk may fill it in", False)
    chased: Flag = key("催办", "否：只计数，不催", "no: counted, never chased", True)
    locks: Phrase | None = key("锁定", "到什么时候不再接收", "when even late submissions stop")


class TargetShape(Said):
    source: Name = key("从", "起点的等次", "grade at the start", ...)
    to: Name = key("到", "要达到的等次，如 先进、一般及以上", "grade to reach", ...)
    share: Share = key("至少", "比例，如 30%；含本数", "share, inclusive", ...)
    time: Phrase = key("时间", "到什么时候，如 今年内", "by when", ...)


class AcceptanceShape(Said):
    school: Text | None = key("校级", "校级项目由谁验收", "who accepts school projects")
    college: Text | None = key("院级", "院级项目由谁验收", "who accepts college projects")


class ProjectShape(Said):
    steps: Names = key("步骤", "依次的步骤", "steps in order", ...)
    details: Names = key("写明", "每个项目写清哪几样", "what each item must state", ())
    who: Name | None = key("谁办", "由谁申报", "who registers items")
    name: Name | None = key("名称", "叫什么；默认 项目", "name; default 项目")
    acceptance: AcceptanceShape | None = key("验收", "由谁验收", "who accepts")


class ReportShape(Said):
    who: Name = key("谁述", "谁述职，如 党支部书记", "who reports", ...)
    to: Text | None = key("向谁", "向谁述职", "to whom")
    time: Phrase | None = key("时间", "什么时候；不写就按本项的时间", "by when")


class OpinionShape(Said):
    who: Names = key("谁评", "谁来评议", "who rates", ...)
    time: Phrase | None = key("时间", "什么时候；不写就按本项的时间", "by when")


class AppraisalShape(Said):
    used_for: Text | None = key("用于", "结果用在哪里", "what the result is used for")
    way: Text | None = key("方式", "怎样使用，如 只导出", "how")


Reports = Annotated[
    tuple[ReportShape, ...], BeforeValidator(single, json_schema_input_type=ReportShape | tuple[ReportShape, ...])
]


class ReviewShape(Said):
    """联述联评联考: secretaries report upward, others rate, the result is exported."""

    reports: Reports = key("联述", "书记向上一级述职", "secretaries report one level up", ())
    opinion: OpinionShape | None = key("联评", "党员和群众评议", "ballots")
    appraisal: AppraisalShape | None = key("联考", "用于年度考核", "appraisal")
    time: Phrase | None = key("时间", "什么时候", "by when")


class RungShape(Said):
    when: Name = key("何时", "提前3个工作日、当天、超过5个工作日", "working days from the last day", ...)
    tell: Text | None = key("告诉", "责任人、牵头责任人、组织员、书记、上级联系人、组织部部长 …", "whom to tell")
    ask: Text | None = key("提请", "请谁决定，如 部长", "who is asked to decide")
    repeat_every: Workdays | None = key("重复", "每几个工作日再说一次", "repeat every n working days")
    repeat_most: Count | None = key("最多", "最多重复几次；默认3", "repeats at most; default 3")
    dwell: Count = key("间隔", "与上一步至少隔几个工作日", "working days since the last step", 1)
    at: LocalTime | None = key("时刻", "当天几点，如 14:00；不写就是上午8:30", "time of day; default 08:30")
    gate: Gate | None = key(
        "前提", "上一步已发送 或 上一步已送达，才轮到这一步；不写就不等", "what must have come of the last step"
    )
    vacant: Vacant = key(
        "空缺时", "没有人任职时：上级代收（默认）或 暂缓", "if nobody holds the post: superior or hold", "上级代收"
    )
    code: Code | None = key("代号", "固定的代号：以后改时间、改人，仍算同一步", "stable key, however day and people change")

    @model_validator(mode="after")
    def one_of_two(self) -> Self:
        if (self.tell is None) == (self.ask is None):
            raise wrong("“告诉”和“提请”要写一个，只写一个")
        if self.repeat_most and not self.repeat_every:
            raise wrong("写了“最多”，没有写“重复”；请补上 重复: 每2个工作日")
        return self


class QuestionShape(Said):
    ask: Text = key("问", "要请谁定的是什么", "the open question", ...)
    proposal: Text | None = key("建议", "拟怎么办", "proposal")


Projects = Annotated[
    tuple[ProjectShape, ...], BeforeValidator(single, json_schema_input_type=ProjectShape | tuple[ProjectShape, ...])
]


class Definition(Said):
    """活动设置 / the definition of a campaign."""

    name: Text = key("活动", "活动名称", "name of the campaign", ...)
    issuer: Text = key("发文", "发文单位", "issuer", ...)
    document_no: Text | None = key("文号", "发文字号，如 校党发〔2012〕12号", "document number")
    issued: Day = key("印发", "印发日期，年-月-日；没有就写 待定", "day of issue")
    signed: Day = key("落款", "落款日期", "day under the signature")
    published: Day = key("公布", "公布日期；提醒从这天算起，没有就按落款、印发", "day of publication; reminders count from it")
    theme: Text | None = key("主题", "活动主题", "theme")
    basis: Texts = key("依据", "依据哪些文件", "higher documents", ())
    addressees: Texts = key("主送", "发给哪些单位", "addressees", ())
    participants: Names = key("参加", "哪些单位参加；不写就按下面各事项", "who has a case", ())
    outside: Texts = key("外部上级", "校外的上级：只登记，不催办", "outside superiors: only recorded", ())
    contact: ContactShape | None = key("联系人", "有问题找谁", "whom to ask")
    owners: Names = key("默认责任人", "没有写责任人的事项由谁负责，第一个牵头；默认 书记", "default owners", ())
    ends: Phrase | None = key("结束", "活动到哪天结束；默认当年12月31日", "last day; default 31 December")
    zone: Name = key("时区", "默认 Asia/Shanghai", "time zone", "Asia/Shanghai")
    rest_day: RestDay = key("休息日", "最后一天是休息日怎么办：保持、提前、顺延", "keep, earlier, later", "保持")
    review: Workdays | None = key("审核时限", "收到后几个工作日内审核", "working days for the reviewer")
    locks: Phrase | None = key("锁定", "逾期多久不再接收，如 超过10个工作日；默认 不锁定", "when late submissions stop")
    catchup: CatchUp = key(
        "错过时",
        "督办的几步都错过了（如停机）：逐级补（默认）或 只报最高一步",
        "after missed steps: climb or collapse",
        "逐级补",
    )
    start: StartShape | None = key("起点", "沿用上一次的定级", "starting grades")
    phases: tuple[PhaseShape, ...] = key("阶段", "依次的阶段，可以重叠", "phases in order; may overlap", ())
    gradings: tuple[GradingShape, ...] = key("定级", "几轮定级", "rounds of grading", ())
    tasks: tuple[TaskShape, ...] = key("任务", "要办的事项", "tasks", ())
    papers: tuple[PaperShape, ...] = key("报送", "要上报的材料", "papers that go upward", ())
    targets: tuple[TargetShape, ...] = key("目标", "晋位目标", "targets", ())
    projects: Projects = key("项目", "项目化管理：每单位0到多个", "items with steps", ())
    review_day: ReviewShape | None = key("联述联评联考", "述职、评议、考核", "report, ballot, appraisal")
    ladder: tuple[RungShape, ...] | None = key(
        "督办", "督办程序；不写就用随程序的默认办法", "the ladder; a gentle default exists"
    )
    dates: dict[str, EventDay] = key("日期", "待定的事在哪天：事件名称: 年-月-日", "days of events asked for", {})
    questions: tuple[QuestionShape, ...] = key("待定", "还要请人定的问题", "open questions", ())
    remarks: Text | None = key("说明", "其他说明", "remarks")


def keys_of(model: type[BaseModel]) -> tuple[str, ...]:
    """The Chinese keys of one mapping, in their order."""
    return tuple(f.alias for f in model.model_fields.values() if f.alias)


def shapes() -> tuple[type[Said], ...]:
    """Every mapping a definition can hold."""
    return tuple(Said.__subclasses__())


def known_keys() -> frozenset[str]:
    """Every key that stands somewhere in a definition."""
    return frozenset(alias for shape in shapes() for alias in keys_of(shape))
