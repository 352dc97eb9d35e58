"""Leaves of feedback's rows recomputed from what stands in the database now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from kiosk_app.feedback import sealing
from kiosk_app.feedback.models import Erasable, Erasure
from kiosk_app.seals.rules import leaf_of_fact

CHUNK = 5000


class Erasables:
    """Erasables read in step with the rows they belong to."""

    def __init__(self, conn: Connection, subject: str) -> None:
        self._conn, self._subject = conn, subject
        self._rows: dict[int, Mapping[str, Any]] = {}
        self._until = 0
        self._erased = set(
            conn.execute(select(Erasure.subject_id).where(Erasure.subject == subject)).scalars()
        )

    def commitments(self, row_id: int) -> dict[str, str] | None:
        """Commitments that the erasables of ``row_id`` give; None once lawfully erased."""
        if row_id > self._until or row_id not in self._rows:
            rows = self._conn.execute(
                select(Erasable.__table__)
                .where(
                    Erasable.subject == self._subject, Erasable.subject_id >= row_id,
                    Erasable.subject_id < row_id + CHUNK,
                )
            ).mappings()
            self._rows = {row["subject_id"]: dict(row) for row in rows}
            self._until = row_id + CHUNK - 1
        found = self._rows.get(row_id)
        if found is not None:
            if found["salt_comment"] is None and self._subject == "item" and row_id not in self._erased:
                return {"missing": "erasable"}
            return sealing.erasable_commitments(found)
        return None if row_id in self._erased else {"missing": "erasable"}


def _with_erasables(
    erasables: Erasables, leaf: Callable[[Mapping[str, object]], str]
) -> Callable[[RowMapping], str]:
    def checked(row: RowMapping) -> str:
        actual = erasables.commitments(row["id"])
        if actual is None:
            return leaf(dict(row))
        if "missing" in actual:
            return "erasable missing without an erasure fact"
        return leaf({**row, **actual})

    return checked


def _fact(subject: str, fields: tuple[str, ...]) -> Callable[[RowMapping], str]:
    return lambda row: leaf_of_fact(subject, {name: row[name] for name in fields})


def recomputers(conn: Connection) -> dict[str, Callable[[RowMapping], str]]:
    """The function from row to leaf of each sealed table."""
    return {
        "rating_items": _with_erasables(Erasables(conn, "item"), sealing.item_leaf),
        "quarantined_items": _with_erasables(
            Erasables(conn, "quarantine"), sealing.quarantine_leaf
        ),
        "attributions": _fact("attributions", sealing.ATTRIBUTION_FIELDS),
        "rating_flags": _fact("rating_flags", sealing.FLAG_FIELDS),
        "rating_matches": _fact("rating_matches", sealing.MATCH_FIELDS),
        "erasures": _fact("erasures", sealing.ERASURE_FIELDS),
    }
