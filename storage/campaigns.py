"""Campaigns and their definitions: written at the launch, read by whoever works with one."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, ScalarSelect, func, insert, select, update

from storage.calendar import number as calendar_number
from storage.tables import CAMPAIGN, DEFINITION, TASK
from storage.tables_telling import VERSION


@dataclass(frozen=True, kw_only=True)
class CampaignRead:
    """A launched campaign with the text of the definition version it stays on."""

    id: int
    definition_id: int
    name: str
    state: str
    root_id: int
    launched_at: int
    launched_on: int
    digest: str
    text: str


_READ = select(
    CAMPAIGN.c.id,
    CAMPAIGN.c.definition_id,
    CAMPAIGN.c.name,
    CAMPAIGN.c.state,
    CAMPAIGN.c.root_id,
    CAMPAIGN.c.launched_at,
    CAMPAIGN.c.launched_on,
    DEFINITION.c.digest,
    DEFINITION.c.text,
).join(DEFINITION, DEFINITION.c.id == CAMPAIGN.c.definition_id)


def campaign(connection: Connection, campaign_id: int) -> CampaignRead | None:
    row = connection.execute(_READ.where(CAMPAIGN.c.id == campaign_id)).mappings().first()
    return CampaignRead(**row) if row else None


def campaigns(connection: Connection, *, running: bool = False) -> list[CampaignRead]:
    """All campaigns, oldest first."""
    wanted = _READ.where(CAMPAIGN.c.state == "running") if running else _READ
    return [CampaignRead(**row) for row in connection.execute(wanted.order_by(CAMPAIGN.c.id)).mappings()]


def newest() -> ScalarSelect[int]:
    """The number of the newest version of any campaign, 0 before the first: for statements that look in passing."""
    return select(func.coalesce(func.max(VERSION.c.id), 0)).scalar_subquery()


def numbers_now(connection: Connection) -> tuple[int, int]:
    """(number of the calendar in use, number of the newest version): all that can make what was compiled another one."""
    calendar, version = connection.execute(select(calendar_number(), newest())).one()
    return int(calendar), int(version)


def add_version(
    connection: Connection,
    campaign_id: int,
    definition_id: int,
    *,
    at: int,
    by: int | None,
    via: str | None = None,
    reason: str | None = None,
) -> int:
    """From now on the campaign runs by this definition. Returns the number of the version among the campaign's; the launch is 1."""
    last = connection.execute(select(func.max(VERSION.c.no)).where(VERSION.c.campaign_id == campaign_id)).scalar()
    values = {
        "campaign_id": campaign_id,
        "no": (last or 0) + 1,
        "definition_id": definition_id,
        "at": at,
        "by_person": by,
        "via": via,
        "reason": reason,
    }
    connection.execute(insert(VERSION).values(values))
    connection.execute(update(CAMPAIGN).where(CAMPAIGN.c.id == campaign_id).values(definition_id=definition_id))
    return (last or 0) + 1


def has_version(connection: Connection, campaign_id: int) -> bool:
    """Campaigns launched by an older program have no first version yet."""
    return connection.execute(select(VERSION.c.id).where(VERSION.c.campaign_id == campaign_id).limit(1)).first() is not None


def hold(connection: Connection, campaign_id: int) -> None:
    """Be the one who makes duties in a campaign, to the end of the transaction. (SQLite's writer is alone anyway.)"""
    connection.execute(select(CAMPAIGN.c.id).where(CAMPAIGN.c.id == campaign_id).with_for_update())


def add_definition(connection: Connection, *, digest: str, text: str, at: int) -> int:
    """The id of a definition version; stored once however often it is launched."""
    found = connection.execute(select(DEFINITION.c.id).where(DEFINITION.c.digest == digest)).scalar()
    if found is not None:
        return int(found)
    made = connection.execute(insert(DEFINITION).values(digest=digest, text=text, recorded_at=at).returning(DEFINITION.c.id))
    return int(made.scalar_one())


def add_campaign(connection: Connection, *, definition_id: int, name: str, root_id: int, at: int, day: int) -> int:
    values = {
        "definition_id": definition_id,
        "name": name,
        "state": "running",
        "root_id": root_id,
        "launched_at": at,
        "launched_on": day,
    }
    return int(connection.execute(insert(CAMPAIGN).values(values).returning(CAMPAIGN.c.id)).scalar_one())


def add_tasks(connection: Connection, campaign_id: int, tasks: list[tuple[str, str, int | None]]) -> dict[str, int]:
    """(key, track, phase number) in the order of the definition -> {key: id}."""
    rows = [
        {"campaign_id": campaign_id, "key": key, "track": track, "phase": phase, "ord": no}
        for no, (key, track, phase) in enumerate(tasks, 1)
    ]
    if rows:
        connection.execute(insert(TASK), rows)
    return task_ids(connection, campaign_id)


def task_ids(connection: Connection, campaign_id: int) -> dict[str, int]:
    rows = connection.execute(select(TASK.c.key, TASK.c.id).where(TASK.c.campaign_id == campaign_id))
    return {key: id_ for key, id_ in rows}
