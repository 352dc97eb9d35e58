"""What reads of integrity return, and what a screening hands over."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class FindingRecord:
    """One test that asked for a look: its code, month yyyymm (0: the whole time), and numbers."""

    code: str
    month: int
    observed: float
    expected: float
    n: int
    p: float


@dataclass(frozen=True)
class ReviewRecord:
    """An officer to be looked at in some months, and why."""

    officer_id: int
    unit_id: int
    months: tuple[int, ...]
    findings: tuple[FindingRecord, ...]

    @property
    def codes(self) -> tuple[str, ...]:
        """Distinct codes, the surest first."""
        return tuple(dict.fromkeys(f.code for f in self.findings))


@dataclass(frozen=True)
class ScreeningRecord:
    """One run of all tests over a year."""

    year: int
    version: str
    tests: int
    families: int
    expected_false: float
    made_ms: int
    reviews: tuple[ReviewRecord, ...]


@dataclass(frozen=True)
class DecisionRecord:
    """What a person decided, and why."""

    officer_id: int
    unit_id: int
    year: int
    months: tuple[int, ...]
    codes: tuple[str, ...]
    decision: str
    ratings: int
    reason: str
    actor: str
    recorded_ms: int
