"""How the sheets of the workbook look: fonts, lines and shades, each format made once."""

from __future__ import annotations

from typing import Any

from duban.sheets.head import NO_SECRETS

A4 = 9
BODY, HEAD = "仿宋", "黑体"
SHADE, LIGHT, UNUSED = "#E8EEF4", "#F5F7FA", "#EDEDED"
LINE = "#9AA5B1"
FOOTER = f'&L&"仿宋,Regular"&9 {NO_SECRETS}&C&"仿宋,Regular"&9 &A　第 &P 页，共 &N 页'


class Look:
    """The formats of one workbook."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, object], ...], Any] = {}

    def __call__(self, **changes: object) -> Any:
        """A format: 仿宋, wrapped, centred up and down; with `changes`."""
        look = {"font_name": BODY, "font_size": 11, "valign": "vcenter", "text_wrap": True, **changes}
        key = tuple(sorted(look.items(), key=lambda item: item[0]))
        if key not in self._made:
            self._made[key] = self._book.add_format(look)
        return self._made[key]

    def boxed(self, **changes: object) -> Any:
        return self(**{"border": 1, "border_color": LINE, **changes})

    def header(self, **changes: object) -> Any:
        return self.boxed(**{"font_name": HEAD, "align": "center", "bg_color": SHADE, **changes})
