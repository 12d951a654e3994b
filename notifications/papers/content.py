"""What a paper (催办函, 督办单, 通报) says: plain values, kept as JSON from the moment it is drafted."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any, TypeVar

from workflow.model import Contact

KINDS = LETTER, FORM, CIRCULAR = ("催办函", "督办单", "通报")
MARK = "代拟稿"
"""Duban makes drafts; header, number and seal are the document office's."""


@dataclass(frozen=True, kw_only=True)
class PaperItem:
    """One line of what is still open, in the order of the tree: never a ranking, never a grade.

    In a 催办函 or 督办单 `unit` is the unit that owes (a branch is listed in its committee's paper). In a 通报 it is a second-level unit,
    `open` counts what is open in it and below, and branches are not named. `state` is neutral: 尚未报送, 退回补正, or 尚有3件未报送.
    `promised` is the day somebody promised, if that is still ahead.
    """

    unit: str
    unit_code: str
    state: str
    due: date | None = None
    promised: date | None = None
    open: int = 1
    expected: int = 1


@dataclass(frozen=True, kw_only=True)
class PaperContent:
    """Everything a paper says, as it was when it was drafted.

    `unit` is the second-level unit addressed (主送); for a 通报 it is the school, and `addressees` are those the notice names. `notice` and
    `notice_number` are the campaign's notice (its 文号 may be unknown). `task` was to be done by `due`, in words `due_words`
    (3月30日（周一）24:00前，含当日); `occurrence` says which one of a recurring task (2012-04). `expected` and `handed_in` count the same
    task in the unit and below. `until` is the day by which an answer is asked for, in words `until_words`; `requested_by` the name of who
    had it drawn up; `signer` the role that signs (组织部部长). `number`, `signed_by` and `signed_on` are empty until it is signed.
    """

    kind: str
    issuer: str
    unit: str
    unit_code: str
    addressees: tuple[str, ...] = ()
    campaign: str
    notice: str
    notice_number: str = ""
    notice_date: date | None = None
    task: str
    occurrence: str = ""
    due: date
    due_words: str
    items: tuple[PaperItem, ...]
    expected: int
    handed_in: int
    until: date
    until_words: str
    requested_by: str
    contact: Contact
    drafted_on: date
    signer: str
    mark: str = MARK
    number: str = ""
    signed_by: str = ""
    signed_on: date | None = None

    @property
    def open(self) -> int:
        """How many are still open."""
        return sum(item.open for item in self.items)


def to_json(content: PaperContent) -> str:
    return json.dumps(asdict(content), ensure_ascii=False, default=date.isoformat)


def from_json(text: str) -> PaperContent:
    """The content as it was kept. Keys that this version does not know any more are passed over."""
    found: dict[str, Any] = json.loads(text)
    return _read(
        PaperContent,
        found
        | {
            "addressees": tuple(found["addressees"]),
            "contact": Contact(**found["contact"]),
            "items": tuple(_read(PaperItem, item) for item in found["items"]),
        },
    )


_Kind = TypeVar("_Kind", PaperContent, PaperItem)
_DAYS = frozenset({"due", "promised", "until", "notice_date", "drafted_on", "signed_on"})


def _read(kind: type[_Kind], values: dict[str, Any]) -> _Kind:
    known = {field.name for field in fields(kind)}
    return kind(**{name: _value(name, value) for name, value in values.items() if name in known})


def _value(name: str, value: Any) -> Any:
    return date.fromisoformat(value) if name in _DAYS and value is not None else value
