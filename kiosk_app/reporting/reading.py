"""What the rules of text make of a comment; read once by the worker, kept by feedback."""

from __future__ import annotations

from collections.abc import Mapping

from survey_analysis.text import classify, mask, normalise, strip_marks


def plain(text: str) -> str:
    """Letters without marks and case, as words are searched."""
    return strip_marks(normalise(text)).lower()


def read(text: str) -> tuple[str, str, Mapping[str, int]]:
    """One comment masked, the same without marks, and its topics by side."""
    masked = mask(text).text
    return masked, plain(masked), classify(masked)
