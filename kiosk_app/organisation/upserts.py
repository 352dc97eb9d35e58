"""Writing rows that may be there already: created, updated or unchanged, nothing twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select, update

from kiosk_app.core.db import Base

Values = dict[str, Any]


@dataclass
class Tally:
    """How many rows an import created, updated and found unchanged."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0


def write(
    conn: Connection, model: type[Base], key: Sequence[str], rows: Sequence[Values], tally: Tally
) -> dict[tuple[Any, ...], int]:
    """Bring ``model`` to ``rows``, recognised by the columns ``key``; ids by key."""
    table: Any = model
    names = list(rows[0]) if rows else list(key)
    columns = [getattr(table, name) for name in names]
    known: dict[tuple[Any, ...], tuple[int, Values]] = {}
    for found in conn.execute(select(table.id, *columns)).all():
        stored = dict(zip(names, found[1:], strict=True))
        known[tuple(stored[k] for k in key)] = (found[0], stored)
    fresh: list[Values] = []
    for row in rows:
        identity = tuple(row[k] for k in key)
        if identity not in known:
            fresh.append(row)
            tally.created += 1
        elif known[identity][1] != row:
            conn.execute(update(table).where(table.id == known[identity][0]).values(**row))
            tally.updated += 1
        else:
            tally.unchanged += 1
    if fresh:
        conn.execute(insert(table), fresh)
    keys = [getattr(table, name) for name in key]
    return {tuple(r[1:]): r[0] for r in conn.execute(select(table.id, *keys)).all()}
