"""What reads of devices return."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class InvitationRecord:
    """A counter's call to rate a step, as stored."""

    ref: str
    counter_id: int
    officer_id: int | None
    dossier_id: int | None
    receipt_key: str
    step: str | None
    state: str
    created_at: datetime
    expires_at: datetime
    shown_from: datetime | None


@dataclass(frozen=True)
class Presence:
    """When a counter's tablet last asked, last showed a call, and last sent a heartbeat."""

    polled_at: datetime | None
    showing_at: datetime | None
    heartbeat_at: datetime | None
