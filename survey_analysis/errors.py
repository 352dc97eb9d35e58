"""Errors of the statistics."""

from __future__ import annotations


class InvalidCountsError(ValueError):
    """Counts that cannot be: negative, or more successes than trials."""
