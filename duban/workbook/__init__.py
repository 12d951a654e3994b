"""What the workbook of units and posts (单位, 任职) says, and everything that is wrong with it."""

from duban.workbook.identity import Person, Persons, persons
from duban.workbook.read import read_units
from duban.workbook.rows import POST_COLUMNS, UNIT_COLUMNS, Column, PostRow, UnitRow, UnitsFile
from duban.workbook.write import write_units

__all__ = [
    "POST_COLUMNS",
    "UNIT_COLUMNS",
    "Column",
    "Person",
    "Persons",
    "PostRow",
    "UnitRow",
    "UnitsFile",
    "persons",
    "read_units",
    "write_units",
]
