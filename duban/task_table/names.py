"""What the sheets of the workbook and their fixed columns are called."""

from __future__ import annotations

SIGN, ITEMS, FACTS = "签发页", "任务分解表", "基本情况"
LABEL, CONTENT, MEANS = "项目", "内容", "填写说明"
UNREAD = ("序号", "no", "no.")
