"""Page, export and interface give the same figures; what is not published is refused."""

from __future__ import annotations

import csv
import io
import itertools

import pytest

from kiosk_app.accounts import commands as accounts
from kiosk_app.core import clock, db
from kiosk_app.core.audit import SYSTEM
from kiosk_app.organisation import queries as organisation
from tests.integration.reporting.conftest import Office
from tests.integration.reporting.test_alive_tables import desks as desks

COLUMNS = ("label", "n", "eligible", "coverage", "share", "low", "high", "adjusted")


@pytest.mark.parametrize("by", ["officer", "procedure"])
def test_export_and_interface_agree_to_the_last_digit(desks: Office, by: str) -> None:
    for period, unit in itertools.product(("2018-10", "2018-Q4", "2018"), ("", "HL-TTHCC", "P-HATU")):
        asked = f"period={period}&unit={unit}"
        table = desks.reader.get(f"/manage/{by}s?{asked}&export=csv").get_data().decode("utf-8-sig")
        exported = [row[:8] for row in csv.reader(io.StringIO(table)) if len(row) == 14][1:]
        rows = desks.reader.get(f"/api/v1/satisfaction?{asked}&by={by}").get_json()["rows"]
        told = [["" if row[c] is None else str(row[c]) for c in COLUMNS] for row in rows]
        assert rows
        assert sorted(told) == sorted(exported)


@pytest.mark.parametrize(("query", "field"), [
    ("period=2018-10&by=hour", "period"), ("period=2018-10&by=reason&step=return", "step"),
    ("period=2018-10-03", "period"), ("period=2018&by=unit&cursor=x", "cursor"),
])
def test_what_is_not_published_is_refused_with_the_field(
    office: Office, query: str, field: str
) -> None:
    answer = office.reader.get(f"/api/v1/satisfaction?{query}")
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    assert answer.get_json()["errors"][0]["field"] == field


def test_a_key_reaches_its_own_unit_only_and_needs_the_scope(office: Office) -> None:
    with db.reading() as conn:
        ward = organisation.unit_by_ref(conn, "P-HATU")
    keys = {
        scope: accounts.add_api_key(
            scope, scopes=[scope], unit_id=ward, actor=SYSTEM, now=clock.now()
        )
        for scope in ("results", "ratings")
    }

    def status(scope: str, unit: str) -> int:
        return office.tablet.get(
            f"/api/v1/satisfaction?period=2018&unit={unit}",
            headers={"Authorization": f"Bearer {keys[scope]}"},
        ).status_code

    assert [status("results", "P-HATU"), status("results", "HL-TTHCC")] == [200, 404]
    assert status("ratings", "P-HATU") == 401
