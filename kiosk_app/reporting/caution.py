"""Which units' figures are to be read with care, and why: pure rules, gravest reason first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from kiosk_app.reporting.quality import TARGET, Inviting, Quality, Tablet
from kiosk_app.reporting.records import Figure
from survey_analysis import wilson

REASONS = ("selective", "review", "missing", "seldom", "waiting", "few", "clock")
"""From what bends a figure to what only makes it unsure."""
BENT = frozenset(REASONS[:5])
"""Reasons by which a figure may be wrong; the others only widen it or concern its hour."""
SELDOM = TARGET / 2
"""Coverage below which, beyond chance, a figure is said to speak of few."""
WIDE = 0.10
"""Width of a 95 % interval from which a share is called unsure."""
WAITING = 0.05
"""Ratings without a dossier, against those of the period, from which they matter."""
FEWEST_WAITING = 5


@dataclass(frozen=True)
class Caution:
    """What speaks against a unit's figures; ``reasons`` in the order of ``REASONS``."""

    unit: Figure
    reasons: tuple[str, ...]
    waiting: int
    """Ratings of the unit that wait for their dossier, whatever the period."""

    @property
    def bent(self) -> bool:
        """Whether a figure may be wrong, not only unsure."""
        return bool(BENT & set(self.reasons))

    @property
    def rank(self) -> int:
        """Place of the gravest reason, the number of reasons where there is none."""
        return REASONS.index(self.reasons[0]) if self.reasons else len(REASONS)


def _seldom(unit: Figure) -> bool:
    if not unit.n or unit.eligible < unit.n:
        return False
    return wilson(unit.n, unit.eligible).high < SELDOM


def _few(unit: Figure) -> bool:
    if unit.share is None or unit.low is None or unit.high is None:
        return True
    return unit.high - unit.low > WIDE


def _of(
    unit: Figure, inviting: Inviting | None, *, reviewed: bool, waiting: int,
    tablets: Sequence[Tablet],
) -> tuple[str, ...]:
    held = {
        "selective": inviting is not None and inviting.lower,
        "review": reviewed,
        "missing": any(tablet.missing for tablet in tablets),
        "seldom": _seldom(unit),
        "waiting": waiting >= max(FEWEST_WAITING, WAITING * (unit.n or 0)),
        "few": _few(unit),
        "clock": any(tablet.skewed for tablet in tablets),
    }
    return tuple(reason for reason in REASONS if held[reason])


def cautions(found: Quality, decided: Collection[int]) -> tuple[Caution, ...]:
    """One a unit, gravest first, else in the order of the table.

    ``decided`` are the officers of whose ratings a person has already decided.
    """
    inviting = {one.unit_id: one for one in found.inviting}
    reviews = found.screening.reviews if found.screening else ()
    reviewed = {one.unit_id for one in reviews if one.officer_id not in decided}
    waiting = Counter(found.waiting_by_unit)
    rows = []
    for unit in found.units:
        at = int(unit.key)
        rows.append(Caution(unit, _of(
            unit, inviting.get(at), reviewed=at in reviewed, waiting=waiting[at],
            tablets=[one for one in found.tablets if one.health.unit_id == at],
        ), waiting[at]))
    return tuple(sorted(rows, key=lambda row: (row.rank, -len(row.reasons))))
