"""The calendar's pages and the secret feed: what they show, to whom, and when they stop."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from kiosk_app.accounts import commands as accounts
from kiosk_app.core import clock, db
from kiosk_app.training import commands, enrolling, queries
from tests.integration.hr.test_hr_pages import FORM, officer, post, ward
from tests.integration.hr.test_roster_pages import planned
from tests.integration.training.test_notices import unfolded
from tests.training_year import HR

pytestmark = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)


@pytest.fixture
def hr(trained: None, sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    return sign_in("hr")


def renewed(client: FlaskClient) -> str:
    """The path of a new feed of this account."""
    token = re.search(r'name="csrf_token" value="([^"]*)"', client.get("/hr/feed").text)
    assert token is not None
    page = client.post("/hr/feed", data={"csrf_token": token[1]}).text
    found = re.search(r"(/hr/feed/[\w-]+\.ics)", page)
    assert found is not None
    assert found[1] not in client.get("/hr/feed").text, "told once"
    return found[1]


def events(client: FlaskClient, path: str) -> dict[str, str]:
    """Status by summary of a feed."""
    answer = client.get(path)
    assert answer.content_type == "text/calendar; charset=utf-8"
    lines = unfolded(answer.text)
    assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT")
    uids = [line for line in lines if line.startswith("UID:")]
    assert len(uids) == len(set(uids))
    found = {}
    for event in "\n".join(lines).split("BEGIN:VEVENT")[1:]:
        said = dict(line.split(":", 1) for line in event.strip().split("\n"))
        assert re.fullmatch(r"\d{8}T\d{6}Z", said["DTSTART"])
        found[said["SUMMARY"].split(":")[0]] = said["STATUS"]
    return found


def test_month_week_and_list_show_the_same_half_days(
    hr: FlaskClient, sign_in: Callable[..., FlaskClient]
) -> None:
    month = hr.get("/hr/calendar?view=month&on=2018-09-01").text
    assert "Tháng 9/2018" in month
    assert "TH-05" in month
    week = hr.get("/hr/calendar?view=week&on=2018-09-25").text
    listed = hr.get("/hr/calendar?view=list&on=2018-09-01").text
    code = re.search(r'class="hr-chip held"[^>]*><b>(TH-\d\d)', week)
    assert code is not None
    assert f">{code[1]}</a>" in listed
    assert "Tháng 12/2018" in hr.get("/hr/calendar?on=2018-12-31").text
    assert 'on=2019-01-01' in hr.get("/hr/calendar?on=2018-12-31").text
    for odd in ("on=2018-13-45", "view=year", "on=0001-01-01"):
        assert hr.get(f"/hr/calendar?{odd}").status_code == 200
    assert "Không có buổi học nào" in hr.get("/hr/calendar?on=2016-05-01").text
    other = sign_in("manager", unit_id=ward("P-TUANCHAU")).get("/hr/calendar?on=2018-09-01")
    assert "/hr/staff" in other.text
    one = planned(hr, "TH-30")
    assert "TH-30" in hr.get("/hr/calendar?on=2019-03-01").text
    enrolling.enrol(one, [officer("HL.P.046")], actor=HR, now=clock.now())
    page = sign_in("manager", unit_id=ward("P-TUANCHAU")).get("/hr/calendar?on=2019-03-01").text
    assert "TH-30" not in page, "nobody of this ward is in it"


def test_a_feed_shows_its_owner_what_is_theirs_until_it_is_renewed(
    hr: FlaskClient, sign_in: Callable[..., FlaskClient]
) -> None:
    one, other = planned(hr, "TH-31"), planned(hr, "TH-32", **{"day-0": "5/3/2019"})
    enrolling.enrol(one, [officer("HL.P.046")], actor=HR, now=clock.now())
    mine = sign_in("officer", unit_id=1, officer_id=officer("HL.P.046"))
    path, every = renewed(mine), renewed(hr)
    nobody = hr.application.test_client()
    assert events(nobody, path) == {"TH-31": "CONFIRMED"}
    assert events(nobody, every) == {"TH-31": "CONFIRMED", "TH-32": "CONFIRMED"}
    commands.cancel_session(one, reason="bão", actor=HR, now=clock.now())
    assert events(nobody, path) == {"TH-31": "CANCELLED"}
    assert "SEQUENCE:100" in nobody.get(path).text
    again = renewed(mine)
    assert nobody.get(path).status_code == 404
    assert events(nobody, again) == {"TH-31": "CANCELLED"}
    assert nobody.get("/hr/feed/x.ics").status_code == 404
    accounts.disable_user("officer2", actor=HR, now=clock.now())
    assert nobody.get(again).status_code == 404
    with db.reading() as conn:
        assert queries.session(conn, other).sequence == 0
    assert post(hr, "/hr/feed", {}).status_code == 200
    assert sign_in("administrator").get("/hr/feed").status_code == 403


def test_holidays_stand_in_the_calendar_and_weekends_are_no_news(hr: FlaskClient) -> None:
    month = html.unescape(hr.get("/hr/calendar?on=2019-02-01").text)
    assert month.count('<span class="hr-off">Tết Nguyên đán</span>') == 5
    assert "cuối tuần" not in month
    assert '<span class="hr-off">làm bù</span>' in hr.get("/hr/calendar?view=week&on=2019-01-05").text
    april = html.unescape(hr.get("/hr/calendar?view=list&on=2019-04-01&lang=en").text)
    assert "Public holidays in this span: Sun 14/4/2019 (Hung Kings’ Day)" in april
    assert "Mon 15/4/2019 (day in lieu of Hung Kings’ Day)" in april


def test_a_half_day_on_a_day_off_is_planned_with_a_word_about_it(hr: FlaskClient) -> None:
    days = {"day-0": "5/2/2019", "day-1": "10/2/2019", "morning-1": "1", "day-2": "11/2/2019",
            "morning-2": "1"}
    told = "Th 3 5/2/2019 (Tết Nguyên đán), CN 10/2/2019 (cuối tuần)"
    part = html.unescape(hr.get("/hr/sessions/new/days-off", query_string=days).text)
    assert told in part
    assert "<html" not in part
    assert "11/2" not in part
    assert hr.get("/hr/sessions/new/days-off", query_string={"day-0": "11/2/2019"}).text.strip() == ""
    for odd in ("31/2/2019", "1/1/9999", "1/1/0001", "x"):
        assert hr.get("/hr/sessions/new/days-off", query_string={"day-0": odd}).status_code == 200
    assert told in html.unescape(hr.get("/hr/sessions/new", query_string=days).text)
    wrong = post(hr, "/hr/sessions/new", {**FORM, **days, "code": ""})
    assert told in html.unescape(wrong.text), "beside what is refused"
    one = planned(hr, "TH-33", **days)
    for page in (f"/hr/sessions/{one}", f"/hr/sessions/{one}/roster", f"/hr/sessions/{one}/edit"):
        assert told in html.unescape(hr.get(page).text), page
    assert "Tue 5/2/2019 (Lunar New Year)" in html.unescape(hr.get(f"/hr/sessions/{one}?lang=en").text)
    hr.get("/hr/?lang=vi")
    assert "ngày nghỉ" not in html.unescape(hr.get("/hr/sessions/1").text), "a class that was held"
