"""What reads of dossiers return."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class DossierFacts:
    """What a rating needs to know of a dossier; nothing personal exists to be told."""

    dossier_id: int
    code: str
    code_key: str
    unit_id: int
    procedure_id: int
    officer_id: int | None
    counter_id: int | None
    filing_mode: str
    received_ms: int
    due_day: int | None
    finished_ms: int | None
    returned_ms: int | None
    supplement_count: int
    status: int
    step_officers: Mapping[str, int | None] = field(default_factory=dict)
    slip_step: str | None = None
    """The one step that a slip stands for; None for the dossier itself."""


@dataclass(frozen=True)
class SlipRecord:
    """A rating slip as it was made; ``code`` is ours (``TC-181015-0001``)."""

    code: str
    code_key: str
    unit_id: int
    step: str
    made_ms: int
    dossier_code: str | None
    procedure_id: int | None
    officer_id: int | None
