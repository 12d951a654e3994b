"""Verbs that change the tree of units from a day on: rename, move, merge, split, dissolve, add. Each can be looked at first."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Annotated, Any, TypedDict

import typer

from duban.cli.options import By, ReasonText
from duban.cli.speak import Db, Json, answering, console, document, open_engine, parse_day, shell_user

if TYPE_CHECKING:
    from datetime import date

    from duban.service.reorganise import Part, Reorganised

Unit = Annotated[str, typer.Argument(help="单位编号", metavar="UNIT")]
On = Annotated[str, typer.Option("--on", help="从哪一天起生效，如 2012-06-26；可以是以前的日期", metavar="DATE")]
Document = Annotated[str | None, typer.Option("--document", help="依据的文件，如 党组〔2012〕18号", metavar="D")]
Preview = Annotated[bool, typer.Option("--preview", help="只看每件未办结事项会怎样，不写入")]
SHOWN = 40
TENTATIVE_MARK = "（未公布，暂定）"
VERDICTS = {"kept": "继续办理", "void": "不再办理", "new": "新产生"}


class Words(TypedDict):
    """A decision as `Engine` takes it."""

    on: date | None
    by: str | int | None
    document: str | None
    reason: str | None
    via: str | None


def add_to(group: typer.Typer) -> None:
    for verb in (rename, move, merge, split, dissolve, add):
        group.command()(verb)


def rename(
    unit: Unit,
    name: Annotated[str, typer.Argument(help="新的全称", metavar="NAME")],
    on: On,
    by: By,
    document: Document = None,
    reason: ReasonText = None,
    preview: Preview = False,
    db: Db = None,
    as_json: Json = False,
) -> None:
    """更名；事项和时限不变。"""
    with answering(as_json), open_engine(db) as engine:
        words = _decision(on, by, document, reason)
        _show(engine.rename_unit(unit, name, preview=preview, **words), as_json)


def move(
    unit: Unit,
    under: Annotated[str, typer.Option("--under", help="新的上级", metavar="U")],
    on: On,
    by: By,
    document: Document = None,
    reason: ReasonText = None,
    preview: Preview = False,
    db: Db = None,
    as_json: Json = False,
) -> None:
    """隶属调整，连同下级单位；事项和时限不变。"""
    with answering(as_json), open_engine(db) as engine:
        words = _decision(on, by, document, reason)
        _show(engine.move_unit(unit, under, preview=preview, **words), as_json)


def merge(
    units: Annotated[list[str], typer.Argument(help="要合并的单位编号", metavar="UNIT...")],
    into: Annotated[str, typer.Option("--into", help="并入哪个单位，可以是其中一个", metavar="U")],
    on: On,
    by: By,
    document: Document = None,
    reason: ReasonText = None,
    preview: Preview = False,
    db: Db = None,
    as_json: Json = False,
) -> None:
    """合并：并入的单位结束，它们未办结的事项不再办理，下级单位转到并入后的单位。"""
    with answering(as_json), open_engine(db) as engine:
        words = _decision(on, by, document, reason)
        _show(engine.merge_units(units, into, preview=preview, **words), as_json)


def split(
    unit: Unit,
    parts: Annotated[
        list[str], typer.Option("--into", help="拆成的单位，写 编号:名称 或 编号:名称:党员数；写多次", metavar="CODE:NAME[:N]")
    ],
    on: On,
    by: By,
    document: Document = None,
    reason: ReasonText = None,
    preview: Preview = False,
    db: Db = None,
    as_json: Json = False,
) -> None:
    """拆分：新单位从原单位所在的阶段接着办，没有报送的事项各自办理；写原编号表示原单位保留。"""
    with answering(as_json), open_engine(db) as engine:
        words = _decision(on, by, document, reason)
        into = [_part(each) for each in parts]
        _show(engine.split_unit(unit, into, preview=preview, **words), as_json)


def dissolve(
    unit: Unit,
    on: On,
    by: By,
    document: Document = None,
    reason: ReasonText = None,
    preview: Preview = False,
    db: Db = None,
    as_json: Json = False,
) -> None:
    """撤销（写明 --reason）：未办结的事项不再办理。"""
    with answering(as_json), open_engine(db) as engine:
        words = _decision(on, by, document, reason)
        _show(engine.dissolve_unit(unit, preview=preview, **words), as_json)


def add(
    unit: Annotated[str, typer.Argument(help="没有用过的编号", metavar="CODE")],
    name: Annotated[str, typer.Argument(help="全称", metavar="NAME")],
    kind: Annotated[str, typer.Option("--kind", help="类型，如 党支部、直属党支部、党总支")],
    under: Annotated[str, typer.Option("--under", help="上级", metavar="U")],
    on: On,
    by: By,
    branch_kind: Annotated[str | None, typer.Option("--branch-kind", help="支部类别，如 本科生")] = None,
    members: Annotated[int | None, typer.Option("--members", help="党员数", min=0)] = None,
    document: Document = None,
    reason: ReasonText = None,
    preview: Preview = False,
    db: Db = None,
    as_json: Json = False,
) -> None:
    """新建：没有等次，只办还没有到期的事项。"""
    with answering(as_json), open_engine(db) as engine:
        words = _decision(on, by, document, reason)
        made = engine.add_unit(unit, name, kind, under, branch_kind=branch_kind, members=members, preview=preview, **words)
        _show(made, as_json)


def _decision(on: str, by: str, document_: str | None, reason: str | None) -> Words:
    return {"on": parse_day(on, "--on"), "by": by, "document": document_, "reason": reason, "via": shell_user()}


def _part(words: str) -> Part:
    from duban.service.reorganise import Part
    from workflow.errors import UsageError

    code, _, name = words.replace("：", ":").partition(":")
    head, _, last = name.rpartition(":")
    members = int(last) if head and last.isdecimal() else None
    name = head if members is not None else name
    if not code.strip() or not name.strip():
        raise UsageError(f"--into 要写成 编号:名称 或 编号:名称:党员数，现在是“{words}”")
    return Part(code=code.strip(), name=name.strip(), members=members)


def _show(made: Reorganised, as_json: bool) -> None:
    if as_json:
        document(_answer(made))
        return
    out = console()
    out.print(f"{'预览，没有写入' if made.preview else '已登记'}，自{made.on}起生效：", markup=False)
    for change in made.changes:
        out.print(f"  {change}", markup=False, soft_wrap=True)
    counts = Counter(verdict.verdict for verdict in made.verdicts)
    said = "，".join(f"{VERDICTS[kind]}{counts[kind]}件" for kind in VERDICTS if counts[kind])  # type: ignore[index]
    out.print(f"未办结的事项：{said or '没有'}。", markup=False)
    for verdict in made.verdicts[:SHOWN]:
        due = f"（{verdict.due}{TENTATIVE_MARK if verdict.provisional else ''}前）" if verdict.due else ""
        line = f"  {VERDICTS[verdict.verdict]}  {verdict.unit} {verdict.name}：{verdict.duty}{due}。{verdict.why}"
        out.print(line, markup=False, soft_wrap=True)
    if len(made.verdicts) > SHOWN:
        out.print(f"  还有{len(made.verdicts) - SHOWN}件，用 --json 看全部。", markup=False)


def _answer(made: Reorganised) -> dict[str, Any]:
    names = ("unit", "name", "campaign", "duty", "due", "state", "verdict", "why", "provisional")
    verdicts = [{name: getattr(verdict, name) for name in names} for verdict in made.verdicts]
    return {"on": made.on, "preview": made.preview, "changes": list(made.changes), "verdicts": verdicts}
