"""A campaign drafted from a notice: the file is read, the questions are answered, the definition is written."""

from __future__ import annotations

import json
import pickle
import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from phases.reader import draft as reader
from phases.reader.document import Document, Quote
from phases.reader.draft import comes_again
from phases.reader.nouns import Aim, Demand, Doubt, Draft, Stage
from phases.reader.recurring import rule_words
from phases.reader.write import definition_text
from workflow.errors import DefinitionError, DubanError, Problem

__all__ = ["answers_of", "definition_text", "draft", "draft_document", "draft_notice"]


READ_HERE = 12_000
"""Characters. A longer text is read in a process of its own: whatever it says, an answer comes in time."""
SECONDS = 5
MEMORY = 480 * 1024**2


def draft(document: Document, answers: Mapping[str, str] | None = None) -> Draft:
    """The draft of a notice, with answers to questions of an earlier one (`phases.reader.draft`), within five seconds.

    Raises `DefinitionError` for answers that are wrong, `DubanError` if the text takes longer than any notice does.
    """
    if len(document.text) <= READ_HERE:
        return reader.draft(document, answers)
    from duban.child import Failed, TooSlow, interpreter, run

    python = interpreter()
    if python is None:
        return reader.draft(document, answers)
    child, asked = str(Path(__file__).with_name("drafting_child.py")), pickle.dumps((document, dict(answers or {})))
    places = [Path(place) for place in sys.path if place]
    try:
        said = pickle.loads(run(python, child, [], asked, memory=MEMORY, seconds=SECONDS, libraries=places))
    except TooSlow:
        text = f"通知读了{SECONDS}秒还没有读完，不像一份通知；请只给出通知本身，附件另存"
        raise DubanError(text, code="bad-notice") from None
    except Failed:
        raise DubanError("通知读不下去：文字太多或已损坏；请只给出通知本身，附件另存", code="bad-notice") from None
    if isinstance(said, DubanError):
        raise said
    found: Draft = said
    return found


def draft_notice(name: str, content: bytes, answers: Mapping[str, str] | None = None) -> Draft:
    """Read a notice from the bytes of its file. Raises `DubanError` if it is none, `DefinitionError` for wrong answers."""
    from duban.notices import read_notice

    return draft(read_notice(name, content), answers)


def answers_of(text: str, *, name: str) -> dict[str, str]:
    """A file of answers, JSON or one `编号: 答复` a line. Raises `DefinitionError` with every line that is neither."""
    if text.lstrip("\ufeff \t\r\n").startswith("{"):
        return _from_json(text.lstrip("\ufeff"), name)
    answers, problems = {}, []
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), 1):
        key, colon, words = line.replace("：", ":", 1).partition(":") if not line.lstrip().startswith("#") else ("", "", "")
        if colon and key.strip():
            answers[key.strip().strip("\"'【】")] = words.strip().strip("\"'")
        elif line.strip() and not line.lstrip().startswith("#"):
            problems.append(Problem(text="看不懂；一行写一个答复：编号: 答复", line=number))
    if problems:
        raise DefinitionError(name, problems)
    return answers


def _from_json(text: str, name: str) -> dict[str, str]:
    try:
        found = json.loads(text)
    except ValueError as error:
        line = getattr(error, "lineno", None)
        raise DefinitionError(name, [Problem(text='不是完整的 JSON；请写成 {"编号": "答复"}', line=line)]) from None
    except RecursionError:
        raise DefinitionError(name, [Problem(text='括号套得太深；请写成 {"编号": "答复"}')]) from None
    wrong = [key for key, words in found.items() if not isinstance(words, str | int)]
    if wrong:
        raise DefinitionError(name, [Problem(text="答复要写成文字", path=key) for key in wrong])
    return {key: str(words) for key, words in found.items()}


def draft_document(found: Draft) -> dict[str, Any]:
    """What `duban draft --json` prints; every quote with its line and place."""
    head = found.head
    again = [d for d in (*found.recurring, *found.tasks) if comes_again(d) or _is_regular(d)]
    return {
        "title": head.title,
        "issued": _iso(head.issued),
        "issuer": head.issuer,
        "document_no": head.document_no,
        "published": _iso(head.published),
        "addressees": list(head.addressees),
        "phases": [_stage(s) for s in found.stages],
        "deliverables": [_deliverable(d) for d in found.deliverables],
        "recurring": [{"what": d.what, "rule": _rule(d), **_quote(d.quote)} for d in again],
        "grades": list(dict.fromkeys(grade for scale in found.scales for grade in scale.grades)),
        "targets": [_target(a) for a in found.aims],
        "tasks": [_task(d) for d in found.tasks],
        "questions": [_question(d) for d in found.doubts],
    }


def _stage(stage: Stage) -> dict[str, Any]:
    line = stage.deadline
    start, end = (line.start, line.end) if line else (None, None)
    if line is not None and line.kind == "before":
        start = None
    flags = {"flags": list(line.flags)} if line and line.flags else {}
    return {
        "name": stage.name,
        "start": _iso(start),
        "end": _iso(end),
        **_quote(stage.quote),
        "overall": stage.overall,
        **flags,
    }


def _deliverable(demand: Demand) -> dict[str, Any]:
    line = demand.deadline
    return {
        "what": demand.what,
        "to": demand.to,
        "due": _iso(line.end) if line else None,
        **_quote(demand.quote),
        "materials": list(demand.materials),
        "who": list(demand.who),
        "ways": list(demand.ways),
        "flags": list(line.flags) if line else [],
    }


def _task(demand: Demand) -> dict[str, Any]:
    line = demand.deadline
    return {
        "what": demand.what,
        "who": list(demand.who),
        "owners": list(demand.owners),
        "time": line.words if line else None,
        "due": _iso(line.end) if line else None,
        "quantities": [{"what": what, "least": least, "most": most} for what, least, most in demand.quantities],
        **_quote(demand.quote),
    }


def _target(aim: Aim) -> dict[str, Any]:
    what = f"{aim.source or ''}→{aim.to or ''}"
    by = _iso(aim.deadline.end) if aim.deadline else None
    return {"what": what, "rate": float(aim.share), "by": by, **_quote(aim.quote)}


def _question(doubt: Doubt) -> dict[str, Any]:
    quote = _quote(doubt.quote) if doubt.quote else {"quote": "", "at": None}
    return {**quote, "why": doubt.why, "proposal": doubt.proposal, "key": doubt.answer_key, "value": doubt.value}


def _is_regular(demand: Demand) -> bool:
    from phases.reader.doubts import line_field

    return line_field(demand) == "频次"


def _rule(demand: Demand) -> str:
    if demand.deadline is None or demand.deadline.every is None:
        return "regularly (no interval given)"
    return rule_words(demand.deadline)


def _quote(quote: Quote) -> dict[str, Any]:
    return {"quote": quote.text, "at": {"line": quote.line, "from": quote.at, "to": quote.to}}


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
