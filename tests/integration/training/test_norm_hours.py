"""Hours of one year on both databases: those of the records, and nothing of years to come."""

from __future__ import annotations

from datetime import date, datetime, time

from kiosk_app.core import clock, db
from kiosk_app.core.columns import LOCAL_ZONE
from kiosk_app.organisation import queries as organisation
from kiosk_app.training import commands, enrolling, intake, queries
from kiosk_app.training.rules import Slot
from tests.training_year import HR


def minutes(year: int, today: date) -> dict[int, int]:
    with db.reading() as conn:
        return queries.minutes_of_year(conn, year, today)


def test_hours_of_a_year_are_those_of_the_records(trained: intake.Report) -> None:
    today = clock.now().astimezone(LOCAL_ZONE).date()
    found = minutes(2018, today)
    with db.reading() as conn:
        people = organisation.officers(conn)
        records = {one: queries.record_of(conn, one).hours_by_year.get(2018, 0.0) for one in people}
    assert {one: n / 60 for one, n in found.items() if n} == {one: n for one, n in records.items() if n}
    assert len(found) > 50
    assert minutes(2017, today) == minutes(2019, today) == {}
    assert sum(minutes(2018, date(2018, 6, 30)).values()) < sum(found.values()), "until that day"


def test_a_session_over_new_year_counts_in_the_year_it_began(trained: intake.Report) -> None:
    planned_at = clock.now()
    with db.reading() as conn:
        who = organisation.officer_by_code(conn, "HL.P.046")
        course = queries.courses(conn)[0].id
    assert who is not None
    slots = (Slot(date(2019, 12, 31), "afternoon"), Slot(date(2020, 1, 2), "morning"))
    one = commands.plan_session(commands.SessionPlan(
        code="TH-50", course_id=course, title="", audience="", room="", trainer="", capacity=None,
        has_test=False, slots=slots,
    ), actor=HR, now=planned_at)
    enrolling.enrol(one, [who], actor=HR, now=planned_at)
    after = datetime.combine(date(2020, 1, 3), time(8), LOCAL_ZONE)
    with db.reading() as conn:
        (row,) = queries.roster(conn, one)
        halves = [half.id for half in queries.session(conn, one).half_days]
    commands.record_attendance(
        one, {(row.enrolment_id, half): "present" for half in halves}, actor=HR, now=after)
    assert minutes(2019, date(2019, 12, 30)) == {}, "not begun"
    assert minutes(2019, after.date()) == {who: 480}
    assert minutes(2020, after.date()) == {}
    with db.reading() as conn:
        assert queries.record_of(conn, who).hours_by_year[2019] == 8
