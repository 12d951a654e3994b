"""A program that asks the JSON API of a world, with a token or as a page of the portal would."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx2
from portal import WHO, portal
from world import World


@dataclass(frozen=True)
class Program:
    """Asks as somebody: `headers` say who."""

    client: httpx2.Client
    headers: dict[str, str]

    def get(self, path: str, **query: Any) -> httpx2.Response:
        return self.client.get(f"/api/v1{path}", params=query, headers=self.headers)

    def items(self, path: str, *, after: str | None = None, **query: Any) -> list[dict[str, Any]]:
        """All of a list (from a place in it), page by page."""
        found: list[dict[str, Any]] = []
        while True:
            page = self.get(path, **query, **({"after": after} if after else {})).json()
            found += page["items"]
            after = page["next"]
            if after is None:
                return found

    def post(self, path: str, body: Any, **headers: str) -> httpx2.Response:
        said = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.post(f"/api/v1{path}", json=body, headers={**self.headers, **said})

    def act(self, duty: int, act: str, *, if_match: str | None = "", **words: Any) -> httpx2.Response:
        """An act on a duty as it stands, or on the version named."""
        tag = self.get(f"/duties/{duty}").headers["etag"] if if_match == "" else if_match
        return self.post(f"/duties/{duty}/acts", {"act": act, **words}, **({"If_Match": tag} if tag is not None else {}))


@dataclass(frozen=True)
class Api:
    """The API of one world."""

    world: World
    client: httpx2.Client

    def token_of(self, who: str, *, rights: str = "act", unit: str | None = None) -> str:
        engine = self.world.engine
        return engine.new_token(engine.person(who), name="测试程序", rights=rights, unit=unit).secret

    def as_(self, who: str, *, rights: str = "act", unit: str | None = None) -> Program:
        """With a token of a person."""
        return self.with_token(self.token_of(who, rights=rights, unit=unit))

    def with_token(self, secret: str) -> Program:
        return Program(self.client, {"Authorization": f"Bearer {secret}"})

    def page_of(self, who: str | None) -> Program:
        """As a page does, whose reader the portal knows."""
        return Program(self.client, {WHO: who} if who else {})


@contextmanager
def api(world: World) -> Iterator[Api]:
    with portal(world) as served, httpx2.Client(base_url=served.base, timeout=60, trust_env=False) as client:
        yield Api(world, client)
