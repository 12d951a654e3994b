"""The page where no campaign has begun yet."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import Response

from duban.service.campaigns_in import NONE_YET
from duban.service.visiting import Visitor
from duban.web.render import html


def no_campaign(request: Request, visitor: Visitor) -> Response:
    """Nothing runs: said plainly, with what will be here."""
    lines = ["活动启动以后，这里会列出各单位要办的事和时限。", f"您现在的任职：{visitor.posts_words}。"]
    return html(request, "sorry.html.j2", visitor=visitor, title=NONE_YET, lines=lines)
