"""A channel that writes files: what the sandbox uses instead of sending, and what another program may pick up."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from types import TracebackType
from typing import Self

from notifications.channels.channel import Failed, Parcel, Result, Retry, Sent

_SAFE_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,127}")


class FolderChannel:
    """Writes `<folder>/<id>.json`: recipient, unit, items, rung, subject, text and the rest of the parcel.

    A file appears whole or not at all; a second try writes the same file again. Created folders and files are as private as
    the process's umask says.
    """

    name = "folder"
    group = False

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        return None

    def send(self, parcel: Parcel) -> Result:
        if not _SAFE_ID.fullmatch(parcel.id):
            return Failed(why=f"消息编号“{parcel.id}”不能作文件名", code="bad-id", fault="message")
        path = self._folder / f"{parcel.id}.json"
        try:
            content = json.dumps(_content(parcel), ensure_ascii=False, indent=1).encode()
        except (TypeError, ValueError) as error:
            return Failed(why=f"消息的附加内容写不成 JSON（{error}）", code="bad-extra", fault="message")
        try:
            _write_whole(path, content)
        except OSError as error:
            return Retry(after_seconds=60, why=f"写不进文件夹 {self._folder}（{error.strerror}）", fault="channel")
        return Sent(provider_id=path.name)


def _content(parcel: Parcel) -> dict[str, object]:
    return {
        **parcel.extra,
        "id": parcel.id,
        "key": parcel.key,
        "at": parcel.at.isoformat(),
        "to": parcel.to,
        "recipient": parcel.recipient,
        "subject": parcel.subject,
        "text": parcel.text,
        "html": parcel.html,
    }


def _write_whole(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")  # hidden, so that nobody who lists *.json meets half a file
    try:
        part.write_bytes(content)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
