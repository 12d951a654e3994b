"""表: the tables a clerk hands in, as Excel files that print on A4.

Every figure is counted from the rows of the table, so totals equal rows. Text is always text: a unit called `=1+1` stays
a name. The caller has already limited the rows to what the exporter may see.
"""

from duban.sheets.grading import GradingRow, grading_table
from duban.sheets.head import Head, file_name
from duban.sheets.promotion import promotion_table
from duban.sheets.rectification import RectificationRow, rectification_table

__all__ = [
    "GradingRow",
    "Head",
    "RectificationRow",
    "file_name",
    "grading_table",
    "promotion_table",
    "rectification_table",
]
