"""门户进程: the pages and the API on a port of this machine, alone or together with the alarm clock, until told to stop."""

from __future__ import annotations

import errno
import logging
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from duban import scheduler
from duban.clock import system_clock
from duban.service.context import ZONE
from duban.web.logging import write_to
from workflow.errors import DubanError, UsageError

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.types import ASGIApp, Receive, Scope, Send

    from duban.engine import Engine
    from duban.settings import PortalSettings
    from duban.web.identity import IdentitySource
    from duban.web.portal import Look

HERE = ("127.0.0.1", "::1")
"""Where a proxy stands if nothing else is said."""
PATIENCE = 30
"""Seconds in which what is under way may end."""
EVERY = 10
"""Minutes between two ticks of the alarm clock."""
log = logging.getLogger("duban.serve")
Open = Callable[[], "Engine"]
Say = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where it answers. `port` 0 is any that is free; `root` is the path a proxy cuts off before it asks us (`/duban`), or empty."""

    host: str = "127.0.0.1"
    port: int = 8000
    root: str = ""

    def __post_init__(self) -> None:
        plain = self.root.startswith("/") and not self.root.endswith("/") and "//" not in self.root
        if self.root and not plain:
            raise UsageError(f"--root-path 要写成 /duban 这样，现在是“{self.root}”")

    @property
    def outside(self) -> bool:
        """Other machines can reach it."""
        return self.host not in (*HERE, "localhost")


def serve(open_engine: Open, say: Say, place: Place, *, folder: Path, ticking: bool = False, setup: bool = False) -> None:
    """Answer until SIGTERM or SIGINT; what is under way then ends first. To be called from the main thread of a process.

    `folder` is where files that `[portal]` names are looked for. With `ticking` the alarm clock runs beside it; with `setup` a link is said
    by which the first officer makes his account. Raises `DubanError` if the port is taken or `[portal]` names a file that is not there,
    `UsageError` for `setup` where a proxy signs people in.
    """
    import uvicorn

    with open_engine() as engine, _listening(place) as listener:
        portal = engine.context.settings.portal
        if setup and portal.header:
            raise UsageError("duban.toml 的 [portal] 写了 header，由门户登录，不用本地账号：请去掉 --setup")
        app = application(engine, folder=folder)
        config = uvicorn.Config(
            behind_proxy(app, portal.proxies or HERE),
            log_config=None,
            access_log=False,
            proxy_headers=False,  # `behind_proxy` does it, and keeps who the proxy is
            server_header=False,
            lifespan="off",
            root_path=place.root,
            timeout_graceful_shutdown=PATIENCE,
        )
        server = uvicorn.Server(config)
        write_to(zone=ZONE)
        with _stopped_by_signal(server), _alarm(open_engine, ticking):
            _greet(engine, say, place, listener.getsockname()[1], setup=setup)
            server.run(sockets=[listener])
        say("已停止")


def application(engine: Engine, *, folder: Path) -> FastAPI:
    """The app as `[portal]` wants it."""
    from duban.web.app import create_app

    portal = engine.context.settings.portal
    return create_app(engine, _identity(portal), look=_look(portal, folder), secure=portal.secure)


def behind_proxy(app: ASGIApp, proxies: tuple[str, ...]) -> ASGIApp:
    """The browser's address and scheme as these proxies say them (`X-Forwarded-For`, `-Proto`); whose connection it is stays known."""
    from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

    from duban.web.identity import PEER

    forwarded = ProxyHeadersMiddleware(app, trusted_hosts=list(proxies))  # type: ignore[arg-type]

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope.get("client"):
            scope[PEER] = scope["client"][0]
        await forwarded(scope, receive, send)  # type: ignore[arg-type]

    return answer


def _identity(portal: PortalSettings) -> IdentitySource | None:
    from duban.web.identity import trusted_header

    if not portal.header:
        return None
    return trusted_header(portal.header, proxies=portal.proxies, name_header=portal.name_header or None)


def _look(portal: PortalSettings, folder: Path) -> Look:
    from duban.web.portal import Look

    bar = ""
    if portal.bar:
        path = folder / portal.bar
        if not path.is_file():
            raise DubanError(f"duban.toml 的 [portal] bar：没有文件“{path}”，请核对路径", code="bad-settings")
        bar = path.read_text(encoding="utf-8-sig")
    return Look(name=portal.name or Look.name, bar=bar, css=portal.css, home=portal.home)


def _greet(engine: Engine, say: Say, place: Place, port: int, *, setup: bool) -> None:
    portal = engine.context.settings.portal
    address = f"http://{_host(place)}:{port}{place.root}/"
    say(f"门户已打开：{address}（按 Ctrl+C 停止）")
    if setup:
        base = (engine.context.settings.link or address).rstrip("/")
        say(f"设置账号请打开这个链接，一小时内有效，只能用一次：{base}{engine.set_up().path}")
    elif not portal.header and not engine.context.sandbox and not engine.accounts(state="active", limit=1).accounts:
        say("还没有人能登录：请停下来，改用 duban serve --setup，会给出设置第一个账号的链接")
    if place.outside and not portal.secure:
        say("请留意：别的机器也能打开，但没有加密。正式使用请放在 HTTPS 反向代理后面，并在 [portal] 里写 secure = true。")


def _host(place: Place) -> str:
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(place.host, place.host)
    return f"[{host}]" if ":" in host and not host.startswith("[") else host


@contextmanager
def _listening(place: Place) -> Iterator[socket.socket]:
    """A socket that listens: a port that is taken is one sentence, before anything has begun."""
    family = socket.AF_INET6 if ":" in place.host else socket.AF_INET
    try:
        made = socket.create_server((place.host, place.port), family=family, backlog=2048)
    except (OSError, OverflowError) as error:
        raise DubanError(_why(error, place), code="port") from None
    with made:
        yield made


def _why(error: Exception, place: Place) -> str:
    where = f"{place.host}:{place.port}"
    number = getattr(error, "errno", None)
    if number == errno.EADDRINUSE:
        return f"端口已被占用（{where}）：可能已有一个 duban serve 在运行；请停掉它，或用 --port 换一个端口"
    if number in (errno.EACCES, errno.EPERM):
        return f"没有权限使用这个端口（{where}）：请用 --port 换一个1024以上的端口"
    return f"不能在 {where} 上打开：请核对 --host 和 --port（{error}）"


@contextmanager
def _stopped_by_signal(server: object) -> Iterator[None]:
    """SIGTERM and SIGINT end the server politely, also in the moments in which it does not listen to them itself; the exit code is 0."""

    def stop(*_: object) -> None:
        server.should_exit = True  # type: ignore[attr-defined]

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _alarm(open_engine: Open, ticking: bool) -> Iterator[None]:
    """The alarm clock beside the pages; a tick under way at the end is waited for."""
    if not ticking:
        yield
        return
    say = logging.getLogger("duban.scheduler").info
    clock = scheduler.alarm(lambda: scheduler.tick(open_engine, say), every=EVERY, now=system_clock().now())
    clock.start()
    try:
        yield
    finally:
        clock.pause()
        clock.shutdown(wait=True)
