"""A person matches a rating that waits: audited, sealed, one ballot, nothing of the rating told."""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy import text

from kiosk_app.core import audit, db
from kiosk_app.core.audit import Actor
from kiosk_app.core.errors import RuleError
from kiosk_app.devices import commands as devices
from kiosk_app.feedback import commands, unmatched
from kiosk_app.feedback.causes import Cause
from kiosk_app.feedback.records import Sender
from kiosk_app.feedback.recount import check
from kiosk_app.organisation import queries as organisation
from kiosk_app.seals import commands as seals
from kiosk_app.web.admin.trail import SCOPES
from tests.integration.feedback.conftest import Office
from tests.integration.feedback.test_seals import tamper, verify

ADMIN = Actor("quan.tri", "administrator")
WHY = "Số cuối đảo chỗ, cùng ngày, cùng quầy"


def _waiting() -> list[unmatched.Waiting]:
    with db.reading() as conn:
        return unmatched.waiting(conn)


def _states() -> list[object]:
    with db.reading() as conn:
        return list(conn.execute(text("SELECT state FROM attributions ORDER BY id")).scalars())


def test_a_mistyped_code_proposes_the_dossier_and_is_matched(office: Office) -> None:
    right = office.dossier(42)
    office.send(office.item(receipt=right.replace("0042", "0024"), entry="typed"))
    (one,) = _waiting()
    assert (one.cause, [c.code for c in one.candidates]) == (Cause.TYPED_WRONGLY, [right])

    state = commands.match_by_hand(
        one.rating_id, right, reason=WHY, actor=ADMIN, now=office.clock.now()
    )

    assert state == "counted"
    assert _states() == ["unmatched", "counted"]
    assert _waiting() == []
    with db.reading() as conn:
        assert check(conn) == []
        trail = conn.execute(
            text("SELECT actor, subject FROM audit_events WHERE action = 'match_by_hand'")
        ).all()
    assert [tuple(row) for row in trail] == [("quan.tri", right)]


def test_a_survey_goes_with_its_rating(office: Office) -> None:
    right = office.dossier(42)
    wrong = right.replace("0042", "0024")
    rating = office.item(receipt=wrong)
    office.send(rating, office.item(
        receipt=wrong, kind="survey", level=None, relates_to=rating["id"], questionnaire="mot_cua@1",
        answers={"tc3": 2, "hl_ket_qua": 4, "hl_thu_tuc": "na"},
    ))
    (one,) = _waiting()
    assert commands.match_by_hand(
        one.rating_id, right, reason=WHY, actor=ADMIN, now=office.clock.now()) == "counted"
    assert _states() == ["unmatched", "unmatched", "counted", "counted"]
    with db.reading() as conn:
        assert check(conn) == []


def test_two_dossiers_with_the_same_digits_are_a_tie(office: Office) -> None:
    first = office.dossier(42)
    office.dossier(42, dossier_code="000.00.12.H49-180901-0042".replace("0901", "0801"),
                   received_at="2018-08-01 08:00", due_date="2018-08-10",
                   finished_at="2018-08-05 09:00", returned_at="2018-08-08 10:00")
    office.send(office.item(receipt=None, receipt_hint="010042", step=None, entry="typed"))
    (one,) = _waiting()

    assert one.cause == Cause.TIE
    assert len(one.candidates) == 2
    assert commands.match_by_hand(
        one.rating_id, first, reason=WHY, actor=ADMIN, now=office.clock.now()
    ) == "counted"


def test_a_ballot_already_taken_makes_it_superseded(office: Office) -> None:
    right = office.dossier(42)
    office.send(office.item(receipt=right), office.item(receipt=right.replace("0042", "0052")))
    (one,) = _waiting()

    assert commands.match_by_hand(
        one.rating_id, right, reason=WHY, actor=ADMIN, now=office.clock.now()
    ) == "superseded"


def test_later_facts_of_the_chosen_dossier_are_followed(office: Office) -> None:
    right = office.dossier(42, officer_code="")
    office.send(office.item(receipt=right.replace("0042", "0024")))
    (one,) = _waiting()
    commands.match_by_hand(one.rating_id, right, reason=WHY, actor=ADMIN, now=office.clock.now())
    office.dossier(42)
    from kiosk_app.dossiers.rules import normal_form

    assert commands.refresh_attributions([normal_form(right)], now=office.clock.now()) == 1


