"""What sealing and verifying report."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Sealing:
    """One run of the sealer: leaves numbered, number and chained value of the newest root."""

    leaves: int
    root_number: int
    chained: str


@dataclass(frozen=True)
class Difference:
    """Something that is not as it was sealed."""

    kind: str
    """altered · removed · inserted · root · chain · published_root."""
    subject: str
    subject_id: int
    detail: str


@dataclass(frozen=True)
class Verification:
    """Result of ``verify``: what was checked, what differs (first row first), what is open."""

    leaves: int
    roots: int
    unsealed: int
    differences: tuple[Difference, ...]


@dataclass(frozen=True)
class Root:
    """A published root."""

    number: int
    first_leaf: int
    last_leaf: int
    merkle_root: str
    chained: str
    sealed_ms: int
