"""A Word file, web page or PDF read in a process of its own (`duban/child.py`): kind as argument, content on stdin, JSON on stdout.

What a reader does not expect in a damaged file ends the process, and that is the answer.
"""

from __future__ import annotations

import json
import sys

from duban.notices.lines import Found, Unreadable


def read(kind: str, content: bytes) -> Found:
    """Imports only the reader that is wanted, to start fast. Raises Unreadable."""
    if kind == "docx":
        from duban.notices.word import read_word

        return read_word(content)
    if kind == "html":
        from duban.notices.webpage import read_webpage

        return read_webpage(content)
    from duban.notices.pdf import read_pdf

    return read_pdf(content)


def _answer(kind: str, content: bytes) -> dict[str, Found | str]:
    try:
        return {"found": read(kind, content)}
    except Unreadable as error:
        return {"refused": str(error)}


if __name__ == "__main__":
    sys.setrecursionlimit(20_000)  # elements stand in elements; the parsers bound the depth
    sys.stdout.write(json.dumps(_answer(sys.argv[1], sys.stdin.buffer.read())))
