"""Options that several verbs take, in the same words everywhere."""

from __future__ import annotations

from typing import Annotated

import typer

By = Annotated[str, typer.Option("--by", help="谁办理：工号、邮箱或 单位:角色（0307:书记）", metavar="WHO")]
Why = Annotated[str, typer.Option("--reason", help="理由", metavar="TEXT")]
ReasonText = Annotated[str | None, typer.Option("--reason", help="理由", metavar="TEXT")]
Duty = Annotated[str | None, typer.Option("--duty", help="事项，如 调查摸底/支部自评", metavar="KEY")]
WhichDuty = Annotated[str, typer.Option("--duty", help="事项，如 调查摸底/支部自评", metavar="KEY")]
