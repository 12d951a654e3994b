"""What a run refuses or holds: moments that cannot be, floods of old dates, a database from a backup; and a person's consent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from duban.clock import local_minute, show_instant
from duban.service.context import ZONE, Context
from duban.service.noting import note
from duban.service.people import scope_of
from duban.service.reminder_words import RUN_STATES
from storage import consent, holds, locks, runs
from storage.scope import EVERYTHING
from workflow.errors import Reason, Refused

if TYPE_CHECKING:
    from sqlalchemy import Connection

LONG_LATE = 50
"""More duties than this that were over 30 days late when first seen hold a run: imported or cloned dates.

A flood of messages needs no guard of its own: one person gets one message a window, and who is told holds a post that day, so
there are never more messages than people in posts.
"""
SKEW = 300
"""Seconds by which this machine's clock may be ahead of the database server's."""
RESTORED = "restored"


def refuse_ahead(at: int, now: int) -> None:
    if at > now:
        text = f"{local_minute(at, ZONE)}还没有到，不能按它发送"
        raise Refused([Reason(code="as-of-future", text=text, unblock="用 --dry-run 预演")])


def refuse_older(connection: Connection, at: int, now: int) -> None:
    """A moment before the last run's. If that lies ahead of now, a clock was wrong then, and only a person may set it right."""
    last = runs.last_run(connection)
    if last is None or at >= last:
        return
    text = f"{local_minute(at, ZONE)}早于上一次核查（{local_minute(last, ZONE)}）"
    if last > now:
        text += "，而那个时刻还没有到：当时这台机器的时钟可能快了"
        unblock = "核对时钟；确认现在的时钟正确后，用 duban run rewind --by 谁 --reason 原因 从现在重新计时"
    else:
        unblock = "用 --dry-run 查看当时会发什么；只想记下、不发送，用 --backfill"
    raise Refused([Reason(code="as-of-past", text=text, unblock=unblock)])


def refuse_skew(context: Context, connection: Connection, at: int) -> None:
    """On PostgreSQL the server's clock is asked too; a sandbox lives by a clock of its own."""
    theirs = runs.clock_of(connection) if not context.sandbox else None
    if theirs is not None and at > theirs + SKEW:
        text = f"这台机器的时钟（{local_minute(at, ZONE)}）比数据库服务器的（{local_minute(theirs, ZONE)}）快了{(at - theirs) // 60}分钟"
        raise Refused([Reason(code="clock-ahead", text=text, unblock="校准这台机器的时钟（如启用 NTP）后再运行")])


def confirm_run(
    context: Context,
    run_id: int,
    *,
    accept: bool,
    sent: Sequence[str] = (),
    by: int | None = None,
    reason: str | None = None,
    via: str | None = None,
) -> dict[str, int | str]:
    """A held run is released (its messages leave with the next delivery) or rejected (they are cancelled, recorded as such).

    `sent` are keys of messages that left before the backup was made from which the database came: they count as sent. `by` must be of
    the school's offices, and the journal keeps his decision; None is whoever works at the machine.
    """
    if by is not None and scope_of(context.database, by, context.today()) != EVERYTHING:
        text = "只有校级部门（如组织部）的同志可以放行或取消核查"
        raise Refused([Reason(code="not-allowed", text=text, unblock="请组织部的同志来办")])
    with context.database.write() as connection:
        locks.hold(connection, locks.FOLD)  # no pause begins meanwhile
        state = consent.run_state(connection, run_id)
        if state is None:
            raise Refused(
                [Reason(code="no-such-run", text=f"没有编号为{run_id}的核查", unblock="用 duban doctor 查看待确认的核查")]
            )
        if state != "needs_confirm":
            raise Refused([Reason(code="not-held", text=f"核查{run_id}不在等待确认（{RUN_STATES.get(state, state)}）")])
        marked = _mark_sent(context, connection, run_id, sent)
        count = consent.release(connection, run_id) if accept else consent.reject(connection, run_id)
        if accept and (paused := holds.paused(connection)):
            holds.take_back(connection, paused)
        if by is not None:
            act = "confirm-run" if accept else "reject-run"
            note(context, connection, act, by=by, via=via, reason=reason, data={"run": run_id, "messages": count})
        context.record_instant(connection)
    answer: dict[str, int | str] = {"run": run_id, "state": "done" if accept else "rejected", "messages": count}
    return {**answer, "sent": marked} if sent else answer


def _mark_sent(context: Context, connection: Connection, run_id: int, keys: Sequence[str]) -> int:
    wanted = list(dict.fromkeys(key.strip() for key in keys if key.strip()))
    held = _by_name(consent.held_keys(connection, run_id)) if wanted else {}
    unknown = [key for key in wanted if _bare(key) not in held]
    if unknown:
        shown = "、".join(unknown[:5]) + (f"等{len(unknown)}个" if len(unknown) > 5 else "")
        text = f"核查{run_id}暂停的消息里没有{shown}"
        raise Refused([Reason(code="no-such-message", text=text, unblock="用 duban message list 核对；这次什么也没有写入")])
    return consent.mark_sent(connection, run_id, [held[_bare(key)] for key in wanted], at=context.now())


def _by_name(keys: Sequence[str]) -> dict[str, str]:
    """{what the receivers' logs call a message: its key}: an `Idempotency-Key` (msg_…), the left part of a Message-ID, or the key."""
    from notifications.channels.signing import name_of

    return {name: key for key in keys for name in (key, name_of(key), name_of(key).removeprefix("msg_"))}


def _bare(key: str) -> str:
    """`<0123…@example.edu.cn>` -> `0123…`"""
    return key.strip("<>").partition("@")[0]


def restored(context: Context, *, by: int, via: str | None = None) -> int:
    """The database came from a backup: nothing leaves until somebody has compared it with what the gateways sent since.

    Every message that waits is held, and so are those of the next run. Whoever works at the machine may say so. Returns how many
    messages are held.
    """
    with context.database.write() as connection:
        runs.mark_restored(connection, context.now())
        held = consent.hold_waiting(connection, why=RESTORED)
        note(context, connection, "restored", by=by, via=via, reason="从备份恢复", data={"held": held})
        context.record_instant(connection)
    return held


def rewind(context: Context, *, by: int, reason: str, via: str | None = None) -> dict[str, str | None]:
    """Runs count from now on again, though one was for a later moment: a clock had been ahead. Raises `Refused` if none was.

    Nothing that was told is told again: reminders keep their keys. Whoever works at the machine may do it.
    """
    if not reason.strip():
        raise Refused([Reason(code="reason-missing", text="重新计时要写明理由", unblock="用 --reason 写明理由")])
    with context.database.write() as connection:
        last, now = runs.last_run(connection), context.now()
        if last is None or last <= now:
            text = "上一次核查不在现在之后，不需要重新计时"
            raise Refused([Reason(code="not-ahead", text=text, unblock="直接运行 duban escalate")])
        runs.rewind(connection, to=now)
        span = {"from": show_instant(last), "to": show_instant(now)}
        note(context, connection, "rewind", by=by, via=via, reason=reason.strip(), data=span)
        context.record_instant(connection)
    return {"from": span["from"], "to": span["to"]}
