"""Ballots: one rating per receipt, step, kind and attempt, without a trace of which."""

from __future__ import annotations

from sqlalchemy import Connection, select

from kiosk_app.core.keys import KeyRing
from kiosk_app.feedback.models import Ballot, VoidedBallot
from kiosk_app.feedback.rules import ballot_hash

MAX_ATTEMPTS = 20


class Urn:
    """Casts ballots of one transaction; ``new_rows`` are to be inserted by it."""

    def __init__(self, conn: Connection, ring: KeyRing) -> None:
        self._conn, self._ring = conn, ring
        self._cast: dict[bytes, None] = {}

    def open_attempt(self, receipt_key: str, step: str | None, kind: str) -> tuple[bytes, int]:
        """Hash and number of the attempt that is open: the first that was not voided."""
        for attempt in range(1, MAX_ATTEMPTS + 1):
            value = ballot_hash(self._ring, receipt_key, step, kind, attempt)
            voided = self._conn.execute(
                select(VoidedBallot.hash).where(VoidedBallot.hash == value)
            ).first()
            if voided is None:
                return value, attempt
        raise ValueError(f"more than {MAX_ATTEMPTS} voided attempts")

    def is_cast(self, value: bytes) -> bool:
        """Whether this ballot is in the urn."""
        if value in self._cast:
            return True
        found = self._conn.execute(select(Ballot.hash).where(Ballot.hash == value)).first()
        return found is not None

    def cast(self, receipt_key: str, step: str | None, kind: str) -> int | None:
        """Cast the open attempt's ballot; its number, or None if it has been cast already."""
        value, attempt = self.open_attempt(receipt_key, step, kind)
        if self.is_cast(value):
            return None
        self._cast[value] = None
        return attempt

    def new_rows(self) -> list[dict[str, object]]:
        """Rows of the ballots cast here."""
        return [{"hash": value} for value in self._cast]
