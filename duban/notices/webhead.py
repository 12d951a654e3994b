"""Title and day of posting that the head of a web page knows and the page itself does not show."""

from __future__ import annotations

import re

from lxml import etree

from duban.notices.lines import Lines

_TITLES = ("articletitle", "article_title", "og:title", "title")
_POSTED = (
    "pubdate", "publishdate", "publish-date", "publish_date", "publishtime", "firstpublishedtime", "article:published_time",
    "og:release_date", "dc.date", "dc.date.issued", "dcterms.issued", "dcterms.date",
)  # fmt: skip
_DAY = re.compile(r"\s{0,9}(\d{4})\s?[-/.年]\s?(\d{1,2})\s?[-/.月]\s?(\d{1,2})(?!\d)")
_KIND_OF_PAPER = re.compile(r"(?:通知|意见|方案|办法|公告|通报|决定|要求|安排|要点|函|细则|规定|计划)[）)》”\s]*$")


def heading(root: etree._Element, body: str) -> Lines:
    """Title and day of posting from the head of the page, as far as the page itself does not show them."""
    said = {
        (each.get("name") or each.get("property") or "").strip().lower(): each.get("content") or ""
        for each in root.iter("meta")
    }
    lines, plain = Lines(), "".join(body.split())
    title = next((said[key] for key in _TITLES if said.get(key, "").strip()), "") or (root.findtext(".//title") or "")
    parts = [part.strip() for part in re.split(r"(?<!\d)[-_|—–»](?!\d)|_", " ".join(title[:500].split())) if part.strip()]
    if parts and not any(_KIND_OF_PAPER.search(part) and "".join(part.split()) in plain for part in parts):
        named = next((part for part in parts if _KIND_OF_PAPER.search(part)), parts[0])
        if "".join(named.split()) not in plain:
            lines.add(named)
    posted = next((day for key in _POSTED if (day := _DAY.match(said.get(key, "")))), None)
    if posted and not _says_day(body, posted):
        lines.add(f"发布日期：{posted[1]}-{int(posted[2]):02d}-{int(posted[3]):02d}")
    return lines


def _says_day(body: str, day: re.Match[str]) -> bool:
    year, month, of_month = day[1], int(day[2]), int(day[3])
    return bool(re.search(rf"{year}\s?[-/.年]\s?0?{month}\s?[-/.月]\s?0?{of_month}(?!\d)", body))
