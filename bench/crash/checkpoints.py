"""Where can a life be cut off? Points counted from outside: around every statement, commit and call on the wire; at the n-th it ends.

Nothing of ours is changed or patched. Statements and commits are seen through SQLAlchemy's engine events, those of the bare driver through
sqlite3's trace callback and a cursor class of psycopg; the wire through Python's audit hooks. It ends as a power cut ends it: `os._exit`,
no `finally`, no rollback.
"""

from __future__ import annotations

import os
import re
import signal
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import event

from storage.database import Database

Stage = Literal["plan", "fold", "deliver-claim", "deliver-wire", "deliver-result"]
STAGES: tuple[Stage, ...] = ("plan", "fold", "deliver-claim", "deliver-wire", "deliver-result")
KILLED = 70
"""The exit code of a life that was cut off."""

FOLDS = re.compile(
    r"INSERT INTO (message|fold)\b|INSERT INTO reminder\b.*\bfold\b|UPDATE reminder SET ((?!WHERE).)*message_id", re.S
)
CLAIMS = re.compile(r"INSERT INTO delivery\b|UPDATE message SET (?!.*sent_at).*lease_owner=(?!NULL)", re.S)
RESULTS = re.compile(r"UPDATE delivery SET .*finished_at", re.S)
WIRE = ("socket.__new__", "socket.connect", "socket.sendmsg", "socket.sendto", "smtplib.send", "http.client.send")
"""Python tells of no plain `send`: what lies behind it is the first statement after it."""
FILES = ("os.rename", "os.remove", "open")


@dataclass(frozen=True, kw_only=True)
class Point:
    """One place where a life can end: `before`, `after`, `commit`, `committed` or `wire`, and what stood there."""

    n: int
    when: str
    stage: Stage
    what: str


@dataclass(kw_only=True)
class Checkpoints:
    """Counts points, and ends the process at the `die_at`-th (from 1; 0: never).

    With `halt` it stops there (SIGSTOP) instead, until somebody lets it go on. `verb` is what the process is doing: it decides
    where the words of a statement do not. `folder` is where messages are written as files. With `log` every point is written to that
    file as a line `n<TAB>stage<TAB>when<TAB>what`.
    """

    die_at: int = 0
    halt: bool = False
    folder: Path | None = None
    log: Path | None = None
    verb: str = "escalate"
    points: list[Point] = field(default_factory=list)
    _stage: Stage = "plan"
    _in_statement: bool = False
    _last_wire: bool = False

    def watch(self, database: Database) -> None:
        """Before the database is first written to by this process."""
        for engine in (database.writer, database.reader):
            event.listen(engine, "before_cursor_execute", self._before)
            event.listen(engine, "after_cursor_execute", self._after)
            event.listen(engine, "handle_error", self._failed)
            event.listen(engine, "commit", lambda _connection: self._at("commit", "COMMIT"))
            event.listen(engine, "checkin", lambda _driver, _record: self._at("committed", "back to the pool"))
            event.listen(engine, "connect", self._connected)

    def watch_wire(self) -> None:
        """For good: an audit hook cannot be taken away. Only in a process that is thrown away afterwards."""
        sys.addaudithook(self._audited)

    def doing(self, verb: Literal["escalate", "deliver"]) -> None:
        self.verb = verb
        self._stage = "plan" if verb == "escalate" else "deliver-claim"

    def _before(self, _c: Any, _cursor: Any, statement: str, _values: Any, _context: Any, _many: bool) -> None:
        self._at("before", statement)
        self._in_statement = True

    def _after(self, _c: Any, _cursor: Any, statement: str, _values: Any, _context: Any, _many: bool) -> None:
        self._in_statement = False
        self._at("after", statement)

    def _failed(self, _context: Any) -> None:
        self._in_statement = False

    def _connected(self, driver: Any, _record: Any) -> None:
        if hasattr(driver, "set_trace_callback"):
            driver.set_trace_callback(self._bare)
        else:
            driver.cursor_factory = _watched(driver.cursor_factory, self._bare)

    def _bare(self, statement: str) -> None:
        """A statement that did not come through SQLAlchemy: the hot path's, BEGIN IMMEDIATE, and SQLite's own COMMIT."""
        if not self._in_statement:
            self._at("before", statement)

    def _audited(self, name: str, arguments: tuple[Any, ...]) -> None:
        if name in WIRE or (name in FILES and self._is_message(name, arguments)):
            self._stage = "deliver-wire"
            self._at("wire", name)

    def _is_message(self, name: str, arguments: Sequence[Any]) -> bool:
        if self.folder is None or not str(arguments[0]).startswith(str(self.folder)):
            return False
        return name != "open" or str(arguments[1] or "").startswith(("w", "x"))

    def _at(self, when: str, what: str) -> None:
        if when in ("before", "after"):
            self._stage = self._stage_of(what)
        point = Point(n=len(self.points) + 1, when=when, stage=self._stage, what=" ".join(what.split())[:120])
        self.points.append(point)
        if self.log is not None:
            _append(self.log, f"{point.n}\t{point.stage}\t{point.when}\t{point.what}\n")
        if point.n == self.die_at:
            self._end()

    def _end(self) -> None:
        if self.halt:
            os.kill(os.getpid(), signal.SIGSTOP)
        else:
            os._exit(KILLED)

    def _stage_of(self, statement: str) -> Stage:
        if statement in ("COMMIT", "BEGIN"):
            return self._stage
        if FOLDS.search(statement):
            return "fold"
        if RESULTS.search(statement):
            return "deliver-result"
        if CLAIMS.search(statement):
            return "deliver-claim"
        if self.verb == "escalate":
            return "fold" if self._stage == "fold" else "plan"  # what a run still writes when it has folded belongs to it
        # What follows a call on the wire is the record of its result, until the connection is given back and a new look begins.
        if self._stage == "fold" and not _writes(statement):
            return "fold"
        return "deliver-result" if self._stage in ("deliver-wire", "deliver-result") and _writes(statement) else "deliver-claim"


