"""Where a list goes on: an opaque word that holds the key of the last entry. It opens nothing: whoever asks is judged anew each time."""

from __future__ import annotations

import base64
import json

from duban.web.api.problems import Declined


def cursor(kind: str, place: int | str) -> str:
    """The word for "after this one" in a list of one kind."""
    return base64.urlsafe_b64encode(json.dumps([kind, place]).encode()).decode().rstrip("=")


def number_after(kind: str, word: str | None) -> int | None:
    """The number in a cursor of that kind; None for the beginning. Raises `Declined` for anything else."""
    if not word:
        return None
    place = _place(kind, word)
    if not isinstance(place, int) or isinstance(place, bool) or not 0 <= place < 2**63:
        raise _strange()
    return place


def text_after(kind: str, word: str | None) -> str | None:
    """The text in a cursor of that kind."""
    if not word:
        return None
    place = _place(kind, word)
    if not isinstance(place, str) or not place.isascii() or not place.isprintable():
        raise _strange()
    return place


def _place(kind: str, word: str) -> object:
    try:
        found = json.loads(base64.urlsafe_b64decode(word + "=" * (-len(word) % 4)))
    except (ValueError, RecursionError):
        raise _strange() from None
    if not isinstance(found, list) or len(found) != 2 or found[0] != kind:
        raise _strange()
    place: object = found[1]
    return place


def _strange() -> Declined:
    return Declined(400, "bad-cursor", "after 不是这个列表给出的位置：请从头读起，或用上一页的 next")
