"""任务分解表: a definition as a workbook, with the page to sign, and such a workbook as a definition again."""

from duban.task_table.read import TableFile, is_workbook, read_table
from duban.task_table.spots import Spot
from duban.task_table.write import workbook_of, write_table

__all__ = ["Spot", "TableFile", "is_workbook", "read_table", "workbook_of", "write_table"]
