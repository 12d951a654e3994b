"""The four example portals, each started by its one command: their own sign-in, their own frame, and the board inside it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from portal import Page, Visit

from duban.web.guarding import HEADERS

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
PORTALS = ("fastapi_portal.py", "django_portal.py", "flask_portal.py", "reverse_proxy/portal.py")
SECRETARY, CLERK, OFFICER = range(3)


@dataclass(frozen=True)
class Portal:
    """One that runs at `base`."""

    base: str
    process: subprocess.Popen[str]

    def visit(self) -> Visit:
        return Visit(self.base, None)

    def signed_in(self, which: int) -> tuple[Visit, str]:
        """A browser in which one of the three has signed in, and his name as the portal has it."""
        visit = self.visit()
        page = visit.get("/signin")
        button = page.find("//main//button[@name='person']")[which]
        page.submit(".//form[@action='/signin']", person=button.get("value"))
        return visit, button.text_content()


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database that the first start of an example makes, since there is no demo where it is started."""
    folder = tmp_path_factory.mktemp("examples")
    sys.path.insert(0, str(EXAMPLES))
    try:
        import invented

        invented.fill(folder / "example.db")
    finally:
        sys.path.remove(str(EXAMPLES))
    return folder / "example.db"


@pytest.fixture(scope="module", params=PORTALS)
def portal(request: pytest.FixtureRequest, filled: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    folder = tmp_path_factory.mktemp("portal")
    shutil.copy(filled, folder / "example.db")
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-W", "error", str(EXAMPLES / request.param), "--port", "0"],
            cwd=folder,
            env={name: value for name, value in os.environ.items() if not name.startswith("DUBAN_")},
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    assert process.stdout is not None
    address = process.stdout.readline().strip()
    assert address.startswith("http://127.0.0.1:"), (folder / "log").read_text("utf-8")
    yield Portal(address.rstrip("/"), process)
    process.terminate()
    code = process.wait(60)
    process.stdout.close()
    assert code == 0
    assert "Traceback" not in (folder / "log").read_text("utf-8")


def bar(page: Page) -> str:
    """The portal's own menu on a page."""
    return "".join(element.text_content() for element in page.find("//div[@class='campus-bar']"))


def test_who_has_not_signed_in_to_the_portal_sees_nothing_of_the_board(portal: Portal) -> None:
    visit = portal.visit()

    board, unit = visit.get("/duban/"), visit.get("/duban/units/0101")
    visit.client.close()

    for page in (board, unit):
        assert page.status == 401 or page.url.endswith("/signin")
        assert "支部自评" not in page.text


@pytest.mark.parametrize(
    ("which", "ends"), [(SECRETARY, "/duban/next"), (CLERK, "/duban/branches"), (OFFICER, "/duban/progress")]
)
def test_who_signed_in_to_the_portal_begins_at_his_own_page_inside_its_frame(portal: Portal, which: int, ends: str) -> None:
    visit, name = portal.signed_in(which)

    page = visit.get("/duban")  # without the slash, as people type it
    visit.client.close()

    assert (page.status, page.url) == (200, portal.base + ends)
    assert "某大学信息门户" in bar(page)
    assert page.find(f"//header//summary[normalize-space()='{name}']")
    assert page.find("//link[@href='/portal.css']")
    assert {header: page.headers.get(header) for header in HEADERS} == HEADERS


def test_every_link_and_file_of_the_first_page_stays_below_where_it_is_mounted(portal: Portal) -> None:
    visit, _ = portal.signed_in(CLERK)

    page = visit.get("/duban/")
    addresses = {found for found in page.find("//@href | //@src | //@action") if not found.startswith(("#", "tel:", "mailto:"))}
    ours = {address for address in addresses if address not in ("/", "/signout", "/portal.css")}
    files = [visit.get(address).status for address in sorted(ours) if "/static/" in address]
    style = visit.get("/portal.css").status
    visit.client.close()

    assert ours
    assert [address for address in ours if not address.startswith(("/duban/", "?"))] == []
    assert (set(files), style) == ({200}, 200)


def test_a_form_of_the_board_works_and_what_was_done_is_shown_where_it_was_sent_from(portal: Portal) -> None:
    clerk, _ = portal.signed_in(CLERK)
    queue = clerk.get("/duban/branches")
    form = "//form[@action='/duban/branches/act']"
    first, second = queue.find(f"({form})[1]//input[@type='checkbox' and starts-with(@name, 'pick')]")[:2]

    done = queue.submit(form, press="审核通过", **{first.get("name"): first.get("value")})
    forged = queue.submit(form, press="审核通过", csrf="1.forged", **{second.get("name"): second.get("value")})
    clerk.client.close()

    assert done.status == 200
    assert done.url.startswith(f"{portal.base}/duban/branches")
    assert "某大学信息门户" in bar(done)
    assert done.find("//div[@id='said']//p[contains(@class, 'good')]")
    assert forged.status == 403


def test_what_a_browser_says_about_who_it_is_is_not_believed(portal: Portal) -> None:
    clerk, name = portal.signed_in(CLERK)
    stranger = portal.visit()
    officer = stranger.get("/signin").find("//main//button[@name='person']")[OFFICER].get("value")
    claims = {"x_remote_user": officer, "x_test_person": officer, "x_forwarded_for": "127.0.0.1"}

    page = clerk.get("/duban/", **claims)
    nothing = stranger.get("/duban/", **claims)
    clerk.client.close()
    stranger.client.close()

    assert page.find(f"//header//summary[normalize-space()='{name}']")
    assert nothing.status == 401 or nothing.url.endswith("/signin")


def test_who_signs_out_of_the_portal_is_out_of_the_board(portal: Portal) -> None:
    visit, _ = portal.signed_in(SECRETARY)
    before = visit.get("/duban/next")

    visit.get("/signout")
    after = visit.get("/duban/next")
    visit.client.close()

    assert before.status == 200
    assert after.status == 401 or after.url.endswith("/signin")


def test_a_body_that_is_too_long_is_refused_politely_there_too(portal: Portal) -> None:
    visit, _ = portal.signed_in(CLERK)

    refused = visit.post("/duban/branches/act", {"reason": "长" * 200_000})
    visit.client.close()

    assert refused.status == 413
    assert "太长" in refused.text


def test_a_link_in_a_message_opens_for_who_has_not_signed_in_to_the_portal(portal: Portal) -> None:
    visit = portal.visit()

    page = visit.get("/duban/r/no-such-link")
    visit.client.close()

    assert page.status == 404
    assert "链接" in page.text
