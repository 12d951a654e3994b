"""In which words does a paper put its facts? Plain values for the Word templates, which hold the sentences."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from notifications.papers.content import CIRCULAR, FORM, PaperContent, PaperItem
from notifications.voice import clipped, gentle, one_line
from workflow.model import STATE_WORDS, Contact, DutyState
from workflow.workdays import short

FEW = 5
"""So many units are named within a sentence; more become a table in an attachment."""
TITLE_LINE = 19
"""Characters of 2号 (22 pt) on a line of 156 mm, with a little air."""
_UNSAFE = frozenset('/\\:*?"<>|')
_WIDE = "\u3000"


@dataclass(frozen=True, kw_only=True)
class Row:
    """A unit with something open: `number` counts from 1 in the order of the tree, `note` says what is special about it."""

    number: int
    unit: str
    state: str
    note: str
    open: int
    expected: int


@dataclass(frozen=True, kw_only=True)
class Said:
    """What a template calls `paper`. `mark` is empty once it is signed, `number` (文号) until it has one.

    `title` has its line breaks. `addressed` is the 主送; `basis` is on what it rests (“支部换届”工作安排（校党组〔2026〕5号）). `few` says
    that `names` tells all `rows` within a sentence; `itself`, that the unit addressed is the one that owes, and owes this alone.
    `day` is the 成文日期, with blanks to fill in while it is a draft; `as_of` the day the figures are of.
    """

    kind: str
    mark: str
    number: str
    title: str
    issuer: str
    unit: str
    addressed: str
    campaign: str
    basis: str
    task: str
    due: str
    as_of: str
    until: str
    expected: int
    handed_in: int
    open: int
    rows: tuple[Row, ...]
    few: bool
    names: str
    itself: bool
    signer: str
    signed_by: str
    day: str
    contact: str


def said(content: PaperContent) -> Said:
    """A paper in words. Names of tasks and campaigns are shown gently, names of units and the 文号 as they are."""
    task, campaign = _named(content.task), _named(content.campaign)
    rows = tuple(_row(number, item, content) for number, item in enumerate(content.items, start=1))
    itself = content.expected == 1 and [item.unit_code for item in content.items] == [content.unit_code]
    return Said(
        kind=content.kind,
        mark="" if content.signed_on else _text(content.mark),
        number=_text(content.number),
        title=_title(content.kind, task),
        issuer=_text(content.issuer),
        unit=_text(content.unit),
        addressed="、".join(map(_text, content.addressees)) or _text(content.unit),
        campaign=campaign,
        basis=_basis(_named(content.notice), _text(content.notice_number)),
        task=task,
        due=_text(content.due_words).replace("，含当日", "（含当日）"),
        as_of=_day(content.drafted_on),
        until=_text(content.until_words),
        expected=content.expected,
        handed_in=content.handed_in,
        open=content.open,
        rows=rows,
        few=len(rows) <= FEW,
        names="、".join(_inline(row, content) for row in rows),
        itself=itself and content.kind != CIRCULAR,
        signer=_text(content.signer),
        signed_by=_text(content.signed_by),
        day=_day(content.signed_on) if content.signed_on else f"{content.drafted_on.year}年{_WIDE * 2}月{_WIDE * 2}日",
        contact=_contact(content.contact),
    )


def file_name(content: PaperContent, number: int) -> str:
    """What to call the file of paper `number`: 公文3-化学学院党委-换届方案-代拟稿.docx. It says nothing harsh and suits every disk."""
    parts = (f"公文{number}", content.unit, content.task, "" if content.signed_on else content.mark)
    names = (clipped(_for_disk(gentle(one_line(part))), 30) for part in parts)
    return "-".join(name for name in names if name) + ".docx"


def _row(number: int, item: PaperItem, content: PaperContent) -> Row:
    own_due = f"时限为{short(item.due, content.drafted_on)}" if item.due and item.due != content.due else ""
    promised = f"已答复{short(item.promised, content.drafted_on)}前报送" if item.promised else ""
    return Row(
        number=number,
        unit=_text(item.unit),
        state=_text(item.state),
        note="，".join(part for part in (own_due, promised) if part),
        open=item.open,
        expected=item.expected,
    )


def _inline(row: Row, content: PaperContent) -> str:
    """化学学院党委3件; 教工党支部（退回补正，已答复4月10日（周五）前报送)."""
    if content.kind == CIRCULAR:
        return f"{row.unit}{row.open}件"
    state = row.state if row.state != STATE_WORDS[DutyState.OPEN] else ""
    more = "，".join(part for part in (state, row.note) if part)
    return f"{row.unit}（{more}）" if more else row.unit


def _title(kind: str, task: str) -> str:
    """Broken by meaning where it is too long for one line: what it is about, then what kind of paper."""
    if kind == FORM:
        return _WIDE.join(kind)
    parts = (f"关于{task}", f"报送{'情况' if kind == CIRCULAR else '事项'}的{kind}")
    whole = "".join(parts)
    return whole if len(whole) <= TITLE_LINE else "\n".join(parts)


def _basis(notice: str, number: str) -> str:
    quoted = f"《{notice.strip('《》')}》" if notice.endswith(("通知", "》", "意见", "方案", "办法")) else f"“{notice}”工作安排"
    return f"{quoted}（{number}）" if number else quoted


def _contact(contact: Contact) -> str:
    """（联系人：组织部 钱宁，电话：0000-0000）: the 附注 in its brackets."""
    who = " ".join(part for part in (_text(contact.unit), _text(contact.name)) if part)
    label = "联系人" if contact.name else "联系单位"
    phone = f"电话：{_text(contact.phone)}" if contact.phone else ""
    return f"（{'，'.join(part for part in (f'{label}：{who}' if who else '', phone) if part)}）"


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _named(name: str) -> str:
    return gentle(_text(name))


def _text(text: str) -> str:
    """One line that XML can hold: it has no place for U+FFFE and U+FFFF."""
    return one_line(text).replace("\ufffe", "").replace("\uffff", "")


def _for_disk(text: str) -> str:
    return "".join("_" if char in _UNSAFE else char for char in text).strip(". ")
