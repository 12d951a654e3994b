"""What the four example portals share: an invented university with a campaign under way, three of its people, and how the portal looks.

Nothing here is needed for embedding: a real portal has people, a menu and a sign-on of its own.
"""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from html import escape
from pathlib import Path

from duban import Engine, NotFound, samples, sandbox
from duban.clock import fixed_clock, parse_instant
from duban.web.portal import Look
from phases import library

HERE = Path(__file__).parent
BAR = (HERE / "bar.html").read_text(encoding="utf-8")
CSS = (HERE / "portal.css").read_text(encoding="utf-8")
DEMO = Path("demo/midway.db")
"""What `make demo` leaves: the same university in the middle of its year."""
POSTS = ("0101:书记", "01:组织员", "91:联系人")
"""Who may be tried out: a branch's secretary, the clerk of its committee, an officer of 组织部."""
PREFIX = "/duban"
"""Where the portal has the board."""
LOOK = Look(name="党建工作进展", bar=BAR, css="/portal.css", home=f"{PREFIX}/")
LAUNCH, NOW = "2012-03-26T09:00:00+08:00", "2012-03-28T09:30:00+08:00"


@dataclass(frozen=True)
class Person:
    """Somebody who can sign in. `number` is his 工号, which is all that Duban is told of him, beside his name."""

    number: str
    name: str
    post: str


def options(about: str) -> argparse.Namespace:
    """`--db`, `--port`."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--db", help="another database than the demo's, a sandbox best of all", metavar="URL")
    parser.add_argument("--port", type=int, default=8000)
    return parser.parse_args()


def run(main: Callable[[], None]) -> None:
    """Until Ctrl+C or SIGTERM."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with suppress(KeyboardInterrupt):
        main()


def database(given: str | None) -> str:
    """The database to show: as given, else of `make demo`, else `example.db` here, which is made in a second or two."""
    if given:
        return given
    if DEMO.exists():
        return f"sqlite:///{DEMO.resolve()}"
    made = Path("example.db")
    if not made.exists():
        fill(made)
    return f"sqlite:///{made.resolve()}"


def fill(path: Path) -> None:
    """A sandbox (its clock stands, nothing is sent) with a university, a campaign of two days, and the first branches that handed in."""
    url = f"sqlite:///{path}"
    sandbox.create(url, sandbox=True).close()
    organisation = samples.generate("university")
    with Engine(url, clock=fixed_clock(parse_instant(LAUNCH))) as engine:
        workbook, truth = samples.write(organisation, path.parent)
        engine.import_units(workbook)
        workbook.unlink()
        truth.unlink()
        engine.launch("基层组织建设年.yaml", text=library.text("standard"), by="91:部长")
    with Engine(url, clock=fixed_clock(parse_instant(NOW))) as engine:
        for target in engine.targets(under="01", duty="支部自评")[1:4]:
            words = {"summary": "对照要求查了一遍，制度和台账基本齐全。"}
            engine.act("submit", duty=target.duty, by=f"{target.unit}:书记", data=words)


def people(engine: Engine) -> tuple[Person, ...]:
    """Who can sign in: the holders of `POSTS`, as far as there are any."""
    found = []
    for post in POSTS:
        try:
            visitor = engine.visitor(post)
        except NotFound:
            continue
        if visitor.number:
            found.append(Person(visitor.number, visitor.name, visitor.posts_words))
    return tuple(found)


def sign_in_page(people: Sequence[Person], hidden: str = "") -> str:
    """A button a person; `hidden` is what the portal's framework wants in every form. A real portal asks for a password."""
    buttons = "".join(
        f'<p><button name="person" value="{escape(one.number)}">{escape(one.name)}</button> {escape(one.post)}</p>'
        for one in people
    )
    return _page("请登录", f'<form method="post" action="/signin">{hidden}{buttons}</form>')


def home_page(name: str) -> str:
    """The portal's own first page."""
    return _page(f"{name}，您好", f'<p>今天要办的事都在<a href="{PREFIX}/">党建工作进展</a>里。</p>')


def _page(title: str, body: str) -> str:
    return (
        f'<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="stylesheet" href="/portal.css">'
        f'<link rel="icon" href="{PREFIX}/static/duban.svg"></head>'
        f'<body>{BAR}<main class="campus-main"><h1>{escape(title)}</h1>{body}</main></body></html>'
    )
