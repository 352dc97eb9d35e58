"""Fair comparison of officers and procedures on like cases, each within its own family.

The comparison is kept per process for as long as no fact behind it has changed: the newest
attribution and the released copies are its version.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import Connection

from kiosk_app.core.kept import Kept
from kiosk_app.feedback import queries as feedback_queries
from kiosk_app.feedback.records import StratumRow
from kiosk_app.organisation import queries as organisation_queries
from survey_analysis import DEFAULTS, Cells, OfficerTable, officer_table

TIERS = ("clearly_above", "no_difference", "clearly_below", "too_few", "not_comparable")
KEPT = 24


@dataclass(frozen=True)
class Standing:
    """One subject against its family on like cases; shares 0–1, None where not estimable.

    ``expected`` is what the others reach on the same mix of cases, ``overall`` what the family
    reaches on all of its own: the gap between the two says how hard the mix is.
    """

    key: str
    family: str
    n: int
    tier: str
    adjusted: float | None
    low: float | None
    high: float | None
    expected: float | None
    overall: float
    reliability: float | None
    still_needed: int | None
    few: bool
    """Whether the family is too small for its spread to be known: no number of ratings will do."""
    tau2: float | None
    """Variance between the subjects of the family, which widens the limits of chance."""
    shrunken: float | None = None
    """Difference from what is expected, shrunken by how surely it is known."""

    @property
    def mix(self) -> float | None:
        """Expected less overall: below 0 the cases are harder than the family's."""
        return None if self.expected is None else self.expected - self.overall

    @property
    def comparable(self) -> bool:
        """Whether a figure may be held against others."""
        return (self.reliability or 0.0) >= DEFAULTS.reliability_compare


Row = tuple[str, str, Hashable, Hashable, int, int]
"""Family, subject, what ties subjects to one another, stratum, ratings, satisfied."""


def compared(rows: Sequence[Row]) -> dict[tuple[str, str], Standing]:
    """Standing of each subject in each of its families; families share nothing."""
    families: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row[4] > 0:
            families[row[0]].append(row)
    return {pair: one for own in families.values() for pair, one in _family(own).items()}


def _family(rows: Sequence[Row]) -> dict[tuple[str, str], Standing]:
    subjects = {pair: i for i, pair in enumerate(dict.fromkeys(row[:2] for row in rows))}
    ties = {tie: i for i, tie in enumerate(dict.fromkeys(row[2] for row in rows))}
    strata = {pair: i for i, pair in enumerate(dict.fromkeys(row[2:4] for row in rows))}
    table = officer_table(Cells(
        np.array([subjects[row[:2]] for row in rows]),
        np.array([strata[row[2:4]] for row in rows]),
        np.array([row[4] for row in rows], dtype=np.float64),
        np.array([row[5] for row in rows], dtype=np.float64),
        np.array([ties[tie] for tie, _ in strata]),
        np.zeros(len(subjects), dtype=np.int64),
    ))
    return {pair: _standing(pair, i, table) for pair, i in subjects.items()}


def _standing(pair: tuple[str, str], i: int, table: OfficerTable) -> Standing:
    n = int(table.standardised.n[i])
    overall = float(table.standardised.overall[i])
    if not table.estimable[i]:
        return Standing(pair[1], pair[0], n, TIERS[table.tier[i]], None, None, None, None, overall,
                        None, None, False, None)
    needed = int(table.still_needed[i])
    return Standing(
        pair[1], pair[0], n, TIERS[table.tier[i]], float(table.adjusted[i]), float(table.low[i]),
        float(table.high[i]), float(table.standardised.expected[i]) / n, overall,
        float(table.reliability[i]), None if needed < 0 else needed,
        bool(table.few_officers[i]), float(table.tau2[i]), float(table.shrunken[i]),
    )


def _largest(found: Mapping[tuple[str, str], Standing]) -> dict[str, Standing]:
    """One standing a subject: in the family that most of its ratings are of."""
    chosen: dict[str, Standing] = {}
    for (_family, subject), one in found.items():
        if subject not in chosen or chosen[subject].n < one.n:
            chosen[subject] = one
    return chosen


_answers: Kept[dict[str, Standing]] = Kept(KEPT)


def _once(conn: Connection, name: str, months: Sequence[int], unit_ids: Sequence[int],
          work: type[OfficerRows] | type[ProcedureRows]) -> dict[str, Standing]:
    version = feedback_queries.version_of_strata(conn, months=months, unit_ids=unit_ids)
    return _answers.of(
        conn, (name, tuple(months), tuple(unit_ids), version),
        lambda: _largest(compared(work.of(conn, months, unit_ids))),
    )


class OfficerRows:
    """Officers of a unit, tied by procedures, in strata of procedure, lateness and filing mode."""

    @staticmethod
    def of(conn: Connection, months: Sequence[int], unit_ids: Sequence[int]) -> list[Row]:
        """Rows of officers from the released counts."""
        return [
            (str(r.unit_id), str(r.officer_id), r.procedure_id,
             (r.late, r.supplemented, r.filing_mode), r.n, r.satisfied)
            for r in feedback_queries.strata(conn, months=months, unit_ids=unit_ids)
        ]


class ProcedureRows:
    """Procedures of city or wards, in strata of filing mode; lateness is their own doing."""

    @staticmethod
    def of(conn: Connection, months: Sequence[int], unit_ids: Sequence[int]) -> list[Row]:
        """Rows of procedures from the released counts, versions of one code together."""
        known = organisation_queries.procedures(conn)
        sums: dict[tuple[str, str, str], list[StratumRow]] = defaultdict(list)
        for row in feedback_queries.strata(conn, months=months, unit_ids=unit_ids):
            if (one := known.get(row.procedure_id)) is not None:
                sums[one.level, one.code, row.filing_mode].append(row)
        return [
            (level, code, mode, mode, sum(r.n for r in rows), sum(r.satisfied for r in rows))
            for (level, code, mode), rows in sums.items()
        ]


def officers(
    conn: Connection, months: Sequence[int], unit_ids: Sequence[int]
) -> dict[str, Standing]:
    """Standing of each officer (by id) among the officers of the own unit."""
    return _once(conn, "officers", months, unit_ids, OfficerRows)


def procedures(
    conn: Connection, months: Sequence[int], unit_ids: Sequence[int]
) -> dict[str, Standing]:
    """Standing of each procedure (by code) among those of its level, city or ward."""
    return _once(conn, "procedures", months, unit_ids, ProcedureRows)
