"""What an installation is told once: where its data lie, how it sends, who can be called. From `duban.toml` and `DUBAN_*`."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from workflow.errors import DubanError

DEFAULT_URL = "sqlite:///duban.db"
SECTIONS = ("database", "smtp", "contact", "folder", "templates", "calendar", "guard", "link")


@dataclass(frozen=True, kw_only=True)
class Smtp:
    """The mail server. `password_env` names the environment variable that holds the password: never the password itself."""

    host: str = ""
    port: int = 25
    security: str = "plain"
    user: str = ""
    password_env: str = ""
    sender: str = ""
    timeout: float = 20.0


@dataclass(frozen=True, kw_only=True)
class Settings:
    """`days` are a school's own days: `{"2026-01-04": true}` works, false rests; they win over the statutory calendar.

    `guard_messages` is the least number of messages of one run that is held for a person's consent.
    """

    smtp: Smtp = field(default_factory=Smtp)
    folder: str | None = None
    templates: str | None = None
    contact_unit: str = ""
    contact_name: str = ""
    contact_phone: str = ""
    days: Mapping[str, bool] = field(default_factory=dict)
    guard_messages: int = 200
    link: str | None = None


def load(folder: Path, environment: Mapping[str, str] | None = None) -> Settings:
    """`duban.toml` of a folder, then `DUBAN_SMTP_HOST` and the like over it. Raises `DubanError` naming the file and the key."""
    path = folder / "duban.toml"
    found: dict[str, Any] = {}
    if path.exists():
        try:
            found = tomllib.loads(path.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise DubanError(f"{path} 读不懂：{error}。请按 TOML 格式修改。", code="bad-settings") from None
    strange = sorted(set(found) - set(SECTIONS))
    if strange:
        raise DubanError(
            f"{path} 有不认识的部分：{'、'.join(strange)}；可以写的有：{'、'.join(SECTIONS)}。", code="bad-settings"
        )
    return _settings(found, dict(environment if environment is not None else os.environ), str(path))


def database_url(settings_folder: Path, given: str | None) -> str:
    """`--db`, else `DUBAN_DATABASE_URL`, else `[database] url` of duban.toml, else `sqlite:///duban.db`."""
    if given:
        return given
    if from_environment := os.environ.get("DUBAN_DATABASE_URL"):
        return from_environment
    path = settings_folder / "duban.toml"
    if path.exists():
        url = tomllib.loads(path.read_text(encoding="utf-8")).get("database", {}).get("url")
        if url:
            return str(url)
    return DEFAULT_URL


def _settings(found: Mapping[str, Any], environment: Mapping[str, str], where: str) -> Settings:
    smtp = dict(found.get("smtp", {}))
    for name in (f.name for f in fields(Smtp)):
        if value := environment.get(f"DUBAN_SMTP_{name.upper()}"):
            smtp[name] = value
    known = {f.name for f in fields(Smtp)}
    if strange := sorted(set(smtp) - known):
        raise DubanError(f"{where} 的 [smtp] 有不认识的设置：{'、'.join(strange)}。", code="bad-settings")
    try:
        smtp["port"] = int(smtp.get("port", 25))
        smtp["timeout"] = float(smtp.get("timeout", 20))
    except ValueError:
        raise DubanError(f"{where} 的 [smtp] port 和 timeout 要写数字。", code="bad-settings") from None
    contact = found.get("contact", {})
    return Settings(
        smtp=Smtp(**smtp),
        folder=found.get("folder", {}).get("path") or environment.get("DUBAN_FOLDER"),
        templates=found.get("templates", {}).get("path"),
        contact_unit=str(contact.get("unit", "")),
        contact_name=str(contact.get("name", "")),
        contact_phone=str(contact.get("phone", "")),
        days={str(k): bool(v) for k, v in found.get("calendar", {}).get("days", {}).items()},
        guard_messages=int(found.get("guard", {}).get("messages", 200)),
        link=found.get("link", {}).get("url"),
    )
