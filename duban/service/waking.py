"""叫醒发送: who calls delivery when there is something to send, if it does not look by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duban.clock import Clock
from duban.settings import Settings
from storage import jobs
from storage.database import Database
from workflow.errors import DubanError

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from duban.service.context import Wake

PROCRASTINATE = "procrastinate"


def wake_of(database: Database, settings: Settings, clock: Clock) -> Wake | None:
    """What a fold calls at its end, in its own transaction; None where delivery looks by itself.

    Raises `DubanError` if the settings ask for procrastinate where it cannot be, or is not yet.
    """
    if settings.backend != PROCRASTINATE:
        return None
    if database.dialect != "postgresql":
        raise DubanError('[deliver] backend = "procrastinate" 只用于 PostgreSQL：SQLite 请写 "poll"', code="not-postgresql")
    with database.read() as connection:
        if not jobs.ready(connection):
            raise DubanError(
                '设置了 backend = "procrastinate"，数据库里还没有它的表：请运行 duban db upgrade', code="old-database"
            )

    def wake(connection: Connection, run_id: int) -> None:
        jobs.call(connection, now=clock.now(), run_id=run_id)

    return wake
