"""A file is written whole or not at all: beside its place first, then moved there, so that a full disk leaves the old one."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path


def write_file(path: Path, content: str | bytes) -> None:
    """Write a file or replace it. Raises OSError naming `path`; then nothing has changed."""
    data = content.encode() if isinstance(content, str) else content
    if path.exists() and not path.is_file():
        path.write_bytes(data)  # a device such as /dev/stdout, or a folder, which is refused
        return
    beside = path.with_name(f".{path.name[:100]}.part")
    try:
        beside.write_bytes(data)
        os.replace(beside, path)
    except OSError as error:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise type(error)(error.errno, error.strerror, str(path)) from None
