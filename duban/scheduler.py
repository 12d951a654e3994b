"""值守进程: an alarm clock. What is due and what was missed stands in the database; this only wakes up what cron would."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from duban.clock import system_clock
from duban.service.context import ZONE
from duban.worker import one_line

if TYPE_CHECKING:
    from apscheduler.schedulers.background import BackgroundScheduler

    from duban.engine import Engine

HOUR = 60
EVERY = tuple(n for n in range(1, HOUR + 1) if HOUR % n == 0)
"""Minutes between two ticks that come out even in an hour."""
QUIET = ("nothing_due", "already_running")
"""Runs that say nothing: most of them."""
Open = Callable[[], "Engine"]
Say = Callable[[str], None]


def keep_running(open_engine: Open, say: Say, *, every: int) -> None:
    """A tick now, then every `every` minutes (a divisor of 60), until SIGTERM or SIGINT; then the present tick is finished first.

    To be called from the main thread of a process.
    """
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    clock = alarm(lambda: tick(open_engine, say), every=every, now=system_clock().now())
    say(f"值守进程已启动：现在核查一次，以后每{every}分钟一次")
    clock.start()
    stop.wait()
    clock.pause()  # else APScheduler wants to begin a tick while it ends
    clock.shutdown(wait=True)
    say("值守进程已停止")


def alarm(job: Callable[[], object], *, every: int, now: int) -> BackgroundScheduler:
    """An APScheduler that calls `job` first at `now` (UTC seconds of real time), then at every full `every` minutes of the hour.

    It keeps nothing: a store of its own would be a second truth about what is due, and skips what it missed. A call that could not be
    on time (the machine slept) is made up for at once, but only one; two never run at a time.
    """
    from apscheduler.schedulers.background import BackgroundScheduler
    from apscheduler.triggers.cron import CronTrigger

    clock = BackgroundScheduler(timezone=ZONE)
    clock.add_job(
        job,
        CronTrigger(minute=f"*/{every}" if every < HOUR else "0", timezone=ZONE),
        id="tick",
        # One job for both: APScheduler 3.11 trips over one that is to run only once when it is ended in that moment.
        next_run_time=datetime.fromtimestamp(now, UTC),
        misfire_grace_time=None,
        coalesce=True,
        max_instances=1,
    )
    return clock


def tick(open_engine: Open, say: Say) -> bool:
    """Do what is due and send it; False if something went wrong. That is one line, and the next tick tries again.

    The engine is opened each time: settings may have changed, and a database that was away is found again.
    """
    try:
        with open_engine() as engine:
            return _run(engine, say) & _deliver(engine, say)
    except Exception as error:
        say(f"打不开数据库，下次再试：{one_line(error)}")
        return False


def _run(engine: Engine, say: Say) -> bool:
    try:
        result = engine.escalate()
    except Exception as error:
        say(f"例行核查没有做完，下次再试：{one_line(error)}")
        return False
    for warning in result.warnings:
        say(f"请留意：{warning}")
    if result.state not in QUIET:
        held = "，等待确认" if result.state == "needs_confirm" else ""
        say(f"核查{result.run}：提醒{result.reminders}条，消息{result.messages}封{held}")
    return True


def _deliver(engine: Engine, say: Say) -> bool:
    try:
        done = engine.deliver()
    except Exception as error:
        say(f"发送没有做完，下次再试：{one_line(error)}")
        return False
    if done.sent or done.failed or done.unknown:
        say(f"已发送{done.sent}封，未送达{done.failed}封，结果不明{done.unknown}封，等待中{done.waiting}封")
    return True
