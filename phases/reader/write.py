"""A draft as a definition a person can read: block style, the words of the notice beside each item, open questions at their place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date

from phases.emit import listed, scalar
from phases.reader.document import Quote
from phases.reader.doubts import TIMELESS_KEY, aim_key, event_key, scale_key, units_key
from phases.reader.keys import demand_key, is_paper, stage_key
from phases.reader.nouns import Aim, Demand, Doubt, Draft, Scale, Stage
from phases.reader.said import phrase
from phases.reader.titles import campaign_name
from phases.reader.whom import definition_words, known_kinds, unit_words
from phases.tracks import BRANCH, LOWEST_FIRST, SECOND
from phases.values import UNDECIDED

_HIDDEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]+")


def definition_text(found: Draft, *, name: str = "通知") -> str:
    """The YAML of a campaign (活动设置). `name` is what the notice's file is called; `duban check` reads the result."""
    return "\n".join([*_Writer(found, name).lines(), ""])


class _Writer:
    """Writes one draft. Every question is put as a comment where its answer belongs, and once more under 待定."""

    def __init__(self, found: Draft, name: str) -> None:
        self.found, self.name = found, name
        self.anchor = found.head.published or found.head.issued
        self.doubts = {doubt.answer_key: doubt for doubt in found.doubts}
        self.graded = tuple(s for s in found.scales if s.subject and s.grader)
        self.branch_grades = next((s.grades for s in self.graded if unit_words(s.subject or "") == BRANCH), ())

    def lines(self) -> Iterator[str]:
        yield from self._intro()
        yield from self._top()
        yield from self._block("阶段", (self._stage(s) for s in self.found.stages if not s.overall))
        yield from self._block("定级", (self._scale(s) for s in self.found.scales))
        work = [d for d in (*self.found.deliverables, *self.found.tasks) if not is_paper(d)]
        asked = self._asked(TIMELESS_KEY)
        yield from self._block("任务", (self._task(d) for d in (*work, *self.found.recurring)), asked)
        papers = [d for d in (*self.found.deliverables, *self.found.tasks) if is_paper(d)]
        yield from self._block("报送", (item for d in papers for item in self._papers_of(d)))
        yield from self._block("目标", (self._aim(a) for a in self.found.aims))
        yield from self._dates()
        yield from self._block("待定", (self._question(d) for d in self.found.doubts))

    def _intro(self) -> Iterator[str]:
        yield "# yaml-language-server: $schema=campaign.schema.json"
        yield f"# 由{_one_line(self.name)}读出的草稿。“原文”是通知里的话，“第几行”是它在通知里的行。"
        if count := len(self.found.doubts):
            yield f"# 有{count}处要请人定，就写在各项旁边（# 待定），文末“待定”里有总表；【】里是填写答复用的编号。"
        yield "# 核对并补全后检查：duban check 本文件"

    def _top(self) -> Iterator[str]:
        head = self.found.head
        yield ""
        yield from self._asked("活动")
        yield f"活动: {_scalar(campaign_name(head.title) if head.title else UNDECIDED)}{_at(head.title_quote)}"
        yield from self._asked("发文")
        yield f"发文: {_scalar(head.issuer or UNDECIDED)}{_at(head.issuer_quote)}"
        if head.document_no:
            yield f"文号: {_scalar(head.document_no)}"
        yield from self._asked("印发")
        yield f"印发: {head.issued or UNDECIDED}{f'  # {_one_line(head.why)}' if head.why else ''}"
        if head.published and head.published != head.issued:
            yield f"公布: {head.published}  # 提醒从这天算起"
        yield from self._asked("主送", *(units_key(w) for w in head.addressees))
        if head.addressees:
            yield f"主送: {_list(definition_words(head.addressees))}{_at(head.addressees_quote)}"
        yield f"参加: {_list(self._participants())}"
        if head.contact and any(head.contact):
            said = zip(("单位", "姓名", "电话"), head.contact, strict=True)
            yield "联系人: {" + ", ".join(f"{key}: {_scalar(word, in_list=True)}" for key, word in said if word) + "}"
        if ends := self._ends():
            yield f"结束: {ends}"

    def _participants(self) -> list[str]:
        """Who has a case: the addressees, the branches where anything is asked of them, whoever else owes something."""
        words = [*self.found.head.addressees, *(w for d in self._owed() for w in d.who if not d.office)]
        words += [s.subject for s in self.graded if s.subject]
        kinds = known_kinds(words)
        if BRANCH in kinds:
            kinds = tuple(k for k in kinds if not k.endswith(BRANCH) or k == BRANCH)
        return sorted(kinds, key=lambda kind: kind in LOWEST_FIRST[:1]) or [UNDECIDED]

    def _owed(self) -> tuple[Demand, ...]:
        return (*self.found.deliverables, *self.found.recurring, *self.found.tasks)

    def _ends(self) -> str:
        """The last day of anything, where the default (the year's end) would cut it off or the notice gives a frame."""
        frame = [s.deadline.end for s in self.found.stages if s.overall and s.deadline and s.deadline.end]
        lines = (
            [d.deadline for d in self._owed()] + [s.deadline for s in self.found.stages] + [a.deadline for a in self.found.aims]
        )
        ends = [line.end for line in lines if line and line.end and phrase(line, self.anchor) != UNDECIDED]
        last = max((*frame, *ends), default=None)
        known = self.found.head.issued or self.found.head.published
        default = known.year if known else None
        return str(last if last.year != default else date(last.year, 12, 31)) if last and last.year != default else ""

    def _stage(self, stage: Stage) -> Iterator[str]:
        key = stage_key(stage)
        yield f"名称: {_scalar(stage.name)}"
        yield from self._asked(f"{key}/时间")
        yield f"时间: {_scalar(phrase(stage.deadline, self.anchor))}"
        if stage.points:
            yield f"要点: {_list(stage.points)}"
        yield _quoted(stage.quote)

    def _scale(self, scale: Scale) -> Iterator[str]:
        key = scale_key(scale.no)
        mark = "" if scale in self.graded else "# "
        yield from self._asked(f"{key}/对象", f"{key}/谁来定")
        if mark:
            yield f"# 等次: {_list(scale.grades)}"
            return
        subject, grader = scale.subject or "", scale.grader or ""
        yield f"对象: {_scalar(unit_words(subject) or subject)}"
        yield f"谁来定: {_scalar(_grader(grader))}"
        if scale.stage:
            yield f"阶段: {_scalar(scale.stage)}"
        yield f"等次: {_list(scale.grades)}"
        if scale.deadline and (line := phrase(scale.deadline, self.anchor)) != UNDECIDED:
            yield f"时间: {_scalar(line)}"
        if scale.evidence:
            yield f"参考: {_list(scale.evidence)}"
        yield _quoted(scale.quote)

    def _task(self, demand: Demand) -> Iterator[str]:
        key, line = demand_key(demand), demand.deadline
        if demand.status == "tentative":
            yield from self._asked(key)
            return
        again = line is not None and line.every is not None
        yield f"事项: {_scalar(demand.what)}"
        yield from self._who(demand)
        if demand.stage and not again:
            yield f"阶段: {_scalar(demand.stage)}"
        yield from self._asked(f"{key}/时间", f"{key}/频次", *((event_key(line.event),) if line and line.event else ()))
        if again:
            yield f"频次: {_scalar(phrase(line, self.anchor))}"
        elif line is not None:
            field = "频次" if f"{key}/频次" in self.doubts else "时间"
            yield f"{field}: {_scalar(_vague(line.words) if field == '频次' else phrase(line, self.anchor))}"
        if demand.owners:
            yield f"责任人: {_list(demand.owners)}"
        yield from _amounts(demand)
        if demand.grades and set(demand.grades) <= set(self.branch_grades) and self._owes_branch(demand):
            yield f"适用等次: {_list(demand.grades)}"
        elif demand.grades:
            yield f"范围: {_scalar('定为' + '、'.join(demand.grades) + '的')}"
        if demand.branch_kinds and self._owes_branch(demand):
            yield f"适用类别: {_list(demand.branch_kinds)}"
        yield from self._papers(demand)
        yield _quoted(demand.quote)

    def _papers_of(self, demand: Demand) -> Iterator[Iterator[str]]:
        """One entry for each kind of unit that hands it in. Where the notice names nobody, of its addressees the second level does."""
        named = self._named(demand)
        if not demand.who and SECOND in named:
            named = (SECOND,)
        for no, whom in enumerate(named):
            yield self._paper(demand, whom, demand.what if no == 0 else f"{demand.what}（{whom}）")

    def _paper(self, demand: Demand, whom: str, name: str) -> Iterator[str]:
        key, line = demand_key(demand), demand.deadline
        if demand.status == "tentative":
            yield from self._asked(key)
            return
        yield f"名称: {_scalar(name)}"
        yield from self._asked(*(units_key(w) for w in demand.who))
        yield f"谁报: {_scalar(whom)}"
        yield f"材料: {_list(demand.materials)}"
        yield from self._asked(f"{key}/报给")
        yield f"报给: {_scalar(demand.to or UNDECIDED)}"
        if demand.ways:
            yield f"方式: {_list(demand.ways)}"
        if demand.stage:
            yield f"阶段: {_scalar(demand.stage)}"
        yield from self._asked(f"{key}/时间", f"{key}/频次", *((event_key(line.event),) if line and line.event else ()))
        yield f"时间: {_scalar(phrase(line, self.anchor))}"
        if demand.owners:
            yield f"责任人: {_list(demand.owners)}"
        yield _quoted(demand.quote)

    def _who(self, demand: Demand) -> Iterator[str]:
        yield from self._asked(*(units_key(w) for w in demand.who))
        named = self._named(demand)
        yield f"谁办: {_scalar(named[0]) if len(named) == 1 else _list(named)}"

    def _named(self, demand: Demand) -> tuple[str, ...]:
        return definition_words(demand.who or self.found.head.addressees) or (UNDECIDED,)

    def _owes_branch(self, demand: Demand) -> bool:
        return any((unit_words(w) or "").endswith(BRANCH) for w in demand.who or self.found.head.addressees)

    def _papers(self, demand: Demand) -> Iterator[str]:
        if demand.details:
            yield f"写明: {_list(demand.details)}"
        if demand.to:
            if demand.materials:
                yield f"材料: {_list(demand.materials)}"
            yield f"报给: {_scalar(demand.to)}"
        if demand.ways:
            yield f"方式: {_list(demand.ways)}"

    def _aim(self, aim: Aim) -> Iterator[str]:
        key = aim_key(aim.no)
        yield from self._asked(key, f"{key}/从", f"{key}/到", f"{key}/时间")
        share = f"{float(aim.share * 100):g}%"
        if not self._can_aim(aim):
            yield f"# 至少: {share}  # 原文：{_one_line(aim.quote.said)}"
            return
        yield f"从: {_scalar(aim.source or '')}"
        yield f"到: {_scalar(aim.to or '')}"
        yield f"至少: {share}"
        line = aim.deadline
        yield f"时间: {_scalar(phrase(line, self.anchor))}"
        yield _quoted(aim.quote)

    def _can_aim(self, aim: Aim) -> bool:
        """A target stands on the scale of the branches: without one it stays a comment."""
        goal = re.sub("(?:及其|及|或)?以上.*$", "", aim.to or "")
        known = {*self.branch_grades, "升级", "晋位"}
        return aim.source in self.branch_grades and goal in known

    def _dates(self) -> Iterator[str]:
        if self.found.dates:
            yield from ("", "日期:")
            yield from (f"  {_scalar(event)}: {day}" for event, day in self.found.dates)

    def _question(self, doubt: Doubt) -> Iterator[str]:
        yield f"问: {_scalar(doubt.why)}  # 【{_one_line(doubt.answer_key)}】"
        if doubt.quote:
            yield _quoted(doubt.quote)
        yield f"建议: {_scalar(doubt.proposal)}"

    def _asked(self, *keys: str) -> Iterator[str]:
        for doubt in (self.doubts[key] for key in dict.fromkeys(keys) if key in self.doubts):
            yield f"# 待定：{_one_line(doubt.why)}；建议：{_one_line(doubt.proposal)} 【{_one_line(doubt.answer_key)}】"

    def _block(self, name: str, items: Iterable[Iterator[str]], asked: Iterable[str] = ()) -> Iterator[str]:
        """A list under a key. An item of comments only is still to be decided and stands as comments."""
        written = [list(item) for item in items]
        if not written:
            return
        real = any(not line.startswith("#") for item in written for line in item)
        yield ""
        yield f"{name}:" if real else f"# {name}："
        yield from (f"  {line}" for line in asked)
        for item in written:
            yield from _item(item)


