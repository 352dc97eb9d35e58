"""The training office sees groups: no single rating, no officer's figures, no tier."""

from __future__ import annotations

import ast
import re
from dataclasses import fields
from pathlib import Path

from kiosk_app.accounts.permissions import Data, Scope, allowed
from kiosk_app.reporting.effect_records import Behaviour, Effect, MonthGap
from tests.rules.sources import modules

REPORTING = {"drawings", "effect_records", "effects", "needs", "periods", "reactions", "waves"}
"""What of reporting the pages may ask: estimates and needs of groups, and the drawing of waves."""
TEMPLATES = Path(__file__).resolve().parents[2] / "kiosk_app" / "templates" / "hr"


def asked() -> set[str]:
    """Modules that the training office's pages import from capabilities with figures."""
    found = set()
    for tree in modules("kiosk_app/web/hr").values():
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module:
                if node.module == "kiosk_app.reporting":
                    found |= {one.name for one in node.names}
                elif node.module.startswith("kiosk_app.reporting."):
                    found.add(node.module.split(".")[2])
                assert not node.module.startswith(("kiosk_app.feedback", "kiosk_app.integrity")), node.module
    return found


def test_its_pages_ask_for_groups_only() -> None:
    assert {"effects", "needs"} <= asked() <= REPORTING


def test_it_reaches_no_officer_s_figures_by_role() -> None:
    for data in (Data.FIGURES_OFFICERS, Data.COMMENTS, Data.LINKS, Data.CONFIDENTIAL, Data.INTEGRITY):
        assert allowed("hr", data) == Scope.NONE


def test_what_is_kept_of_an_effect_names_nobody() -> None:
    names = {one.name for kind in (Effect, MonthGap, Behaviour) for one in fields(kind)}
    assert not {name for name in names if re.search(r"officer|name|person", name)}


def test_no_template_shows_a_tier_or_lists_a_group_in_need() -> None:
    for path in TEMPLATES.glob("*.html"):
        text = path.read_text("utf-8")
        assert "tier" not in text, path.name
        assert not re.search(r"for \w+ in [\w.]*need\.officers", text), path.name
