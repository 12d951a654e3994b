"""A long list of ids or codes, a part at a time: how many one statement is given."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

SOME = 500
_T = TypeVar("_T")


def some(wanted: Sequence[_T]) -> Iterable[Sequence[_T]]:
    return (wanted[start : start + SOME] for start in range(0, len(wanted), SOME))
