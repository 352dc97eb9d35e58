"""Ballots: one rating per receipt, step, kind and attempt, without a trace of which."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, select

from kiosk_app.core.keys import KeyRing
from kiosk_app.feedback.models import Ballot, VoidedBallot
from kiosk_app.feedback.rules import ballot_hash

MAX_ATTEMPTS = 20
CHUNK = 500


class Urn:
    """Casts ballots of one transaction; ``new_rows`` are to be inserted by it."""

    def __init__(self, conn: Connection, ring: KeyRing) -> None:
        self._conn, self._ring = conn, ring
        self._cast: dict[bytes, None] = {}
        self._known: dict[bytes, tuple[bool, bool]] = {}

    def look_up(self, wanted: Iterable[tuple[str, str | None, str]]) -> None:
        """Read at once what the urn holds of the first attempts of these (key, step, kind)."""
        values = {ballot_hash(self._ring, *each, 1) for each in wanted}
        ordered = sorted(values)
        for start in range(0, len(ordered), CHUNK):
            chunk = ordered[start : start + CHUNK]
            cast = set(
                self._conn.execute(select(Ballot.hash).where(Ballot.hash.in_(chunk))).scalars()
            )
            voided = set(
                self._conn.execute(
                    select(VoidedBallot.hash).where(VoidedBallot.hash.in_(chunk))
                ).scalars()
            )
            self._known.update({value: (value in cast, value in voided) for value in chunk})

    def _state(self, value: bytes) -> tuple[bool, bool]:
        if value not in self._known:
            cast = self._conn.execute(select(Ballot.hash).where(Ballot.hash == value)).first()
            voided = self._conn.execute(
                select(VoidedBallot.hash).where(VoidedBallot.hash == value)
            ).first()
            self._known[value] = (cast is not None, voided is not None)
        return self._known[value]

    def open_attempt(self, receipt_key: str, step: str | None, kind: str) -> tuple[bytes, int]:
        """Hash and number of the attempt that is open: the first that was not voided."""
        for attempt in range(1, MAX_ATTEMPTS + 1):
            value = ballot_hash(self._ring, receipt_key, step, kind, attempt)
            if not self._state(value)[1]:
                return value, attempt
        raise ValueError(f"more than {MAX_ATTEMPTS} voided attempts")

    def is_cast(self, value: bytes) -> bool:
        """Whether this ballot is in the urn."""
        return value in self._cast or self._state(value)[0]

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
