"""The feedback page walks by the survey engine; results stand on the session's and effect's pages."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kiosk_app.core import clock, db, keys
from kiosk_app.training import queries, reactions
from tests.integration.training.test_enrolling import ONLY_SQLITE
from tests.integration.training.test_reactions import GOOD, link, session


@ONLY_SQLITE
@pytest.mark.usefixtures("trained")
def test_one_answers_on_the_phone_and_the_office_reads_it_later(
    app: Flask, sign_in: Callable[..., FlaskClient], still_clock: clock.FrozenClock
) -> None:
    held, rows = session("TH-04")
    there = [one for one in rows if reactions.may_answer(one)]
    end = reactions.closes_at(held)
    assert end is not None
    still_clock.moment = end - timedelta(days=1)
    me = sign_in("officer", officer_id=there[0].officer_id, unit_id=there[0].unit_id)
    assert f"/hr/own/{held.id}/reaction" in me.get("/hr/own").text
    sent = me.get(f"/hr/own/{held.id}/reaction")
    address = sent.headers["Location"]
    phone = app.test_client()
    page = phone.get(address).text
    for tap in ("5", "4", "1", "4", "2"):
        page = tapped(phone, address, page, tap)
    assert "khuyên đồng nghiệp" in page, "who uses it daily is not asked what hinders"
    page = tapped(phone, address, page, None)
    page = tapped(phone, address, page, "0")
    assert "cản trở" in page
    page = tapped(phone, address, page, "1")
    page = tapped(phone, address, page, "5")
    assert "<textarea" in page
    sent = phone.post(address, data={**hidden(page), "send": "1", "comment": "Cần thêm thực hành"})
    assert "Cảm ơn anh/chị!" in sent.text
    again = phone.get(address)
    assert (again.status_code, "đã được dùng" in again.text) == (422, True)
    assert f'href="/hr/own/{held.id}/reaction"' not in me.get("/hr/own").text
    stranger = next(one for one in session("TH-05")[1] if one.officer_id not in
                    {row.officer_id for row in rows})
    outside = sign_in("officer", officer_id=stranger.officer_id, unit_id=stranger.unit_id)
    assert outside.get(f"/hr/own/{held.id}/reaction").status_code == 404
    office = sign_in("hr")
    assert f"1 trên {len(there)} người đã dự đã góp ý" in office.get(f"/hr/sessions/{held.id}").text
    for row in there[1:5]:
        reactions.answer(link(held, row), GOOD, "", now=clock.now())
    still_clock.moment = end
    text = office.get(f"/hr/sessions/{held.id}").text
    assert f"5 trên {len(there)} người đã dự góp ý" in text
    assert "Dưới 5 lời nên không hiện" in text
    assert "Cần thêm thực hành" not in text
    level_one = office.get(f"/hr/sessions/{held.id}/effect").text
    assert "Đồng ý" in level_one
    assert "95%%" not in text + level_one


def hidden(page: str) -> dict[str, str]:
    form = page.split("<form", 1)[1].split("</form>")[0]
    return dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form))


def tapped(phone: FlaskClient, address: str, page: str, answer: str | None) -> str:
    """The page after a tap on an answer, or on *back* for None."""
    extra = {"back": "1"} if answer is None else {"answer": answer}
    data = {**hidden(page), **extra}
    if answer is None:
        data.pop("question", None)
    return phone.post(address, data=data).text


@ONLY_SQLITE
@pytest.mark.usefixtures("trained")
def test_the_room_shows_the_code_in_the_last_half_hour(
    sign_in: Callable[..., FlaskClient], still_clock: clock.FrozenClock
) -> None:
    held, _rows = session("TH-04")
    office = sign_in("hr")
    last = held.half_days[-1]
    still_clock.moment = last.slot.ends_at - timedelta(minutes=31)
    path = f"/hr/sessions/{held.id}/screen/{last.id}"
    assert f"/hr/own/{held.id}/reaction" not in office.get(path).text
    still_clock.moment = last.slot.ends_at - timedelta(minutes=30)
    assert f"/hr/own/{held.id}/reaction" in office.get(path).text
    with db.reading() as conn:
        first = queries.session(conn, held.id).half_days[0]
    assert keys.current()
    assert (first.id == last.id) == (len(held.half_days) == 1)
