"""发送进程: answers the calls that a fold leaves with its messages, on any number of machines (PostgreSQL).

procrastinate brings the call and nothing else. Whoever is called does what cron does, for the one message: `engine.deliver()` claims it if
it may leave. A call for a message that may not (any more) does nothing, so calls may be lost or come twice.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from duban.service.channels import in_use
from duban.service.folding import refold
from duban.service.sending import Delivered
from duban.service.waking import PROCRASTINATE
from storage import jobs, outbox
from storage.jobs import ANY, QUEUE, SCHEMA, TASK
from workflow.errors import DubanError

if TYPE_CHECKING:
    from procrastinate import App

    from duban.engine import Engine

SWEEP = 60
"""Seconds between two looks for messages without a living call."""
AGAIN = 10
"""Seconds until the next attempt when the database is away."""
NOT_MENDED_BY_WAITING = (
    "not-postgresql",
    "not-called",
    "not-installed",
    "bad-settings",
    "old-database",
    "newer-database",
    "usage",
)
KEPT = 1000
"""Problems that `done` remembers at most: a worker lives for months."""
Say = Callable[[str], None]


def work(open_engine: Callable[[], Engine], say: Say, *, every: int = SWEEP, again: int = AGAIN) -> None:
    """Answer calls until SIGTERM or SIGINT; then the message in hand is finished first.

    A database that is away is reported in one line and tried again; only what no waiting mends (`check`) is raised.
    """
    asyncio.run(_work(open_engine, say, every, again))


def check(engine: Engine) -> None:
    """Raises `DubanError` if nobody would ever call a worker of this engine."""
    if engine.database.dialect != "postgresql":
        raise DubanError(
            "duban worker 只用于 PostgreSQL；SQLite 请用 duban scheduler，或在 crontab 里写 duban escalate --deliver",
            code="not-postgresql",
        )
    if engine.context.settings.backend != PROCRASTINATE:
        raise DubanError(
            '没有人会叫醒发送进程：请在 duban.toml 的 [deliver] 里写 backend = "procrastinate"，再运行 duban db upgrade',
            code="not-called",
        )
    if find_spec("procrastinate") is None:
        raise DubanError("没有安装 procrastinate：请运行 pip install 'duban[worker]'", code="not-installed")


@dataclass(kw_only=True)
class Worker:
    """One process's share of the work, with one engine. `done` is what it did so far."""

    engine: Engine
    say: Say = lambda line: None
    done: Delivered = field(default_factory=Delivered)
    broken: set[str] = field(default_factory=set)
    """What is wrong with channels, as far as it was said."""

    def once(self) -> Delivered:
        """Answer every call there is, then those for what has none, until nothing more comes of it."""
        while True:
            before = self.done.sent, self.done.unknown
            self.sweep()
            asyncio.run(self.answer(wait=False))
            if before == (self.done.sent, self.done.unknown):
                break
        self.engine.push_events()
        with self.engine.database.read() as connection:
            self.done.waiting = outbox.waiting_count(connection)
        return self.done

    def sweep(self) -> int:
        """Calls for what has none."""
        context = self.engine.context
        with context.database.write() as connection:
            return jobs.sweep(connection, now=context.now(), real=context.clock.real())

    async def answer(self, *, wait: bool, end: asyncio.Event | None = None) -> None:
        """Answer calls: until there is none, or with `wait` until `end`. A call in hand is finished first."""
        app, end = self._app(), end or asyncio.Event()
        async with app.open_async():  # not to be cancelled half open: its pool would never close
            answering = asyncio.create_task(
                # One call at a time; the end is ours, not that of its own signal handlers.
                app.run_worker_async(
                    queues=[QUEUE], concurrency=1, wait=wait, delete_jobs="always", install_signal_handlers=False
                )
            )
            ending = asyncio.create_task(end.wait())
            await asyncio.wait({answering, ending}, return_when=asyncio.FIRST_COMPLETED)
            ending.cancel()
            answering.cancel()  # it finishes what it has in hand, and only then is cancelled
            with suppress(asyncio.CancelledError):
                await answering

    def called(self, message: int) -> None:
        """Do what a call is about. What goes wrong is one line: the message is still there, and the sweep calls again."""
        context = self.engine.context
        try:
            refold(context)  # since the call was made a post may have ended, a message grown stale
            if message == ANY:
                self._add(self.engine.deliver(only=()))
            elif self._wanted(message):
                self._add(self.engine.deliver(only=(message,)))
        except Exception as error:
            self.say(f"发送没有做完：{one_line(error)}")

    def _wanted(self, message: int) -> bool:
        context = self.engine.context
        with context.database.read() as connection:
            return jobs.wanted(connection, message, now=context.now(), real=context.clock.real())

    def _add(self, done: Delivered) -> None:
        """What a call came to. Channels that cannot be used trouble every call alike: they are counted and said once."""
        broken = set(in_use(self.engine.context).problems.values()) if done.problems else set()
        said = [line for line in done.problems if line not in self.broken]
        failed = done.failed - len(broken & self.broken)
        self.broken |= broken
        self.done.sent += done.sent
        self.done.failed += failed
        self.done.unknown += done.unknown
        self.done.problems = [*self.done.problems, *said][-KEPT:]
        if done.sent or done.unknown or said:
            words = f"：{'；'.join(said)}" if said else ""
            self.say(f"已发送{done.sent}封，未送达{failed}封，结果不明{done.unknown}封{words}")

    def _app(self) -> App:
        from procrastinate import App, PsycopgConnector

        url = self.engine.database.url.set(drivername="postgresql")
        app = App(
            connector=PsycopgConnector(
                conninfo=url.render_as_string(hide_password=False), min_size=1, max_size=4, configure=_at_home
            )
        )
        app.task(name=TASK, queue=QUEUE)(self.called)
        return app


