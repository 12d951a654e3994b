"""What stands around a table: who fills it in, who took it out and what for; and what its file is called."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from workflow.errors import UsageError

NO_SECRETS = "非涉密系统，严禁处理国家秘密"
_LONGEST_NAME = 35  # characters; two names of 35 stay under 255 bytes


@dataclass(frozen=True, kw_only=True)
class Head:
    """Title, 填报单位, 填报日期; exporter, purpose and time of the export (`2012-03-30 09:12`); phone of the contact.

    Raises `UsageError` if exporter, purpose or time is missing: tables with grades never leave without them.
    """

    title: str
    unit: str
    date: date
    exporter: str
    purpose: str
    at_text: str
    contact: str = ""

    def __post_init__(self) -> None:
        said = {"导出人": self.exporter, "用途": self.purpose, "导出时间": self.at_text}
        if missing := [word for word, value in said.items() if not value.strip()]:
            raise UsageError(f"导出汇总表须写明导出人、用途和导出时间；还没有写：{'、'.join(missing)}。")

    @property
    def export_line(self) -> str:
        return f"导出人：{self.exporter}　用途：{self.purpose}　导出时间：{self.at_text}"


def chinese_day(day: date) -> str:
    """2012年3月30日, without leading zeros, as papers have it."""
    return f"{day.year}年{day.month}月{day.day}日"


def file_name(title: str, unit: str, day: date, suffix: str = ".xlsx") -> str:
    """`分类定级汇总表_化学学院党委_2012-03-30.xlsx`: a name every file system takes, and without 后进 in it."""
    parts = (discreet(part)[:_LONGEST_NAME].strip(" ._") for part in (title, unit))
    return "_".join([*(part for part in parts if part), day.isoformat()]) + suffix


def discreet(words: str) -> str:
    """Words for a place that everybody sees: no path signs, and 后进 is not named (整顿后进 is called 整改提高)."""
    clean = re.sub(r'[\\/:*?"<>|\s\x00-\x1f]+', "", words).replace("整顿后进", "整改提高")
    while "后进" in clean:
        clean = clean.replace("后进", "")
    return clean
