"""Every page of the portal in a real browser: nothing wider than the screen, no complaint, and nothing a screen reader stumbles over."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from chrome import BRANCH, CLERK, LEADER, OFFICER, SECRETARY, SIZES, UNIT, WIDE, Site, Size
from playwright.sync_api import Page, expect

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
SERIOUS = ("serious", "critical")

PAGES = {
    "下一步": (SECRETARY, "/next"),
    "事项，要填表": (SECRETARY, "/duties/{plan}"),
    "事项，不用填": (SECRETARY, "/duties/{check}"),
    "事项，代填": (CLERK, "/duties/{check}"),
    "事项，已报": (CLERK, "/duties/{sent}"),
    "我的支部": (CLERK, "/branches"),
    "我的支部，看原文": (CLERK, f"/branches?look={BRANCH}"),
    "进度": (LEADER, "/progress"),
    "进度，组织部": (OFFICER, "/progress"),
    "进度，一个单位": (OFFICER, f"/progress?unit={UNIT}"),
    "进度，过去一天": (OFFICER, "/progress?at=2012-04-05"),
    "一个支部": (CLERK, f"/units/{BRANCH}"),
    "本支部": (SECRETARY, f"/units/{BRANCH}"),
    "一个单位": (OFFICER, f"/units/{UNIT}"),
    "例行核查": (OFFICER, "/runs"),
    "一次核查": (OFFICER, "/runs/{run}"),
    "一封消息": (OFFICER, "/messages/{message}"),
    "日历": (SECRETARY, "/calendar"),
    "账号": (SECRETARY, "/account"),
}
ALONE = {"登录": (None, "/signin")}


def numbers(site: Site) -> dict[str, int]:
    engine = site.engine
    rows = {row.unit: row for row in engine.status().rows if row.unit.startswith(UNIT)}

    def duty(unit: str, name: str) -> int:
        return next(d.id for d in rows[unit].duties if d.key.endswith(name))

    sent = next(d.id for row in rows.values() for d in row.duties if d.state == "submitted")
    return {
        "plan": duty(BRANCH, "整改计划"),
        "check": duty(BRANCH, "班子和设置核对"),
        "sent": sent,
        "run": engine.runs_page(limit=1).items[0].id,
        "message": engine.messages(limit=1)[0].id,
    }


@pytest.mark.parametrize("size", SIZES, ids=lambda size: size.name)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_and_can_be_used_by_everybody(site: Site, name: str, size: Size) -> None:
    who, path = PAGES[name]
    with site.as_(who, size) as reader:
        page = reader.open(path.format(**numbers(site)))

        expect(page.get_by_role("heading", level=1)).to_have_count(1)
        expect(page.locator("footer")).to_contain_text("非涉密系统，严禁处理国家秘密")
        assert reader.sideways() <= 0
        assert violations(page) == []
        for fold in page.locator("main details:not([open]) > summary").all():
            if fold.is_visible():
                fold.click()
        assert violations(page) == []


@pytest.mark.parametrize("size", SIZES, ids=lambda size: size.name)
@pytest.mark.parametrize("name", ALONE)
def test_the_door_can_be_used_by_everybody(unsigned: Site, name: str, size: Size) -> None:
    who, path = ALONE[name]
    with unsigned.as_(who, size) as reader:
        page = reader.open(path)

        assert reader.sideways() <= 0
        assert violations(page) == []


def test_the_whole_page_can_be_reached_with_the_keyboard(site: Site) -> None:
    with site.as_(SECRETARY, WIDE) as reader:
        page = reader.open("/next")
        page.keyboard.press("Tab")
        first = str(page.evaluate("document.activeElement.textContent"))
        page.keyboard.press("Enter")
        skipped = str(page.evaluate("document.activeElement.id"))
        page.keyboard.press("Tab")
        then = str(page.evaluate("document.activeElement.textContent"))

    assert (first, skipped) == ("跳到正文", "main")
    assert "去办理" in then or "班子和设置核对" in then


def test_a_page_can_be_printed(site: Site, tmp_path: Path) -> None:
    """In black on white, without its menu."""
    with site.as_(CLERK, WIDE) as reader:
        page = reader.open("/branches")
        page.emulate_media(media="print")

        expect(page.locator("header.top nav")).to_be_hidden()
        expect(page.locator("main h1")).to_be_visible()
        assert page.pdf()[:5] == b"%PDF-"


def violations(page: Page) -> list[str]:
    """What axe-core calls serious or critical: rule, impact, and the first elements."""
    page.evaluate(AXE)
    found: dict[str, Any] = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{one['id']} ({one['impact']}): {', '.join(str(node['target'][0]) for node in one['nodes'][:3])} {one['help']}"
        for one in found["violations"]
        if one["impact"] in SERIOUS
    ]
