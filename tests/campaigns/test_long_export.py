"""A long export is a job: it says how far it is while pages answer, and ends whole."""

from __future__ import annotations

import csv
import io
import re
import threading
import time

import pytest
from sqlalchemy import text

from kiosk_app.cli import watching
from kiosk_app.config import Settings
from kiosk_app.core import db
from kiosk_app.organisation import queries as organisation
from tests.campaigns import length
from tests.integration.reporting.conftest import Office
from tests.integration.reporting.conftest import office as office
from tests.integration.reporting.conftest import stage as stage

ROWS = 100_000 if length.FULL else 12_000
MONTHS = range(201801, 201813)
pytestmark = pytest.mark.timeout(3_600)


def plant(rows: int) -> int:
    """So many published cells of a year, ten ratings each; how many there are."""
    with db.reading() as conn:
        units = [u.id for u in organisation.receiving_units(conn)]
        newest = {p.code: p.id for p in organisation.procedures(conn).values()}
    wanted = [
        {"month": month, "unit": unit, "value": str(procedure)}
        for month in MONTHS for unit in units for procedure in sorted(newest.values())
    ][:rows]
    levels = [f"{kind}_{level}" for kind in ("live", "copy") for level in range(1, 6)]
    query = text(
        f"INSERT INTO released_cells (grain, period, unit_id, dimension, value, linked, {', '.join(levels)},"
        " pending, copied_ms, closed) VALUES ('month', :month, :unit, 'procedure', :value, 1,"
        " 1, 1, 2, 3, 3, 1, 1, 2, 3, 3, 0, 0, 1)"
    )
    with db.transaction() as conn:
        for start in range(0, len(wanted), 5_000):
            conn.execute(query, wanted[start : start + 5_000])
    return len(wanted)


def test_a_long_export_says_how_far_it_is_and_ends_whole(
    office: Office, settings: Settings
) -> None:
    office.decides = False
    rows = plant(ROWS)
    client = office.reader
    client.application.config["WTF_CSRF_ENABLED"] = False
    assert client.post("/manage/exports", data={"period": "2018", "format": "csv"}).status_code == 303
    made: list[int] = []
    worker = threading.Thread(target=lambda: made.append(watching.export(settings)))
    began, seen, waits = time.perf_counter(), set[float](), list[float]()
    worker.start()
    while worker.is_alive():
        asked = time.perf_counter()
        page = client.get("/manage/exports", headers={"HX-Request": "true"}).get_data(as_text=True)
        waits.append(time.perf_counter() - asked)
        seen |= {float(one) for one in re.findall(r'<progress max="1" value="([\d.]+)"', page)}
        time.sleep(0.05)
    worker.join()
    took = time.perf_counter() - began
    assert made == [1]
    assert len([one for one in seen if 0 < one < 1]) >= 2, "how far it is was seen on the way"
    page = client.get("/manage/exports").get_data(as_text=True)
    link = page.split('href="/manage/exports/')[1].split('"')[0]
    body = client.get(f"/manage/exports/{link}").get_data(as_text=True)
    lines = list(csv.reader(io.StringIO(body.removeprefix("\ufeff"))))
    at = next(i for i, line in enumerate(lines) if line[0].startswith("SHA-256"))
    assert len(lines) - at - 2 == rows
    length.keep("long-export", "sqlite" if settings.database_url.startswith("sqlite") else "postgresql", {
        "rows": rows, "seconds": round(took, 1), "bytes": len(body),
        "steps_seen": len(seen), "slowest_page_seconds": round(max(waits), 2),
    })
