"""The command: `duban VERB`. Modules of verbs are small at import: what a verb needs is imported when it runs."""

from __future__ import annotations

import sys

import typer

from duban.cli import acts, definitions, looking, running, setting_up
from duban.cli.speak import unexpected

app = typer.Typer(
    name="duban",
    help="督办：专项活动的阶段、时限、提醒和报表。\n\n第一次用，请运行 duban demo。",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for group in (setting_up, definitions, acts, running, looking):
    group.add_to(app)


def main() -> None:
    """Run the command line. Exit codes: 0 done, 1 the answer is no, 2 wrong usage, 3 unexpected."""
    try:
        app()
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except Exception as error:
        sys.exit(unexpected(error))