def read_points(log: Path) -> list[Point]:
    found = []
    for line in log.read_text("utf-8").splitlines():
        n, stage, when, what = line.split("\t", 3)
        found.append(Point(n=int(n), stage=_stage(stage), when=when, what=what))
    return found


def chosen(points: Sequence[Point], wanted: int) -> list[Point]:
    """So many of them: as many planning as folding as delivering ones, as far as there are so many, and evenly over each.

    Of the delivering ones as many claims as sends as results.
    """
    groups = {stage: [point for point in points if point.stage == stage] for stage in STAGES}
    delivering = [groups[stage] for stage in STAGES if stage.startswith("deliver")]
    shares = _shares([len(groups["plan"]), len(groups["fold"]), sum(map(len, delivering))], wanted)
    found = spread(groups["plan"], shares[0]) + spread(groups["fold"], shares[1])
    for group, share in zip(delivering, _shares([len(group) for group in delivering], shares[2]), strict=True):
        found += spread(group, share)
    return sorted(found, key=lambda point: point.n)


def _shares(sizes: Sequence[int], wanted: int) -> list[int]:
    """The same for everybody; what a small one cannot take goes to the others."""
    found, left = [0] * len(sizes), wanted
    for no, at in enumerate(sorted(range(len(sizes)), key=lambda at: sizes[at])):
        found[at] = min(sizes[at], left // (len(sizes) - no))
        left -= found[at]
    return found


def spread(points: Sequence[Point], wanted: int) -> list[Point]:
    """`wanted` of them at equal distances, the first and the last among them."""
    if wanted >= len(points):
        return list(points)
    if wanted < 2:
        return [points[len(points) // 2]] * wanted
    return [points[round(no * (len(points) - 1) / (wanted - 1))] for no in range(wanted)]


def by_stage(points: Sequence[Point]) -> dict[str, int]:
    counted = Counter(point.stage for point in points)
    return {stage: counted[stage] for stage in STAGES}


def _writes(statement: str) -> bool:
    return statement.lstrip().startswith(("UPDATE", "INSERT", "DELETE", "BEGIN IMMEDIATE"))


def _stage(words: str) -> Stage:
    return next(stage for stage in STAGES if stage == words)


def _watched(base: type[Any], seen: Callable[[str], None]) -> type[Any]:
    """psycopg's cursor, which says what it executes before it does."""

    class Watched(base):  # type: ignore[misc]
        def execute(self, query: Any, *arguments: Any, **words: Any) -> Any:
            seen(str(query))
            return super().execute(query, *arguments, **words)

        def executemany(self, query: Any, *arguments: Any, **words: Any) -> Any:
            seen(str(query))
            return super().executemany(query, *arguments, **words)

    return Watched


def _append(path: Path, line: str) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(handle, line.encode())
    finally:
        os.close(handle)
