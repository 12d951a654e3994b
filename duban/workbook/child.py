"""The cells of a workbook, read in a process of its own: what a damaged file does there cannot hurt Duban.

The reader of spreadsheets is native code. A broken .xls can make it panic; one stray cell in row 1048576, column XFD makes it
ask for more memory than there is, and that ends the process. So `duban/child.py` runs this file as a script, content on stdin,
JSON on stdout. It imports nothing of Duban, to start fast.
"""

from __future__ import annotations

import io
import json
import sys
import unicodedata
from datetime import date, datetime
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, PasswordError


def read_workbook(content: bytes, wanted: list[str]) -> dict[str, Any]:
    """{"names": all sheets, "sheets": {name: {"rows", "merged"}} for names like one of `wanted`}; or {"error"}; or {"locked"}.

    Rows begin with row 1 of the sheet, empty or not: leaving out empty ones would make row numbers lie.
    """
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
            sheets = {name: book.get_sheet_by_name(name) for name in book.sheet_names if _plain(name) in wanted}
            return {
                "names": book.sheet_names,
                "sheets": {
                    name: {"rows": sheet.to_python(skip_empty_area=False), "merged": sheet.merged_cell_ranges or []}
                    for name, sheet in sheets.items()
                },
            }
    except PasswordError:
        return {"locked": True}
    except CalamineError as error:
        return {"error": str(error)}


def encoded(answer: dict[str, Any]) -> str:
    return json.dumps(answer, default=_tagged)


def decoded(text: str) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(text, object_hook=_untagged)
    return answer


def _tagged(cell: object) -> dict[str, str]:
    if isinstance(cell, datetime):
        return {"at": cell.isoformat()}
    return {"day": cell.isoformat()} if isinstance(cell, date) else {"other": str(cell)}


def _untagged(found: dict[str, Any]) -> Any:
    if found.keys() == {"at"}:
        return datetime.fromisoformat(found["at"])
    if found.keys() == {"day"}:
        return date.fromisoformat(found["day"])
    return found["other"] if found.keys() == {"other"} else found


def _plain(name: str) -> str:
    return unicodedata.normalize("NFKC", name).strip().lower()


if __name__ == "__main__":
    sys.stdout.write(encoded(read_workbook(sys.stdin.buffer.read(), sys.argv[1:])))
