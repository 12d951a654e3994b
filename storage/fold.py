"""Folding: what is to be said to a person becomes one message a window, and every reminder lies in at most one of them.

A handful of statements over everybody concerned. What differs between people (who was written to already, who put his digest off, who
wants it weekly) is a number, the slot, in a row of the temporary table `fold`; a slot means one of the windows of this fold.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    FromClause,
    Select,
    Text,
    and_,
    case,
    cast,
    exists,
    false,
    func,
    insert,
    literal,
    null,
    or_,
    select,
    true,
    tuple_,
    union_all,
    update,
)
from sqlalchemy.types import TypeEngine

from storage.claim import claim
from storage.contacts import chosen
from storage.fold_tables import FOLD, TAKEN, Folding, Span
from storage.slots import LOOKED_AT, PREVIEW_SEQ, REGULAR, WAITS, first_slot, joinable, wants_weekly
from storage.tables import MESSAGE, PERSON, REMINDER
from storage.temporary import FRESH

NO_ADDRESS = "no-address"


def gather(folding: Folding, today: int) -> int:
    """Everybody who has something to be told, with his highest rung, the place where he is written to, and the window. Returns how many."""
    told, contact = _to_tell(folding).subquery("told"), _contacts(folding)
    each = (
        select(told, *(column for column in contact.c if column.name != "id"))
        .select_from(told.join(contact, contact.c.id == told.c.recipient_id))
        .subquery("each")
    )
    reader = each.c.reader if folding.share else each.c.recipient_id
    picked = select(each, first_slot(each, reader, today, preview=folding.preview))
    return folding.connection.execute(insert(FOLD).from_select([*each.c.keys(), "slot"], picked)).rowcount


def messages(folding: Folding, spans: Mapping[int, Span], *, gathered: int) -> int:
    """A message for everybody `gathered` (how many) who has none waiting in his window; returns how many. Who has no address: held,
    with the reason."""
    source = _readers() if folding.share else FOLD
    reader = source.c[folding.reader.name]
    days = {slot: f"-{span.window_day}-" for slot, span in spans.items()}
    values: dict[str, ColumnElement[Any]] = {
        "idem_key": literal(f"{folding.key}-") + source.c.channel + _by_slot(source, days, Text()) + cast(reader, Text),
        "recipient_id": reader,
        "channel": source.c.channel,
        "address": source.c.address,
        "window_day": _of_slot(source, spans, "window_day"),
        "seq": _seq(folding, source),
        "not_before": _of_slot(source, spans, "not_before"),
        "expires_at": _of_slot(source, spans, "expires_at"),
        "state": literal("held" if folding.held else "pending"),
        "run_id": literal(folding.run_id),
        "rung": source.c.no,
        "urgent": cast(source.c.urgent == 1, Boolean),
        "preview": cast(source.c.part == LOOKED_AT, Boolean) if folding.preview else false(),
        "attempts": literal(0),
        "fence": literal(0),
    }
    if folding.apart or folding.preview:
        values["idem_key"] += _suffix(folding, source)
    if folding.some_unreached:
        values["state"] = case((source.c.reachable, values["state"]), else_=literal("held"))
        values["why"] = case((source.c.reachable, null()), else_=literal(NO_ADDRESS))
    made = claim(folding.connection, MESSAGE, list(values), select(*values.values()))
    if made < gathered:
        _join(folding, spans)
    return made


def reminders(folding: Folding, spans: Mapping[int, Span], *, all_new: bool) -> int:
    """Every reminder into the message of its person; returns how many. One whose message is already being sent waits for the next.

    `all_new`: nobody had a message waiting.
    """
    into: ColumnElement[Any] = FOLD.c.message_id
    folded: ColumnElement[Any] = case((FOLD.c.message_id.is_(None), literal("planned")), else_=literal("folded"))
    if all_new:
        into, folded = _message(folding, spans), literal("folded")
    made = _fresh(folding, into, folded) if folding.fresh else 0
    return made + (_again(folding, into) if folding.again else 0)


def others_wait(folding: Folding, *, now: int) -> bool:
    """Before there are messages: somebody gathered has one that could leave now, from another day perhaps."""
    mine = exists().where(folding.reader == MESSAGE.c.recipient_id).correlate(MESSAGE)
    waits = (MESSAGE.c.state == "pending", MESSAGE.c.not_before <= now, mine)
    return folding.connection.execute(select(MESSAGE.c.id).where(*waits).limit(1)).first() is not None


def unreachable(folding: Folding) -> int:
    """How many of those gathered have no address."""
    if not folding.some_unreached:
        return 0
    return int(folding.connection.execute(select(func.count()).select_from(FOLD).where(~FOLD.c.reachable)).scalar_one())


def _to_tell(folding: Folding) -> Select[Any]:
    """(recipient, part, highest rung, urgent)"""
    sources: list[Select[Any]] = []
    if folding.again:
        sources.append(select(TAKEN.c.recipient_id, literal(REGULAR).label("part"), TAKEN.c.no, TAKEN.c.urgent))
    if folding.fresh:
        part = _part(folding).label("part")
        sources.append(
            select(FRESH.c.recipient_id, part, FRESH.c.no, cast(FRESH.c.urgent, TAKEN.c.urgent.type).label("urgent"))
        )
    both = (union_all(*sources) if len(sources) > 1 else sources[0]).subquery("both")
    columns = (both.c.recipient_id, both.c.part)
    return select(*columns, func.max(both.c.no).label("no"), func.max(both.c.urgent).label("urgent")).group_by(*columns)


def _part(folding: Folding) -> ColumnElement[int]:
    """In which of a person's two messages a fresh reminder is."""
    if not folding.preview or folding.apart:
        return literal(REGULAR)
    looked_at = FRESH.c["first"] == true()
    if folding.weekly_waits:  # nobody needs to look at what waits for next week anyway
        looked_at = and_(looked_at, ~wants_weekly(FRESH.c.recipient_id))
    return case((looked_at, LOOKED_AT), else_=REGULAR)


