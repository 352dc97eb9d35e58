"""A ward whose reasons worsen is found with course and places; the wards beside it are not."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from html import unescape

import pytest

from kiosk_app.accounts import commands as accounts
from kiosk_app.core import clock, db
from kiosk_app.core.audit import SYSTEM
from kiosk_app.core.errors import RuleError
from kiosk_app.feedback import commands as feedback
from kiosk_app.organisation import commands as organisation
from kiosk_app.organisation import queries as organisation_queries
from kiosk_app.questionnaires import builtin
from kiosk_app.reporting import commands as reporting
from kiosk_app.reporting import needs
from kiosk_app.training import catalogue, commands, enrolling, queries, requirements
from kiosk_app.training.rules import Slot
from kiosk_app.web.hr.needs import propose
from tests.integration.reporting.conftest import PREFIX, Office
from tests.signing import signed_in

pytestmark = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
PLANTED, WARDS = "P-HONGHAI", ("P-HONGHAI", "P-HATU", "P-HALAM")
N = 160
RUDE = {"Q3": 10, "Q4": 10}
"""Ratings of N that name the attitude; in the planted ward four times as many in Q4."""
DAYS = {"Q3": ("180806", "2018-08-10"), "Q4": ("181105", "2018-11-09")}
FIELD = "Hộ tịch"
"""Of the one procedure, and of every officer below."""
TODAY = datetime(2019, 1, 20, 3, tzinfo=UTC)
CODES = [row[0] for row in builtin.LOW]


@pytest.fixture
def worsened(office: Office, still_clock: clock.FrozenClock) -> list[int]:
    """Officers of the planted ward, the first of whom holds the course; ratings are in."""
    people = [
        {"officer_code": f"HL.P.9{w}{n}", "full_name": f"Phạm Thị {'ABCDEF'[n]}", "unit_id": ward,
         "home_unit_id": ward, "counter": "", "field": FIELD, "posted_from": "2017-01-01",
         "posted_to": ""}
        for w, ward in enumerate(WARDS) for n in range(6)
    ]
    still_clock.moment = datetime(2018, 9, 1, 3, tzinfo=UTC)
    assert organisation.import_officers(people, actor=SYSTEM, now=clock.now()).ok
    with db.reading() as conn:
        ward = organisation_queries.unit_by_ref(conn, PLANTED)
        posted = sorted(p.officer_id for p in organisation_queries.postings(conn)
                        if p.unit_id == ward and p.covers(date(2019, 1, 20)))
    _held_once(posted[0], still_clock)
    still_clock.moment = TODAY
    office.decides = False
    for quarter, (stamp, day) in DAYS.items():
        for ward_ref in WARDS:
            _rated(office, ward_ref, quarter, stamp, day)
    feedback.release_closed(now=clock.now())
    reporting.decide(now=clock.now())
    return posted


def _held_once(officer: int, still_clock: clock.FrozenClock) -> None:
    """A course against rude conduct, which one of the ward has completed."""
    course = commands.add_course(code="UX", name="Ứng xử", hours=4, has_test=False, pass_mark=5,
                                 valid_months=24, actor=SYSTEM, now=clock.now())
    catalogue.set_detail(course, programme="", topics=["thai_do"], required_ids=(), active=True,
                         valid_months=24, actor=SYSTEM, now=clock.now())
    session = commands.plan_session(commands.SessionPlan(
        code="UX-1", course_id=course, title="", audience="", room="", trainer="", capacity=None,
        has_test=False, slots=(Slot(date(2018, 9, 20), "morning"),)), actor=SYSTEM, now=clock.now())
    enrolling.enrol(session, [officer], actor=SYSTEM, now=clock.now())
    still_clock.moment = datetime(2018, 9, 20, 3, tzinfo=UTC)
    with db.reading() as conn:
        half = queries.session(conn, session).half_days[0].id
        (row,) = queries.roster(conn, session)
    commands.record_attendance(session, {(row.enrolment_id, half): "present"}, actor=SYSTEM,
                               now=clock.now())
    commands.hold_session(session, actor=SYSTEM, now=clock.now())


def _rated(office: Office, ward: str, quarter: str, stamp: str, day: str) -> None:
    receipts = [f"{PREFIX[ward]}-{stamp}-{n:04d}" for n in range(1, N + 1)]
    office.take_in([
        {"dossier_code": one, "unit_id": ward, "procedure_code": "1.001193", "channel": "direct",
         "received_at": f"{day}T08:00:00", "due_date": day, "finished_at": f"{day}T09:00:00",
         "returned_at": f"{day}T09:30:00", "supplement_count": "0", "status": "10"}
        for one in receipts
    ])
    rude = RUDE[quarter] * (4 if (ward, quarter) == (PLANTED, "Q4") else 1)
    at = f"{day}T09:40:00+07:00"
    office.rate(receipts[:rude], [2 + n % 2 for n in range(rude)], reasons=["thai_do"], rated_at=at)
    late = receipts[rude:rude + 10]
    office.rate(late, [2 + n % 2 for n in range(10)], reasons=["cho_lau"], rated_at=at)
    office.rate(receipts[rude + 10:], [4 + n % 2 for n in range(N - rude - 10)], rated_at=at)


def test_the_planted_ward_is_found_with_course_and_places(
    office: Office, worsened: list[int]
) -> None:
    today = date(2019, 1, 20)
    with db.reading() as conn:
        at = requirements.postings_on(conn, today)
        units = [one.id for one in organisation_queries.receiving_units(conn)]
        found = needs.of_groups(conn, needs.span("2018-Q4"), at, units, CODES, "vi")
        proposals = propose(conn, found.needs, today)
        names = {str(u.id): u.ref for u in organisation_queries.receiving_units(conn)}
    clear = [one for one in proposals if one.need.clear and one.need.kind == "unit"]
    assert [names[one.need.key] for one in clear] == [PLANTED]
    (one,) = clear
    assert {r.code for r in one.need.reasons if r.clear} == {"thai_do"}
    assert one.course is not None
    assert (one.course.code, one.lacking) == ("UX", tuple(worsened[1:])), "the group as a whole"
    (pooled,) = [one for one in proposals if one.need.kind == "field"]
    assert len(pooled.need.officers) == 18
    assert [r.code for r in pooled.need.reasons] == ["thai_do"], "what rose in the wards where it is done"
    assert pooled.course == one.course
    assert set(pooled.lacking) == pooled.need.officers, "the group as a whole"
    looked = {names[p.need.key] for p in proposals if p.need.kind == "unit"}
    assert looked >= {"P-HATU", "P-HALAM"}, "the others were looked at too"
    page = _hr(office)
    text = unescape(page.get("/hr/needs?period=2018-Q4").text)
    assert "Lý do là của các đơn vị nơi nhóm này làm việc" in text
    link, other = re.findall(r"/hr/sessions/new\?[^\"]*officers=[^\"]*", text)
    assert f"course_id={one.course.id}&capacity=18" in other
    assert f"course_id={one.course.id}&capacity={len(worsened) - 1}" in link
    ids = re.search(r"officers=([0-9,%C]+)", link)
    assert ids
    assert ids[1].replace("%2C", ",") == ",".join(map(str, worsened[1:]))
    assert "/hr/staff/" not in text.split('<main id="main">')[1], "nobody is named"
    half = unescape(page.get("/hr/needs?period=2018-H2").text)
    assert "nửa cuối năm 2018" in half
    assert '<option value="2018-H2" selected>' in half
    assert '<option value="2018-Q4" selected>' in unescape(page.get("/hr/needs?period=2018-13").text)
    with db.reading() as conn:
        whole = needs.of_groups(conn, needs.span("2018-H2"), at, units, CODES, "vi")
    rude = {names[n.key]: r for n in whole.needs if n.kind == "unit" for r in n.reasons
            if r.code == "thai_do"}
    assert (rude[PLANTED].n, rude[PLANTED].ratings) == (50, 2 * N), "two quarters, added"


def _hr(office: Office):  # type: ignore[no-untyped-def]
    accounts.add_user("nhan.su", role="hr", unit_id=None, officer_id=None,
                      password="mot-mat-khau-dai", actor=SYSTEM, now=clock.now())
    return signed_in(office.reader.application.test_client(), "nhan.su")


@pytest.mark.parametrize(("key", "before"), [
    ("2018-Q1", "2017-Q4"), ("2018-H1", "2017-H2"), ("2018-H2", "2018-H1"), ("2018", "2017"),
])
def test_a_span_and_the_one_before(settings: object, key: str, before: str) -> None:
    one = needs.span(key)
    assert needs.span_before(one).key == before
    assert len(one.months) == {"Q": 3, "H": 6}.get(key[5:6], 12)
    for wrong in ("2018-H3", "2018-H", "2018-10", "x"):
        with pytest.raises(RuleError):
            needs.span(wrong)
