"""Figures leave by one gate: only reporting reads released copies, only disclosure makes rows."""

from __future__ import annotations

import ast

from tests.rules.sources import called, modules


def callers(*names: str) -> set[str]:
    return {
        path for path, tree in modules("kiosk_app").items() for node in ast.walk(tree)
        if isinstance(node, ast.Call) and called(node) in names
    }


def test_only_reporting_reads_released_copies() -> None:
    found = callers("released", "strata", "comments")
    assert "kiosk_app/reporting/satisfaction.py" in found
    assert {p for p in found if not p.startswith("kiosk_app/reporting/")} == set()


def test_only_disclosure_makes_figures() -> None:
    assert callers("Figure") == {"kiosk_app/reporting/disclosure.py"}