def _readers() -> FromClause:
    """Where addresses are shared: one row a message."""
    columns = [FOLD.c[name] for name in ("reader", "part", "slot", "channel", "address", "reachable")]
    highest = (func.max(FOLD.c.no).label("no"), func.max(FOLD.c.urgent).label("urgent"))
    return select(*columns, *highest).group_by(*columns).subquery("readers")


def _contacts(folding: Folding) -> FromClause:
    """(id, channel, address, and what else is needed) of everybody, told or not."""
    contact = chosen(folding.order, failed=folding.failed)
    columns = [contact.channel.label("channel"), contact.address.label("address")]
    if folding.some_unreached:
        columns.append(contact.reachable.label("reachable"))
    if folding.share:
        # Of all who have the address, so that it is the same one in every window, whoever is told.
        first = func.min(PERSON.c.id).over(partition_by=(contact.channel, contact.address))
        columns.append(case((func.coalesce(contact.address, "") != "", first), else_=PERSON.c.id).label("reader"))
    return select(PERSON.c.id, *columns).subquery("contact")


def _message(folding: Folding, spans: Mapping[int, Span], *which: ColumnElement[bool]) -> ColumnElement[Any]:
    """Each person's message. Not a join: whatever the database believes about the size of `message`, this is one look into its key."""
    key = and_(
        MESSAGE.c.recipient_id == folding.reader,
        MESSAGE.c.channel == FOLD.c.channel,
        MESSAGE.c.window_day == _of_slot(FOLD, spans, "window_day"),
        MESSAGE.c.seq == _seq(folding, FOLD),
    )
    return select(MESSAGE.c.id).where(key, *which).correlate(FOLD).scalar_subquery()


def _join(folding: Folding, spans: Mapping[int, Span]) -> None:
    """Messages that waited already are ours from here on, so that nobody takes one for sending meanwhile."""
    folding.connection.execute(update(FOLD).values(message_id=_message(folding, spans, joinable())))
    part = case((MESSAGE.c.seq == PREVIEW_SEQ, LOOKED_AT), else_=REGULAR)
    mine = and_(folding.reader == MESSAGE.c.recipient_id, FOLD.c.part == part, FOLD.c.message_id == MESSAGE.c.id)
    no, urgent = (select(func.max(FOLD.c[name])).where(mine).correlate(MESSAGE).scalar_subquery() for name in ("no", "urgent"))
    waited = and_(MESSAGE.c.id.in_(select(FOLD.c.message_id)), MESSAGE.c.run_id != folding.run_id, MESSAGE.c.state.in_(WAITS))
    higher = {"rung": case((no > MESSAGE.c.rung, no), else_=MESSAGE.c.rung), "urgent": or_(MESSAGE.c.urgent, urgent == 1)}
    folding.connection.execute(update(MESSAGE).where(waited).values(higher))
    still = select(MESSAGE.c.id).where(MESSAGE.c.id == FOLD.c.message_id, joinable()).correlate(FOLD).scalar_subquery()
    folding.connection.execute(update(FOLD).values(message_id=still))


def _fresh(folding: Folding, into: ColumnElement[Any], state: ColumnElement[str]) -> int:
    names = ("duty_id", "epoch", "rung", "repeat", "recipient_id", "slot_day", "role", "acting_for", "post_id")
    values: dict[str, ColumnElement[Any]] = {
        **{name: FRESH.c[name] for name in names},
        "run_id": literal(folding.run_id),
        "state": state,
        "offers": literal(0),
        "message_id": into,
    }
    mine = and_(FOLD.c.recipient_id == FRESH.c.recipient_id, FOLD.c.part == _part(folding))
    return claim(folding.connection, REMINDER, list(values), select(*values.values()).select_from(FRESH.join(FOLD, mine)))


def _again(folding: Folding, into: ColumnElement[Any]) -> int:
    regular = FOLD.c.part == REGULAR
    message = select(into).where(FOLD.c.recipient_id == REMINDER.c.recipient_id, regular).correlate(REMINDER).scalar_subquery()
    which = select(*TAKEN.primary_key).join(FOLD, FOLD.c.recipient_id == TAKEN.c.recipient_id).where(regular, into.is_not(None))
    mine = tuple_(*(REMINDER.c[column.name] for column in TAKEN.primary_key)).in_(which)
    return folding.connection.execute(update(REMINDER).where(mine).values(state="folded", message_id=message)).rowcount


def _seq(folding: Folding, source: FromClause) -> ColumnElement[int]:
    if folding.apart:
        return literal(folding.run_id)
    return case((source.c.part == LOOKED_AT, PREVIEW_SEQ), else_=0) if folding.preview else literal(0)


def _suffix(folding: Folding, source: FromClause) -> ColumnElement[str]:
    if folding.apart:
        return literal(f"-{folding.run_id}")
    return case((source.c.part == LOOKED_AT, literal("-p")), else_=literal("")) if folding.preview else literal("")


def _of_slot(source: FromClause, spans: Mapping[int, Span], name: str) -> ColumnElement[int]:
    return _by_slot(source, {slot: getattr(span, name) for slot, span in spans.items()}, BigInteger())


def _by_slot(source: FromClause, found: Mapping[int, Any], kind: TypeEngine[Any]) -> ColumnElement[Any]:
    values = {slot: literal(value, kind) for slot, value in found.items()}
    return case(values, value=source.c.slot) if len(values) > 1 else next(iter(values.values()))
