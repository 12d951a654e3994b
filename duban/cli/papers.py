"""Verbs of papers: paper draft 起草, list, show, sign 签发, refuse 不签发."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from duban.cli.options import By, WhichDuty, Why
from duban.cli.speak import Campaign, Db, Json, answering, document, open_engine, parse_day, say, shell_user
from duban.cli.words import Face
from workflow.errors import UsageError

if TYPE_CHECKING:
    from duban import Engine
    from duban.service.papers import PaperRead

Number = Annotated[int, typer.Argument(metavar="ID", help="公文在本系统里的编号")]


def add_to(app: typer.Typer) -> None:
    group = Face(help="公文代拟稿：催办函、督办单、通报。由人起草，由领导签发。", no_args_is_help=True)
    for verb in (draft, list_, show, sign, refuse):
        group.command(verb.__name__.rstrip("_"))(verb)
    app.add_typer(group, name="paper")


def draft(
    kind: Annotated[str, typer.Argument(metavar="KIND", help="催办函、督办单 或 通报")],
    duty: WhichDuty,
    by: By,
    under: Annotated[str | None, typer.Option("--under", help="发给哪个二级党组织（通报不写）", metavar="U")] = None,
    until: Annotated[str | None, typer.Option("--until", help="请在哪天前反馈；默认3个工作日", metavar="DATE")] = None,
    campaign: Campaign = None,
    db: Db = None,
    as_json: Json = False,
) -> None:
    """按现在的进展起草一份；还没有签发的，可以按最新情况重新起草。"""
    with answering(as_json):
        day = parse_day(until, "--until") if until else None
        with open_engine(db) as engine:
            made = engine.draft_paper(kind, duty=duty, under=under, by=by, campaign=campaign, until=day, via=shell_user())
        _told(made, as_json, f"已起草，等候签发：duban paper show {made.id}")


def list_(
    state: Annotated[str | None, typer.Option("--state", help="draft 待签发，signed 已签发，refused 不签发")] = None,
    campaign: Campaign = None,
    db: Db = None,
    as_json: Json = False,
) -> None:
    """有哪些公文，到了哪一步。"""
    with answering(as_json), open_engine(db) as engine:
        found = engine.papers(campaign=campaign, state=state)
        if as_json:
            document({"papers": [_document(paper) for paper in found]})
            return
        for paper in found:
            say(_line(paper), hang=2)
        if not found:
            say("还没有公文。")


def show(
    paper: Number,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="存成 Word：文件名.docx，或一个文件夹", metavar="FILE")
    ] = None,
    db: Db = None,
    as_json: Json = False,
) -> None:
    """看一份公文写了什么，或存成 Word 文件（代拟稿：红头、文号和印章由办公室办理）。"""
    with answering(as_json), open_engine(db) as engine:
        found = engine.paper(paper)
        file = _save(engine, found, out) if out is not None else None
        if as_json:
            document(_document(found) | {"content": _content(found), "file": file})
        elif file is not None:
            say(f"已存为 {file}")
        else:
            _show(found)


def sign(
    paper: Number,
    by: By,
    number: Annotated[str | None, typer.Option("--number", help="文号，如 校党组〔2026〕9号", metavar="文号")] = None,
    db: Db = None,
    as_json: Json = False,
) -> None:
    """签发；签发后内容不再变动。"""
    with answering(as_json), open_engine(db) as engine:
        _told(engine.sign_paper(paper, by=by, number=number, via=shell_user()), as_json, "已签发。")


def refuse(
    paper: Number,
    by: By,
    reason: Why,
    db: Db = None,
    as_json: Json = False,
) -> None:
    """不签发，写明理由。"""
    with answering(as_json), open_engine(db) as engine:
        _told(engine.refuse_paper(paper, by=by, reason=reason, via=shell_user()), as_json, "已记录不签发。")


def _save(engine: Engine, paper: PaperRead, out: Path) -> str:
    from duban.files import write_file

    if not out.is_dir() and out.suffix.lower() != ".docx":
        raise UsageError(f"“{out}”：公文存成 Word 文件，文件名要以 .docx 结尾，或写一个已有的文件夹")
    file = out / paper.file_name if out.is_dir() else out
    write_file(file, engine.paper_file(paper.id))
    return str(file)


def _told(paper: PaperRead, as_json: bool, words: str) -> None:
    if as_json:
        document(_document(paper) | {"content": _content(paper)})
        return
    say(_line(paper), hang=2)
    say(words)


def _line(paper: PaperRead) -> str:
    from duban.service.papers import STATES

    number = f"（{paper.number}）" if paper.number else ""
    who = f"，{paper.decided_by}" if paper.decided_by else ""
    why = f"：{paper.reason}" if paper.reason else ""
    return f"{paper.id} {paper.kind}{number} {paper.unit}：{paper.task}（{paper.due}）{STATES[paper.state]}{who}{why}"


def _show(paper: PaperRead) -> None:
    said = paper.content
    say(_line(paper), hang=2)
    say(f"{said.mark}  主送：{'、'.join(said.addressees) or said.unit}")
    say(f"事项：{said.task}，{said.due_words}；应报{said.expected}件，已报{said.handed_in}件", hang=2)
    for item in said.items:
        promised = f"（承诺{item.promised}）" if item.promised else ""
        say(f"  {item.unit}：{item.state}{promised}", hang=4)
    contact = " ".join(part for part in (said.contact.unit, said.contact.name, said.contact.phone) if part)
    say(f"请于{said.until_words}前反馈；联系人：{contact}；签发：{said.signer}", hang=2)
    say(f"存成 Word 文件：duban paper show {paper.id} -o .", hang=2)


def _document(paper: PaperRead) -> dict[str, Any]:
    from duban.clock import show_instant

    return {
        "id": paper.id,
        "kind": paper.kind,
        "unit": paper.unit_code,
        "name": paper.unit,
        "task": paper.task,
        "due": paper.due,
        "state": paper.state,
        "made_at": show_instant(paper.made_at),
        "made_by": paper.made_by,
        "decided_at": show_instant(paper.decided_at) if paper.decided_at is not None else None,
        "decided_by": paper.decided_by,
        "reason": paper.reason,
        "number": paper.number,
    }


def _content(paper: PaperRead) -> dict[str, Any]:
    from dataclasses import asdict

    return asdict(paper.content)
