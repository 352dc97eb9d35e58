"""Numbering committed leaves and chaining roots over them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, func, insert, select, text

from kiosk_app.core.columns import to_ms
from kiosk_app.core.db import transaction
from kiosk_app.core.errors import RuleError
from kiosk_app.core.keys import KeyRing
from kiosk_app.core.keys import current as current_keys
from kiosk_app.seals.models import SealLeaf, SealRoot
from kiosk_app.seals.records import Sealing
from kiosk_app.seals.rules import GENESIS, ROOT_SCHEME, chain, merkle_root

SUBJECTS = (
    "rating_items", "quarantined_items", "attributions", "rating_flags", "rating_matches", "erasures",
)
"""Tables whose rows carry ``leaf_hash`` and ``row_seal``."""
MAX_LEAVES = 20_000


def row_mac(ring: KeyRing, leaf: str) -> str:
    """MAC of a leaf under the digest key: only this service could have written the row."""
    return ring.mac("digest", b"row-1\0" + leaf.encode()).hex()


def _waiting(conn: Connection, ring: KeyRing, room: int) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    for subject in SUBJECTS:
        last = conn.execute(
            select(func.max(SealLeaf.subject_id)).where(SealLeaf.subject == subject)
        ).scalar()
        rows = conn.execute(
            text(
                f"SELECT id, leaf_hash, row_seal FROM {subject} "  # noqa: S608 - declared names
                "WHERE id > :last ORDER BY id LIMIT :room"
            ),
            {"last": last or 0, "room": room - len(found)},
        ).all()
        for row_id, leaf, seal_value in rows:
            if row_mac(ring, leaf) != seal_value:
                raise RuleError(
                    "row_not_ours", f"{subject} {row_id} was not written by this service; "
                    "nothing was sealed: run `kiosk verify`"
                )
            found.append({"subject": subject, "subject_id": row_id, "leaf_hash": leaf})
    return found


def _seal_some(conn: Connection, ring: KeyRing, now: datetime) -> Sealing:
    newest = conn.execute(
        select(SealRoot.number, SealRoot.last_leaf, SealRoot.chained)
        .order_by(SealRoot.number.desc())
        .limit(1)
    ).first()
    number, last_leaf, chained = newest if newest else (0, 0, GENESIS)
    leaves = _waiting(conn, ring, MAX_LEAVES)
    if not leaves:
        return Sealing(0, number, chained)
    first, last = last_leaf + 1, last_leaf + len(leaves)
    for offset, leaf in enumerate(leaves):
        leaf.update(number=first + offset, root_number=number + 1)
    root = merkle_root([str(leaf["leaf_hash"]) for leaf in leaves])
    chained = chain(chained, number + 1, first, last, root)
    conn.execute(insert(SealLeaf), leaves)
    conn.execute(
        insert(SealRoot).values(
            number=number + 1, first_leaf=first, last_leaf=last, merkle_root=root, chained=chained,
            scheme=ROOT_SCHEME, sealed_ms=to_ms(now),
        )
    )
    return Sealing(len(leaves), number + 1, chained)


def seal(*, now: datetime) -> Sealing:
    """Seal whatever is committed and not sealed, in transactions of bounded size.

    RuleError (``row_not_ours``) when a row was put in from outside.
    """
    ring, total = current_keys(), 0
    while True:
        with transaction() as conn:
            done = _seal_some(conn, ring, now)
        total += done.leaves
        if done.leaves < MAX_LEAVES:
            return Sealing(total, done.root_number, done.chained)
