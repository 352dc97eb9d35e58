"""On the managers' pages the training office is told groups of five officers or more, and no other."""

from __future__ import annotations

import csv
import io
from html import unescape

import pytest
from flask.testing import FlaskClient

from kiosk_app.accounts import commands as accounts
from kiosk_app.cli import watching
from kiosk_app.config import Settings
from kiosk_app.core import clock, db
from kiosk_app.core.audit import SYSTEM
from kiosk_app.organisation import queries as organisation
from tests.integration.reporting.conftest import Office
from tests.integration.reporting.test_alive_tables import DESKS, Desk
from tests.integration.reporting.test_alive_tables import desks as desks
from tests.signing import signed_in

pytestmark = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
CENTRE = "Trung tâm Hành chính công thành phố Hạ Long"


def hr_of(office: Office) -> FlaskClient:
    accounts.add_user("nhan.su", role="hr", password="mot-mat-khau-dai", actor=SYSTEM, now=clock.now())
    return signed_in(office.reader.application.test_client(), "nhan.su")


def table(client: FlaskClient, address: str) -> list[list[str]]:
    body = client.get(f"{address}&export=csv").get_data(as_text=True).removeprefix("\ufeff")
    lines = list(csv.reader(io.StringIO(body)))
    at = next(i for i, line in enumerate(lines) if line[0].startswith("SHA-256"))
    return [line for line in lines[at + 2 :] if line[1]]


def fill(office: Office, others: tuple[str, ...]) -> None:
    """More officers of the centre, each with rated dossiers of one procedure."""
    for code in others:
        desk = Desk("HL-TTHCC", code, "1.900001", (), first=301 + 40 * int(code[-3:]))
        office.take_in(desk.dossiers(0, 12))
        office.rate(desk.codes(0, 12), (1, 2, 4, 4, 5, 5, 5, 5, 5, 5, 5, 5))


def test_small_units_procedures_and_fields_stand_nowhere_apart(desks: Office, settings: Settings) -> None:
    hr, asked = hr_of(desks), "period=2018-10"
    page = unescape(hr.get(f"/manage/?{asked}").get_data(as_text=True))
    assert "Tài khoản này chỉ thấy số của nhóm từ 5 cán bộ" in page
    assert "hài lòng hoặc rất hài lòng" in page, "all together are told"
    assert CENTRE not in page, "two officers worked there"
    assert table(hr, f"/manage/?{asked}&table=units") == []
    assert table(hr, f"/manage/procedures?{asked}") == []
    assert table(hr, f"/manage/units?{asked}") == []
    with db.reading() as conn:
        field = sorted(organisation.fields(conn))[0]
    for small in ("unit=HL-TTHCC", "unit=P-BACHDANG", f"field={field}"):
        answer = hr.get(f"/manage/?{asked}&{small}")
        assert answer.status_code == 422, small
        assert "dưới 5 cán bộ" in unescape(answer.get_data(as_text=True))
        assert hr.get(f"/manage/charts/trend.svg?{asked}&{small}").status_code == 422
    assert hr.get(f"/manage/procedures/1.900001?{asked}").status_code == 422
    for by in ("unit", "procedure", "field"):
        assert hr.get(f"/api/v1/satisfaction?{asked}&by={by}").get_json()["rows"] == [], by
    assert hr.get(f"/api/v1/satisfaction?{asked}&unit=P-BACHDANG").status_code == 422
    assert hr.get(f"/api/v1/satisfaction?{asked}").get_json()["rows"][0]["n"] > 10
    desks.reader.application.config["WTF_CSRF_ENABLED"] = False
    assert hr.post("/manage/exports", data={"period": "2018-10", "format": "csv"}).status_code == 303
    assert watching.export(settings) == 1
    link = hr.get("/manage/exports").get_data(as_text=True).split('href="/manage/exports/')[1].split('"')[0]
    whole = hr.get(f"/manage/exports/{link}").get_data(as_text=True)
    assert "HL-TTHCC" not in whole
    assert "P-BACHDANG" not in whole


def test_five_officers_are_a_group(desks: Office) -> None:
    hr, asked = hr_of(desks), "period=2018-10"
    fill(desks, ("HL.CB.003", "HL.CB.004"))
    assert CENTRE not in unescape(hr.get(f"/manage/?{asked}").get_data(as_text=True)), "four are not"
    fill(desks, ("HL.CB.005",))
    assert [line[0] for line in table(hr, f"/manage/?{asked}&table=units")] == [CENTRE]
    assert hr.get(f"/manage/?{asked}&unit=HL-TTHCC").status_code == 200
    assert hr.get(f"/manage/?{asked}&unit={DESKS['praised'].unit}").status_code == 422
    rows = table(hr, f"/manage/procedures?{asked}&unit=HL-TTHCC")
    assert len(rows) == 1
    assert hr.get(f"/manage/procedures/1.900001?{asked}").status_code == 200
    manager = table(desks.reader, f"/manage/?{asked}&table=units")
    assert len(manager) > 1, "who may see officers sees every unit"
