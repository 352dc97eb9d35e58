"""Programmes, prerequisites, rooms, trainers and the yearly plan."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select

from kiosk_app.training.models import TrainingResource, TrainingSession
from kiosk_app.training.rules import plain


@dataclass(frozen=True)
class ResourceRecord:
    """A room or trainer; ``id`` None for a name that only sessions bear."""

    kind: str
    name: str
    seats: int | None
    id: int | None


def resources(conn: Connection) -> list[ResourceRecord]:
    """Rooms and trainers that were entered, then other names that sessions bear, by name."""
    found = {
        (row.kind, plain(row.name)): ResourceRecord(row.kind, row.name, row.seats, row.id)
        for row in conn.execute(select(TrainingResource.__table__))
    }
    for kind, column in (("room", TrainingSession.room), ("trainer", TrainingSession.trainer)):
        for name in conn.execute(select(column).distinct()).scalars():
            if name:
                found.setdefault((kind, plain(name)), ResourceRecord(kind, name, None, None))
    return sorted(found.values(), key=lambda one: (one.kind, plain(one.name)))
