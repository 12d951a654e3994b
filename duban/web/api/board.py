"""What the API answers about a whole campaign: the board, its totals and its rows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from pydantic import BaseModel

from duban.service.status import Board, Row
from duban.web.api.shapes import example
from duban.web.api.standing import STANDING, DutyStanding


class TotalsShape(BaseModel):
    """Counts of duties: `expected` is the sum of the others; what is waived is not expected."""

    expected: int
    on_time: int
    late: int
    open: int


class RowShape(BaseModel):
    """One case on the board."""

    case: int
    unit: str
    name: str
    kind: str
    track: str
    phase: str
    version: int
    duties: list[DutyStanding]

    @classmethod
    def of(cls, row: Row) -> RowShape:
        return cls(
            case=row.case,
            unit=row.unit,
            name=row.name,
            kind=row.kind,
            track=row.track,
            phase=row.phase,
            version=row.version,
            duties=[DutyStanding.of(duty) for duty in row.duties],
        )


class BoardShape(BaseModel):
    """Where everything stands. `totals` are of all rows, those of other pages too."""

    model_config = example(
        campaign="基层组织建设年",
        as_of="2012-04-13",
        totals={"expected": 1, "on_time": 0, "late": 0, "open": 1},
        rows=[
            {
                "case": 17,
                "unit": "0307",
                "name": "第七党支部",
                "kind": "党支部",
                "track": "党支部",
                "phase": "调查摸底",
                "version": 4,
                "duties": [STANDING],
            }
        ],
        next=None,
    )

    campaign: str
    as_of: date
    totals: TotalsShape
    rows: list[RowShape]
    next: str | None

    @classmethod
    def of(cls, board: Board, rows: Iterable[Row], next_: str | None) -> BoardShape:
        totals = TotalsShape(**vars(board.totals))
        return cls(
            campaign=board.campaign, as_of=board.as_of, totals=totals, rows=[RowShape.of(row) for row in rows], next=next_
        )
