"""回执: what is sent back from the page behind a link. It acts once, and must carry what only the page's form has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from duban.clock import local_minute
from duban.service import answering, reply_page, tokens
from duban.service.answering import RACES, Answer
from duban.service.context import ZONE, Context
from duban.service.deciding import decide
from duban.service.reply_page import Matter, ReplyItem
from duban.service.told_duty import Raced
from storage import answers as rows
from storage import tokens as token_rows
from storage.database import Collision
from storage.tokens import TokenRead
from workflow.errors import DubanError, Reason, Refused
from workflow.guards import DECISIONS

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """What came of sending the form: lines that say what was kept, and what was not and why. `again`: it had been recorded before."""

    lines: tuple[str, ...]
    problems: tuple[Reason, ...] = ()
    again: bool = False


def reply(context: Context, secret: str, fields: Mapping[str, str]) -> Recorded:
    """Do what the form says. `fields`: confirm, do (seen, promise, snooze or decide), until, duty-ID, note; for a decision choice-ID and
    note-ID of one duty, choice-of-KEY and note-of-KEY of a whole matter.

    Raises `BadLink`; `Refused` if nothing of it could be kept, and then the link can be used again.
    """
    if not tokens.confirms(secret, fields.get("confirm", "")):
        raise DubanError("请从链接打开的页面里点按钮回应。", code="unconfirmed")
    if fields.get("do") == "decide":
        return _decide(context, secret, fields)
    for _ in range(RACES):
        try:
            with context.database.write() as connection:
                context.refresh(connection)
                return _answer(context, connection, secret, fields)
        except (Raced, Collision):
            continue
    raise Refused([Reason(code="stale-version", text="同一件事项正有多人同时办理", unblock="稍等片刻再试一次")])


def _answer(context: Context, connection: Connection, secret: str, fields: Mapping[str, str]) -> Recorded:
    token = tokens.found(context, connection, secret)
    if not token_rows.use(connection, token.hash, at=context.now()):
        return Recorded(lines=reply_page.recorded(context, connection, token), again=True)
    lines: list[str] = []
    problems: list[Reason] = []
    for said in _said(context, connection, token, fields):
        try:
            kept = answering.record(context, connection, said)
        except Refused as refusal:
            problems += [reason for reason in refusal.reasons if reason not in problems]
        else:
            lines.append(reply_page.words(kept.kind, kept.until, context.today()))
    if not lines:
        raise Refused(problems)
    context.record_instant(connection)
    return Recorded(lines=tuple(dict.fromkeys(lines)), problems=tuple(problems))


def _said(context: Context, connection: Connection, token: TokenRead, fields: Mapping[str, str]) -> list[Answer]:
    """What the form means: 知悉 of all that is open, a promise for those ticked, or a pause for the digest."""
    kind, via, today = fields.get("do", ""), reply_page.via(token), context.today()
    note = (fields.get("note") or "").strip() or None
    if kind == "seen":
        return [Answer(kind="seen", by=token.person_id, message=token.message_id, note=note, via=via)]
    if kind == "promise":
        items = rows.told_items(connection, message_id=token.message_id, person_id=token.person_id, day=today.toordinal())
        waiting = dict.fromkeys(item.duty_id for item in items if item.open)
        ticked = [duty for duty in waiting if fields.get(f"duty-{duty}")]
        if not ticked:
            raise Refused([Reason(code="duty-missing", text="没有勾选事项", unblock="请勾选要承诺的事项")])
        until = _day(fields.get("until", ""))
        return [Answer(kind="promise", by=token.person_id, duty=duty, until=until, note=note, via=via) for duty in ticked]
    if kind == "snooze":
        until = reply_page.snooze_day(context, connection, token)
        if until is None:
            text = "您自己应办的事项就要到最后一天，或已过最后一天，提醒不能推迟"
            raise Refused([Reason(code="snooze-own", text=text, unblock="请先报送；需要几天时间，可以写明哪天前报送")])
        return [Answer(kind="snooze", by=token.person_id, until=until, note=note, via=via)]
    raise Refused([Reason(code="unknown-answer", text="请选一项回应", unblock="请从链接打开的页面里点按钮")])


def _decide(context: Context, secret: str, fields: Mapping[str, str]) -> Recorded:
    """Each chosen item is decided once, whoever chose first; those left blank can be decided later."""
    with context.database.read() as connection:
        token = tokens.found(context, connection, secret)
        page = reply_page.page(context, connection, token, secret)
    chosen = {item.duty: choice for matter in page.matters for item, choice in _choices(matter, fields)}
    if not any(chosen.values()):
        raise Refused([Reason(code="decision-missing", text="没有选择意见", unblock=f"请从{'、'.join(DECISIONS)}中选一项")])
    notes = {item.duty: _note(item, matter, fields) for matter in page.matters for item in matter.items}
    lines: list[str] = []
    problems: list[Reason] = []
    again = all(item.choice is not None for item in page.asked if chosen[item.duty])
    for item in page.asked:
        if not chosen[item.duty]:
            continue
        note = notes[item.duty][: answering.NOTE_LENGTH] or None
        try:
            done = decide(context, item.duty, chosen[item.duty], by=token.person_id, note=note, via=reply_page.via(token))
        except Refused as refusal:
            problems += [Reason(code=r.code, text=f"{item.unit}：{r.text}", unblock=r.unblock) for r in refusal.reasons]
        else:
            when = local_minute(done.at, ZONE)
            lines.append(f"{item.unit}：{done.choice}（{when}）" + ("，已起草，等您签发" if done.paper else ""))
    if not lines:
        raise Refused(problems)
    return Recorded(lines=tuple(lines), problems=tuple(problems), again=again)


def _choices(matter: Matter, fields: Mapping[str, str]) -> Iterator[tuple[ReplyItem, str]]:
    """A unit's own choice goes before the one for the whole matter, which is meant for what nobody has decided."""
    for item in matter.items:
        whole = fields.get(f"choice-of-{matter.key}", "") if item in matter.to_decide else ""
        yield item, fields.get(f"choice-{item.duty}", "") or whole


def _note(item: ReplyItem, matter: Matter, fields: Mapping[str, str]) -> str:
    return (fields.get(f"note-{item.duty}") or fields.get(f"note-of-{matter.key}") or "").strip()


def _day(words: str) -> date | None:
    try:
        return date.fromisoformat(words)
    except ValueError:
        return None
