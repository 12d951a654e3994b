"""Are the rooms ours? `storage` and `notifications` are common names, and a portal may have packages of its own under them."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

ROOMS = ("workflow", "phases", "notifications", "storage")


class ForeignRoom(ImportError):
    """A package of somebody else's stands where one of ours should."""


def check() -> None:
    """Raise `ForeignRoom`, in one sentence, if any room is not the one installed beside this package."""
    home = Path(__file__).resolve().parent.parent
    for room in ROOMS:
        spec = find_spec(room)
        where = Path(spec.origin).resolve().parent if spec is not None and spec.origin else None
        if where != home / room:
            raise ForeignRoom(
                f"Duban 的“{room}”被另一个同名的包挡住了（{where or '没有找到'}）："
                "请让 Duban 单独作为一个进程运行（见 README 的“同名的包”一节）。"
            )
