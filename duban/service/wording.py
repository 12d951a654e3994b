"""Which templates this installation speaks with: ours, with those of its own folder over them."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from notifications.render import Templates


def templates(folder: str | None) -> Templates:
    """Checked templates; a file that was mended meanwhile is read again."""
    if folder is None:
        return _loaded(None, ())
    files = sorted(Path(folder).glob("*.j2"))
    return _loaded(folder, tuple((file.name, file.stat().st_mtime_ns, file.stat().st_size) for file in files))


@lru_cache(maxsize=4)
def _loaded(folder: str | None, _seen: tuple[tuple[str, int, int], ...]) -> Templates:
    from notifications.render import Templates

    return Templates(Path(folder) if folder else None)
