"""What every use case works with: the database, the clocks, the calendar, and campaigns compiled once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from duban.clock import Clock, show_instant
from duban.service.kept import InUse, read_calendar
from duban.settings import Settings
from phases.compile import compile_definition
from storage import campaigns as rows
from storage.database import Database
from storage.meta import set_meta
from workflow.errors import NotFound
from workflow.model import Campaign, Contact
from workflow.workdays import WorkCalendar

if TYPE_CHECKING:
    from sqlalchemy import Connection

ZONE = "Asia/Shanghai"
Wake = Callable[["Connection", int], None]


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
    wake: Wake | None = None
    """Called at the end of a fold, in its transaction, with the run's id: how delivery is woken up. None: it looks by itself."""
    _in_use: InUse | None = None
    _version: int = 0
    _compiled: dict[tuple[int, str], Campaign] = field(default_factory=dict)
    _running: dict[tuple[int, int], Running] = field(default_factory=dict)

    @property
    def calendar(self) -> WorkCalendar:
        return self.in_use.calendar

    @property
    def in_use(self) -> InUse:
        """The calendar as last seen. A use case looks once, at its beginning (`refresh`, `keep_up`), and then keeps to it."""
        if self._in_use is None:
            with self.database.read() as connection:
                self.refresh(connection)
        assert self._in_use is not None
        return self._in_use

    def refresh(self, connection: Connection) -> bool:
        """See whether somebody changed the calendar or a campaign's definition, also in another process. True if so: a step into
        two keys, mostly nothing more."""
        return self._see(connection, *rows.numbers_now(connection))

    def keep_up(self, number: int, version: int) -> None:
        """The same for who has read the calendar's number and the newest campaign version's in passing."""
        if self._in_use is None or self._in_use.number != number or self._version != version:
            with self.database.read() as connection:
                self._see(connection, number, version)

    def _see(self, connection: Connection, number: int, version: int) -> bool:
        migrated, self._version = self._version != version, version
        if migrated:
            self._running = {}
        if self._in_use is not None and self._in_use.number == number:
            return migrated
        self._in_use = read_calendar(connection, number, self.settings.days)
        self._compiled, self._running = {}, {}
        return True

    def now(self) -> int:
        return self.clock.now()

    def today(self, zone: str = ZONE) -> date:
        return day_of(self.now(), zone)

    def contact(self, campaign: Campaign | None) -> Contact:
        """Whom people ask: the contact the notice names, else the installation's."""
        named, own = campaign.contact if campaign is not None else Contact(), self.settings
        return Contact(
            unit=named.unit or own.contact_unit or "组织部",
            name=named.name or own.contact_name,
            phone=named.phone or own.contact_phone,
        )

    def running(self, campaign_id: int) -> Running:
        """A campaign by its row's id; compiled once for this engine, the calendar and the version it stays on until it is migrated."""
        key = (self.in_use.number, campaign_id)
        found = self._running.get(key)
        if found is None:
            with self.database.read() as connection:
                found = self._load(connection, campaign_id)
            self._running[key] = found
        return found

    def pick(self, words: str | int | None) -> Running:
        """The campaign a caller means: by id or name; needed only if several run."""
        with self.database.read() as connection:
            self.refresh(connection)
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
        """A launched definition by the calendar in use."""
        key = (self.in_use.number, digest)
        found = self._compiled.get(key)
        if found is None:
            found = self._compiled[key] = compile_definition(text, calendar=self.calendar, launched=True)
        return found

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
