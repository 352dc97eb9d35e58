"""Opening hours of the tablets: outside them they rest."""

from __future__ import annotations

import json
import re

from sqlalchemy import Connection

from kiosk_app.core import settings_table
from kiosk_app.core.errors import RuleError

SETTING = "opening_hours"
_SPAN = re.compile(r"^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)$")


def parse(text: str) -> list[dict[str, object]]:
    """``"1-5 07:30-11:30 13:30-17:00; 6 07:30-11:30"`` → days (1 Monday … 7 Sunday) and spans.

    Raises RuleError ``hours_form``.
    """
    found: list[dict[str, object]] = []
    for part in filter(None, (p.strip() for p in text.split(";"))):
        days, *spans = part.split()
        first, _, last = days.partition("-")
        good = first in "1234567" and (not last or last in "1234567") and spans
        if not good or not all(_SPAN.match(s) and s[:5] < s[6:] for s in spans):
            raise RuleError(
                "hours_form", f"write days and spans like 1-5 07:30-11:30 13:30-17:00, not {part!r}",
                field="hours",
            )
        found.append({
            "days": list(range(int(first), int(last or first) + 1)),
            "spans": [[s[:5], s[6:]] for s in spans],
        })
    return found


def read(conn: Connection) -> list[dict[str, object]]:
    """The opening hours; empty: always open."""
    kept = settings_table.read(conn, SETTING)
    return json.loads(kept) if kept else []
