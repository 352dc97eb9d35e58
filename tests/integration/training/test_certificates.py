"""Certificates: issued once, proven by the code on the paper, revoked, and reminded on each rung once."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from sqlalchemy import insert, text, update

from kiosk_app import create_app, schema
from kiosk_app.accounts import commands as accounts
from kiosk_app.accounts import queries as account_queries
from kiosk_app.config import Settings
from kiosk_app.core import clock, db, keys
from kiosk_app.core.columns import LOCAL_ZONE
from kiosk_app.core.errors import RuleError
from kiosk_app.documents import typesetting
from kiosk_app.training import certificates, certifying, intake, queries, requirements
from kiosk_app.training.models import Course, OfficerAddress
from tests import training_year
from tests.training_year import HR


def session(code: str) -> int:
    with db.reading() as conn:
        return next(one.id for one in queries.sessions(conn) if one.code == code)


@given(st.integers(1, 99999), st.integers(0, 28), st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789a"))
def test_one_changed_letter_proves_nothing(number: int, at: int, letter: str) -> None:
    ring = keys.KeyRing(dict.fromkeys(keys.PURPOSES, b"k" * 32))
    code = certificates.code_of(ring, f"CN-2019-{number:05d}")
    assert certificates.number_of(ring, code) == f"CN-2019-{number:05d}"
    forged = code[:at] + letter + code[at + 1:]
    assert (certificates.number_of(ring, forged) is None) == (forged != code)
    assert certificates.number_of(ring, code + "A") is None


@pytest.mark.parametrize(("left", "told", "rung"), [
    (91, (), None), (90, (), 90), (61, (90,), None), (60, (90,), 60), (30, (90, 60), 30),
    (8, (90, 60, 30), None), (7, (90, 60, 30), 7), (0, (90, 60, 30), 7), (0, (7,), None),
    (-1, (), None), (5, (), 7),
])
def test_each_rung_is_due_once_and_a_late_start_tells_only_the_nearest(left, told, rung) -> None:
    today = date(2019, 1, 15)
    assert certificates.due_rung(today + timedelta(days=left), today, told) == rung


def test_issued_once_withdrawn_by_a_correction_and_never_changed(
    trained: intake.Report, settings: Settings
) -> None:
    four = session("TH-04")
    now = clock.now()
    assert certifying.issue(four, actor=HR, now=now) == 12
    assert certifying.issue(four, actor=HR, now=now) == 0
    assert certifying.issue(session("TH-05"), actor=HR, now=now) > 0
    with db.reading() as conn:
        have = certificates.of_session(conn, four)
    numbers = sorted(one.number for one in have.values())
    assert numbers[0] == "CN-2019-00001"
    assert len(set(numbers)) == 12
    one = min(have.values(), key=lambda c: c.number)
    with pytest.raises(RuleError, match="say why"):
        certifying.revoke(one.id, reason=" ", actor=HR, now=now)
    certifying.revoke(one.id, reason="cấp nhầm", actor=HR, now=now)
    with pytest.raises(RuleError, match="CN-2019-00001"):
        certifying.revoke(one.id, reason="lại", actor=HR, now=now)
    with db.reading() as conn:
        again = certificates.by_number(conn, one.number)
    assert again is not None
    assert (again.state(date(2019, 1, 15)), again.revoked) == ("revoked", "cấp nhầm")
    owned = db.open_database(settings.owner_database_url or settings.database_url)
    schema.downgrade(owned, "20261129_r_attended")
    schema.upgrade(owned)
    owned.dispose()

    def holds() -> bool:
        with db.reading() as conn:
            return one.officer_id in requirements.completions(conn, [one.course_id])[one.course_id]

    assert not holds(), "whose certificate was revoked has to learn it"
    assert certifying.issue(four, actor=HR, now=now) == 0, "nobody gets a new one by the way"
    other = max(have.values(), key=lambda c: c.number)
    with pytest.raises(RuleError) as stands:
        certifying.issue(four, actor=HR, now=now, again=other.enrolment_id)
    assert stands.value.code == "certificate_stands"
    assert certifying.issue(four, actor=HR, now=now, again=one.enrolment_id) == 1
    assert holds()
    with db.reading() as conn:
        newest, old = (certificates.of_session(conn, four)[one.enrolment_id],
                       certificates.by_number(conn, one.number))
    assert old is not None
    assert (newest.revoked, old.revoked, old.revoked_on) == ("", "cấp nhầm", now.astimezone(LOCAL_ZONE).date())
    assert newest.number > other.number
    assert newest.hours == 16, "what was attended"
    for table in ("certificates", "certificate_revocations"):
        with pytest.raises(Exception, match="append-only|permission denied"), db.transaction() as conn:
            conn.execute(text(f"DELETE FROM {table}"))


def test_the_ladder_tells_each_rung_once_and_not_the_renewed(trained: intake.Report) -> None:
    four = session("TH-04")
    with db.transaction() as conn:
        course_id = queries.session(conn, four).course_id
        conn.execute(update(Course).where(Course.id == course_id).values(valid_months=12))
    certifying.issue(four, actor=HR, now=clock.now())
    with db.reading() as conn:
        one = min(certificates.of_session(conn, four).values(), key=lambda c: c.number)
    assert one.ends_on == date(2019, 9, 18)
    with db.transaction() as conn:
        conn.execute(insert(OfficerAddress).values(officer_id=one.officer_id, email="a@b.vn"))
    mails: list[tuple[str, str, str]] = []

    def queue(_conn: object, address: str, subject: str, body: str) -> None:
        mails.append((address, subject, body))

    for days in range(100, -3, -1):
        at = training_year.YEAR_END.replace(year=2019, month=9, day=18) - timedelta(days=days)
        certifying.remind(queue, base="http://x", now=at)
    assert [m[0] for m in mails] == ["a@b.vn"] * 4
    assert "18/09/2019" in mails[0][1]


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_the_paper_s_code_leads_to_a_page_that_confirms_it(
    settings: Settings, still_clock: clock.FrozenClock
) -> None:
    app = create_app(settings)
    still_clock.moment = training_year.YEAR_END
    clock.bind(still_clock)
    training_year.take_in_organisation()
    training_year.take_in_training()
    four = session("TH-04")
    certifying.issue(four, actor=HR, now=clock.now())
    with db.reading() as conn:
        one = min(certificates.of_session(conn, four).values(), key=lambda c: c.number)
    code = certificates.code_of(keys.current(), one.number)
    accounts.add_user("nhan.su", role="hr", password="mot-mat-khau-dai", actor=HR, now=clock.now())
    hr = app.test_client()
    with db.reading() as conn, hr.session_transaction() as signed:
        user = account_queries.by_username(conn, "nhan.su")
        assert user is not None
        signed["user_id"], signed["epoch"] = user.id, user.session_epoch
    with pytest.MonkeyPatch.context() as patch:
        taken: list[dict[str, Any]] = []
        real = typesetting.set_document

        def kept(template: str, data: dict[str, Any]) -> list[bytes]:
            taken.append(data)
            return real(template, data)

        patch.setattr(typesetting, "set_document", kept)
        paper = hr.get(f"/hr/certificates/{one.id}.pdf")
    assert paper.data.startswith(b"%PDF")
    (data,) = taken
    (on_paper,) = data["papers"]
    assert on_paper["bodies"] == ("ỦY BAN NHÂN DÂN THÀNH PHỐ HẠ LONG",
                                  "TRUNG TÂM HÀNH CHÍNH CÔNG THÀNH PHỐ HẠ LONG")
    picture = Image.open(io.BytesIO(real("certificate", data, kind="png")[0]))
    (found,) = zxingcpp.read_barcodes(picture.convert("L"))
    assert found.text == f"{settings.public_url or 'http://localhost'}/cert/{code}"
    client = app.test_client()
    page = client.get(found.text.removeprefix(settings.public_url or "http://localhost"))
    assert page.status_code == 200
    assert "có thật và còn giá trị" in page.text
    assert one.number in page.text
    with db.reading() as conn:
        name = conn.execute(text("SELECT full_name FROM officers WHERE id = :i"), {"i": one.officer_id}).scalar_one()
    assert name not in page.text
    assert name.split()[-1] in page.text
    for i in (3, 9, 20, len(code) - 1):
        other = "B" if code[i] != "B" else "C"
        forged = client.get(f"/cert/{code[:i]}{other}{code[i + 1:]}")
        assert forged.status_code == 404
        assert one.number not in forged.text
    certifying.revoke(one.id, reason="cấp nhầm", actor=HR, now=clock.now())
    revoked = client.get(f"/cert/{code}").text
    assert "đã bị thu hồi" in revoked
    assert "cấp nhầm" not in revoked
    db.current().dispose()
