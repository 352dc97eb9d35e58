"""Half-days of their own length count as long as they are; addresses come with the officers."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.ctx import RequestContext
from flask_babel import Babel
from sqlalchemy import text
from werkzeug.datastructures import MultiDict

from kiosk_app import backup, schema
from kiosk_app.cli.intake import import_
from kiosk_app.config import Settings
from kiosk_app.core import db
from kiosk_app.core.columns import LOCAL_ZONE
from kiosk_app.organisation import queries as organisation
from kiosk_app.training import attended, commands, enrolling, notices, planning, queries
from kiosk_app.training.rules import Slot
from kiosk_app.web.hr import forms
from tests.integration.training.test_enrolling import (
    DAY,
    HR,
    NOW,
    ONLY_SQLITE,
    enrolment,
    people,
    plan,
)

NEXT = date(2019, 3, 5)
SLOTS = (Slot(DAY, "morning"), Slot(DAY, "afternoon", time(13, 30), time(15)),
         Slot(NEXT, "morning", time(8, 15)), Slot(NEXT, "afternoon", None, time(16, 20)))


def speaking() -> RequestContext:
    """A request in which forms may speak."""
    app = Flask(__name__)
    Babel(app)
    return app.test_request_context()


def test_record_staff_list_and_session_count_the_same_hours(
    organised: db.Database, settings: Settings
) -> None:
    (a,) = people(1)
    session = plan(*SLOTS)
    enrolling.enrol(session, [a], actor=HR, now=NOW)
    with db.reading() as conn:
        held = queries.session(conn, session)
    assert held.hours == pytest.approx(4 + 1.5 + 3.25 + 10 / 3)
    one, marks = enrolment(session, a), ("present", "late", "present", "absent")
    commands.record_attendance(
        session, {(one, half.id): mark for half, mark in zip(held.half_days, marks, strict=True)},
        actor=HR, now=datetime.combine(NEXT, time(15), LOCAL_ZONE))
    with db.reading() as conn:
        record, totals = queries.record_of(conn, a), queries.staff_totals(conn, NEXT, [a])
        order = {by: queries.staff_order(conn, NEXT, by) for by in ("sessions", "completed", "hours", "last")}
        assert attended.differing(conn) == []
    assert record.hours_by_year == {2019: 8.75}
    assert totals[a].hours == 8.75
    with db.reading() as conn:
        assert queries.staff_totals(conn, DAY, [a])[a].last_day == DAY, "the day to come is not told"
        assert queries.staff_totals(conn, DAY - timedelta(days=1), [a]) == {}
    assert order == {"sessions": {a: 1}, "completed": {a: 0}, "hours": {a: 525}, "last": {a: NEXT}}
    owned = db.open_database(settings.owner_database_url or settings.database_url)
    schema.downgrade(owned, "20261129_o_later")
    schema.upgrade(owned)
    owned.dispose()
    with db.reading() as conn:
        assert queries.staff_order(conn, NEXT, "hours") == {a: 525}, "counted from the marks that were there"


def test_hours_follow_corrections_and_moved_half_days(organised: db.Database) -> None:
    (a,) = people(1)
    session = plan(*SLOTS)
    enrolling.enrol(session, [a], actor=HR, now=NOW)
    with db.reading() as conn:
        half = queries.session(conn, session).half_days[1]
    one = enrolment(session, a)

    def hours() -> float:
        with db.reading() as conn:
            assert attended.differing(conn) == []
            return queries.staff_totals(conn, NEXT, [a])[a].hours

    late = datetime.combine(DAY, time(14), LOCAL_ZONE)
    seen = []
    for mark in ("present", "absent", "late"):
        commands.record_attendance(session, {(one, half.id): mark}, actor=HR, now=late)
        seen.append(hours())
    assert seen == [1.5, 0, 1.5]
    longer = Slot(DAY, "afternoon", time(14, 30), time(16, 30))
    with db.reading() as conn:
        held = queries.session(conn, session)
    planning.change_session(session, commands.SessionPlan(
        code=held.code, course_id=held.course_id, title="", audience="", room="", trainer="", capacity=2,
        has_test=False, slots=(SLOTS[0], longer, *SLOTS[2:]),
    ), actor=HR, now=late)
    assert hours() == 0, "the mark fell with the old hours"
    commands.record_attendance(
        session, {(one, half.id): "present"}, actor=HR,
        now=datetime.combine(DAY, time(15), LOCAL_ZONE))
    assert hours() == 2
    with db.transaction() as conn:
        conn.execute(text("UPDATE enrolments SET attended_min = 90"))
    with db.reading() as conn:
        assert attended.differing(conn) == [(one, 90, 120)]
    assert f"enrolments: {one}: attended 90 minutes, by its marks 120" in backup.prove()


def test_the_form_gives_back_each_day_s_hours() -> None:
    form = forms.Form(MultiDict({
        "code": "S", "course_id": "1", "morning_starts": "8:00", "day-0": "4/3/2019", "morning-0": "1",
        "afternoon-0": "1", "day-1": "5/3/2019", "morning-1": "1", "morning_starts-1": "8h15",
        "afternoon-1": "1", "afternoon_ends-1": "16:20",
    }))
    with speaking():
        made = forms.parse_session(form, date(2019, 1, 1))
    assert made is not None
    assert [(s.starts, s.ends) for s in made.slots] == [
        (time(8), None), (None, None), (time(8, 15), None), (None, time(16, 20))]
    assert forms.own_hours(form, 1)
    assert not forms.own_hours(form, 0)


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_a_session_s_form_reads_back_as_the_session(organised: db.Database) -> None:
    session = plan(*SLOTS)
    with db.reading() as conn:
        held = queries.session(conn, session)
    with speaking():
        made = forms.parse_session(forms.Form(forms.typed_of(held)), date(2019, 1, 1))
    assert made is not None
    assert [(s, s.starts, s.ends) for s in made.slots] == [(s, s.starts, s.ends) for s in held.slots]


HEAD = "officer_code,full_name,unit_id,home_unit_id,counter,field,posted_from,posted_to,email\n"


def taken(path: Path, *lines: str) -> str:
    path.write_text(HEAD + "\n".join(lines) + "\n", "utf-8")
    command = import_.commands["officers"]  # the group starts a service of its own
    return CliRunner().invoke(command, [str(path)]).output


@ONLY_SQLITE
def test_addresses_come_with_the_officers_or_not_at_all(
    organised: db.Database, tmp_path: Path
) -> None:
    row = "HL.X.{n},{name},P-HATU,,,,2018-01-01,,{email}"
    file = tmp_path / "officers.csv"
    wrong = taken(file, row.format(n=1, name="Lê An", email="an@tp.vn"),
                  row.format(n=2, name="Lê Bình", email="bình"),
                  row.format(n=1, name="Lê An", email="khac@tp.vn").replace("2018-01-01", "2017-01-01"))
    assert "row 3, email: email_unreadable" in wrong
    assert "row 4, email: other_email" in wrong
    with db.reading() as conn:
        assert organisation.officer_by_code(conn, "HL.X.1") is None, "nothing half done"
    assert "created 2" in taken(file, row.format(n=1, name="Lê An", email="an@tp.vn"),
                                row.format(n=2, name="Lê Bình", email=""))
    with db.reading() as conn:
        an, binh = (organisation.officer_by_code(conn, f"HL.X.{n}") for n in (1, 2))
        assert an is not None
        assert binh is not None
        assert notices.addresses(conn, [an, binh]) == {an: "an@tp.vn"}
    assert "unchanged 2" in taken(file, row.format(n=1, name="Lê An", email=""),
                                  row.format(n=2, name="Lê Bình", email="binh@tp.vn"))
    with db.reading() as conn:
        assert notices.addresses(conn, [an, binh]) == {an: "an@tp.vn", binh: "binh@tp.vn"}

