"""The floor: good hand-written code on the bare driver, for the same work without a definition, guards or people.

One table of enrolments with an index on what is due, one of audit lines, one each of escalations and reminders.
"""

from __future__ import annotations

from typing import Any

import psycopg

from bench.places import Place

TABLES = (
    """CREATE TABLE enrolment (
        id BIGINT PRIMARY KEY, branch_id INTEGER NOT NULL, officer_id INTEGER NOT NULL, phase INTEGER NOT NULL,
        level INTEGER NOT NULL, due_day INTEGER NOT NULL, version INTEGER NOT NULL, next_at BIGINT)""",
    """CREATE TABLE audit (
        id {serial}, enrolment_id BIGINT NOT NULL, at BIGINT NOT NULL, person_id INTEGER NOT NULL,
        from_phase INTEGER NOT NULL, to_phase INTEGER NOT NULL, reason TEXT)""",
    """CREATE TABLE escalation (
        enrolment_id BIGINT NOT NULL, level INTEGER NOT NULL, at BIGINT NOT NULL, PRIMARY KEY (enrolment_id, level)
        ){clustered}""",
    """CREATE TABLE reminder (
        id {serial}, enrolment_id BIGINT NOT NULL, level INTEGER NOT NULL, recipient_id INTEGER NOT NULL, at BIGINT NOT NULL,
        state TEXT NOT NULL, UNIQUE (enrolment_id, level))""",
)
INDEX_ON_LINE = "CREATE INDEX due_line ON enrolment (phase, due_day)"
INDEX_ON_DUE = "CREATE INDEX due_soon ON enrolment (next_at) WHERE next_at IS NOT NULL"
SERIAL = {"sqlite": "INTEGER PRIMARY KEY", "postgresql": "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY"}
CLUSTERED = {"sqlite": " WITHOUT ROWID", "postgresql": ""}


def lay_down(place: Place, name: str, n: int, *, index: str, due: int = 1, at: int = 0, later: int = 0) -> None:
    """A database with n enrolments; `due` of them, evenly strewn, fall due at `at`, the others at `later`."""
    place.make(name)
    connection = place.driver(name)
    for table in TABLES:
        connection.execute(table.format(serial=SERIAL[place.kind], clustered=CLUSTERED[place.kind]))
    rows = [(no, no, 1, 1, 0, 734592, 1, later if no % (n // due) else at) for no in range(n)]
    mark = "?" if place.kind == "sqlite" else "%s"
    connection.execute("BEGIN")
    connection.cursor().executemany(f"INSERT INTO enrolment VALUES ({', '.join([mark] * 8)})", rows)
    connection.execute("COMMIT")
    connection.execute(index)
    connection.execute("ANALYZE")
    connection.close()


class Steps:
    """One transaction a step: a versioned UPDATE and its audit line."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection
        self.step = self._in_one_statement if isinstance(connection, psycopg.Connection) else self._in_two

    def _in_two(self, no: int, version: int, phase: int, at: int) -> None:
        execute = self.connection.execute
        execute("BEGIN IMMEDIATE")
        execute(
            "UPDATE enrolment SET phase = ?, due_day = due_day + 30, version = version + 1 WHERE id = ? AND version = ?",
            (phase + 1, no, version),
        )
        execute(
            "INSERT INTO audit (enrolment_id, at, person_id, from_phase, to_phase, reason) VALUES (?, ?, ?, ?, ?, ?)",
            (no, at, 1, phase, phase + 1, "会议研究同意"),
        )
        execute("COMMIT")

    def _in_one_statement(self, no: int, version: int, phase: int, at: int) -> None:
        self.connection.execute(
            """WITH moved AS (
                 UPDATE enrolment SET phase = %s, due_day = due_day + 30, version = version + 1
                 WHERE id = %s AND version = %s RETURNING id)
               INSERT INTO audit (enrolment_id, at, person_id, from_phase, to_phase, reason)
               SELECT id, %s, %s, %s, %s, %s FROM moved""",
            (phase + 1, no, version, at, 1, phase, phase + 1, "会议研究同意"),
            prepare=True,
        )


SWEEP = (
    """INSERT INTO escalation SELECT id, level + 1, {at} FROM due""",
    """INSERT INTO reminder (enrolment_id, level, recipient_id, at, state)
       SELECT id, level + 1, branch_id, {at}, 'pending' FROM due""",
    """UPDATE enrolment SET level = level + 1, next_at = {later}, version = version + 1 WHERE id IN (SELECT id FROM due)""",
)


def sweep(connection: Any, at: int, later: int) -> int:
    """One run: everybody who is due is escalated and reminded, once. Returns how many."""
    begin, columns = "BEGIN IMMEDIATE", "id, branch_id, level"
    if isinstance(connection, psycopg.Connection):
        begin = "BEGIN"
    connection.execute(begin)
    connection.execute(f"CREATE TEMPORARY TABLE due AS SELECT {columns} FROM enrolment WHERE next_at <= {at}")
    rows = 0
    for statement in SWEEP:
        rows = connection.execute(statement.format(at=at, later=later)).rowcount
    connection.execute("DROP TABLE due")
    connection.execute("COMMIT")
    return int(rows)