def one_line(error: BaseException) -> str:
    """An error in a log of lines."""
    words = " ".join(str(error).split())
    return words if isinstance(error, DubanError) and words else f"{type(error).__name__} {words}".strip()


async def _work(open_engine: Callable[[], Engine], say: Say, every: int, again: int) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    first = True
    while not stop.is_set():
        try:
            engine = await asyncio.to_thread(open_engine)
            with engine:
                check(engine)
                say("发送进程在等待消息" if first else "数据库恢复，发送进程继续")
                first = False
                await _one_life(Worker(engine=engine, say=say), stop, every)
        except Exception as error:
            if isinstance(error, DubanError) and error.code in NOT_MENDED_BY_WAITING:
                raise
            say(f"发送进程连不上数据库，{again}秒后再试：{one_line(error)}")
        await _pause(stop, again)


async def _one_life(worker: Worker, stop: asyncio.Event, every: int) -> None:
    """Answer and sweep side by side, until asked to stop or until either cannot go on."""
    end = asyncio.Event()
    answering = asyncio.create_task(worker.answer(wait=True, end=end))
    sweeping = asyncio.create_task(_sweep(worker, every))
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({answering, sweeping, stopping}, return_when=asyncio.FIRST_COMPLETED)
    end.set()
    sweeping.cancel()
    stopping.cancel()
    ended = await asyncio.gather(answering, sweeping, stopping, return_exceptions=True)
    if not stop.is_set():
        raise next((each for each in ended if isinstance(each, Exception)), ConnectionError("procrastinate stopped"))


async def _sweep(worker: Worker, every: int) -> None:
    while True:
        await asyncio.to_thread(worker.sweep)
        await asyncio.to_thread(worker.engine.push_events)
        await asyncio.sleep(every)


async def _pause(stop: asyncio.Event, seconds: int) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)


async def _at_home(connection: Any) -> None:
    """procrastinate names its tables without a schema."""
    await connection.execute(f"SET search_path = {SCHEMA}, pg_catalog")
    await connection.commit()
