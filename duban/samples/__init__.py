"""Which invented organisations there are to try Duban on: a university, a hospital, a vocational college.

All names of people and institutions are made up; the same call always gives the same organisation.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

from duban.samples.college import college
from duban.samples.hospital import hospital
from duban.samples.organisation import Ballot, Organisation, RegisterItem, Reorganisation, Score, Veto
from duban.samples.university import university
from duban.workbook.write import write_units

Kind = Literal["university", "hospital", "college"]
KINDS: tuple[Kind, ...] = ("university", "hospital", "college")

__all__ = [
    "KINDS",
    "Ballot",
    "Kind",
    "Organisation",
    "RegisterItem",
    "Reorganisation",
    "Score",
    "Veto",
    "generate",
    "write",
]


def generate(kind: Kind) -> Organisation:
    """The invented organisation of that kind, with everything a campaign year there needs."""
    return {"university": university, "hospital": hospital, "college": college}[kind]()


def write(organisation: Organisation, out: Path) -> tuple[Path, Path]:
    """Writes `units.xlsx` and `truth.json` into the directory `out`, which is made if need be; answers both paths."""
    out.mkdir(parents=True, exist_ok=True)
    workbook, truth = out / "units.xlsx", out / "truth.json"
    workbook.write_bytes(write_units(organisation.units, organisation.posts))
    truth.write_text(json.dumps(organisation.truth, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return workbook, truth
