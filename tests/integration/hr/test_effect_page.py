"""The page of a session's effect: what the worker kept, frozen once it is published."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import insert, text

from kiosk_app.core import clock, db
from kiosk_app.reporting import effect_records, effects
from kiosk_app.reporting.effect_records import Effect, MonthGap
from kiosk_app.reporting.models import EffectEstimate
from kiosk_app.training import queries

pytestmark = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
FOUND = Effect(
    "helped", "interval", 12, 17, 9000, 7, 3, 201801, 201812, estimate=4.2, low=1.1, high=7.4,
    method="wild_bootstrap", p=0.004, p_positive=0.99, detectable=4.3, placebo=0.4, p_placebo=0.6,
    p_before=0.5, naive_selection=6.9, naive_before=3.6, expected_return=3.1, seed=1, draws=9999,
    months=(MonthGap(201807, -3, 0.8, -2.5, 4.1, "before"),
            MonthGap(201808, -2, -6.7, -10.2, -3.2, "selection"),
            MonthGap(201810, 0, 5.0, -0.3, 10.3, "after")),
)


def keep(session_id: int, found: Effect, version: str) -> None:
    with db.transaction() as conn:
        conn.execute(insert(EffectEstimate).values(
            session_id=session_id, version=version, made_ms=1,
            figures=effect_records.as_text(found),
        ))


def fourth() -> int:
    with db.reading() as conn:
        return next(s.id for s in queries.sessions(conn) if s.code == "TH-04")


def publish(client: FlaskClient, address: str, version: str) -> int:
    token = re.search(r'name="csrf_token" value="([^"]*)"', client.get(address).text)
    assert token
    return client.post(address, data={"version": version, "csrf_token": token[1]}).status_code


def test_published_figures_stay_and_newer_ones_are_told_apart(
    trained: None, sign_in: Callable[..., FlaskClient]
) -> None:
    hr, one = sign_in("hr"), fourth()
    address = f"/hr/sessions/{one}/effect"
    assert "Chưa có ước lượng" in hr.get(address).text
    keep(one, FOUND, "a1")
    page = hr.get(address).text
    for said in ("Có cải thiện.", "+4,2", "+1,1 đến +7,4", "Chỉ so chính nhóm đã học", "+6,9", "từ 4,3 điểm"):
        assert said in page, said
    picture = hr.get(f"{address}.svg")
    assert picture.status_code == 200
    assert "tháng chọn người" in picture.text
    assert publish(hr, address, "a0") == 422
    assert publish(hr, address, "a1") == 303
    keep(one, replace(FOUND, verdict="cannot_tell", reason="detectable", estimate=0.9, low=-1.0), "a2")
    assert "+4,2" in hr.get(address).text
    newer = hr.get(f"{address}?version=newest").text
    assert "Chưa thể kết luận." in newer
    assert publish(hr, f"{address}?version=newest", "a1") == 422
    with db.reading() as conn:
        (out,) = effects.published(conn, one)
        written = conn.execute(text("SELECT figures FROM effect_publications")).scalar_one()
    assert out.digest == hashlib.sha256(written.encode()).hexdigest()
    assert out.effect == FOUND
    with pytest.raises(Exception, match="append-only"), db.transaction() as conn:
        conn.execute(text("UPDATE effect_publications SET figures = '{}'"))
    assert sign_in("auditor").post(address, data={"version": "a2"}).status_code in {400, 403}


def test_what_is_missing_is_said_without_a_figure(
    trained: None, sign_in: Callable[..., FlaskClient]
) -> None:
    hr, one = sign_in("hr"), fourth()
    bare = Effect("cannot_tell", "months_after", 12, 17, 0, 7, 1, 201801, 201810,
                  months_needed=1, ratings_needed=340)
    keep(one, bare, "a1")
    page = hr.get(f"/hr/sessions/{one}/effect").text
    assert "thêm khoảng 1 tháng sau lớp, tức khoảng 340 đánh giá" in page
    assert hr.get(f"/hr/sessions/{one}/effect.svg").status_code == 204
    keep(one, replace(bare, reason="few_officers", trained=0, peers=0), "a2")
    assert "ít nhất 5 cán bộ" in hr.get(f"/hr/sessions/{one}/effect").text


def test_the_worker_estimates_once_a_version_and_says_when_months_lack(trained: None) -> None:
    """Without ratings nothing may be said; the same facts are not estimated twice."""
    today = date(2019, 1, 15)
    assert effects.refresh(today=today, now=clock.now()) == 6
    assert effects.refresh(today=today, now=clock.now()) == 0
    with db.reading() as conn:
        found = effects.newest(conn, fourth())
    assert found is not None
    assert (found.effect.verdict, found.effect.reason) == ("cannot_tell", "months_before")
    assert found.effect.estimate is None
