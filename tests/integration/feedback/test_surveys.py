"""Surveys and requests to be called back: accepted, refused and counted, on both databases."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import text

from kiosk_app.core import db, keys
from kiosk_app.core.audit import SYSTEM
from kiosk_app.core.errors import NotFoundError, RuleError
from kiosk_app.feedback import commands, contact, recount, surveys
from kiosk_app.feedback.records import Outcome
from kiosk_app.questionnaires import builtin, queries
from kiosk_app.questionnaires import commands as questionnaire_commands
from tests.integration.feedback.conftest import Office

REF = "mot_cua@1"


def survey(office: Office, answers: dict[str, object], **changed: object) -> dict[str, object]:
    return office.item(kind="survey", level=None, questionnaire=REF, answers=answers, **changed)


def only(outcome: Outcome) -> tuple[str, str | None]:
    return outcome.results[0].verdict, outcome.results[0].reason


def counted(office: Office, closed: bool = False) -> dict[tuple[str, str], object]:
    if closed:
        commands.release_closed(now=office.clock.now() + timedelta(days=60))
    with db.reading() as conn:
        assert recount.check(conn) == []
        rows = surveys.counts(conn, months=[201810], unit_ids=[office.unit_id])
    return {(row.questionnaire, row.question): (row.counts, row.not_met) for row in rows}


def test_a_survey_points_to_its_rating_and_is_counted_once(office: Office) -> None:
    code = office.dossier(1)
    rating = office.item(receipt=code, level=4)
    good = survey(office, {"tc3": 2, "hl_ket_qua": 4, "hl_thu_tuc": "na"}, receipt=code,
                  relates_to=rating["id"])
    assert [r.verdict for r in office.send(rating, good).results] == ["created", "created"]
    assert only(office.send(good)) == ("duplicate", None)
    again = survey(office, {"tc3": 0}, receipt=code, relates_to=rating["id"])
    assert only(office.send(again)) == ("rejected", "already_rated")
    assert counted(office)[(REF, "tc3")] == ((0, 0, 0, 0, 0), 0), "one answer may not be seen live"
    assert counted(office, closed=True) == {
        (REF, "tc3"): ((0, 0, 1, 0, 0), 0), (REF, "hl_ket_qua"): ((0, 0, 0, 1, 0), 0),
        (REF, "hl_thu_tuc"): ((0, 0, 0, 0, 0), 1),
    }
    with db.reading() as conn:
        assert conn.execute(text("SELECT SUM(n) FROM rating_months")).scalar() == 1


@pytest.mark.parametrize(("changed", "reason"), [
    ({"answers": {"tc99": 1}}, "unknown_question"), ({"answers": {"tc3": 5}}, "answer_out_of_range"),
    ({"answers": {}}, "malformed"), ({"answers": [1]}, "malformed"),
    ({"questionnaire": "sao5@1"}, "unknown_questionnaire"),
    ({"questionnaire": "mot_cua@2"}, "unknown_questionnaire"),
])
def test_a_bad_survey_is_refused_and_kept(
    office: Office, count: Callable[[str], int], changed: dict[str, object], reason: str
) -> None:
    bad = {**survey(office, {"tc3": 2}), **changed}
    assert only(office.send(bad)) == ("rejected", reason)
    assert (count("quarantined_items"), count("rating_items")) == (1, 0)


def test_a_survey_that_came_before_its_dossier_is_counted_where_it_belongs(office: Office) -> None:
    code = "000.00.12.H49-181001-0007"
    office.send(survey(office, {"tc3": 1}, receipt=code, step=None))
    with db.reading() as conn:
        states = conn.execute(text("SELECT state FROM attributions")).scalars().all()
    assert states == ["unmatched"]
    office.dossier(7)
    commands.match_unmatched(now=office.clock.now())
    assert counted(office, closed=True) == {(REF, "tc3"): ((0, 1, 0, 0, 0), 0)}
    with db.reading() as conn:
        linked = conn.execute(text(
            "SELECT linked, live_2 FROM released_cells WHERE dimension = 'answer' ORDER BY linked"
        )).all()
    assert [tuple(row) for row in linked] == [(0, 0), (1, 1)]


def test_durations_are_counted_in_classes(office: Office) -> None:
    for number, taken in enumerate((1500, 2000, 3999, 6001, None), start=1):
        office.rate(number, duration_ms=taken)
    commands.release_closed(now=office.clock.now() + timedelta(days=60))
    with db.reading() as conn:
        assert recount.check(conn) == []
        row = conn.execute(text(
            "SELECT copy_1, copy_2, copy_3, copy_4, copy_5 FROM released_cells WHERE dimension = 'duration'"
        )).one()
    assert tuple(row) == (2, 1, 0, 1, 0)


def test_a_request_to_be_called_back_is_kept_encrypted(office: Office) -> None:
    rating = office.item(receipt=office.dossier(3), level=2)
    asked = {"phone": "0912 345 678", "consent_version": contact.CONSENT}
    wish = office.item(kind="contact", level=None, relates_to=rating["id"], contact=asked)
    assert [r.verdict for r in office.send(rating, wish).results] == ["created", "created"]
    with db.reading() as conn:
        kept = conn.execute(text("SELECT contact FROM rating_erasables WHERE contact IS NOT NULL")).scalars().all()
        items = conn.execute(text("SELECT answers, reasons, relates_to FROM rating_items WHERE kind = 'contact'")).all()
    assert len(kept) == 1
    assert "0912" not in json.dumps([list(map(str, row)) for row in items]) + str(kept[0])
    assert items[0][2] == rating["id"]
    assert contact.decrypt(keys.current(), kept[0]) == asked


@pytest.mark.parametrize(("given", "reason"), [
    (None, "malformed"), ({"phone": "12", "consent_version": contact.CONSENT}, "malformed"),
    ({"phone": "0912345678"}, "unknown_consent"), ({"phone": "0912345678", "consent_version": "x@9"}, "unknown_consent"),
    ({"phone": "0912345678", "consent_version": contact.CONSENT, "name": "A"}, "malformed"),
])
def test_a_request_without_number_or_consent_is_refused(
    office: Office, given: object, reason: str
) -> None:
    wish = office.item(kind="contact", level=None, contact=given)
    assert only(office.send(wish)) == ("rejected", reason)


def test_rounds_are_dated_per_unit_and_only_with_a_published_survey(office: Office) -> None:
    now, today = office.clock.now(), date(2018, 10, 15)

    def running(day: date, unit: int = office.unit_id) -> bool:
        with db.reading() as conn:
            return queries.running_round(conn, unit, day) is not None

    assert not running(today)
    questionnaire_commands.set_round(
        office.unit_id, REF, today, today + timedelta(days=9), actor=SYSTEM, now=now
    )
    assert running(today)
    assert running(today + timedelta(days=9))
    assert not running(today + timedelta(days=10))
    assert not running(today - timedelta(days=1))
    assert not running(today, unit=office.unit_id + 1)
    questionnaire_commands.end_round(office.unit_id, today=today, actor=SYSTEM, now=now)
    assert not running(today)
    with pytest.raises(NotFoundError):
        questionnaire_commands.set_round(office.unit_id, "sao5@1", today, today, actor=SYSTEM, now=now)
    with pytest.raises(RuleError, match="before the first"):
        questionnaire_commands.set_round(
            office.unit_id, REF, today, today - timedelta(days=1), actor=SYSTEM, now=now
        )


def test_a_version_is_published_once_and_only_when_whole(office: Office) -> None:
    now, second = office.clock.now(), {**builtin.survey(), "version": 2}
    assert questionnaire_commands.publish(second, actor=SYSTEM, now=now) == "mot_cua@2"
    with pytest.raises(RuleError, match="never changes"):
        questionnaire_commands.publish(second, actor=SYSTEM, now=now)
    lost = json.loads(json.dumps({**second, "version": 3}))
    lost["questions"][0]["next"][0]["go"] = "tc99"
    with pytest.raises(RuleError, match="tc3: next goes to tc99"):
        questionnaire_commands.publish(lost, actor=SYSTEM, now=now)
