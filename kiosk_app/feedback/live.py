"""Live counts of every published dimension: read by the disclosure gate alone, never shown."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, func, select

from kiosk_app.feedback.models import RatingDay, ReleasedCell
from kiosk_app.feedback.records import LiveRow

DIMENSIONS = (
    "total", "step", "field", "procedure", "officer", "channel", "filing_mode", "reason",
    "weekday_hour", "officer_reason",
)
_LIVE = (
    ReleasedCell.live_1, ReleasedCell.live_2, ReleasedCell.live_3, ReleasedCell.live_4,
    ReleasedCell.live_5,
)
_COPY = (
    ReleasedCell.copy_1, ReleasedCell.copy_2, ReleasedCell.copy_3, ReleasedCell.copy_4,
    ReleasedCell.copy_5,
)


def cells(
    conn: Connection, *, grain: str, first: int, last: int, unit_ids: Sequence[int] | None = None,
    dimensions: Sequence[str] = DIMENSIONS,
) -> list[LiveRow]:
    """Cells of linked ratings between two months (yyyymm) or ISO weeks (yyyyww), both included."""
    query = select(
        ReleasedCell.period, ReleasedCell.unit_id, ReleasedCell.dimension, ReleasedCell.value,
        ReleasedCell.closed, *_LIVE, *_COPY,
    ).where(
        ReleasedCell.grain == grain, ReleasedCell.period.between(first, last),
        ReleasedCell.linked == 1, ReleasedCell.dimension.in_(dimensions),
    )
    if unit_ids is not None:
        query = query.where(ReleasedCell.unit_id.in_(unit_ids))
    return [
        LiveRow(r[0], r[1], r[2], r[3], bool(r[4]), (r[5], r[6], r[7], r[8], r[9]),
                (r[10], r[11], r[12], r[13], r[14]))
        for r in conn.execute(query)
    ]


def days(conn: Connection, *, first: int, last: int) -> dict[tuple[int, int], list[int]]:
    """Linked ratings by level, of each unit and local day (yyyymmdd) between two, both included."""
    found: dict[tuple[int, int], list[int]] = {}
    rows = conn.execute(
        select(RatingDay.unit_id, RatingDay.day, RatingDay.level, func.sum(RatingDay.n))
        .where(RatingDay.day.between(first, last), RatingDay.linked == 1)
        .group_by(RatingDay.unit_id, RatingDay.day, RatingDay.level)
    )
    for unit_id, day, level, n in rows:
        found.setdefault((unit_id, day), [0] * 5)[level - 1] += int(n)
    return found


def marks(conn: Connection) -> dict[tuple[int, int], str]:
    """What tells whether the counts of a (unit, year) have changed since they were last read."""
    rows = conn.execute(
        select(
            ReleasedCell.unit_id, ReleasedCell.period, func.max(ReleasedCell.copied_ms),
            func.count(), *(func.sum(column) for column in _COPY), func.sum(ReleasedCell.closed),
        )
        .where(ReleasedCell.linked == 1, ReleasedCell.grain == "month")
        .group_by(ReleasedCell.unit_id, ReleasedCell.period)
    )
    found: dict[tuple[int, int], list[int]] = {}
    for unit_id, period, copied, *sums in rows:
        known = found.setdefault((unit_id, period // 100), [0] * (1 + len(sums)))
        known[0] = max(known[0], int(copied or 0))
        for i, value in enumerate(sums, 1):
            known[i] += int(value or 0)
    return {place: ":".join(map(str, values)) for place, values in found.items()}
