"""The published figures are those measured."""

from __future__ import annotations

from pathlib import Path

from benchmarks.text_quality import masking_rows, topic_rows

PAGE = Path(__file__).parents[4] / "docs" / "analysis" / "text-quality.md"


def test_the_page_shows_what_is_measured() -> None:
    lines = set(PAGE.read_text("utf-8").splitlines())
    assert [row for row in (*topic_rows(), *masking_rows()) if row not in lines] == []
