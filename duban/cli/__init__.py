"""The command: `duban VERB`. Modules of verbs are small at import: what a verb needs is imported when it runs."""

from __future__ import annotations

from typing import Annotated

import typer

from duban.cli import (
    accounts,
    acts,
    answering,
    calendar,
    chases,
    definitions,
    drafting,
    driving,
    holding,
    looking,
    messages,
    papers,
    previewing,
    running,
    serving,
    setting_up,
)
from duban.cli.speak import Db, Json
from duban.cli.words import Face

app = Face(
    name="duban",
    help="督办：专项活动的阶段、时限、提醒和报表。\n\n第一次用，请运行 duban demo。",
    context_settings={"help_option_names": ["-h", "--help"], "terminal_width": 10_000},  # folded by cells, see words
)


@app.callback(invoke_without_command=True)
def duban(
    context: typer.Context,
    db: Db = None,
    as_json: Json = False,
    version: Annotated[bool, typer.Option("--version", help="程序的版本")] = False,
) -> None:
    if version:
        import duban as program

        typer.echo(f"duban {program.__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


for group in (
    setting_up,
    definitions,
    drafting,
    calendar,
    acts,
    answering,
    papers,
    running,
    holding,
    chases,
    messages,
    accounts,
    driving,
    serving,
    previewing,
    looking,
):
    group.add_to(app)


def main() -> None:
    """Run the command line. Exit codes: 0 done, 1 the answer is no, 2 wrong usage, 3 unexpected."""
    app()
