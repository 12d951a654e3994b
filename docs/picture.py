"""Draws the pictures of the README from a demo that is really played: its last screen, and its phases. Run by `make pictures`."""

from __future__ import annotations

import io
import re
import sys
from contextlib import chdir
from html import escape, unescape
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.cells import cell_len
from rich.console import Console

from duban import Engine
from duban.demo import DATABASE, Result, play
from duban.demo.screen import show
from workflow import diagram

IMAGES = Path(__file__).resolve().parent / "images"
WIDTH = 88  # the longest command of the screen stands on one line
"""Columns of the terminal."""
ASPECT = 0.55
"""How wide a column is for its height: between a Latin letter's 0.6 and half a Chinese character."""
CELL = 20 * ASPECT
"""The same in units of the picture: rich draws letters 20 high."""
# No font is fetched from anywhere: whoever looks at the picture has one that shows Chinese.
FONTS = "Menlo, Consolas, 'DejaVu Sans Mono', 'PingFang SC', 'Microsoft YaHei', 'Noto Sans Mono CJK SC', monospace"
FORMAT = f"""\
<svg viewBox="0 0 {{width}} {{height}}" xmlns="http://www.w3.org/2000/svg">
<style>
.{{unique_id}}-matrix {{{{ font-family: {FONTS}; font-size: {{char_height}}px; line-height: {{line_height}}px; }}}}
.{{unique_id}}-title {{{{ font-family: {FONTS}; font-size: 18px; font-weight: bold; }}}}
{{styles}}
</style>
<defs>
<clipPath id="{{unique_id}}-clip-terminal"><rect x="0" y="0" width="{{terminal_width}}" height="{{terminal_height}}" /></clipPath>
{{lines}}
</defs>
{{chrome}}
<g transform="translate({{terminal_x}}, {{terminal_y}})" clip-path="url(#{{unique_id}}-clip-terminal)">
{{backgrounds}}
<g class="{{unique_id}}-matrix">
{{matrix}}
</g>
</g>
</svg>
"""
TEXT = re.compile(
    r'<text class="(?P<style>[^"]+)" x="(?P<x>[^"]+)" y="(?P<y>[^"]+)" textLength="[^"]+" (?P<clip>[^>]*)>(?P<said>[^<]*)</text>'
)


def pictures() -> dict[str, str]:
    """{file name: SVG}: play the demo in a folder of its own, and look at it."""
    with TemporaryDirectory() as folder, chdir(folder):
        result = play(Path("demo"))
        with Engine(f"sqlite:///demo/{DATABASE}") as engine:
            running = engine.campaign()
            counts = engine.phase_counts(running.id)
    track = running.campaign.track_by_key["党支部"]
    return {"demo.svg": _screen(result), "phases.svg": diagram.svg(running.campaign, track, counts[track.key])}


def _screen(result: Result) -> str:
    screen = Console(
        record=True, width=WIDTH, file=io.StringIO(), force_terminal=True, color_system="truecolor", highlight=False
    )
    show(screen, result)
    return _spaced(screen.export_svg(title="make demo", code_format=FORMAT, unique_id="demo", font_aspect_ratio=ASPECT))


def _spaced(svg: str) -> str:
    """Every run of wide and of narrow characters in its own place: rich counts characters where a terminal counts columns."""
    return TEXT.sub(_runs, svg)


def _runs(found: re.Match[str]) -> str:
    x, made = float(found["x"]), []
    for columns, letters in groupby(unescape(found["said"]), key=cell_len):
        run = "".join(letters)
        width = columns * len(run) * CELL
        if run.strip("\xa0 "):
            made.append(
                f'<text class="{found["style"]}" x="{x:g}" y="{found["y"]}" textLength="{width:g}"'
                f' lengthAdjust="spacingAndGlyphs" {found["clip"]}>'
                f"{escape(run)}</text>"
            )
        x += width
    return "".join(made)


if __name__ == "__main__":
    sys.argv = [".venv/bin/duban"]  # the screen says how it was called: here as by `make demo`
    IMAGES.mkdir(exist_ok=True)
    for name, svg in pictures().items():
        (IMAGES / name).write_text(svg, encoding="utf-8")
        print(IMAGES / name)
