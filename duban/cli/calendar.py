"""Verbs about the calendar: a year as a page of months, one day, an import, and planning what is open anew."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from duban.cli.speak import Db, Json, answering, console, document, open_engine, parse_day, problem_document, say, shell_user
from duban.cli.words import Face, Verbs

if TYPE_CHECKING:
    from duban.service.calendar import CalendarChange
    from duban.service.year import DayAnswer, DayView, YearView
    from workflow.workdays import Shift

Preview = Annotated[bool, typer.Option("--preview", help="只看会改变什么，不写入")]
By = Annotated[str | None, typer.Option("--by", help="谁办的：工号、邮箱或 单位:角色（91:部长）", metavar="WHO")]
ReasonText = Annotated[str | None, typer.Option("--reason", help="理由，记入办理记录")]
FIRST_YEAR, LAST_YEAR = 1900, 2199
YEAR_VERB = "year"
SHOWN = 40


class _Calendar(Verbs):
    """`duban calendar 2026` means `duban calendar year 2026`: a word that is no verb belongs to the year's page."""

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]
        if not args or (args[0] not in self.commands and args[0] not in ctx.help_option_names):
            args = [YEAR_VERB, *args]
        return super().parse_args(ctx, args)


def add_to(app: typer.Typer) -> None:
    group = Face(help="日历：看一年、看一天、导入、重新排定。不写命令时看一年：duban calendar 2026")
    group.command(YEAR_VERB)(year)
    group.command()(day)
    group.command("import")(import_)
    group.command()(apply)
    app.add_typer(group, name="calendar", cls=_Calendar)


def year(
    which: Annotated[str | None, typer.Argument(help="哪一年，如 2026；不写是今年", metavar="YEAR")] = None,
    month: Annotated[int | None, typer.Option("--month", help="只看这个月", metavar="M", min=1, max=12)] = None,
    db: Db = None,
    as_json: Json = False,
) -> None:
    """看一年：一页月历，和每个特殊日子的出处。"""
    with answering(as_json):
        wanted = _year(which) if which is not None else None
        with open_engine(db) as engine:
            found = engine.calendar_year(wanted)
        if as_json:
            document(_year_document(found, month))
            return
        from duban.cli.months import show

        show(console(), found, month=month)


def _year(words: str) -> int:
    from workflow.errors import UsageError

    text = words.removesuffix("年")
    if not (text.isascii() and text.isdecimal() and FIRST_YEAR <= int(text) <= LAST_YEAR):
        raise UsageError(f"年份要写成 2026，现在是“{words}”；看一天用 duban calendar day 2026-05-01")
    return int(text)


def day(
    which: Annotated[str, typer.Argument(help="哪一天，如 2026-02-14", metavar="DAY")],
    plus: Annotated[
        int | None, typer.Option("--plus", help="从这天起第几个工作日；负数往前数", metavar="N", min=-9999, max=9999)
    ] = None,
    db: Db = None,
    as_json: Json = False,
) -> None:
    """看一天：上不上班、依据、教学周、前后的工作日；加 --plus 5 数工作日。"""
    with answering(as_json):
        wanted = parse_day(which, "DAY")
        with open_engine(db) as engine:
            found = engine.calendar_day(wanted, plus=plus)
        if as_json:
            document(_day_document(found))
        else:
            _show_day(found)


def import_(
    file: Annotated[Path, typer.Argument(help=".ics，或 .xlsx、.csv（日历、学期、已公布）", metavar="FILE")],
    published: Annotated[
        list[int] | None,
        typer.Option("--published", help="这一年的放假安排全在文件里了；可写多次", metavar="YEAR", min=2000, max=2099),
    ] = None,
    preview: Preview = False,
    by: By = None,
    reason: ReasonText = None,
    db: Db = None,
    as_json: Json = False,
) -> None:
    """导入放假安排、学期，并按它重新排定未办结的事项。先加 --preview 看看。"""
    with answering(as_json), open_engine(db) as engine:
        made = engine.import_calendar(file, by=by, published=published or (), reason=reason, via=shell_user(), preview=preview)
        _show_change(made, as_json)


def apply(preview: Preview = False, by: By = None, reason: ReasonText = None, db: Db = None, as_json: Json = False) -> None:
    """节假日数据更新后，重新排定未办结的事项。先加 --preview 看看。"""
    with answering(as_json), open_engine(db) as engine:
        _show_change(engine.apply_calendar(by=by, reason=reason, via=shell_user(), preview=preview), as_json)


def _show_day(found: DayAnswer) -> None:
    from workflow.workdays import PROVISIONAL, short

    about = found.day
    doubt = "" if about.certain else f"（{about.day.year}年放假安排{PROVISIONAL}）"
    why = "" if about.why == ("工作日" if about.working else "") else f"，{about.why}"
    say(f"{about.day.year}年{short(about.day)}：{'上班' if about.working else '休息'}{why}{doubt}", hang=2)
    if about.certain:
        say(f"  依据：{about.source}", hang=8)
    if about.week is not None:
        say(f"  教学周：{about.week[0]}第{about.week[1]}周", hang=10)
    say(f"  前一个工作日：{_shift(found.previous)}；后一个工作日：{_shift(found.following)}", hang=2)
    if found.reached is not None and found.counted is not None:
        way = "之后" if found.counted > 0 else "之前" if found.counted < 0 else "当天或之前"
        count = f"第{abs(found.counted)}个" if found.counted else ""
        say(f"  {way}{count}工作日：{_shift(found.reached)}", hang=2)


