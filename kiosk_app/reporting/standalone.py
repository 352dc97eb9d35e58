"""The analysis of a file that stands outside the service: no database, no configuration."""

from __future__ import annotations

from collections.abc import Sequence


def analyse(arguments: Sequence[str], program: str) -> int:
    """Run `survey_analysis.report.command`; the exit code."""
    from survey_analysis.report.command import main

    return main(arguments, program)
