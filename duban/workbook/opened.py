"""What a file holds if it is a workbook, and in plain words why not if it is none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import python_calamine

from duban.child import Failed, TooSlow, interpreter, run
from duban.workbook import child

SECONDS = 120
MEMORY = 2 * 1024**3
SAVE_AS = "请用表格软件打开后另存为 .xlsx（或两个 CSV）再导入"
# What people rename to .xlsx, by the first bytes.
SIGNATURES = (
    (b"\x89PNG", "PNG 图片"),
    (b"\xff\xd8\xff", "JPEG 图片"),
    (b"GIF8", "GIF 图片"),
    (b"BM", "BMP 图片"),
    (b"%PDF", "PDF 文件"),
    (b"Rar!", "RAR 压缩包"),
    (b"7z\xbc\xaf", "7z 压缩包"),
    (b"{\\rtf", "RTF 文档"),
    (b"<", "网页或 XML（有的系统导出的“Excel”其实是网页）"),
    (b"PK\x03\x04", "压缩包或 Word 文档，也可能已损坏"),
    (b"\xd0\xcf\x11\xe0", "旧版 Office 文档，也可能已损坏或设有打开密码"),
)


class NoWorkbook(ValueError):
    """`str(error)` says in Chinese what the file is instead and what to do."""


def open_workbook(content: bytes, wanted: list[str]) -> dict[str, Any]:
    """`names` of all sheets, and `sheets` for those called like one of `wanted`, see `child.read_workbook`.

    Raises NoWorkbook.
    """
    if not content:
        raise NoWorkbook(f"文件是空的；{SAVE_AS}")
    python = interpreter()
    answer = _in_child(python, content, wanted) if python else child.read_workbook(content, wanted)
    if answer.get("locked"):
        raise NoWorkbook("工作簿设有打开密码；请去掉密码后再导入")
    if "error" in answer:
        raise NoWorkbook(_why(content))
    return answer


def _in_child(python: str, content: bytes, wanted: list[str]) -> dict[str, Any]:
    libraries = [Path(python_calamine.__file__).parents[1]]
    try:
        said = run(python, child.__file__, wanted, content, memory=MEMORY, seconds=SECONDS, libraries=libraries)
    except TooSlow:
        raise NoWorkbook(f"读了 {SECONDS} 秒还没有读完；请删去多余的工作表和空行，{SAVE_AS}") from None
    except Failed:
        raise NoWorkbook(
            f"文件已损坏，或在很远的行、列还有内容（按 Ctrl+End 可看到最后一格，删去后再保存）；{SAVE_AS}"
        ) from None
    return child.decoded(said.decode("utf-8"))


def _why(content: bytes) -> str:
    like = next((what for start, what in SIGNATURES if content.lstrip(b"\xef\xbb\xbf \r\n").startswith(start)), None)
    if like is None and b"\x00" not in content:
        return "内容是文字，不是工作簿；如果是 CSV，请把扩展名改为 .csv，并同时给出 units.csv 和 posts.csv"
    return f"不是可读的工作簿{f'，像是{like}' if like else ''}；{SAVE_AS}"
