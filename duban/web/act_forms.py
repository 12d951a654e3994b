"""What the form of an act says: the version of the case that was seen, a day, in which ways a paper came."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import Path

from duban.web.forms import Posted, civil_day
from workflow.errors import Reason, Refused
from workflow.model import Way

VIA = "portal"
"""How the journal says that an act came from a page."""
LARGEST = 2**53 - 1
Number = Annotated[int, Path(ge=1, le=LARGEST)]
"""The id of something, in the path."""


def day(form: Posted, name: str, words: str) -> date | None:
    """A day as a date field sends it. Raises `Refused` for what is none."""
    said = form.text(name)
    found = civil_day(said)
    if said and found is None:
        raise Refused([Reason(code="malformed", text=f"看不懂{words}“{said[:20]}”", unblock="写成2012-04-10这样")])
    return found


def ways(form: Posted) -> tuple[Way, ...]:
    """How a paper came. Raises `Refused` for what is no way."""
    said = form.all("ways")
    if not all(way in tuple(Way) for way in said):
        raise Refused([Reason(code="malformed", text="收件方式只有纸质、电子邮件和在线", unblock="从中选择")])
    return tuple(Way(way) for way in said)


def seen_version(form: Posted) -> int:
    """Which version of the case the form was made for. Raises `Refused` without one: nobody acts on what he has not seen."""
    found = form.number("version")
    if found is None:
        raise Refused([Reason(code="stale-version", text="没有记录：这个页面不完整", unblock="请刷新后再办理一次")])
    return found
