"""How long a rating takes, from released counts of five classes of time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from kiosk_app.feedback import queries as feedback_queries
from survey_analysis import DEFAULTS

EDGES_S = (0.0, 2.0, 4.0, 6.0, 10.0)
"""Lower edges of the classes in seconds; the last is open."""
GOAL_S = 10.0


@dataclass(frozen=True)
class Typical:
    """Median seconds from faces to tap and the share within ten; None where too few are in."""

    n: int | None
    median_s: float | None
    """None also where the median lies in the open class."""
    over_s: float | None
    """The edge that the median lies above, where it lies in the open class."""
    within_goal: float | None


def typical(classes: Sequence[int]) -> Typical:
    """Median of grouped times, linear within its class; hidden below the smallest count of a rate."""
    n = sum(classes)
    if n < DEFAULTS.min_rate_n:
        return Typical(None, None, None, None)
    within = sum(classes[:4]) / n
    below = 0
    for index in range(4):
        if below + classes[index] >= n / 2 and classes[index]:
            low, high = EDGES_S[index], EDGES_S[index + 1]
            return Typical(n, low + (high - low) * (n / 2 - below) / classes[index], None, within)
        below += classes[index]
    return Typical(n, None, GOAL_S, within)


def of_period(conn: Connection, months: Sequence[int], unit_ids: Sequence[int]) -> Typical:
    """Typical time over months and units, from the released copies."""
    rows = feedback_queries.released(
        conn, grain="month", periods=months, dimension="duration", unit_ids=unit_ids
    )
    return typical([sum(row.levels[i] for row in rows) for i in range(5)])
