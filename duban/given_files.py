"""Files that somebody named: their bytes and their text."""

from __future__ import annotations

from pathlib import Path

from workflow.errors import DubanError, NotFound


def read_file(path: str | Path) -> bytes:
    """The bytes of a file somebody named; a missing or unreadable one is one clear sentence."""
    try:
        return Path(path).read_bytes()
    except FileNotFoundError:
        raise NotFound(f"没有文件“{path}”：请检查路径") from None
    except IsADirectoryError:
        raise DubanError(f"“{path}”是一个文件夹：请写到文件名", code="unreadable") from None
    except PermissionError:
        raise DubanError(f"没有权限读文件“{path}”：请检查文件权限", code="unreadable") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise DubanError(f"读不了文件“{path}”：{reason}", code="unreadable") from None


def decoded(content: bytes, name: str) -> str:
    """Text of a definition: UTF-8 with or without a mark, else GB18030."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise DubanError(f"“{name}”不是文本文件：请用 UTF-8 保存后再试", code="unreadable")
