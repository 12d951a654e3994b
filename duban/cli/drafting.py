"""The verb draft: a notice in, a definition with its open questions out; questions answered one by one or from a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from duban.cli.speak import Json, answering, document, say
from duban.cli.words import Verb

if TYPE_CHECKING:
    from phases.reader.document import Document
    from phases.reader.nouns import Doubt, Draft

ASK = "-"
TAKES_VALUE = ("-o", "--out", "--db")


class _Draft(Verb):
    """`--answer` alone asks one question after the other; with a file it takes the answers from there."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        return super().parse_args(ctx, _with_ask(args))


def _with_ask(args: Sequence[str]) -> list[str]:
    """--answer means "ask me" unless a word follows it that is not the notice itself."""
    found = list(args)
    if "--answer" not in found:
        return found
    at = found.index("--answer")
    words = [no for no, word in enumerate(found) if not word.startswith("-") and (no == 0 or found[no - 1] not in TAKES_VALUE)]
    follows = at + 1 < len(found) and (found[at + 1] == ASK or not found[at + 1].startswith("-"))
    if not follows or words == [at + 1]:
        found.insert(at + 1, ASK)
    return found


def add_to(app: typer.Typer) -> None:
    app.command(cls=_Draft)(draft)


def draft(
    notice: Annotated[Path, typer.Argument(help="通知：.txt .docx .html .pdf", metavar="NOTICE")],
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="活动设置写到哪个文件；默认在屏幕上给出", metavar="FILE")
    ] = None,
    answer: Annotated[
        str | None, typer.Option("--answer", help="答复待定的问题：后面写答复文件；只写 --answer 就逐个问", metavar="[FILE]")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="文件已经存在也覆盖")] = False,
    as_json: Json = False,
) -> None:
    """读通知，起草活动设置；读不准的地方列成问题，不猜。"""
    with answering(as_json):
        from duban.drafting import answers_of, definition_text, draft_document
        from duban.drafting import draft as read
        from duban.files import write_file
        from duban.given_files import read_file
        from duban.notices import read_notice
        from workflow.errors import DubanError

        if out is not None and out.exists() and not force:
            raise DubanError(f"“{out}”已经存在：换一个文件名，或加 --force 覆盖。", code="exists")
        words = read_notice(notice.name, read_file(notice))
        answers: Mapping[str, str] = {}
        if answer is not None and answer != ASK:
            answers = answers_of(_text(read_file(Path(answer)), answer), name=answer)
        found = read(words, answers)
        if answer == ASK:
            found = _asked(words, found)
        text = definition_text(found, name=notice.name)
        if out is not None:
            write_file(out, text)
        if as_json:
            document(draft_document(found))
        elif out is None:
            typer.echo(text, nl=False)
        else:
            _report(found, out)


def _text(content: bytes, name: str) -> str:
    from workflow.errors import DubanError

    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise DubanError(f"答复文件“{name}”不是 UTF-8 文本：请用 UTF-8 保存后再试。", code="bad-answers") from None


def _asked(words: Document, found: Draft) -> Draft:
    """Put every open question once, in order; an answer may open or close others, so the notice is read again each time."""
    from duban.drafting import draft as read
    from workflow.errors import DefinitionError

    answers: dict[str, str] = {}
    seen: set[str] = set()
    while question := next((d for d in found.doubts if d.answer_key not in seen), None):
        said = _put(question, len(seen) + 1, len(found.doubts))
        if said is None:
            break
        if said:
            try:
                found = read(words, {**answers, question.answer_key: said})
            except DefinitionError as error:
                for problem in error.problems:
                    typer.echo(f"  {problem.text}", err=True)
                continue
            answers[question.answer_key] = said
        seen.add(question.answer_key)
    return found


def _put(question: Doubt, number: int, open_ones: int) -> str | None:
    """Ask one question. Enter leaves it open, 建议 or = takes the proposal; None if the person has gone."""
    typer.echo("", err=True)
    if question.quote:
        typer.echo(f"  原文（第{question.quote.line}行）：{question.quote.said}", err=True)
    typer.echo(f"{number}. {question.why}", err=True)
    typer.echo(f"  建议：{question.proposal}", err=True)
    try:
        choice = "= 采用建议，回车留着" if question.value else "回车留着"
        said = str(typer.prompt(f"  答复（{choice}）", default="", show_default=False, err=True)).strip()
    except (EOFError, typer.Abort):
        return None
    return "建议" if said == "=" else said


def _report(found: Draft, out: Path) -> None:
    """What was read, in one sentence, and what to do next."""
    stages = [s for s in found.stages if not s.overall]
    head = found.head
    say(f"已读《{head.title}》" if head.title else "已读通知")
    counts = (
        (len(stages), "个阶段"),
        (len(found.deliverables), "项报送或限期工作"),
        (len(found.recurring), "项定期工作"),
        (len(found.aims), "个目标"),
        (len(found.tasks), "项其他工作"),
    )
    said = "、".join(f"{count}{what}" for count, what in counts if count)
    say(f"读出{said or '的条目为零：这份通知里没有阶段、报送和定期工作'}。")
    if found.doubts:
        say(f"有{len(found.doubts)}处请您定：")
        for number, doubt in enumerate(found.doubts, 1):
            place = f"（第{doubt.quote.line}行）" if doubt.quote else ""
            say(f"{number:>3}. {doubt.why}{place}；建议：{doubt.proposal}", hang=5)
    say(f"已写到 {out}。逐项核对后：duban check {out}")
