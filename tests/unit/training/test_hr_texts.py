"""Every text of the training office and of the officer's page has its English."""

from __future__ import annotations

from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

HOUSE = Path(__file__).parents[3] / "kiosk_app"
METHODS = [("**.py", "python"), ("**.html", "jinja2.ext:babel_extract")]


@pytest.mark.parametrize("surface", ["hr", "desk"])
def test_every_text_is_translated(surface: str) -> None:
    with (HOUSE / "translations" / "en" / f"{surface}.po").open("rb") as source:
        known = {message.id for message in read_po(source) if message.id and message.string}
    used = {
        found[2]
        for folder in ("web", "templates")
        for found in extract_from_dir(HOUSE / folder / surface, METHODS, {}, {"_": None})
    }
    assert used
    assert used <= known, sorted(used - known)
    assert known <= used, sorted(known - used)
