"""进度 in sentences: how it goes, what comes next, who is asked."""

from __future__ import annotations

from datetime import date

from duban.service.columns import Column
from duban.service.overview import Count, Overview
from duban.service.recent import DECIDED, MOVED_ON, Recent
from workflow.deadline import short


def lead(board: Overview, today: date) -> str:
    """What a leader reads first: what is due is in, or how much is not; then the next line."""
    return "".join([_so_far(board), _next(board, today)])


def _so_far(board: Overview) -> str:
    total = board.total
    if total.expected == 0:
        return "这里没有应办事项。"
    if total.over == 0:
        return "各项都还没有到时限。" if total.open else "各项都已报送。"
    if total.behind == 0:
        return f"总体正常：已到时限的{total.over:,}项全部报送。"
    done = total.over - total.behind
    if done == 0:
        return f"已到时限的{total.over:,}项都尚未报送，涉及{board.units_behind:,}个单位。"
    return f"已到时限的{total.over:,}项报了{done:,}项，还有{board.units_behind:,}个单位的{total.behind:,}项尚未报送。"


def _next(board: Overview, today: date) -> str:
    """The nearest line ahead that something is still owed by; of a past day, that which was ahead then."""
    day = board.looked.day
    ahead = [(column.last, column, n) for column, n in zip(board.columns, board.sums, strict=True) if _is_ahead(column, n, day)]
    if not ahead:
        return ""
    last, column, count = min(ahead, key=lambda found: found[0] or date.max)
    assert last is not None
    open_ = count.open - count.behind
    when = "今天是" if last == today == day else "下一个时限是"
    words = f"{short(last, today)}“{column.name}”" if last != day or day != today else f"“{column.name}”的最后一天"
    how_many = f"{open_:,}项都" if open_ == count.expected else f"{count.expected:,}项中还有{open_:,}项"
    return f"{when}{words}，{how_many}尚未报送。"


def _is_ahead(column: Column, count: Count, day: date) -> bool:
    return column.last is not None and column.last >= day and count.open > count.behind


def changes(recent: Recent, today: date, *, decided: bool) -> str:
    """最近7天（4月6日至4月12日）：报送110项，审核通过175项…; what leaders decided only if `decided`."""
    counts = {words: n for words, n in recent.counts.items() if decided or words != DECIDED}
    days = (recent.until - recent.since).days
    first = date.fromordinal(recent.since.toordinal() + 1)
    span = f"{first.month}月{first.day}日至{recent.until.month}月{recent.until.day}日"
    start = f"最近{days}天（{span}）" if recent.until == today else f"此前{days}天（{span}）"
    if not counts:
        return f"{start}没有办理记录。"
    parts = [f"{n:,}份进展{words}" if words == MOVED_ON else f"{words}{n:,}项" for words, n in counts.items()]
    return f"{start}：{'，'.join(parts)}。"


def cell(count: Count, column: Column, day: date) -> tuple[str, str]:
    """(kind, words) of a cell beneath its figures; the kind is a colour's name, the words say the same."""
    if count.expected == 0:
        return "none", "无应报"
    if count.open == 0:
        return "done", "已报齐"
    if count.behind:
        return "behind", f"{count.behind}项未报"
    if count.sent == 0 and not column.begun(day):
        return "ahead", "未到时限" if column.last is not None else "时间待定"
    return "open", f"差{count.open}项"
