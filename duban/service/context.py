"""What every use case works with: the database, the clocks, the calendar, and campaigns compiled once."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from duban.clock import Clock, show_instant
from duban.settings import Settings
from phases.compile import compile_definition
from storage import campaigns as rows
from storage.database import Database
from storage.meta import set_meta
from workflow.errors import DubanError, NotFound
from workflow.model import Campaign
from workflow.workdays import WorkCalendar

if TYPE_CHECKING:
    from sqlalchemy import Connection

ZONE = "Asia/Shanghai"


@dataclass(frozen=True, kw_only=True)
class Running:
    """A launched campaign: its row's id and its compiled definition."""

    id: int
    campaign: Campaign
    root_id: int
    launched_on: date
    launched_at: int
    state: str


@dataclass(kw_only=True)
class Context:
    """Shared by the use cases of one engine. `sandbox` databases live by a clock of their own."""

    database: Database
    clock: Clock
    settings: Settings = field(default_factory=Settings)
    sandbox: bool = False
    instance: str = ""
    _compiled: dict[str, Campaign] = field(default_factory=dict)
    _running: dict[int, Running] = field(default_factory=dict)

    def __post_init__(self) -> None:
        days = {date.fromisoformat(day): works for day, works in self.settings.days.items()}
        self.calendar = WorkCalendar(overrides=days)

    def now(self) -> int:
        return self.clock.now()

    def today(self, zone: str = ZONE) -> date:
        return day_of(self.now(), zone)

    def running(self, campaign_id: int) -> Running:
        """A campaign by its row's id; compiled once for this engine, since a launched campaign stays on its version."""
        if campaign_id not in self._running:
            with self.database.read() as connection:
                self._running[campaign_id] = self._load(connection, campaign_id)
        return self._running[campaign_id]

    def pick(self, words: str | int | None) -> Running:
        """The campaign a caller means: by id or name; needed only if several run."""
        with self.database.read() as connection:
            all_ = rows.campaigns(connection)
        if isinstance(words, int) or (words or "").isdigit():
            found = [c for c in all_ if c.id == int(words or 0)]
        elif words:
            found = [c for c in all_ if c.name == words] or [c for c in all_ if words in c.name]
        else:
            found = [c for c in all_ if c.state == "running"]
        names = [f"{c.id} {c.name}" for c in (found or all_)]
        if not all_:
            raise NotFound("还没有启动任何活动：请先运行 duban launch 活动设置.yaml")
        if not found:
            raise NotFound(f"没有找到活动“{words or ''}”；现有：{'；'.join(names)}", candidates=names)
        if len(found) > 1:
            raise NotFound(f"有{len(found)}个活动，请用 --campaign 指明：{'；'.join(names)}", candidates=names)
        return self.running(found[0].id)

    def compiled(self, text: str, digest: str) -> Campaign:
        if digest not in self._compiled:
            self._compiled[digest] = compile_definition(text)
        return self._compiled[digest]

    def record_instant(self, connection: Connection) -> None:
        """A sandbox remembers the last instant something happened, so that its clock cannot run back."""
        if self.sandbox:
            set_meta(connection, last_instant=show_instant(self.now()))

    def _load(self, connection: Connection, campaign_id: int) -> Running:
        row = rows.campaign(connection, campaign_id)
        if row is None:
            raise NotFound(f"没有编号为{campaign_id}的活动")
        return Running(
            id=row.id,
            campaign=self.compiled(row.text, row.digest),
            root_id=row.root_id,
            launched_on=date.fromordinal(row.launched_on),
            launched_at=row.launched_at,
            state=row.state,
        )


def day_of(instant: int, zone: str = ZONE) -> date:
    """The civil day of an instant (UTC seconds) in a zone."""
    return datetime.fromtimestamp(instant, UTC).astimezone(ZoneInfo(zone)).date()


class SandboxOnly(DubanError):
    """A clock was given to a database that lives by real time."""
