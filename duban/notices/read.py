"""What stands in the file of a notice, or in one sentence why it cannot be read."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path

from duban.child import Failed, TooSlow, interpreter, run
from duban.notices import encoding
from duban.notices.lines import MOST, Found, Lines, Unreadable, too_long
from duban.notices.sniff import kind_of
from phases.reader.document import Document
from workflow.errors import DubanError

SECONDS = 5
MEMORY = 440 * 1024**2
_LONGEST = 4
"""The most bytes a character has in the encodings that are read."""


class BadNotice(DubanError):
    """A file that cannot be read as a notice. Its sentence begins with the file's name."""

    def __init__(self, name: str, why: str) -> None:
        self.name, self.why = name, why
        super().__init__(f"“{name}”{why}", code="bad-notice")

    def __reduce__(self) -> tuple[type[BadNotice], tuple[str, str]]:
        return type(self), (self.name, self.why)


def read_notice(name: str, content: bytes) -> Document:
    """The text of a notice: `.docx`, web page, PDF or plain text, told apart by content; `name` is for messages and for doubt.

    Takes at most some five seconds and 500 MB, whatever the bytes are. Raises BadNotice.
    """
    try:
        kind = kind_of(name, content)
        found = _text(content) if kind == "txt" else _in_child(kind, content)
        return _document(kind, found)
    except Unreadable as error:
        raise BadNotice(name, str(error)) from None


def _text(content: bytes) -> Found:
    if len(content) > MOST * _LONGEST:
        raise too_long()
    try:
        text = encoding.decode(content)
    except encoding.NotText:
        raise Unreadable("不是可读的通知，也不是文字；请给出 .docx、.pdf、.html 或 .txt") from None
    lines = Lines()
    lines.add(text)
    return lines.found(["文件有损坏的字节，读不出的字显示为“\ufffd”"] if "\ufffd" in text else [])


def _in_child(kind: str, content: bytes) -> Found:
    python = interpreter()
    if python is None:
        raise Unreadable("要在单独的进程里读，但找不到 Python 解释器；请在命令行里读，或改用 .txt")
    try:
        said = run(python, _CHILD, [kind], content, memory=MEMORY, seconds=SECONDS, libraries=_libraries())
    except TooSlow:
        raise Unreadable(f"读了 {SECONDS} 秒还没有读完；请只给出通知本身，另存后再试") from None
    except Failed:
        raise Unreadable("已损坏，或展开后太大；请打开后另存一份再试") from None
    answer = json.loads(said)
    if "refused" in answer:
        raise Unreadable(answer["refused"])
    found: Found = answer["found"]
    return found


_CHILD = str(Path(__file__).with_name("child.py"))


def _libraries() -> list[Path]:
    """Where the child imports from: this project, and what it is installed beside."""
    places = [spec.origin for name in ("lxml", "pypdfium2") if (spec := find_spec(name)) and spec.origin]
    return [Path(__file__).parents[2], *(Path(place).parents[1] for place in places)]


def _document(kind: str, found: Found) -> Document:
    text = "\n".join(found["lines"])
    if not any(map(str.isalnum, text)):
        raise Unreadable("里没有文字；请检查是否传错了文件")
    if len(text) > MOST:
        raise too_long()
    return Document(text=text, kind=kind, rows=frozenset(found["rows"]), unread=tuple(found["unread"]))
