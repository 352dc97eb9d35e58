"""What pages, exports and the interface show: everything has passed the disclosure gate."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One row of figures; shares 0–1, None where hidden.

    ``n`` ratings in the released copy (None: hidden), ``eligible`` dossier
    steps that could be rated, ``suppressed`` whether the rate is hidden by the gate.
    """

    key: str
    label: str
    n: int | None
    eligible: int
    coverage: float | None
    share: float | None
    low: float | None
    high: float | None
    levels: tuple[int, int, int, int, int] | None
    suppressed: bool
    adjusted: float | None = None
    adjusted_low: float | None = None
    adjusted_high: float | None = None
    expected: float | None = None
    """What the others of the family reach on the same mix of cases."""
    overall: float | None = None
    """What the family reaches on all of its cases."""
    tau2: float | None = None
    """Variance between the subjects of the family, which widens the limits of chance."""
    family: str = ""
    shrunken: float | None = None
    """Difference from ``expected``, shrunken by how surely it is known; what a tier is judged by."""
    few: bool = False
    """Whether the family is too small for its spread to be known."""
    reliability: float | None = None
    still_needed: int | None = None
    tier: str = ""
    why: str = ""
    """Why the rate is hidden, a word of ``reporting.gate``; empty where it is shown."""


@dataclass(frozen=True)
class ServiceFigure:
    """Service quality of one unit or total; names as in the published report."""

    key: str
    label: str
    received: int
    resolved: int
    early: int
    on_time: int
    late: int
    share_on_time: float | None
    time_cut: float | None
    online_procedures: int
    procedures: int
    supplement_over_limit: int


@dataclass(frozen=True)
class Service:
    """The service-quality page: one row a unit, totals of centre and wards, ward rounds."""

    rows: tuple[ServiceFigure, ...]
    centre: ServiceFigure
    wards: ServiceFigure
    ward_rounds: int
