"""What reads of export jobs return, and what is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Wish:
    """What an export is to hold: a period, units, format, and its words in the reader's language."""

    kind: str
    period: str
    unit_ids: tuple[int, ...]
    officers: bool
    format: str
    lang: str
    texts: Mapping[str, object]


@dataclass(frozen=True)
class JobRecord:
    """A job as its owner sees it."""

    ref: str
    user_id: int
    wish: Wish
    state: str
    rows_done: int
    rows_total: int
    created_ms: int
    ended_ms: int | None
    expires_ms: int | None
    digest: str
    problem: str

    @property
    def share(self) -> float:
        """How far it is, 0–1."""
        if self.state == "done":
            return 1.0
        return self.rows_done / self.rows_total if self.rows_total else 0.0
