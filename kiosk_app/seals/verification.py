"""Recomputing every seal, and naming the first row that differs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from sqlalchemy import Connection, RowMapping, select, text

from kiosk_app.core.keys import KeyRing
from kiosk_app.seals.commands import SUBJECTS, row_mac
from kiosk_app.seals.models import SealLeaf, SealRoot
from kiosk_app.seals.records import Difference, Verification
from kiosk_app.seals.rules import GENESIS, chain, merkle_root

Recompute = Callable[[RowMapping], str]
CHUNK = 5000


def _sealed(conn: Connection, subject: str) -> dict[int, tuple[int, str]]:
    rows = conn.execute(
        select(SealLeaf.subject_id, SealLeaf.number, SealLeaf.leaf_hash).where(
            SealLeaf.subject == subject
        )
    ).all()
    return {subject_id: (number, leaf) for subject_id, number, leaf in rows}


def _rows(conn: Connection, subject: str) -> Iterator[RowMapping]:
    last = None
    while True:
        bound = "" if last is None else "WHERE id > :last "
        rows = conn.execute(
            text(f"SELECT * FROM {subject} {bound}ORDER BY id LIMIT {CHUNK}"),  # noqa: S608
            {} if last is None else {"last": last},
        ).mappings().all()
        if not rows:
            return
        yield from rows
        last = rows[-1]["id"]


def _check_subject(
    conn: Connection, ring: KeyRing, subject: str, recompute: Recompute
) -> tuple[int, list[tuple[int, Difference]]]:
    sealed = _sealed(conn, subject)
    highest = max(sealed, default=0)
    unsealed, found = 0, []
    for row in _rows(conn, subject):
        number, leaf = sealed.pop(row["id"], (0, ""))
        position = number or 1 << 62
        actual = recompute(row)
        ours = row_mac(ring, actual) == row["row_seal"]
        if number and actual != leaf:
            found.append((position, Difference("altered", subject, row["id"], f"leaf {number}")))
        elif not ours and number:
            found.append((position, Difference("altered", subject, row["id"], "row seal")))
        elif not ours or (not number and row["id"] <= highest):
            kind = "inserted" if row_mac(ring, row["leaf_hash"]) != row["row_seal"] else "altered"
            found.append((position, Difference(kind, subject, row["id"], "carries no seal")))
        elif not number:
            unsealed += 1
    found += [
        (number, Difference("removed", subject, subject_id, f"leaf {number}"))
        for subject_id, (number, _) in sealed.items()
    ]
    return unsealed, found


def _check_roots(
    conn: Connection, published: Mapping[int, str]
) -> tuple[int, int, list[Difference]]:
    found: list[Difference] = []
    previous, expected_first, leaves, count = GENESIS, 1, 0, 0
    roots = conn.execute(select(SealRoot).order_by(SealRoot.number)).mappings().all()
    for count, root in enumerate(roots, start=1):
        numbers = conn.execute(
            select(SealLeaf.number, SealLeaf.leaf_hash)
            .where(SealLeaf.root_number == root["number"])
            .order_by(SealLeaf.number)
        ).all()
        wanted = list(range(root["first_leaf"], root["last_leaf"] + 1))
        whole = root["first_leaf"] == expected_first and [n for n, _ in numbers] == wanted
        if not whole or merkle_root([leaf for _, leaf in numbers] or [GENESIS]) != root["merkle_root"]:
            found.append(Difference("root", "seal_roots", root["number"], "leaves do not give it"))
        chained = chain(
            previous, root["number"], root["first_leaf"], root["last_leaf"], root["merkle_root"]
        )
        if root["number"] != count or chained != root["chained"]:
            found.append(Difference("chain", "seal_roots", root["number"], "chain is broken"))
        if published.get(root["number"], root["chained"]) != root["chained"]:
            found.append(
                Difference("published_root", "seal_roots", root["number"],
                           "differs from the root kept outside")
            )
        previous, expected_first = root["chained"], root["last_leaf"] + 1
        leaves += len(numbers)
    found += [
        Difference("published_root", "seal_roots", number, "is missing here")
        for number in sorted(published)
        if number > count
    ]
    return leaves, count, found


def verify(
    conn: Connection, ring: KeyRing, recompute: Mapping[str, Recompute],
    published: Mapping[int, str] | None = None,
) -> Verification:
    """Recompute leaves, roots and chain.

    ``recompute`` gives each subject's function from row to leaf; ``published`` the chained
    values kept outside, by root number: they find a consistent rewrite of everything.
    """
    unsealed, rows = 0, []
    for subject in SUBJECTS:
        waiting, found = _check_subject(conn, ring, subject, recompute[subject])
        unsealed += waiting
        rows += found
    rows.sort(key=lambda pair: (pair[0], pair[1].subject_id))
    leaves, count, roots = _check_roots(conn, published or {})
    return Verification(leaves, count, unsealed, tuple(d for _, d in rows) + tuple(roots))
