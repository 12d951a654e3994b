"""A whole number written in figures or in Chinese numerals."""

from __future__ import annotations

import re
import unicodedata

_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}


def whole(words: str) -> int | None:
    """`3`, `３`, `三`, `十二`, `二十`, `-1`; None if it is no whole number up to 99 in Chinese numerals or any in figures."""
    words = unicodedata.normalize("NFKC", words.strip())
    if re.fullmatch(r"-?\d{1,9}", words):
        return int(words)
    if words in _DIGITS:
        return _DIGITS[words]
    if m := re.fullmatch("([一二三四五六七八九]?)十([一二三四五六七八九]?)", words):
        return _DIGITS.get(m[1], 1) * 10 + _DIGITS.get(m[2], 0)
    return None