def test_refusals_say_why_and_change_nothing(office: Office) -> None:
    right = office.dossier(42)
    office.send(office.item(receipt=right), office.item(receipt="H49-181001-7777"))
    (one,) = _waiting()
    with db.reading() as conn:
        matched = conn.execute(text("SELECT MIN(rating_id) FROM rating_items WHERE rating_id <> :r"),
                               {"r": one.rating_id}).scalar()
    for rating, code, reason, expected in (
        (str(matched), right, WHY, "not_unmatched"), (one.rating_id, "H49-1", WHY, "dossier_unknown"),
        (one.rating_id, right, "  ", "reason_missing"),
    ):
        with pytest.raises(RuleError) as refused:
            commands.match_by_hand(rating, code, reason=reason, actor=ADMIN, now=office.clock.now())
        assert refused.value.code == expected
    assert sorted(map(str, _states())) == ["counted", "unmatched"]


def test_the_decision_is_sealed(office: Office) -> None:
    right = office.dossier(42)
    office.send(office.item(receipt=right.replace("0042", "0024")))
    (one,) = _waiting()
    commands.match_by_hand(one.rating_id, right, reason=WHY, actor=ADMIN, now=office.clock.now())
    seals.seal(now=office.clock.now())

    assert verify().differences == ()
    tamper("UPDATE rating_matches SET reason = 'khác'")
    assert [one.subject for one in verify().differences] == ["rating_matches"]


def test_nonsense_and_a_code_not_imported_yet_are_told_apart(office: Office) -> None:
    office.dossier(42)
    office.send(
        office.item(receipt="0912345678"), office.item(receipt="000.00.12.H49-181014-0999"),
        office.item(receipt="000.00.06.H56-181014-0999"),
    )

    assert {one.given: one.cause for one in _waiting()} == {
        "0912345678": Cause.NONSENSE, "000.00.12.H49-181014-0999": Cause.NOT_IMPORTED,
        "000.00.06.H56-181014-0999": Cause.OTHER_UNIT,
    }


def test_the_administrator_finds_the_match_with_its_reason_in_the_trail(office: Office) -> None:
    right = office.dossier(42)
    office.send(office.item(receipt=right.replace("0042", "0024"), entry="typed"))
    (one,) = _waiting()
    commands.match_by_hand(one.rating_id, right, reason=WHY, actor=ADMIN, now=office.clock.now())
    with db.reading() as conn:
        found = audit.trail(conn, scopes=SCOPES["administrator"], action="match_by_hand",
                            actor="Quan", limit=10)
        assert audit.trail(conn, scopes=SCOPES["inspector"], limit=10).total == 0
    assert (found.total, [(e.subject, e.facts["reason"]) for e in found.events]) == (1, [(right, WHY)])


def test_one_wrong_code_at_two_places_means_the_dossier_of_each(office: Office) -> None:
    """The prefix that was mistaken is that of the place where the code was given."""
    ward = "000.32.12.H49-181001-0042"
    centre = office.dossier(42)
    office.dossier(42, dossier_code=ward, unit_id="P-BACHDANG", procedure_code="1.001193",
                   officer_code="")
    with db.reading() as conn:
        ward_id = organisation.unit_by_ref(conn, "P-BACHDANG")
    assert ward_id is not None
    tablet, _ = devices.add(
        "TAB-W01", unit_id=ward_id, counter_id=None, actor=ADMIN, now=office.clock.now()
    )
    wrong = "000.99.12.H49-181001-0042"
    office.send(office.item(receipt=wrong, entry="typed"))
    outcome = commands.record(
        [office.item(receipt=wrong, entry="typed", step="reception", epoch=str(uuid.uuid4()), seq=1)],
        sender=Sender(device_id=tablet, unit_id=ward_id), now=office.clock.now(),
    )
    assert outcome.results[0].verdict == "created"
    meant = {one.unit_id: [c.code for c in one.candidates] for one in _waiting()}
    assert meant == {office.unit_id: [centre], ward_id: [ward]}
