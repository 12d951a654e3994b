"""A statement written once, in SQLAlchemy's terms, and run by the bare driver: for the few that every act repeats."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from sqlalchemy import Executable
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql import ClauseElement

DIALECTS = {
    "sqlite": sqlite.dialect(paramstyle="named"),
    "postgresql": postgresql.dialect(paramstyle="pyformat"),  # type: ignore[no-untyped-call]
}


class Hot:
    """`Hot(select(...))(driver, dialect, {"id": 3})` -> the driver's cursor. Compiled on first use, once a dialect.

    Parameters are the names of the statement's bind parameters; values bound in the statement itself are kept.
    """

    def __init__(self, statement: Executable) -> None:
        self.statement = statement

    def __call__(self, driver: Any, dialect: str, values: Mapping[str, Any]) -> Any:
        sql, fixed = self._compiled[dialect]
        return driver.execute(sql, {**fixed, **values} if fixed else values)

    def many(self, driver: Any, dialect: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """The same for many rows of values at once; nothing for none."""
        if rows:
            sql, fixed = self._compiled[dialect]
            driver.cursor().executemany(sql, [{**fixed, **values} for values in rows])

    @cached_property
    def _compiled(self) -> dict[str, tuple[str, dict[str, Any]]]:
        assert isinstance(self.statement, ClauseElement)
        made = {}
        for name, dialect in DIALECTS.items():
            compiled = self.statement.compile(dialect=dialect)
            binds = getattr(compiled, "binds", {})
            fixed = {key: value for key, value in compiled.params.items() if key not in binds or not binds[key].required}
            made[name] = (str(compiled), fixed)
        return made
