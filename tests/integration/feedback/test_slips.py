"""A slip of our own leads to its step: a refusal without a receipt, a supplement of a dossier."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import text

from kiosk_app.core import db, keys
from kiosk_app.core.audit import SYSTEM
from kiosk_app.core.errors import RuleError
from kiosk_app.dossiers import counts, links, queries, slips
from kiosk_app.dossiers.records import SlipRecord
from kiosk_app.dossiers.rules import normal_form
from kiosk_app.feedback import receipts
from kiosk_app.feedback.recount import check
from tests.integration.feedback.conftest import Office


def _slip(office: Office, step: str = "refusal", **more: object) -> SlipRecord:
    return slips.make_slip(
        unit_id=office.unit_id, step=step, actor=SYSTEM, now=office.clock.now(), **more,  # type: ignore[arg-type]
    )


def _attributed(column: str) -> list[object]:
    with db.reading() as conn:
        return list(conn.execute(text(f"SELECT {column} FROM attributions ORDER BY id")).scalars())


def test_slips_are_numbered_by_day(office: Office) -> None:
    first, second = _slip(office), _slip(office, "supplement")
    office.clock.advance(days=1)
    third = _slip(office)

    assert [s.code for s in (first, second, third)] == [
        "TC-181015-5001", "TC-181015-5002", "TC-181016-5001",
    ]


def test_a_refusal_without_a_dossier_is_counted_at_its_unit_and_step(office: Office) -> None:
    with db.reading() as conn:
        procedure = conn.execute(text("SELECT MIN(id) FROM procedures")).scalar()
        officer = conn.execute(text("SELECT MIN(id) FROM officers")).scalar()
    slip = _slip(office, procedure_id=procedure, officer_id=officer)

    outcome = office.send(office.item(receipt=slip.code.lower(), step=None, entry="typed"))

    assert outcome.results[0].verdict == "created"
    assert _attributed("state") == ["counted"]
    assert _attributed("step") == ["refusal"]
    assert _attributed("officer_id") == [officer]
    assert _attributed("procedure_id") == [procedure]
    with db.reading() as conn:
        rows = counts.eligible(conn, months=[201810], unit_ids=[office.unit_id], by=("step",))
        assert [(r.key, r.n) for r in rows] == [(("refusal",), 1)]
        assert check(conn) == []


def test_a_slip_of_a_dossier_votes_for_the_dossier_once(office: Office) -> None:
    code = office.dossier(7)
    slip = _slip(office, "supplement", dossier=code)
    again = _slip(office, "supplement", dossier=code)

    outcome = office.send(
        office.item(receipt=slip.code, step=None),
        office.item(receipt=code, step="supplement"),
        office.item(receipt=code, step="return"),
    )

    assert again.code == slip.code
    assert [(r.verdict, r.reason) for r in outcome.results] == [
        ("created", None), ("rejected", "already_rated"), ("created", None),
    ]
    assert _attributed("step") == ["supplement", "return"]


def test_a_slip_is_found_by_its_last_six_digits(office: Office) -> None:
    slip = _slip(office)

    with db.reading() as conn:
        found = queries.by_tail(conn, office.unit_id, "155001")

    assert [f.code for f in found] == [slip.code]
    assert found[0].slip_step == "refusal"


def test_a_slip_and_a_dossier_with_the_same_digits_are_a_tie(office: Office) -> None:
    slip = _slip(office)
    other = office.dossier(1)
    with db.reading() as conn:
        same = queries.by_tail(conn, office.unit_id, "155001")
        different = queries.by_tail(conn, office.unit_id, "010001")

    assert [f.code for f in same] == [slip.code]
    assert [f.code for f in different] == [other]


def test_a_dossier_of_another_unit_or_none_is_refused_with_the_cure(office: Office) -> None:
    code = office.dossier(7)
    with pytest.raises(RuleError) as unknown:
        _slip(office, dossier="000.00.12.H49-181001-9999")
    with pytest.raises(RuleError) as foreign:
        slips.make_slip(unit_id=office.unit_id + 1, step="refusal", dossier=code, actor=SYSTEM,
                        now=office.clock.now())
    with pytest.raises(RuleError) as step:
        _slip(office, "nothing")

    assert [e.value.code for e in (unknown, foreign, step)] == [
        "dossier_unknown", "unit_mismatch", "step_unknown",
    ]


def test_late_facts_of_the_dossier_reach_ratings_given_by_slip(office: Office) -> None:
    from kiosk_app.feedback import commands

    code = office.dossier(7, officer_code="")
    slip = _slip(office, "supplement", dossier=code)
    office.send(office.item(receipt=slip.code, step=None))
    office.dossier(7)
    with db.reading() as conn:
        facts = queries.facts_by_key(conn, [slip.code_key])[slip.code_key]

    changed = commands.refresh_attributions([facts.code_key], now=office.clock.now())

    assert facts == replace(facts, slip_step="supplement", code=code)
    assert changed == 1
    assert _attributed("step") == ["supplement", "supplement"]
    assert _attributed("officer_id")[0] != _attributed("officer_id")[1]


def test_a_link_scanned_without_a_network_is_read_when_it_arrives(office: Office) -> None:
    slip = _slip(office)
    code = office.dossier(7)
    path = links.PATH + links.token(keys.current(), slip.code_key)
    whole = links.address(keys.current(), normal_form(code), "https://hcc.example")

    outcome = office.send(
        office.item(receipt=path, step=None), office.item(receipt=whole, step=None),
        office.item(receipt=code), office.item(receipt=links.PATH + "A" * 50),
    )

    assert [r.reason for r in outcome.results] == [None, None, "already_rated", None]
    assert _attributed("state") == ["counted", "counted", "unmatched"]
    assert _attributed("step")[:2] == ["refusal", "return"]


def test_a_tablet_that_scans_a_link_is_told_the_receipt(office: Office) -> None:
    slip = _slip(office)
    path = links.PATH + links.token(keys.current(), slip.code_key)

    with db.reading() as conn:
        state = receipts.by_code(conn, path, unit_id=office.unit_id, now=office.clock.now())
        bent = receipts.by_code(conn, path[:-1], unit_id=office.unit_id, now=office.clock.now())

    assert (state.state, state.receipt, state.steps) == ("open", slip.code, ("refusal",))
    assert bent.state == "unknown"


def test_six_digits_name_the_dossier_of_a_slip(office: Office) -> None:
    whole = office.dossier(7)
    made = _slip(office, dossier=whole[-2 - 2 - 3:].replace("-", "")[-6:], step="supplement")
    assert made.dossier_code == whole
