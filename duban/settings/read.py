"""`duban.toml` of a folder and the variables over it, as settings; or everything that is wrong with them, at once."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from duban.settings import channels, portal, sections
from duban.settings.channels import TAKEN
from duban.settings.hours import spans
from duban.settings.sections import KNOWN
from duban.settings.values import ChannelSettings, PortalSettings, Settings, Smtp
from workflow.errors import DubanError

DEFAULT_URL = "sqlite:///duban.db"
CHANNELS = "channels"


def load(folder: Path, environment: Mapping[str, str] | None = None) -> Settings:
    """`duban.toml` of a folder, then `DUBAN_SMTP_HOST` and the like over it.

    Raises `DubanError` naming the file and every key that is wrong.
    """
    path = folder / "duban.toml"
    found = _file(path)
    said, wrong = sections.said_by(os.environ if environment is None else environment)
    problems = [*(f"{path} 的 {words}" for words in _problems(found, said)), *wrong]
    if problems:
        raise DubanError("；".join(problems) + "。", code="bad-settings")
    return _settings({section: {**found.get(section, {}), **said.get(section, {})} for section in KNOWN}, found)


def database_url(folder: Path, given: str | None) -> str:
    """`--db`, else `DUBAN_DATABASE_URL`, else `[database] url` of the folder's duban.toml, else `sqlite:///duban.db`."""
    if found := given or os.environ.get("DUBAN_DATABASE_URL"):
        return found
    section = _file(folder / "duban.toml").get("database", {})
    return str(section.get("url") or DEFAULT_URL) if isinstance(section, dict) else DEFAULT_URL


def _settings(merged: Mapping[str, Mapping[str, Any]], found: Mapping[str, Any]) -> Settings:
    usual = Settings()
    return Settings(
        smtp=Smtp(**merged["smtp"]),
        portal=_portal(merged["portal"]),
        folder=merged["folder"].get("path"),
        templates=merged["templates"].get("path"),
        contact_unit=merged["contact"].get("unit", ""),
        contact_name=merged["contact"].get("name", ""),
        contact_phone=merged["contact"].get("phone", ""),
        days=merged["calendar"].get("days", {}),
        link=merged["link"].get("url"),
        channels=_channels(found),
        order=tuple(merged["deliver"].get("order", ())),
        share_addresses=merged["deliver"].get("share_addresses", usual.share_addresses),
        backend=merged["deliver"].get("backend", usual.backend),
        quiet=spans(merged["quiet"].get("hours", ())),
        preview_hours=merged["first_chase"].get("hold_hours", usual.preview_hours),
        heartbeat_env=merged["heartbeat"].get("url_env", usual.heartbeat_env),
        events_url_env=merged["events"].get("url_env", usual.events_url_env),
        events_secret_env=merged["events"].get("secret_env", usual.events_secret_env),
        keep_days=merged["privacy"].get("keep_days", usual.keep_days),
    )


def _portal(values: Mapping[str, Any]) -> PortalSettings:
    said: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in values.items()}
    return PortalSettings(**said)


def _channels(found: Mapping[str, Any]) -> tuple[ChannelSettings, ...]:
    return tuple(channels.channel(name, values) for name, values in found.get(CHANNELS, {}).items())


def _file(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError:
        raise DubanError(f"{path} 不是 UTF-8 文本：请用 UTF-8 保存后再试。", code="bad-settings") from None
    except tomllib.TOMLDecodeError as error:
        raise DubanError(f"{path} 读不懂：{error}。请按 TOML 格式修改。", code="bad-settings") from None


def _problems(found: Mapping[str, Any], said: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Everything in a file that is not known, not of its kind, or does not go together."""
    for section, values in found.items():
        if section != CHANNELS and section not in KNOWN:
            yield f"[{section}] 不认识；可以写的有：{'、'.join([*KNOWN, f'{CHANNELS}.名称'])}"
        elif not isinstance(values, dict):
            yield f"{section} 要写成一节：[{section}{'.名称' if section == CHANNELS else ''}]"
        elif section == CHANNELS:
            for name, described in values.items():
                yield from channels.problems(name, described)
        else:
            yield from sections.problems(section, values)
    yield from _wrong_order(found, said)
    yield from portal.wrong_together(_inside(found, "portal"))


def _wrong_order(found: Mapping[str, Any], said: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Names in `[deliver] order` that no channel has."""
    order = _inside(found, "deliver").get("order", [])
    if not sections.is_a(list, order):
        return
    names = (*TAKEN, *_inside(found, CHANNELS))
    yield from (f"[deliver] order 里的“{n}”没有这个渠道；有的是：{'、'.join(names)}" for n in order if n not in names)
    yield from (f"[deliver] order 里的“{n}”写了两次：请去掉一个" for n in _twice(order))
    if "email" in order and not (said.get("smtp", {}).get("host") or _inside(found, "smtp").get("host")):
        yield "[deliver] order 里有 email，但没有邮件服务器：请写 [smtp] host"


def _inside(found: Mapping[str, Any], section: str) -> Mapping[str, Any]:
    values = found.get(section, {})
    return values if isinstance(values, dict) else {}


def _twice(names: Sequence[str]) -> list[str]:
    return sorted({name for name in names if names.count(name) > 1})
