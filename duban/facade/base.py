"""An open database, its clock, and who and which campaign is meant."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from duban import sandbox
from duban.clock import Clock, system_clock
from duban.service import (
    waking,
)
from duban.service.context import Context, Running
from duban.service.people import find_person
from duban.settings import Settings
from storage.database import Database, prepare
from workflow.errors import DubanError


class Base:
    """A database opened with its clock: what every use case works with."""

    database: Database
    context: Context

    def __init__(self, url: str, *, clock: Clock | None = None, settings: Settings | None = None) -> None:
        self.database = Database(url)
        try:
            self.context = self._opened(clock, settings or Settings())
        except BaseException:
            self.database.close()  # who has no engine cannot close it
            raise

    def _opened(self, clock: Clock | None, settings: Settings) -> Context:
        prepare(self.database)
        found = sandbox.identify(self.database)
        if clock is not None and not found.sandbox:
            raise DubanError(
                "这个数据库按真实时间运行，不能另给时钟；沙盘请用 duban db create --sandbox 新建", code="not-a-sandbox"
            )
        if clock is None:
            clock = sandbox.resting_clock(found) if found.sandbox else system_clock()
        return Context(
            database=self.database,
            clock=clock,
            settings=settings,
            sandbox=found.sandbox,
            instance=found.instance,
            wake=waking.wake_of(self.database, settings, clock),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Give the connections back."""
        self.database.close()

    def campaign(self, words: int | str | None = None) -> Running:
        return self.context.pick(words)

    def person(self, words: str | int) -> int:
        """The id of a person: itself, or found by 工号, e-mail or `UNIT:ROLE`."""
        return words if isinstance(words, int) else find_person(self.database, words, self.context.today())
