"""What a schema cannot say about submitted data: sums of ballots, units named twice, reasons that are owed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import cast

from phases.forms.shape import Path, named, short
from phases.grading import UNRATED
from workflow.errors import Reason

Entry = Mapping[str, object]


def broken_rules(form: str, data: object, misfits: Sequence[Path]) -> tuple[Reason, ...]:
    """Every rule of `form` that `data` break. `misfits` are places whose shape is wrong; their entries are passed over."""
    rule = _RULES.get(form)
    if rule is None or not isinstance(data, dict):
        return ()
    return tuple(rule(cast(Entry, data), misfits))


def _ballots(data: Entry, misfits: Sequence[Path]) -> Iterator[Reason]:
    groups = list(_sound(data, "groups", misfits))
    for n, group in groups:
        yield from _counts(f"第{n}组（{group['voters']}）", group)
    yield from _twice([(f"第{n}组", str(group["voters"])) for n, group in groups], "人员类别", "请合并成一组。")
    counted, checked = data.get("counted_by"), data.get("checked_by")
    if isinstance(counted, str) and counted.strip() and counted == checked:
        text = f"计票人和监票人都是{short(counted)}。"
        yield Reason(code="ballots-same-person", text=text, unblock="请由两个人分别计票、监票。")


def _counts(where: str, group: Entry) -> Iterator[Reason]:
    """收回 <= 发出; 有效 + 无效 = 收回; the options and 弃权 add up to 有效; 实到 <= 应到."""
    issued, returned, valid = (_whole(group[key]) for key in ("issued", "returned", "valid"))
    invalid, abstained = _whole(group["invalid"]), _whole(group["abstained"])
    options = [cast(Entry, option) for option in cast(list[object], group["options"])]
    votes = sum(_whole(option["count"]) for option in options)
    if returned > issued:
        text = f"{where}：收回{returned}张，多于发出的{issued}张。"
        yield Reason(code="ballots-returned", text=text, unblock="请核对票数；确实多出的，这一组要重新测评。")
    if valid + invalid != returned:
        text = f"{where}：有效{valid}张加无效{invalid}张是{valid + invalid}张，与收回的{returned}张不符。"
        yield Reason(code="ballots-valid", text=text, unblock="请重新清点有效票和无效票。")
    if votes + abstained != valid:
        text = f"{where}：各选项{votes}张加弃权{abstained}张是{votes + abstained}张，与有效票{valid}张不符。"
        yield Reason(code="ballots-options", text=text, unblock="请核对各选项的票数；空白票记作弃权，算有效票。")
    if "present" in group and "expected" in group and _whole(group["present"]) > _whole(group["expected"]):
        text = f"{where}：实到{_whole(group['present'])}人，多于应到的{_whole(group['expected'])}人。"
        yield Reason(code="ballots-present", text=text, unblock="请核对应到和实到人数。")
    names = [(named(where, f"第{n}个选项"), str(option["option"])) for n, option in enumerate(options, 1)]
    yield from _twice(names, "选项", "请把同一选项的票数合成一条。")


def _grading(data: Entry, misfits: Sequence[Path]) -> Iterator[Reason]:
    rows = list(_sound(data, "grades", misfits))
    yield from _twice([(f"第{n}行", str(row["unit"])) for n, row in rows], "单位", "一个单位只留一行。")
    for n, row in rows:
        if row["grade"] == UNRATED and not str(row.get("reason", "")).strip():
            text = f"第{n}行.否决或调整理由：单位{short(row['unit'])}不参评，没有写理由。"
            yield Reason(code="grading-reason", text=text, unblock="请写明不参评的理由（reason），如：成立不满一年。")


def _result(data: Entry, misfits: Sequence[Path]) -> Iterator[Reason]:
    rows = list(_sound(data, "items", misfits))
    yield from _twice([(f"第{n}条", str(_whole(row["no"]))) for n, row in rows], "编号", "计划里的一条只填一次。")
    for n, row in rows:
        if "checked_on" in row and not str(row.get("checked_by", "")).strip():
            text = f"第{n}条.核实人：有核实日期，没有核实人。"
            yield Reason(code="result-checked", text=text, unblock="请填写核实人（checked_by），或删去核实日期。")


def _twice(places: Sequence[tuple[str, str]], what: str, advice: str) -> Iterator[Reason]:
    """A reason for each word that stands in more than one place; `places` are (where, word)."""
    counts = Counter(word for _, word in places)
    for word, count in counts.items():
        if count > 1:
            found = [place for place, other in places if other == word]
            where = "、".join(found[:5]) + (f"等{count}处" if count > 5 else "")
            yield Reason(code="form-twice", text=f"{where}：{what}{short(word)}出现了{count}次。", unblock=advice)


def _sound(data: Entry, key: str, misfits: Sequence[Path]) -> Iterator[tuple[int, Entry]]:
    """The entries of a list whose shape is right, numbered from 1."""
    entries = data.get(key)
    if not isinstance(entries, list) or (key,) in misfits:
        return
    broken = {path[1] for path in misfits if len(path) > 1 and path[0] == key}
    for n, entry in enumerate(entries):
        if n not in broken:
            yield n + 1, cast(Entry, entry)


def _whole(value: object) -> int:
    return int(cast(float, value))


_RULES: Mapping[str, Callable[[Entry, Sequence[Path]], Iterator[Reason]]] = {
    "测评": _ballots,
    "定级": _grading,
    "整改结果": _result,
}
