"""Figures leave by one gate: who may read levels, who may make rows, and that no route goes round."""

from __future__ import annotations

import ast
import re
from html import unescape

import pytest
from werkzeug.routing import IntegerConverter

from kiosk_app.core import clock, db
from kiosk_app.organisation import queries as organisation
from kiosk_app.reporting import commands as reporting
from tests.integration.reporting.conftest import Office, code
from tests.integration.reporting.conftest import office as office
from tests.integration.reporting.conftest import stage as stage
from tests.rules.sources import called, modules
from tests.rules.test_access import ROUTES

READERS = {
    ("feedback_queries", "released"), ("feedback_queries", "strata"), ("readings", "listed"),
    ("events", "in_order"),
}
UNLISTED = {"kiosk_app/reporting/alarms.py", "kiosk_app/reporting/misuse.py"}
"""Figures that are no cells of the lattice: the stretch of an alarm, a figure without flagged."""
MODELS = {"RatingItem", "RatingDay", "RatingMonth", "ReleasedCell", "Attribution"}


def callers(*names: str) -> set[str]:
    return {
        path for path, tree in modules("kiosk_app").items() for node in ast.walk(tree)
        if isinstance(node, ast.Call) and called(node) in names
    }


def calls(module: str, name: str) -> set[str]:
    """Files that call ``module.name``."""
    return {
        path for path, tree in modules("kiosk_app").items() for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        and node.func.attr == name and isinstance(node.func.value, ast.Name)
        and node.func.value.id == module
    }


def test_only_reporting_reads_released_copies() -> None:
    """What tells levels of ratings is asked for by reporting alone."""
    for module, name in READERS:
        found = calls(module, name)
        assert found, name
        assert {p for p in found if not p.startswith("kiosk_app/reporting/")} == set(), name
    named = callers("released", "strata", "listed")
    assert {p for p in named if not p.startswith("kiosk_app/reporting/")} == set()


def test_tables_with_levels_are_named_by_their_capability_alone() -> None:
    found = {
        path for path, tree in modules("kiosk_app").items() for node in ast.walk(tree)
        if isinstance(node, ast.Name) and node.id in MODELS
    }
    assert {p for p in found if not p.startswith("kiosk_app/feedback/")} == set()


def test_only_disclosure_makes_figures_and_only_the_ledger_lets_them_out() -> None:
    assert callers("Figure") == {"kiosk_app/reporting/disclosure.py"}
    assert calls("disclosure", "figure") == {"kiosk_app/reporting/judging.py"}
    assert calls("disclosure", "apart") == UNLISTED
    assert calls("disclosure", "pooled") == {
        "kiosk_app/reporting/hours.py", "kiosk_app/reporting/needs.py",
        "kiosk_app/reporting/reorganisation.py",
    }
    assert calls("live", "cells") == calls("live", "days") == {"kiosk_app/reporting/lattices.py"}
    assert callers("discloses", "suppress_block") <= {
        "kiosk_app/reporting/disclosure.py", "kiosk_app/reporting/deciding.py",
    }


TAKEN = {
    "manage.overview": ("total", "months", "levels", "weeks", "reasons", "hours"),
    "manage.officer": ("figures", "months", "reasons"), "manage.procedure": ("figures", "months"),
    "manage.quality": ("with", "review"), "manage.service": ("totals",), "manage.units": ("unplaced",),
}
"""Further tables of a page that can be taken away."""
LEVELS = (5,) * 29 + (1,) * 8
"""29 of 37 satisfied: a share that nothing else on any page can be by chance."""
TOLD = re.compile(r"78[,.]4\s*%|0[.,]7837")


def addresses(office: Office) -> list[str]:
    """Every address that is read by a login, with the parameters that open figures."""
    with db.reading() as conn:
        officer = organisation.officer_by_code(conn, "HL.CB.001")
        unit = organisation.unit_by_ref(conn, "HL-TTHCC")
    values = {
        "officer_id": officer, "unit_id": unit, "code": "1.900001", "name": "trend", "kind": "csv",
        "filename": "x", "session_id": 1, "course_id": 1, "batch_id": 1, "item_id": 1, "job_id": 1,
        "ref": "x", "number": 1, "secret": "x", "signed": "x", "dossier": "x", "counter_id": 1,
        "poll": "x", "draw_id": 1, "half_day_id": 1, "certificate_id": 1,
    }
    found = []
    queries = ("period=2018-10", "period=2018-10&unit=HL-TTHCC", "period=2018-Q4&unit=HL-TTHCC")
    by = ("", "unit", "officer", "procedure", "field", "reason", "week", "channel", "filing_mode")
    adapter = office.reader.application.url_map.bind("localhost")
    for rule in office.reader.application.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.endpoint not in ROUTES:
            continue
        if ROUTES[rule.endpoint][0] == "token" or rule.endpoint == "static":
            continue
        kept = {
            name: values.get(name, 1 if isinstance(rule._converters[name], IntegerConverter) else "x")
            for name in rule.arguments
        }
        names = ("trend", "weeks", "levels", "reasons", "hours", "coverage", "heat")
        for name in names if "name" in rule.arguments else ("",):
            path = adapter.build(rule.endpoint, kept | ({"name": name} if name else {}))
            found += [f"{path}?{query}" for query in queries]
            if rule.endpoint.startswith("manage."):
                found += [f"{path}?{queries[1]}&export={kind}" for kind in ("csv", "xlsx")]
                found += [f"{path}?{queries[1]}&export=csv&table={part}" for part in TAKEN.get(rule.endpoint, ())]
    found += [
        f"/api/v1/satisfaction?{query}&by={one}&step={step}"
        for query in queries for one in by for step in ("", "return") if one in ("", "unit") or not step
    ]
    return found


def telling(office: Office) -> set[str]:
    """Addresses whose answers tell the share."""
    found = set()
    for address in addresses(office):
        answer = office.reader.get(address)
        assert answer.status_code < 500, address
        if TOLD.search(unescape(answer.get_data().decode("utf-8", "replace"))):
            found.add(address.partition("?")[0])
    return found


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_no_route_tells_a_share_that_the_ledger_has_not_let_out(office: Office) -> None:
    office.decides = False
    office.take_in([
        {"dossier_code": code("HL-TTHCC", i), "unit_id": "HL-TTHCC", "procedure_code": "1.900001",
         "officer_code": "HL.CB.001", "channel": "direct", "received_at": "2018-10-01 08:00",
         "due_date": "2018-10-10", "finished_at": "2018-10-05 09:00",
         "returned_at": "2018-10-08 10:00"} for i in range(1, len(LEVELS) + 1)
    ])
    office.rate([code("HL-TTHCC", i) for i in range(1, len(LEVELS) + 1)], LEVELS, reasons=["cho_lau"])
    assert telling(office) == set()
    assert "chờ xét công bố" in office.page("/manage/officers?period=2018-10&unit=HL-TTHCC")
    reporting.decide(now=clock.now())
    told = telling(office)
    assert {"/manage/", "/manage/officers", "/manage/procedures", "/api/v1/satisfaction",
            "/manage/charts/trend.svg"} <= told
