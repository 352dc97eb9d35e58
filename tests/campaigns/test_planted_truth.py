"""What was planted into the sample year shows on the manager's side, and nothing else does.

The whole year through the interface and the import; in the short form the two wards of the drop
and of the officer who rated himself.
"""

from __future__ import annotations

import csv
import gzip
import json
import re
from datetime import UTC, date, datetime, timedelta
from html import unescape
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from kiosk_app.accounts import commands as accounts
from kiosk_app.cli import watching
from kiosk_app.config import Settings
from kiosk_app.core import clock, db
from kiosk_app.core.audit import SYSTEM
from kiosk_app.core.columns import day_of
from kiosk_app.dossiers import intake
from kiosk_app.dossiers.rules import normal_form
from kiosk_app.feedback import commands
from kiosk_app.organisation import queries as organisation
from kiosk_app.reporting import alarms, fairness, misuse
from kiosk_app.reporting import commands as reporting
from tests.campaigns import length
from tests.campaigns.sample_events import dossiers, truth
from tests.campaigns.test_misuse_truth import REASONS
from tests.campaigns.test_ratings_sample import DATA, Line, Senders, deliver, sample, senders
from tests.signing import signed_in

AFTER = datetime(2019, 2, 1, 1, tzinfo=UTC)
WARDS = ("P-HAKHAU", "P-HUNGTHANG")
BUDGET = 6.0
TWO_WEEKS = timedelta(days=14)
YEAR = [201801 + month for month in range(12)]

pytestmark = [
    pytest.mark.timeout(3_600), pytest.mark.parametrize("settings", ["sqlite"], indirect=True),
]


def year_of(folder: Path) -> tuple[list[Line], Path]:
    """Deliveries in order of arrival and the file of dossiers; in the short form of two wards."""
    with gzip.open(DATA / "ratings_sample.jsonl.gz", "rt", encoding="utf-8") as source:
        lines = [json.loads(line) for line in source]
    whole = DATA / "dossiers_2018_full.csv.gz"
    if length.FULL:
        return sample()[0], whole
    units = {key: row["unit_id"] for key, row in dossiers().items()}
    path = folder / "dossiers.csv"
    with gzip.open(whole, "rt", encoding="utf-8", newline="") as source, path.open(
        "w", encoding="utf-8", newline=""
    ) as out:
        rows = csv.DictReader(source)
        writer = csv.DictWriter(out, rows.fieldnames or [])
        writer.writeheader()
        writer.writerows(row for row in rows if row["unit_id"] in WARDS)
    return [
        line for line in lines
        if line.get("receipt") and units.get(normal_form(line["receipt"])) in WARDS
    ], path


def check_pages(
    settings: Settings, made: Senders, codes: dict[int, str], dropped: str, known: dict[str, str]
) -> None:
    """What the worker finds stands on the pages: the alert, each officer with the right reason."""
    client = reader(made)
    assert watching.watch_changes(settings, now=AFTER) > 0
    assert watching.screen_for_misuse(now=AFTER) >= len(known)
    with db.reading() as conn:
        units = {u.ref: u for u in organisation.receiving_units(conn)}
    alerts = client.get(f"/manage/alerts?unit={dropped}").get_data(as_text=True)
    assert f"Mức hài lòng giảm: {units[dropped].name('vi')}" in unescape(alerts)
    assert f'href="/manage/alerts?unit={dropped}"' in client.get("/manage/?period=2018-12").text
    page = client.get("/manage/quality?period=2018").get_data(as_text=True)
    listed = dict(re.findall(r'<tr data-officer="(\d+)">(.*?)</tr>', page, re.S))
    signs = {
        codes[int(who)]: set(re.findall(r'data-code="([^"]+)"', row)) for who, row in listed.items()
    }
    for officer, pattern in known.items():
        assert REASONS[pattern] & signs[officer], officer
    assert set(signs) == set(known)
    if length.FULL:
        (lone,) = truth()["not_comparable"]
        who = next(key for key, code in codes.items() if code == lone)
        assert "Không so sánh được" in client.get(f"/manage/officers/{who}?period=2018").text


def reader(made: Senders) -> FlaskClient:
    """An inspector's browser on the service of the senders."""
    accounts.add_user("thanh.tra", role="inspector", unit_id=None, officer_id=None,
                      password="mot-mat-khau-dai", actor=SYSTEM, now=AFTER)
    return signed_in(made.client.application.test_client(), "thanh.tra")


def test_the_planted_year_is_told_as_it_is(
    settings: Settings, still_clock: clock.FrozenClock, tmp_path: Path
) -> None:
    lines, path = year_of(tmp_path)
    made = senders(settings, still_clock)
    assert intake.import_file(path, actor=SYSTEM, now=still_clock.now()).published
    deliver(lines, made, still_clock)
    still_clock.moment = AFTER
    commands.release_closed(now=AFTER)
    reporting.decide(now=AFTER)
    with db.reading() as conn:
        units = {u.id: u.ref for u in organisation.receiving_units(conn)}
        codes = {o.id: o.code for o in organisation.officers(conn).values()}
        raised = alarms.of_units(conn, list(units), date(2019, 1, 1), BUDGET)
        screened = misuse.screen(conn, 2018)
        standing = fairness.officers(conn, YEAR, list(units))
    drop = truth()["drop"]
    first = date.fromisoformat(drop["first_day"])
    worse = [one for one in raised if units[one.unit_id] == drop["unit_id"] and one.worse]
    assert worse, "the drop raises an alarm"
    assert first <= day_of(worse[0].day) <= date(2018, 12, 31)
    assert abs(day_of(worse[0].first_day) - first) <= TWO_WEEKS
    others = [one for one in raised if units[one.unit_id] != drop["unit_id"]]
    assert len(others) <= BUDGET

    known = {g["officer_code"]: g["pattern"] for g in truth()["gaming"]}
    if not length.FULL:
        known = {code: pattern for code, pattern in known.items() if code == "HL.P.056"}
    found = {codes[review.officer_id]: review for review in screened.reviews}
    for officer, pattern in known.items():
        assert REASONS[pattern] & set(found[officer].codes), officer
    innocents = sorted(set(found) - set(known))
    assert len(innocents) <= max(screened.expected_false, 0)

    if length.FULL:
        (lone,) = truth()["not_comparable"]
        tiers = {codes[int(key)]: one.tier for key, one in standing.items()}
        assert tiers[lone] == "not_comparable"
    check_pages(settings, made, codes, drop["unit_id"], known)
    length.keep("planted-truth", "sample", {
        "deliveries": len(lines), "first_alarm": worse[0].day, "change_dated": worse[0].first_day,
        "other_alarms": [f"{units[o.unit_id]} {o.procedure_code} {o.day}" for o in others],
        "reviews": {officer: list(one.codes) for officer, one in found.items()},
        "innocents": innocents, "expected_false": round(screened.expected_false, 2),
    })
