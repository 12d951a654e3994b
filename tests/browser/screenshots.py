"""Takes a picture of each page for the README, wide and on a phone, from a demo that is really played. Run by `make screenshots`."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from chrome import BRANCH, CLERK, LEADER, OFFICER, SECRETARY, SIZES, UNIT, Reader, Site, browser, site

from duban.demo import MIDWAY, play

IMAGES = Path(__file__).resolve().parents[2] / "docs" / "images"
HIGHEST = {"wide": 1000, "phone": 1200}
"""CSS pixels of a page that a picture shows: what a reader sees of it at first, and a little more."""


def pages(found: Site) -> dict[str, tuple[str, str]]:
    """{name of the picture: (who looks, path)}."""
    plan = next(d.id for r in found.engine.status(unit=BRANCH).rows for d in r.duties if d.key.endswith("整改计划"))
    return {
        "next": (SECRETARY, "/next"),
        "duty": (SECRETARY, f"/duties/{plan}"),
        "branches": (CLERK, "/branches"),
        "progress": (LEADER, "/progress"),
        "progress-unit": (OFFICER, f"/progress?unit={UNIT}"),
        "unit": (CLERK, f"/units/{BRANCH}"),
        "runs": (OFFICER, "/runs"),
    }


def take(found: Site, folder: Path, only: tuple[str, ...] = ()) -> None:
    for name, (who, path) in pages(found).items():
        for size in SIZES:
            if only and name not in only:
                continue
            with found.as_(who, size) as reader:
                reader.open(path)
                _shoot(reader, folder / f"page-{name}-{size.name}.png", HIGHEST[size.name], size.width)


def _shoot(reader: Reader, path: Path, highest: int, width: int) -> None:
    whole = int(reader.page.evaluate("document.documentElement.scrollHeight"))
    clip = {"x": 0.0, "y": 0.0, "width": float(width), "height": float(min(whole, highest))}
    reader.page.screenshot(path=path, full_page=True, clip=clip, animations="disabled")  # type: ignore[arg-type]


def main() -> None:
    """`screenshots.py [FOLDER [DATABASE [NAME...]]]`."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else IMAGES
    with TemporaryDirectory() as place:
        database = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(place) / "demo" / MIDWAY
        if not database.exists():
            play(database.parent)
        with browser() as opened, site(database, opened) as found:
            take(found, folder, tuple(sys.argv[3:]))
    wrong = found.seen.wrong + sorted(found.seen.hosts - {"127.0.0.1"})
    sys.exit("\n".join(wrong) if wrong else 0)


if __name__ == "__main__":
    main()
