"""The campaign a page is about, by its address (?campaign=3); and the page where there is none yet."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import Response

from duban.service.visiting import Visitor
from duban.web.render import html

NONE_YET = "还没有启动任何活动"


def no_campaign(request: Request, visitor: Visitor) -> Response:
    """Nothing runs: said plainly, with what will be here."""
    lines = ["活动启动以后，这里会列出各单位要办的事和时限。", f"您现在的任职：{visitor.posts_words}。"]
    return html(request, "sorry.html.j2", visitor=visitor, title=NONE_YET, lines=lines)
