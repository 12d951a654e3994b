"""Whose rows may be seen: a predicate on the dated tree path, required by every query that answers a person."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, or_, true


@dataclass(frozen=True)
class Scope:
    """The subtrees somebody may see, as path prefixes (`/0000001/0000007/`). `EVERYTHING` is for the program's own work and the top office.

    An empty scope sees nothing.
    """

    prefixes: tuple[str, ...]

    def __post_init__(self) -> None:
        for prefix in self.prefixes:
            if not (prefix.startswith("/") and prefix.endswith("/")):
                raise ValueError(f"a scope's prefix is a path with its slashes, not {prefix!r}")

    @property
    def tops(self) -> tuple[str, ...]:
        """Its highest subtrees: those that lie in no other of its own."""
        paths = self.prefixes
        return tuple(path for path in paths if not any(path != other and path.startswith(other) for other in paths))

    def sees(self, path: str) -> bool:
        return any(path.startswith(prefix) for prefix in self.prefixes)

    def within(self, top: str) -> tuple[str, ...]:
        """The subtrees it has in common with that of `top`."""
        return tuple(max(prefix, top, key=len) for prefix in self.prefixes if prefix.startswith(top) or top.startswith(prefix))

    def on(self, path: ColumnElement[str]) -> ColumnElement[bool]:
        """The predicate for a column that holds a path."""
        if "/" in self.prefixes:
            return true()
        return or_(*(under(path, prefix) for prefix in self.prefixes)) if self.prefixes else ~true()


def under(path: ColumnElement[str], prefix: str) -> ColumnElement[bool]:
    """`path` lies in the subtree: a range, so that an index serves it. "0" is the character after "/"."""
    return (path >= prefix) & (path < prefix[:-1] + "0")


EVERYTHING = Scope(("/",))


def paths_above(path: str) -> list[str]:
    """`/0000001/0000093/0000107/` -> `/0000001/`, `/0000001/0000093/`: those of the units above one, the highest first."""
    parts = path.strip("/").split("/")[:-1]
    return ["/" + "/".join(parts[: no + 1]) + "/" for no in range(len(parts))]
