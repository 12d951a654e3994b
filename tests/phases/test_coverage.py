"""docs/coverage.md keeps its word: every requirement once, counts that add up, references that lead somewhere."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "coverage.md").read_text(encoding="utf-8")
NOTICES = {"D0": 71, "D1": 72, "D2": 42, "D3": 65, "D4": 45}
STATUSES = ("expressed", "served", "later", "outside")
# `d0.yaml 任务「谋划一个好思路」` (数量): file, section, entry, keys
REFERENCE = re.compile(r"`(\w+\.yaml) ([^「`]+)(?:「([^」]+)」)?`(?: \(([^)]*)\))?")
NAME_KEYS = {"阶段": "名称", "定级": "名称", "任务": "事项", "报送": "名称"}
TEXTS = ("说明", "依据", "主题")


@dataclass(frozen=True)
class Row:
    id: str
    asked: str
    status: str
    where: str

    @property
    def references(self) -> list[tuple[str, str, str, str]]:
        return REFERENCE.findall(self.where)

    @property
    def is_text_only(self) -> bool:
        return bool(self.references) and all(
            section in TEXTS or (section == "阶段" and keys == "要点") for _, section, _, keys in self.references
        )


ROWS = [Row(*cells) for cells in re.findall(r"^\| (D\d-\d+) \| (.+?) \| (.+?) \| (.+) \|$", PAGE, re.M)]


def test_every_requirement_of_the_five_notices_has_exactly_one_row():
    wanted = [f"{notice}-{no:02}" for notice, count in NOTICES.items() for no in range(1, count + 1)]

    assert [row.id for row in ROWS] == wanted
    assert len(ROWS) == 295


def test_every_row_has_a_known_status_and_says_where():
    odd = [row.id for row in ROWS if row.status not in STATUSES or not row.where.strip() or not row.asked.strip()]

    assert odd == []


@pytest.mark.parametrize("notice", [*NOTICES, "all"])
def test_counts_on_top_equal_the_rows(notice: str):
    rows = [row for row in ROWS if notice in ("all", row.id[:2])]
    found = Counter(row.status for row in rows)

    stated = re.search(rf"^\| {notice} \| (\d+) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|$", PAGE, re.M)

    assert stated is not None
    assert [int(n) for n in stated.groups()] == [len(rows), *(found[status] for status in STATUSES)]


def test_expressed_rows_are_split_into_what_acts_and_what_is_text():
    expressed = [row for row in ROWS if row.status == "expressed"]
    text_only = sum(row.is_text_only for row in expressed)

    stated = re.search(r"Of the expressed rows, (\d+) stand in .+?, and (\d+) are text only", PAGE, re.S)

    assert stated is not None
    assert (int(stated[1]), int(stated[2])) == (len(expressed) - text_only, text_only)


def test_an_expressed_row_names_a_place_in_its_own_campaign():
    astray = [
        row.id
        for row in ROWS
        if row.status == "expressed" and not any(file == f"{row.id[:2].lower()}.yaml" for file, *_ in row.references)
    ]

    assert astray == []


def test_every_reference_leads_somewhere():
    dead = [
        f"{row.id}: {file} {section}「{entry}」({keys})"
        for row in ROWS
        for file, section, entry, keys in row.references
        if not leads_somewhere(library(file), section, entry, keys)
    ]

    assert dead == []


def test_what_serves_a_row_is_in_the_repository():
    missing = [f"{row.id}: {path}" for row in ROWS for path in program_files(row) if not (ROOT / path).exists()]

    assert missing == []
    assert [row.id for row in ROWS if row.status == "served" and not program_files(row)] == []


def test_what_is_still_to_come_is_called_by_name():
    unnamed = [row.id for row in ROWS if row.status == "later" and not re.search(r"later, \*[^*]+\*", row.where)]

    assert unnamed == []


def test_nothing_between_backticks_escapes_the_check_of_references():
    unread = [
        f"{row.id}: {span}"
        for row in ROWS
        for span in re.findall(r"`[^`]+`", row.where)
        if ".yaml" in span and not REFERENCE.match(span)
    ]

    assert unread == []


def test_a_reference_to_an_entry_or_key_that_is_not_there_is_noticed():
    campaign = library("d0.yaml")

    assert not leads_somewhere(campaign, "任务", "没有这件事", "")
    assert not leads_somewhere(campaign, "任务", "谋划一个好思路", "频次")
    assert not leads_somewhere(campaign, "说明", "没有这句话", "")
    assert not leads_somewhere(campaign, "起点", "", "")


def program_files(row: Row) -> list[str]:
    return re.findall(r"`([a-z_]+/[\w/.]+)`", row.where)


@cache
def library(file: str) -> dict[str, Any]:
    path = ROOT / "phases" / "library" / file
    return YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8")) if path.exists() else {}


def leads_somewhere(campaign: dict[str, Any], section: str, entry: str, keys: str) -> bool:
    """The section exists, the entry in it too, and one place it can mean has all the keys named."""
    if section not in campaign:
        return False
    wanted = [key for key in keys.split(", ") if key]
    return any(all(key in place for key in wanted) for place in places(campaign[section], section, entry))


def places(found: Any, section: str, entry: str) -> Iterator[Any]:
    """What `section「entry」` can mean: one named entry, one target, one question, a piece of text, or the section."""
    if not entry:
        yield found
    elif section in NAME_KEYS:
        yield from (one for one in found if one.get(NAME_KEYS[section], "报送材料") == entry)
    elif section == "目标":
        yield from (one for one in found if "{从}→{到} {至少} {时间}".format(**one) == entry)
    elif section == "待定":
        yield from (one for one in found if entry in one["问"])
    elif section in TEXTS and entry in str(found):
        yield found