def _item(lines: list[str]) -> Iterator[str]:
    """The lines of one entry of a list: comments before its first key stand before the dash."""
    dashed = False
    for line in lines:
        if line.startswith("#"):
            yield f"    {line}" if dashed else f"  {line}"
        else:
            yield f"    {line}" if dashed else f"  - {line}"
            dashed = True


def _amounts(demand: Demand) -> Iterator[str]:
    said = [
        (what, f"{least}以上" if most is None else str(least) if least == most else f"{least}-{most}")
        for what, least, most in demand.quantities
    ]
    if len(said) == 1:
        yield f"数量: {said[0][1]}"
    elif said:
        yield "数量:"
        yield from (f"  {_scalar(what)}: {amount}" for what, amount in said)


def _grader(words: str) -> str:
    """学校 grades as 学校党委."""
    return "学校党委" if words in ("学校", "校党委", "党委", "院党委") else unit_words(words) or words


def _vague(words: str) -> str:
    m = re.search("不定期|定期|经常|平时|日常|长期", words)
    return m[0] if m else words


def _quoted(quote: Quote) -> str:
    return f"原文: {_scalar(quote.said)}{_at(quote)}"


def _at(quote: Quote | None) -> str:
    return f"  # 第{quote.line}行" if quote else ""


def _list(words: Iterable[str]) -> str:
    return listed(map(_one_line, words))


def _scalar(words: str, *, in_list: bool = False) -> str:
    return scalar(_one_line(words), in_list=in_list)


def _one_line(words: str) -> str:
    return _HIDDEN.sub(" ", words).strip()
