"""What can be said when the answer is no."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Reason:
    """Why an act is refused, and the smallest change that would allow it.

    `code` is stable and machine-readable (`not-yet-open`); `text` and `unblock` are Chinese sentences for people and may
    change. `until` is the day (`2012-03-30`) or None from which the answer would differ by itself.
    """

    code: str
    text: str
    unblock: str = ""
    until: str | None = None


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One thing that is wrong in a file somebody wrote: `line` (1-based, None if it has no place), `path` and `text`.

    `path` is how a reader finds it: `阶段[2].时间` in a definition, `单位!第5行.上级编号` in a workbook. `text` says what was found and
    what to do, in Chinese.
    """

    text: str
    line: int | None = None
    path: str = ""

    def __str__(self) -> str:
        where = "，".join(part for part in (f"第{self.line}行" if self.line else "", self.path) if part)
        return f"{where}：{self.text}" if where else self.text


class DubanError(Exception):
    """Everything Duban raises on purpose. `str(error)` is a Chinese sentence for the person who asked.

    `code` is stable; `candidates` are names the person may have meant.
    """

    def __init__(self, text: str, *, code: str = "error", candidates: Iterable[str] = ()) -> None:
        super().__init__(text)
        self.code = code
        self.candidates = tuple(candidates)


class Refused(DubanError):
    """An act that the rules do not allow now; carries every reason."""

    def __init__(self, reasons: Iterable[Reason]) -> None:
        self.reasons = tuple(reasons)
        super().__init__("；".join(r.text for r in self.reasons), code=self.reasons[0].code if self.reasons else "refused")

    def __reduce__(self) -> tuple[type[Refused], tuple[tuple[Reason, ...]]]:
        return type(self), (self.reasons,)  # across processes: a portal's job queue pickles what a job raised


class FileError(DubanError):
    """A file with problems; carries all of them at once."""

    def __init__(self, name: str, problems: Iterable[Problem]) -> None:
        self.name, self.problems = name, tuple(problems)
        lines = "\n".join(f"  {p}" for p in self.problems)
        super().__init__(f"{name} 有 {len(self.problems)} 处问题：\n{lines}", code="bad-file")

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.name, self.problems)


class DefinitionError(FileError):
    """A definition that cannot run; `problems` are all of its problems, with lines."""


class WorkbookError(FileError):
    """A workbook of units and posts with bad rows; `problems` are all of them."""


class NotFound(DubanError):
    """Something named by the caller that does not exist, or that he may not see (the two are not told apart)."""

    def __init__(self, text: str, *, candidates: Iterable[str] = ()) -> None:
        super().__init__(text, code="not-found", candidates=candidates)


class UsageError(DubanError):
    """The command was called with words it does not understand (exit code 2)."""

    def __init__(self, text: str) -> None:
        super().__init__(text, code="usage")
