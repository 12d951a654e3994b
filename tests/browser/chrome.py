"""A real browser before a portal on loopback: two sizes of screen, and every complaint and every call of a page noted down."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Page, Playwright, Request, Response, sync_playwright
from portal import WHO, Served, served, who_asks

from duban import Engine, create_app

NAMES = ("chromium", "chromium-browser", "google-chrome")
MISSING = "no Chromium on the PATH: `make machine` as root, or apt-get install chromium chromium-l10n fonts-noto-cjk"
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--lang=zh-CN",
)
"""A container's root has no sandbox; the rest keeps the browser itself from calling home."""


@dataclass(frozen=True)
class Size:
    """A screen: CSS pixels, and whether fingers touch it."""

    name: str
    width: int
    height: int
    touch: bool = False


WIDE, PHONE = Size("wide", 1280, 900), Size("phone", 390, 844, touch=True)
SIZES = (WIDE, PHONE)

SECRETARY, OWING, CLERK, OFFICER, LEADER = "0708:书记", "0701:书记", "07:组织员", "91:联系人", "91:部长"
"""The four people of midway.db: a secretary who owes something since Friday (OWING asked for more time), the clerk above him, and at the
school an officer and a leader."""
UNIT, BRANCH = "07", "0708"


@dataclass
class Seen:
    """What went wrong on pages, and where they called."""

    wrong: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)
    expected: tuple[int, ...] = ()
    """Statuses that a test brings about on purpose: Chromium writes each into the console."""

    def watch(self, page: Page) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.wrong.append(f"script: {error}"))
        page.on("request", self._request)
        page.on("requestfailed", lambda request: self.wrong.append(f"failed: {request.url} {request.failure}"))
        page.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not any(f"status of {code}" in message.text for code in self.expected):
            self.wrong.append(f"{message.type}: {message.text} ({message.location.get('url')})")

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "about", "blob"):
            self.hosts.add(parts.hostname or parts.scheme)

    def _response(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self.expected:
            self.wrong.append(f"{response.status} {response.request.method} {response.url}")


@dataclass
class Reader:
    """One person before one screen. `open` goes to a path of the portal."""

    base: str
    page: Page
    seen: Seen

    def open(self, path: str) -> Page:
        self.page.goto(self.base + path)
        return self.page

    @property
    def path(self) -> str:
        return self.page.url.removeprefix(self.base)

    @property
    def words(self) -> str:
        return " ".join(self.page.locator("main").inner_text().split())

    def sideways(self) -> int:
        """CSS pixels that a page is wider than its screen."""
        return int(self.page.evaluate("document.scrollingElement.scrollWidth - document.documentElement.clientWidth"))


@dataclass
class Site:
    """A portal with a browser before it. `as_` gives a person a fresh window, told apart by a header as a portal's sign-on would."""

    served: Served
    engine: Engine
    browser: Browser
    seen: Seen = field(default_factory=Seen)

    @contextmanager
    def as_(self, who: str | None, size: Size = WIDE, *, script: bool = True) -> Iterator[Reader]:
        headers = {WHO: str(self.engine.visitor(who).number)} if who else {}
        context = self.browser.new_context(
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            viewport={"width": size.width, "height": size.height},
            has_touch=size.touch,
            is_mobile=size.touch,
            extra_http_headers=headers,
            java_script_enabled=script,
            reduced_motion="reduce",
        )
        context.set_default_timeout(20_000)
        page = context.new_page()
        self.seen.watch(page)
        try:
            yield Reader(self.served.base, page, self.seen)
        finally:
            context.close()


def chromium() -> str:
    """Where Chromium is. Raises `FileNotFoundError`."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        raise FileNotFoundError(MISSING)
    return found


@contextmanager
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        yield from _launched(playwright)


def _launched(playwright: Playwright) -> Iterator[Browser]:
    chinese = {"LANGUAGE": "zh_CN", "LANG": "zh_CN.UTF-8"}  # how a date field shows its day
    found = playwright.chromium.launch(executable_path=chromium(), args=list(QUIET), env={**os.environ, **chinese})
    try:
        yield found
    finally:
        found.close()


@contextmanager
def site(database: Path, found: Browser, *, sign_on: bool = True) -> Iterator[Site]:
    """A portal of a sandbox. Without `sign_on` people sign in with its own page."""
    with (
        Engine(f"sqlite:///{database}") as engine,
        served(create_app(engine, who_asks if sign_on else None)) as running,
    ):
        yield Site(running, engine, found)
