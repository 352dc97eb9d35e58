"""Seals: one altered field, one removed row, one inserted row is found and named."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Connection, text

from kiosk_app import schema
from kiosk_app.core import db, keys
from kiosk_app.core.audit import SYSTEM
from kiosk_app.core.errors import RuleError
from kiosk_app.feedback import commands as feedback_commands
from kiosk_app.feedback import verification as feedback_verification
from kiosk_app.seals import commands, queries, verification
from kiosk_app.seals.records import Verification
from tests import owner
from tests.integration.feedback.conftest import Office


def verify(published: dict[int, str] | None = None) -> Verification:
    with db.reading() as conn:
        return verification.verify(
            conn, keys.current(), feedback_verification.recomputers(conn), published
        )


def tamper(statement: str) -> None:
    """As somebody with the owner's rights on the file would: triggers off, change, on again."""
    with owner.transaction() as conn:
        schema.drop_triggers(conn)
        conn.execute(text(statement))
        schema.install_triggers(conn)


@pytest.fixture
def sealed(office: Office) -> Office:
    for number in range(1, 6):
        office.rate(number, comment="Cán bộ lịch sự", reasons=["lich_su"])
    office.send(office.item(level=7))
    commands.seal(now=office.clock.now())
    return office


def test_untouched_rows_verify_and_new_ones_are_reported_unsealed(sealed: Office) -> None:
    result = verify()
    assert (result.differences, result.unsealed, result.roots) == ((), 0, 1)
    assert result.leaves == 5 + 5 + 1
    sealed.rate(6)
    assert verify().unsealed == 2
    assert commands.seal(now=sealed.clock.now()).root_number == 2
    assert verify().differences == ()


@pytest.mark.parametrize(
    ("statement", "subject", "row"),
    [
        ("UPDATE rating_items SET level = 1 WHERE id = 2", "rating_items", 2),
        ("UPDATE rating_items SET duration_ms = 1 WHERE id = 3", "rating_items", 3),
        ("UPDATE attributions SET officer_id = 9 WHERE id = 4", "attributions", 4),
        ("UPDATE rating_erasables SET comment = 'x' WHERE subject_id = 5 AND subject = 'item'",
         "rating_items", 5),
        ("UPDATE quarantined_items SET reason = 'malformed' WHERE id = 1", "quarantined_items", 1),
        ("UPDATE rating_items SET row_seal = 'x' WHERE id = 1", "rating_items", 1),
    ],
)
def test_an_altered_field_is_named(sealed: Office, statement: str, subject: str, row: int) -> None:
    tamper(statement)
    first = verify().differences[0]
    assert (first.kind, first.subject, first.subject_id) == ("altered", subject, row)


def test_a_removed_row_is_named(sealed: Office) -> None:
    tamper("DELETE FROM attributions WHERE id = 3")
    first = verify().differences[0]
    assert (first.kind, first.subject, first.subject_id) == ("removed", "attributions", 3)


def _copy_row(conn: Connection, new_id: int) -> None:
    names = conn.execute(text("SELECT * FROM attributions WHERE id = 1")).keys()
    columns = [name for name in list(names) if name != "id"]
    chosen = ", ".join("item_id" if c == "item_id" else "99" if c == "version" else c for c in columns)
    conn.execute(
        text(f"INSERT INTO attributions (id, {', '.join(columns)}) "
             f"SELECT {new_id}, {chosen} FROM attributions WHERE id = 1")
    )


def test_an_inserted_row_is_named_and_never_sealed(sealed: Office) -> None:
    with db.transaction() as conn:
        _copy_row(conn, 900)
    found = verify().differences
    assert ("attributions", 900) in {(d.subject, d.subject_id) for d in found}
    assert commands.row_mac(keys.current(), "x") != ""


def test_a_row_with_a_forged_seal_stops_the_sealer(sealed: Office) -> None:
    with db.transaction() as conn:
        _copy_row(conn, 901)
    tamper("UPDATE attributions SET row_seal = 'forged' WHERE id = 901")
    with pytest.raises(RuleError) as stopped:
        commands.seal(now=sealed.clock.now())
    assert "attributions 901" in stopped.value.detail


def test_a_consistent_rewrite_is_found_with_roots_kept_outside(sealed: Office) -> None:
    with db.reading() as conn:
        published = {root.number: root.chained for root in queries.roots(conn)}
    tamper("DELETE FROM seal_leaves")
    tamper("DELETE FROM seal_roots")
    tamper("DELETE FROM attributions WHERE id = 5")
    commands.seal(now=sealed.clock.now())
    assert verify().differences == ()
    assert [d.kind for d in verify(published).differences] == ["published_root"]


def test_an_erased_comment_leaves_everything_else_verified(
    sealed: Office, count: Callable[[str], int]
) -> None:
    before = count("rating_erasables")
    feedback_commands.erase(2, reason="yêu cầu của công dân", actor=SYSTEM, now=sealed.clock.now())
    assert count("rating_erasables") == before - 1
    assert verify().differences == ()
    tamper("DELETE FROM rating_erasables WHERE subject = 'item' AND subject_id = 3")
    assert [d.subject_id for d in verify().differences] == [3]
