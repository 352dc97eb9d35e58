"""Every page of the training office with a table or a chart offers it as a file that says what it is of."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook

from kiosk_app.core import clock, db
from kiosk_app.training import commands, queries
from tests.rules.test_hr_walk import plant_training
from tests.training_year import HR, YEAR_END

pytestmark = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
LINK = re.compile(r'href="(/hr/[^"]*\.(?:csv|xlsx|svg|png)[^"]*)"')
PAGES = (
    "/hr/?year=2018", "/hr/sessions/{session}", "/hr/sessions/{session}/attendance",
    "/hr/sessions/{session}/certificates", "/hr/sessions/{session}/effect", "/hr/staff",
    "/hr/staff/{officer}", "/hr/matrix", "/hr/gaps", "/hr/courses", "/hr/plan?year=2018",
    "/hr/calendar?view=list&on=2018-09-01", "/hr/requirements", "/hr/draws/{draw}",
)


@pytest.fixture
def stage() -> str:
    from tests import stages

    return stages.STAFFED


@pytest.fixture
def planted(app: object, sign_in: Callable[..., FlaskClient]) -> tuple[FlaskClient, dict[str, int]]:
    """HR's browser on a training year with certificates, an effect, a draw and a correction."""
    ids = plant_training()
    session = ids["session_id"][0]
    with db.reading() as conn:
        held = queries.session(conn, session)
        row = queries.roster(conn, session)[0]
    for mark in ("absent", "late"):
        commands.record_attendance(
            session, {(row.enrolment_id, held.half_days[0].id): mark}, actor=HR,
            now=YEAR_END + timedelta(minutes=1))
    return sign_in("hr"), {"session": session, "officer": row.officer_id, "draw": ids["draw_id"][0]}


def test_every_table_is_offered_and_every_file_names_itself(
    planted: tuple[FlaskClient, dict[str, int]]
) -> None:
    hr, ids = planted
    seen = set()
    for page in PAGES:
        address = page.format(**ids)
        html = hr.get(address).get_data(as_text=True)
        links = [unescape(one) for one in LINK.findall(html)]
        assert any(".xlsx" in one for one in links), address
        for link in links:
            answer = hr.get(link)
            assert answer.status_code == 200, link
            if answer.data.startswith(b"\x89PNG"):
                continue
            said = answer.get_data(as_text=True) if not answer.data.startswith(b"PK") else "\n".join(
                " ".join(map(str, row)) for number in range(
                    len(CalamineWorkbook.from_filelike(io.BytesIO(answer.data)).sheet_names))
                for row in CalamineWorkbook.from_filelike(
                    io.BytesIO(answer.data)).get_sheet_by_index(number).to_python())
            assert "SHA-256 " in said, link
            if "transcript" not in link:
                assert re.search(r"Phiên bản số liệu: |Số liệu ", said), link
            seen.add(re.sub(r"/\d+", "", link.partition("?")[0]))
    assert {one.rpartition("/")[2] for one in seen} >= {
        "sessions.csv", "roster.csv", "corrections.csv", "certificates.csv", "effect.csv", "effect.svg",
        "marks.svg", "staff.csv", "matrix.csv", "gaps.csv", "courses.csv", "plan.csv", "calendar.csv",
        "requirements.csv", "transcript.xlsx",
    }


def test_two_files_of_one_version_hold_the_same_and_a_deed_changes_it(
    planted: tuple[FlaskClient, dict[str, int]]
) -> None:
    hr, ids = planted

    def marks() -> list[str]:
        body = hr.get(f"/hr/sessions/{ids['session']}/corrections.csv").get_data(as_text=True)
        return re.findall(r"DT-\d+|SHA-256 \w+", body)

    before = marks()
    assert marks() == before, "a look is no deed"
    with db.reading() as conn:
        held = queries.session(conn, ids["session"])
        row = queries.roster(conn, ids["session"])[0]
    commands.record_attendance(
        ids["session"], {(row.enrolment_id, held.half_days[0].id): "excused"}, actor=HR, now=clock.now())
    after = marks()
    assert [a != b for a, b in zip(before, after, strict=True)] == [True, True]