def _shift(shift: Shift) -> str:
    from workflow.workdays import PROVISIONAL, short

    return f"{shift.day.year}年{short(shift.day)}" + ("" if shift.certain else f"（{PROVISIONAL}）")


def _day_document(found: DayAnswer) -> dict[str, Any]:
    content = {**_view(found.day), "previous": _shift_document(found.previous), "next": _shift_document(found.following)}
    if found.reached is not None:
        content |= {"plus": found.counted, "reached": _shift_document(found.reached)}
    return content


def _shift_document(shift: Shift) -> dict[str, Any]:
    return {"day": shift.day, "certain": shift.certain}


def _view(view: DayView) -> dict[str, Any]:
    return {
        "day": view.day,
        "working": view.working,
        "certain": view.certain,
        "kind": str(view.kind),
        "why": view.why,
        "source": view.source,
        "week": {"term": view.week[0], "no": view.week[1]} if view.week else None,
    }


def _year_document(found: YearView, month: int | None) -> dict[str, Any]:
    return {
        "year": found.year,
        "published": found.published,
        "provisional": not found.published,
        "note": found.note,
        "calendar": found.in_use,
        "days": [_view(view) for view in found.days if month in (None, view.day.month)],
        "terms": [
            {"name": t.name, "title": t.title, "start": t.start, "end": t.end, "week_one": t.monday} for t in found.terms
        ],
        "breaks": [{"name": b.name, "start": b.start, "end": b.end} for b in found.breaks],
    }


STATES = {"changed": "日历已更新", "planned": "已按现在的日历重新排定", "unchanged": "没有变化，什么也没有写入"}


def _show_change(made: CalendarChange, as_json: bool) -> None:
    if as_json:
        document(_change_document(made))
        return
    head = (
        "没有变化" if made.preview and made.state == "unchanged" else "预览，没有写入" if made.preview else STATES[made.state]
    )
    say(head + (f"（第{made.version}版）" if made.state != "unchanged" and not made.preview else "") + "。")
    for line in made.changes[:SHOWN]:
        say(f"  {line}", hang=4)
    if len(made.changes) > SHOWN:
        say(f"  还有{len(made.changes) - SHOWN}处，用 --json 看全部。")
    if made.same:
        say(f"  另有{made.same}天与国务院的安排一致，不用另记。")
    for problem in made.warnings:
        say(f"提醒  {problem}", hang=6)
    for hint in made.hints:
        say(f"提醒  {hint}", hang=6)
    if made.state != "unchanged":
        _show_projection(made)


def _show_projection(made: CalendarChange) -> None:
    from workflow.workdays import short

    found = made.projection
    if found.is_nothing and not found.kept:
        say("未办结的事项：时限和提醒都不变。")
        return
    say(f"未办结的事项：最后一天改变的{found.duties}件。")
    for move in found.moved[:SHOWN]:
        name = f"{move.task}@{move.occurrence}" if move.occurrence else move.task
        lines = [("", move.due)] if move.is_last_day else []
        lines += [("支部内部时间", move.internal)] if move.internal[0] != move.internal[1] else []
        said = "，".join(f"{what}{_dated(a)} → {short(b, a) if b else '无'}" for what, (a, b) in lines) or "锁定时间改变"
        say(f"  {name}（{move.campaign}）{move.duties}件：{said}", hang=4)
    if len(found.moved) > SHOWN:
        say(f"  还有{len(found.moved) - SHOWN}组，用 --json 看全部。")
    others = [
        (found.timers, "件的提醒时间改变"),
        (found.released, "条因放假安排未公布而暂缓的提醒恢复"),
        (found.openings, "个阶段的转入时间改变"),
        (found.kept, "件在新日历里找不到对应的时间，保持不变"),
    ]
    if said := "，".join(f"{count}{words}" for count, words in others if count):
        say(f"  {said}。")


def _dated(day: Any) -> str:
    from workflow.workdays import short

    return short(day) if day else "待定"


def _change_document(made: CalendarChange) -> dict[str, Any]:
    found = made.projection
    return {
        "state": made.state,
        "preview": made.preview,
        "version": made.version,
        "source": made.source,
        "changes": list(made.changes),
        "same": made.same,
        "warnings": [problem_document(problem) for problem in made.warnings],
        "hints": list(made.hints),
        "duties": found.duties,
        "timers": found.timers,
        "released": found.released,
        "openings": found.openings,
        "kept": found.kept,
        "moved": [
            {
                "campaign": move.campaign,
                "task": move.task,
                "occurrence": move.occurrence,
                "due_from": move.due[0],
                "due": move.due[1],
                "internal_from": move.internal[0],
                "internal": move.internal[1],
                "duties": move.duties,
            }
            for move in found.moved
        ],
    }
