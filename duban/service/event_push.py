"""推送事件: what happened since last time goes to one receiver, in order, each event until it is taken: at least once."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from duban.clock import local_minute
from duban.service.context import ZONE, Context
from duban.service.event_feed import Event, events
from storage import event_feed as rows
from workflow.errors import DubanError

if TYPE_CHECKING:
    from notifications.channels.http import Http

MOST = 1000
SECONDS = 60
"""One pass sends at most so many, for about so long: messages to people must not wait behind a slow receiver."""
BATCH = 20
"""Events between two notes of how far it came. Whoever dies in between sends them once more."""
LEASE = 300
"""Seconds for which one process has the feed to itself; longer than a batch takes with a receiver that never answers in time."""
TIMEOUT = 5.0
FIRST_PAUSE, LONGEST_PAUSE = 60, 4 * 3600
"""Seconds between two passes after a failure: doubled each time."""


@dataclass(frozen=True, kw_only=True)
class Pushed:
    """What one pass did. `problem` is why it stopped before the end; None also where nobody wants events."""

    sent: int = 0
    problem: str | None = None


@dataclass(frozen=True, kw_only=True)
class Place:
    """How far the receiver has come: everything up to `after`. Instants are real time, UTC seconds.

    After `failures` in a row nothing is tried before `not_before`; `why` says what was wrong. Until `lease` somebody is at work.
    """

    after: int
    failures: int = 0
    not_before: int = 0
    lease: int = 0
    why: str | None = None

    def text(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)


def place_of(text: str) -> Place:
    return Place(**json.loads(text))


class Overtaken(Exception):
    """Another process has taken the feed over."""


def push(context: Context, *, environment: Mapping[str, str] = os.environ) -> Pushed:
    """Send what happened since last time to `[events] url_env`; nothing without it, and nothing from a sandbox.

    The first pass sends nothing: it marks where the feed begins. (What was before is at GET /api/v1/events.) Never raises for what a
    receiver does.
    """
    if context.sandbox or not context.settings.events_url_env:
        return Pushed()
    taken = _take(context)
    if taken is None:
        return Pushed()
    feed = _Feed(context, taken)
    try:
        secret = _secret(context, environment)
        with _http(context, environment, secret) as http:
            feed.all(http, secret)
    except Overtaken:
        return Pushed(sent=feed.sent)
    except DubanError as error:
        feed.failed(str(error), FIRST_PAUSE)
    return Pushed(sent=feed.sent, problem=feed.problem)


def amiss(context: Context) -> str | None:
    """What the doctor says while a receiver does not take events; None while all is well, or nobody wants any."""
    if context.sandbox or not context.settings.events_url_env:
        return None
    with context.database.read() as connection:
        said, newest = rows.place(connection), rows.newest(connection)
    found = place_of(said) if said is not None else None
    if found is None or not found.failures:
        return None
    again = local_minute(found.not_before, ZONE)
    return f"事件推送连续{found.failures}次没有成功（{found.why}），还有{newest - found.after}条没有送到；{again}以后再试"


def _take(context: Context) -> Place | None:
    """The feed for this process; None if another has it, if it is left alone for now, or if there is nothing to send."""
    real = context.clock.real()
    with context.database.read() as connection:
        said, newest = rows.place(connection), rows.newest(connection)
    if said is None:
        with context.database.write() as connection:
            rows.begin(connection, Place(after=newest).text())
        return None
    found = place_of(said)
    if found.lease > real or found.not_before > real or found.after >= newest:
        return None
    mine = replace(found, lease=real + LEASE)
    with context.database.write() as connection:
        return mine if rows.move(connection, before=said, after=mine.text()) else None


def _http(context: Context, environment: Mapping[str, str], secret: str | None) -> Http:
    from notifications.channels.http import Http

    return Http("events", _value(context.settings.events_url_env, "推送事件", environment), timeout=TIMEOUT, secret=secret)


def _secret(context: Context, environment: Mapping[str, str]) -> str | None:
    from notifications.channels.webhook import checked

    name = context.settings.events_secret_env
    return checked("events", _value(name, "签名", environment)) if name else None


def _value(name: str, what: str, environment: Mapping[str, str]) -> str:
    found = environment.get(name)
    if not found:
        raise DubanError(f"环境变量 {name} 没有设置：[events] 要用它{what}，设好再试", code="missing-variable")
    return found


class _Feed:
    """One pass. What it noted last is `place`."""

    def __init__(self, context: Context, place: Place) -> None:
        self.context, self.place = context, place
        self.sent = 0
        self.problem: str | None = None
        self._until = context.clock.real() + SECONDS

    def all(self, http: Http, secret: str | None) -> None:
        """Batch by batch, until there is nothing more, something is refused, or time is up."""
        more = True
        while more and self.sent < MOST and self.context.clock.real() < self._until:
            batch = events(self.context, after=self.place.after, limit=BATCH)
            for done, event in enumerate(batch.events):
                wrong = _send(self.context, http, secret, event)
                if wrong is not None:
                    self._note(after=batch.events[done - 1].no if done else self.place.after)
                    self.failed(*wrong)
                    return
                self.sent += 1
            self._note(after=batch.next, failures=0, why=None, lease=self.context.clock.real() + LEASE)
            more = batch.more
        self._note(lease=0)

    def failed(self, why: str, pause: int | None) -> None:
        """Later: after `pause` seconds if the receiver named them, else after twice as many as last time."""
        failures = self.place.failures + 1
        usual = min(FIRST_PAUSE * 2 ** min(failures - 1, 20), LONGEST_PAUSE)
        wait = min(max(pause if pause is not None else usual, FIRST_PAUSE), LONGEST_PAUSE)
        self.problem = f"事件推送没有成功：{why}"
        self._note(failures=failures, why=why, not_before=self.context.clock.real() + wait, lease=0)

    def _note(self, **changed: int | str | None) -> None:
        wanted = replace(self.place, **changed)  # type: ignore[arg-type]
        with self.context.database.write() as connection:
            if not rows.move(connection, before=self.place.text(), after=wanted.text()):
                raise Overtaken
        self.place = wanted


def _send(context: Context, http: Http, secret: str | None, event: Event) -> tuple[str, int | None] | None:
    """None if it was taken; else why not, and after how many seconds the receiver wants it again."""
    from notifications.channels.answers import as_json, pause_of
    from notifications.channels.http import Answer
    from notifications.channels.signing import standard

    body = as_json(event.document)
    headers = {
        "Content-Type": "application/cloudevents+json; charset=utf-8",
        **standard(secret, event.id, body, context.clock.real()),
    }
    answer = http.post(body, headers)
    if not isinstance(answer, Answer):
        return answer.why, None
    if 200 <= answer.status < 300 or answer.status == 409:  # 409: had it already
        return None
    pause = pause_of(answer) if answer.status in (429, 503) else None
    return f"{http.host} 答复 {answer.status}", pause
