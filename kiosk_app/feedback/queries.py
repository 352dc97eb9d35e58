"""Reads of feedback: released copies for everything that shows levels, live counts apart."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Connection, case, func, literal, select

from kiosk_app.core import keys
from kiosk_app.dossiers.rules import normal_form
from kiosk_app.feedback import ballots
from kiosk_app.feedback.matching import newest_attributions
from kiosk_app.feedback.models import (
    Attribution,
    Erasable,
    QuarantinedItem,
    RatingDraft,
    RatingFlag,
    RatingItem,
    RatingMonth,
    ReleasedCell,
)
from kiosk_app.feedback.records import ReleasedRow, StratumRow


def released(
    conn: Connection, *, grain: str, periods: Sequence[int], dimension: str,
    unit_ids: Sequence[int], linked: int = 1, prefix: str = "", among: Collection[str] = (),
    over_periods: bool = False,
) -> list[ReleasedRow]:
    """Released copies of one dimension; ``periods`` yyyymm (month) or ISO yyyyww (week).

    ``prefix`` or ``among`` narrow the values; ``over_periods`` sums them (period 0), so that a
    year of procedures is a few thousand rows.
    """
    copies = [getattr(ReleasedCell, f"copy_{level}") for level in range(1, 6)]
    query = select(ReleasedCell.period, ReleasedCell.unit_id, ReleasedCell.value, *copies)
    if over_periods:
        query = select(
            literal(0), ReleasedCell.unit_id, ReleasedCell.value, *(func.sum(c) for c in copies)
        ).group_by(ReleasedCell.unit_id, ReleasedCell.value)
    query = query.where(
        ReleasedCell.grain == grain, ReleasedCell.period.in_(periods),
        ReleasedCell.dimension == dimension, ReleasedCell.unit_id.in_(unit_ids),
        ReleasedCell.linked == linked,
    )
    if prefix:
        query = query.where(ReleasedCell.value.startswith(prefix, autoescape=True))
    if among:
        query = query.where(ReleasedCell.value.in_(among))
    rows = conn.execute(query).all()
    if over_periods:
        return [
            ReleasedRow(0, r[1], r[2], (int(r[3]), int(r[4]), int(r[5]), int(r[6]), int(r[7])))
            for r in rows
        ]
    return [ReleasedRow(r[0], r[1], r[2], (r[3], r[4], r[5], r[6], r[7])) for r in rows]


def strata(
    conn: Connection, *, months: Sequence[int], unit_ids: Sequence[int]
) -> list[StratumRow]:
    """Released counts per officer and stratum, for case-mix adjustment."""
    columns = (
        RatingMonth.unit_id, RatingMonth.officer_id, RatingMonth.procedure_id,
        RatingMonth.filing_mode, RatingMonth.late, RatingMonth.supplemented,
    )
    satisfied = case((RatingMonth.level >= 4, RatingMonth.released_n), else_=0)
    rows = conn.execute(
        select(*columns, func.sum(RatingMonth.released_n), func.sum(satisfied))
        .where(
            RatingMonth.month.in_(months), RatingMonth.unit_id.in_(unit_ids),
            RatingMonth.linked == 1, RatingMonth.officer_id > 0,
        )
        .group_by(*columns)
    ).all()
    return [StratumRow(r[0], r[1], r[2], r[3], r[4], r[5], int(r[6]), int(r[7])) for r in rows]


def values(
    conn: Connection, *, periods: Sequence[int], dimensions: Sequence[str],
    unit_ids: Sequence[int],
) -> set[tuple[str, str]]:
    """Dimensions and their values that have months with ratings; counts are not told."""
    rows = conn.execute(
        select(ReleasedCell.dimension, ReleasedCell.value).distinct().where(
            ReleasedCell.grain == "month", ReleasedCell.dimension.in_(dimensions),
            ReleasedCell.period.in_(periods), ReleasedCell.unit_id.in_(unit_ids),
            ReleasedCell.linked == 1, ReleasedCell.value != "",
        )
    ).all()
    return {(row[0], row[1]) for row in rows}


def cells(
    conn: Connection, *, months: Sequence[int], unit_ids: Sequence[int],
    dimensions: Sequence[str],
) -> int:
    """How many released monthly cells there are; what is in them is not told."""
    return int(conn.execute(
        select(func.count()).select_from(ReleasedCell).where(
            ReleasedCell.grain == "month", ReleasedCell.dimension.in_(dimensions),
            ReleasedCell.period.in_(months), ReleasedCell.unit_id.in_(unit_ids),
            ReleasedCell.linked == 1,
        )
    ).scalar() or 0)


def version_of_strata(
    conn: Connection, *, months: Sequence[int], unit_ids: Sequence[int]
) -> tuple[int, ...]:
    """A mark that differs as soon as ``strata`` would: newest attribution, state of the copies."""
    newest = conn.execute(select(func.max(Attribution.id))).scalar()
    copies = sum(
        (getattr(ReleasedCell, f"copy_{level}") * 7**level for level in range(1, 6)),
        start=ReleasedCell.closed,
    )
    rows = conn.execute(
        select(func.count(), func.max(ReleasedCell.copied_ms), func.sum(copies)).where(
            ReleasedCell.grain == "month", ReleasedCell.dimension == "officer",
            ReleasedCell.period.in_(months), ReleasedCell.unit_id.in_(unit_ids),
        )
    ).one()
    return (int(newest or 0), *(int(value or 0) for value in rows))


def recorded(conn: Connection, *, months: Sequence[int], unit_ids: Sequence[int]) -> int:
    """Live count of ratings, linked or not; levels are never told live."""
    total = conn.execute(
        select(func.sum(RatingMonth.n)).where(
            RatingMonth.month.in_(months), RatingMonth.unit_id.in_(unit_ids)
        )
    ).scalar()
    return int(total or 0)


def channels(
    conn: Connection, *, months: Sequence[int], unit_ids: Sequence[int]
) -> dict[tuple[str, str], int]:
    """Live counts by channel and entry (scan, typed, invited, link)."""
    rows = conn.execute(
        select(RatingMonth.channel, RatingMonth.entry, func.sum(RatingMonth.n))
        .where(RatingMonth.month.in_(months), RatingMonth.unit_id.in_(unit_ids))
        .group_by(RatingMonth.channel, RatingMonth.entry)
    ).all()
    return {(channel, entry): int(n) for channel, entry, n in rows if n}


def entries_by_unit(
    conn: Connection, *, months: Sequence[int], unit_ids: Sequence[int]
) -> dict[int, dict[str, int]]:
    """Live counts by unit and entry (scan, typed, invited, link, paper; '' without a receipt).

    What the data-quality page shows as shares: many typed or invited ones want a look.
    """
    came = case((RatingMonth.channel == "paper", "paper"), else_=RatingMonth.entry)
    rows = conn.execute(
        select(RatingMonth.unit_id, came, func.sum(RatingMonth.n))
        .where(RatingMonth.month.in_(months), RatingMonth.unit_id.in_(unit_ids))
        .group_by(RatingMonth.unit_id, came)
    ).all()
    found: dict[int, dict[str, int]] = {}
    for unit_id, entry, n in rows:
        if n:
            found.setdefault(unit_id, {})[entry] = int(n)
    return found


def counts_by_lateness(
    conn: Connection, *, months: Sequence[int], unit_ids: Sequence[int]
) -> dict[tuple[int, int], int]:
    """Live count of linked ratings of hand-overs by unit and lateness (1 late, 0 in time)."""
    rows = conn.execute(
        select(RatingMonth.unit_id, RatingMonth.late, func.sum(RatingMonth.n))
        .where(
            RatingMonth.month.in_(months), RatingMonth.unit_id.in_(unit_ids),
            RatingMonth.linked == 1, RatingMonth.step == "return", RatingMonth.late >= 0,
        )
        .group_by(RatingMonth.unit_id, RatingMonth.late)
    ).all()
    return {(unit, late): int(n) for unit, late, n in rows}


def late_matches(
    conn: Connection, *, first_day: int, last_day: int, unit_ids: Sequence[int]
) -> dict[int, int]:
    """Ratings by unit that had to wait for their dossier and were matched later."""
    rows = conn.execute(
        select(Attribution.unit_id, func.count(func.distinct(Attribution.item_id)))
        .join(RatingItem, RatingItem.id == Attribution.item_id)
        .where(
            RatingItem.kind == "rating", Attribution.cause.in_(("late_match", "match_by_hand")), Attribution.version > 1,
            Attribution.day.between(first_day, last_day), Attribution.unit_id.in_(unit_ids),
        )
        .group_by(Attribution.unit_id)
    ).all()
    return {unit: int(n) for unit, n in rows}


def ahead_of_arrival(
    conn: Connection, *, first_day: int, last_day: int, unit_ids: Sequence[int]
) -> dict[int, int]:
    """Ratings by tablet whose corrected time lies ahead of their arrival: a clock that is wrong."""
    given = case((RatingItem.kind == "rating", RatingItem.id))  # no filter: few flags are read first
    rows = conn.execute(
        select(RatingItem.device_id, func.count(func.distinct(given)))
        .join(RatingFlag, RatingFlag.item_id == RatingItem.id)
        .join(Attribution, Attribution.item_id == RatingItem.id)
        .where(
            RatingFlag.flag == "time_ahead", Attribution.day.between(first_day, last_day),
            Attribution.unit_id.in_(unit_ids), RatingItem.device_id.is_not(None),
        )
        .group_by(RatingItem.device_id)
    ).all()
    return {device: int(n) for device, n in rows if device is not None and n}


def periods_with_data(conn: Connection) -> list[int]:
    """Months ``yyyymm`` that hold ratings, ascending."""
    rows = conn.execute(
        select(ReleasedCell.period)
        .where(ReleasedCell.grain == "month", ReleasedCell.dimension == "total")
        .distinct()
        .order_by(ReleasedCell.period)
    ).scalars()
    return list(rows)


def state_counts(conn: Connection) -> dict[str, int]:
    """Items by state: counted, unmatched, superseded; quarantined, rejected, flagged."""
    newest = newest_attributions().subquery()
    rows = conn.execute(
        select(Attribution.state, func.count())
        .join(
            newest,
            (newest.c.item_id == Attribution.item_id) & (newest.c.version == Attribution.version),
        )
        .group_by(Attribution.state)
    ).all()
    counts: Counter[str] = Counter(dict.fromkeys(
        ("counted", "unmatched", "superseded", "quarantined", "rejected", "flagged"), 0
    ))
    for state, n in rows:
        counts[state] = int(n)
    for verdict, n in conn.execute(
        select(QuarantinedItem.verdict, func.count()).group_by(QuarantinedItem.verdict)
    ).all():
        counts["quarantined"] += n
        if verdict == "rejected":
            counts["rejected"] += n
    flagged = conn.execute(select(func.count(func.distinct(RatingFlag.item_id)))).scalar()
    counts["flagged"] = int(flagged or 0)
    return dict(counts)


def is_rated(conn: Connection, code: str, step: str | None, kind: str = "rating") -> bool:
    """Whether the ballot of receipt and step is cast; never by whom or when."""
    urn = ballots.Urn(conn, keys.current())
    value, _ = urn.open_attempt(normal_form(code), step, kind)
    return urn.is_cast(value)


def drafts_with(
    conn: Connection, text: str, *, sealed_by: datetime | None = None
) -> list[tuple[str, dict[str, object]]]:
    """Id and item of the drafts that hold this text; with ``sealed_by`` only those due by then."""
    query = select(RatingDraft.rating_id, RatingDraft.body).where(RatingDraft.body.contains(text, autoescape=True))
    if sealed_by is not None:
        query = query.where(RatingDraft.expires_at <= sealed_by)
    return [(row.rating_id, json.loads(row.body)) for row in conn.execute(query.limit(20))]


def follow_state(conn: Connection, follow_hash: str) -> str:
    """``not_received``, ``draft`` while it can still be taken back, or the state of the item."""
    item_id = conn.execute(
        select(RatingItem.id).where(RatingItem.follow_hash == follow_hash)
    ).scalar()
    if item_id is None:
        return "draft" if drafts_with(conn, follow_hash) else "not_received"
    state = conn.execute(
        select(Attribution.state)
        .where(Attribution.item_id == item_id)
        .order_by(Attribution.version.desc())
        .limit(1)
    ).scalar()
    return str(state)


def unmatched_receipts(conn: Connection, limit: int = 200) -> list[tuple[str, int]]:
    """Receipts of unmatched ratings with their unit, oldest first."""
    newest = newest_attributions().subquery()
    rows = conn.execute(
        select(Erasable.receipt, Attribution.unit_id)
        .join(Erasable, (Erasable.subject == "item") & (Erasable.subject_id == Attribution.item_id))
        .join(
            newest,
            (newest.c.item_id == Attribution.item_id) & (newest.c.version == Attribution.version),
        )
        .where(Attribution.state == "unmatched")
        .order_by(Attribution.item_id)
        .limit(limit)
    ).all()
    return [(receipt or "", unit_id) for receipt, unit_id in rows]
