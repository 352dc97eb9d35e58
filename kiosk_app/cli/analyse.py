"""``kiosk analyse``: tables, charts and a one-page summary from any table of ratings."""

from __future__ import annotations

import sys

import click

from kiosk_app.reporting import standalone


@click.command(
    context_settings={"ignore_unknown_options": True, "allow_extra_args": True,
                      "help_option_names": []},
    short_help="Tables, charts and a summary from a table of ratings.",
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def analyse(arguments: tuple[str, ...]) -> None:
    """Options are those of ``python -m survey_analysis``; --help lists them."""
    sys.exit(standalone.analyse(arguments, "kiosk analyse"))
