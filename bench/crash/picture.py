"""What is left of a life, in words that do not depend on how it got there: rows by natural keys, and how two such pictures differ.

No ids, no instants at which something happened, no fences and leases: a life that was killed and begun again has others of these, and must
have the same of everything else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from storage.database import Database

Rows = Counter[tuple[Any, ...]]

_DUTY = "u.code, t.key, d.occurrence"
_OF_DUTY = "LEFT JOIN unit u ON u.id = d.unit_id LEFT JOIN task t ON t.id = d.task_id"
_MESSAGE = "mp.number, m.channel, m.window_day"
_OF_MESSAGE = "LEFT JOIN person mp ON mp.id = m.recipient_id"
QUESTIONS: Mapping[str, str] = {
    "reminder": f"""
        SELECT {_DUTY}, r.epoch, r.rung, r.repeat, p.number, r.role, a.code, r.slot_day, r.state, r.offers, {_MESSAGE}
        FROM reminder r JOIN duty d ON d.id = r.duty_id {_OF_DUTY}
        LEFT JOIN person p ON p.id = r.recipient_id LEFT JOIN unit a ON a.id = r.acting_for
        LEFT JOIN message m ON m.id = r.message_id {_OF_MESSAGE}""",
    "message": f"""
        SELECT {_MESSAGE}, m.rung, m.state, m.address, (SELECT count(*) FROM reminder r WHERE r.message_id = m.id)
        FROM message m {_OF_MESSAGE}""",
    "delivery": f"SELECT {_MESSAGE}, e.n, e.outcome FROM delivery e JOIN message m ON m.id = e.message_id {_OF_MESSAGE}",
    "journal": f"""
        SELECT {_DUTY}, x.code, j.act, j.from_state, j.to_state, j.due_day_from, j.due_day, j.on_time, p.number, j.effective_on
        FROM journal j LEFT JOIN duty d ON d.id = j.duty_id {_OF_DUTY}
        LEFT JOIN unit x ON x.id = j.unit_id LEFT JOIN person p ON p.id = j.by_person""",
    "timer": f"""
        SELECT {_DUTY}, d.epoch, i.at, i.rung, i.repeat, i.told_on, i.held_to
        FROM timer i JOIN duty d ON d.id = i.duty_id AND d.version = i.version {_OF_DUTY}""",
    "duty": f"SELECT {_DUTY}, d.state, d.epoch, d.due_day FROM duty d {_OF_DUTY}",
}
COMPARED = ("reminder", "message", "journal", "timer", "duty")
"""All but the tries: a life that was cut off has tried more often."""
SHOWN = 5


@dataclass(frozen=True)
class Picture:
    """{table: how often each row}."""

    tables: Mapping[str, Rows]

    def differences(self, other: Picture, tables: tuple[str, ...] = COMPARED) -> list[str]:
        """What this picture has and the other has not, and the reverse, in words; nothing if they are equal."""
        found = []
        for name in tables:
            here, there = self.tables[name], other.tables[name]
            found += _said(name, "only in the first", here - there) + _said(name, "only in the second", there - here)
        return found

    def sent(self) -> Picture:
        """The same picture if the messages that are parked had been sent, and nobody had been offered anything anew.

        A parked message may have arrived; what it said is said once more in the next window, and that message is left out here.
        """
        parked = {row[:3] for row in self.tables["message"] if row[4] == "unknown"}
        offered = Counter({row: n for row, n in self.tables["reminder"].items() if row[11]})
        again = {row[12:15] for row in offered}
        messages: Rows = Counter()
        for row, n in self.tables["message"].items():
            if row[:3] in parked:
                messages[(*row[:4], "sent", row[5], _windows_items(offered, row[:3], row[6]))] += n
            elif row[:3] not in again:
                messages[row] += n
        reminders: Rows = Counter()
        for row, n in self.tables["reminder"].items():
            home = next((key for key in parked if key[0] == row[6]), row[12:15]) if row[11] else row[12:15]
            reminders[(*row[:11], 0, *home)] += n
        return Picture({**self.tables, "message": messages, "reminder": reminders})


def picture(database: Database) -> Picture:
    """The picture of a database as it is now."""
    with database.read() as connection:
        return Picture(
            {name: Counter(tuple(row) for row in connection.exec_driver_sql(sql)) for name, sql in QUESTIONS.items()}
        )


def picture_of(url: str) -> Picture:
    database = Database(url)
    try:
        return picture(database)
    finally:
        database.close()


def _windows_items(offered: Rows, key: tuple[Any, ...], left: int) -> int:
    """How many reminders a parked message had: those that lie in it still, and those of its reader that went on to the next one."""
    return left + sum(n for row, n in offered.items() if row[6] == key[0])


def _said(table: str, where: str, rows: Rows) -> list[str]:
    lines = [f"{table}, {where}: {row}" + (f" x{n}" if n > 1 else "") for row, n in sorted(rows.items(), key=repr)[:SHOWN]]
    more = len(rows) - SHOWN
    return [*lines, f"{table}, {where}: {more} more rows"] if more > 0 else lines
