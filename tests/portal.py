"""A portal on loopback, a real server around a world's engine, and a reader who follows links and sends the forms he is shown.

No browser: pages are read as a browser without scripts would. (What needs a real one is in tests/browser.)
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

import httpx2
import uvicorn
from fastapi import FastAPI, Request
from lxml import html as lxml_html
from world import World

from duban import create_app
from duban.web.identity import Identity

WHO = "x-test-person"
"""The header by which the portal of tests says who is asking: a 工号."""


def who_asks(request: Request) -> Identity | None:
    found = request.headers.get(WHO)
    return Identity(person=found) if found else None


@dataclass(frozen=True)
class Page:
    """An answer. `words` is what a reader sees; `tree` the document."""

    visit: Visit
    url: str
    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def tree(self) -> Any:
        return lxml_html.fromstring(self.text)

    @property
    def words(self) -> str:
        found = self.tree.find(".//main")
        return re.sub(r"\s+", " ", (found if found is not None else self.tree).text_content()).strip()

    @property
    def links(self) -> dict[str, str]:
        """{words: address} of the links of the page's own part."""
        return {a.text_content().strip(): a.get("href") for a in self.tree.findall(".//main//a[@href]")}

    def find(self, selector: str) -> list[Any]:
        """Elements by an XPath."""
        return list(self.tree.xpath(selector))

    def submit(
        self,
        form: str = ".//main//form[@method='post']",
        *,
        press: str | None = None,
        drop: tuple[str, ...] = (),
        **fields: Any,
    ) -> Page:
        """Send a form of this page (by XPath; the first) as it stands, with some fields filled in; `press` is the words of its button.

        A value may be a list (several boxes of one name). `drop` leaves fields out.
        """
        found = self.tree.xpath(form)
        assert found, f"no form {form} in {self.url}: {self.words[:300]}"
        element = found[0]
        data: dict[str, Any] = {}
        for name, value in element.form_values():
            data.setdefault(name, []).append(value)
        if press is not None:
            buttons = [b for b in element.findall(".//button") if b.text_content().strip() == press]
            assert buttons, f"no button {press}: {[b.text_content().strip() for b in element.findall('.//button')]}"
            if buttons[0].get("name"):
                data[buttons[0].get("name")] = [buttons[0].get("value", "")]
            action = buttons[0].get("formaction") or element.get("action")
        else:
            action = element.get("action")
        for name, value in fields.items():
            data[name] = value if isinstance(value, list) else [value]
        for name in drop:
            data.pop(name, None)
        address = urljoin(self.url, action or self.url)
        if (element.get("method") or "get").lower() == "get":
            return self.visit.get(urlsplit(address).path + "?" + urlencode(data, doseq=True))
        return self.visit.post(urlsplit(address)._replace(scheme="", netloc="").geturl(), data)


@dataclass
class Visit:
    """One person in one browser without scripts: cookies are kept, redirects followed."""

    base: str
    person: str | None
    client: httpx2.Client = field(init=False)

    def __post_init__(self) -> None:
        headers = {WHO: self.person} if self.person else {}
        self.client = httpx2.Client(base_url=self.base, headers=headers, follow_redirects=True, timeout=30, trust_env=False)

    def get(self, path: str, **headers: str) -> Page:
        return self._page(self.client.get(path, headers={k.replace("_", "-"): v for k, v in headers.items()}))

    def post(self, path: str, data: Mapping[str, Any], **headers: str) -> Page:
        """A form as a browser sends it; nothing is added."""
        body = urlencode(dict(data), doseq=True)
        said = {"content-type": "application/x-www-form-urlencoded", **{k.replace("_", "-"): v for k, v in headers.items()}}
        return self._page(self.client.post(path, content=body, headers=said))

    def _page(self, answer: httpx2.Response) -> Page:
        headers = {k.lower(): v for k, v in answer.headers.items()}
        return Page(self, str(answer.url), answer.status_code, headers, answer.text)


@dataclass(frozen=True)
class Served:
    """A portal that answers at `base`."""

    base: str
    app: FastAPI
    visits: list[Visit] = field(default_factory=list)

    def as_(self, person: str | None) -> Visit:
        made = Visit(self.base, person)
        self.visits.append(made)
        return made


@contextmanager
def served(app: FastAPI, *, root: str = "", **more: Any) -> Iterator[Served]:
    """A real server on loopback until the block ends; `more` as uvicorn's Config takes it."""
    config = uvicorn.Config(
        app, host="127.0.0.1", port=0, log_level="warning", access_log=False, lifespan="off", root_path=root, **more
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started:
        assert time.monotonic() < deadline, "the server did not start"
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    found = Served(f"http://127.0.0.1:{port}", app)
    try:
        yield found
    finally:
        for visit in found.visits:
            visit.client.close()
        server.should_exit = True
        thread.join(timeout=20)


@contextmanager
def portal(world: World, **more: Any) -> Iterator[Served]:
    """The portal of a world, whose visitors say in a header who they are: `portal.as_(LI).get("/next")`."""
    with served(create_app(world.engine, who_asks, **more)) as found:
        yield found
