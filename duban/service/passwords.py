"""密码: how one is kept, compared, and what a new one must be."""

from __future__ import annotations

import secrets
import unicodedata
from functools import lru_cache
from threading import BoundedSemaphore
from typing import TYPE_CHECKING

from workflow.errors import Reason

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST, LONGEST = 10, 128
"""Characters. Length is what counts (NIST SP 800-63B): nothing is asked about capitals or signs."""
LETTERS = 5
"""Different characters: 1111111111 is no password."""
ORDERS = ("01234567890", "09876543210", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm")
COMMON = ("password", "passw0rd", "iloveyou", "woaini", "admin", "mima", "dangyuan", "zuzhibu")
AT_ONCE = 4
"""Comparisons at the same time: each takes 64 MB, and a crowd at the door must not take the whole machine."""
_room = BoundedSemaphore(AT_ONCE)


def kept(password: str) -> str:
    """What is remembered of a password: an argon2id hash with its salt and parameters."""
    with _room:
        return _hasher().hash(_plain(password))


def same(hash_: str | None, password: str) -> bool:
    """It is the password of this hash. Without one (nobody of that name) as long is spent comparing it with nothing."""
    from argon2.exceptions import Argon2Error, InvalidHashError

    with _room:
        try:
            return _hasher().verify(hash_ or _nobodys(), _plain(password[: LONGEST + 1])) and hash_ is not None
        except (Argon2Error, InvalidHashError):
            return False


def outdated(hash_: str) -> bool:
    """Made with weaker parameters than today's: hash it anew at the next chance."""
    return _hasher().check_needs_rehash(hash_)


def weak(password: str, *, about: tuple[str, ...] = ()) -> list[Reason]:
    """Everything that is wrong with a new password; `about` are words it must not be made of: 工号, e-mail."""
    plain = _plain(password)
    found = []
    if len(plain) < SHORTEST:
        found.append(_reason("password-short", f"密码只有{len(plain)}个字符", f"请至少用{SHORTEST}个字符，一句好记的话就可以"))
    if len(plain) > LONGEST:
        found.append(_reason("password-long", f"密码超过{LONGEST}个字符", f"请用不超过{LONGEST}个字符"))
    if len(plain) >= SHORTEST and _easy(plain.lower(), about):
        found.append(
            _reason("password-easy", "这个密码太容易猜到", "请不要用工号、连续或重复的字符、常见的词，换一句只有自己知道的话")
        )
    return found


def _easy(plain: str, about: tuple[str, ...]) -> bool:
    """Little is left once what everybody would try is taken out."""
    rest = plain
    for word in (*about, *COMMON, *ORDERS):
        rest = rest.replace(word.lower(), "") if len(word) >= 3 else rest
    runs = sum(len(run) for order in ORDERS for run in _runs(rest, order))
    return len(set(plain)) < LETTERS or len(rest) - runs < LETTERS


def _runs(text: str, order: str) -> list[str]:
    """Pieces of an order (12345) of four characters and more."""
    found, at = [], 0
    while at < len(text):
        end = at + 1
        while end < len(text) and text[at : end + 1] in order:
            end += 1
        if end - at >= 4:
            found.append(text[at:end])
        at = end if end - at >= 4 else at + 1
    return found


def _reason(code: str, text: str, unblock: str) -> Reason:
    return Reason(code=code, text=text, unblock=unblock)


def _plain(password: str) -> str:
    """The same however it was typed: ａ as a."""
    return unicodedata.normalize("NFKC", password)


@lru_cache(maxsize=1)
def _hasher() -> PasswordHasher:
    from argon2 import PasswordHasher  # not at the start of every command

    return PasswordHasher()


@lru_cache(maxsize=1)
def _nobodys() -> str:
    """A hash that no password has: of random bytes nobody knows."""
    return _hasher().hash(secrets.token_hex(32))
