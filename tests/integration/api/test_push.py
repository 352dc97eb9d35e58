"""Dossiers pushed by one-stop software: the office's own 2,000 lines, and what they must lead to."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from kiosk_app.core import db, keys
from kiosk_app.core.columns import LOCAL_ZONE, from_ms
from kiosk_app.dossiers import counts, links, parked, queries
from kiosk_app.dossiers.records import DossierFacts
from kiosk_app.dossiers.rules import normal_form
from kiosk_app.organisation import queries as organisation
from tests.integration.api.conftest import Caller

DATA = Path(__file__).parents[2] / "data"
BLOCK = 100


def table(name: str) -> list[dict[str, str]]:
    text = gzip.decompress((DATA / name).read_bytes()).decode("utf-8")
    return list(csv.DictReader(io.StringIO(text)))


LINES = gzip.decompress((DATA / "07_api_push.jsonl.gz").read_bytes()).decode("utf-8").split("\n")
VERDICTS = {int(row["row"]): row for row in table("api_push_verdicts.csv.gz")}


def decoded(line: str) -> Any:
    try:
        return json.loads(line)
    except json.JSONDecodeError:
        return None


def shown(facts: DossierFacts, names: Callable[[str, int | None], str]) -> dict[str, str]:
    def at(value: int | None) -> str:
        return "" if value is None else f"{from_ms(value).astimezone(LOCAL_ZONE):%Y-%m-%d %H:%M}"

    due = str(facts.due_day or "")
    return {
        "unit_id": names("unit", facts.unit_id), "procedure": names("procedure", facts.procedure_id),
        "officer": names("officer", facts.officer_id), "filing_mode": facts.filing_mode,
        "received_at": at(facts.received_ms), "due_date": f"{due[:4]}-{due[4:6]}-{due[6:]}" if due else "",
        "finished_at": at(facts.finished_ms), "returned_at": at(facts.returned_ms),
        "status": str(facts.status),
    }


def naming() -> Callable[[str, int | None], str]:
    with db.reading() as conn:
        known = {
            "unit": {i: u.ref for i, u in organisation.units(conn).items()},
            "procedure": {i: p.code for i, p in organisation.procedures(conn).items()},
            "officer": {i: o.code for i, o in organisation.officers(conn).items()},
        }
    return lambda kind, number: known[kind].get(number or 0, "")


def compare(rows: Sequence[dict[str, str]], names: Callable[[str, int | None], str]) -> None:
    """Each dossier is stored as its row says."""
    with db.reading() as conn:
        known = queries.facts_by_key(conn, [normal_form(row["dossier_code"]) for row in rows])
        pushed = queries.pushed_at(conn, [facts.dossier_id for facts in known.values()])
    for row in rows:
        facts = known[normal_form(row["dossier_code"])]
        found = shown(facts, names)
        assert found == {k: row[k] for k in found}, row["dossier_code"]
        if row.get("updated_at"):
            moment = datetime.fromisoformat(row["updated_at"])
            assert from_ms(pushed[facts.dossier_id]) == moment, row["dossier_code"]
            assert str(facts.supplement_count) == row["supplement_count"], row["dossier_code"]


def test_every_line_gets_its_verdict_and_the_end_is_the_expected_one(
    with_key: Callable[..., Caller],
) -> None:
    send, names = with_key("dossiers"), naming()
    block: list[tuple[int, Any]] = []

    def deliver() -> None:
        if not block:
            return
        answer = send("POST", "/api/v1/dossiers:batch", {"dossiers": [body for _, body in block]})
        assert answer.status_code == 200
        for (number, _body), got in zip(block, answer.get_json()["results"], strict=True):
            wanted = VERDICTS[number]
            assert (got["outcome"], got["reason"] or "") == (wanted["outcome"], wanted["reason"]), number
        block.clear()

    for number, line in enumerate(LINES, 1):
        if not line:
            assert number not in VERDICTS or VERDICTS[number]["reason"] == "blank_line"
            continue
        body = decoded(line)
        if body is None:
            answer = send("PUT", "/api/v1/dossiers/000.24.12.H49-180927-0021", None)
            assert answer.status_code == 400
            assert VERDICTS[number]["reason"] == "malformed"
        elif number % 90 == 0 or VERDICTS[number]["outcome"] in {"refused", "parked"}:
            deliver()
            put_alone(send, number, body, names)
        else:
            block.append((number, body))
            if len(block) == BLOCK:
                deliver()
    deliver()
    final = table("api_final_state.csv.gz")
    compare([row for row in final if row["procedure"] and row["officer"]], names)
    check_parked()
    check_counts()
    check_nothing_personal()


def put_alone(
    send: Caller, number: int, body: dict[str, Any], names: Callable[[str, int | None], str]
) -> None:
    wanted = VERDICTS[number]
    answer = send("PUT", f"/api/v1/dossiers/{body['code']}", body)
    got = answer.get_json()
    if wanted["outcome"] in {"refused", "parked"}:
        assert answer.status_code == 422
        assert answer.content_type == "application/problem+json"
        assert got["errors"][0]["reason"] == wanted["reason"]
        return
    assert answer.status_code == (201 if wanted["outcome"] == "created" else 200)
    assert (got["outcome"], got["reason"] or "") == (wanted["outcome"], wanted["reason"]), number
    token = got["rate_url"].rsplit("/r/", 1)[1]
    assert links.read(keys.current(), token) == normal_form(body["code"])
    assert normal_form(body["code"]) not in normal_form(token)
    if wanted["outcome"] in {"created", "updated"}:
        compare([wanted], names)


def check_parked() -> None:
    """The two that name something unknown wait with all that is known of them."""
    final = {normal_form(row["dossier_code"]): row for row in table("api_final_state.csv.gz")}
    unknown = {key: row for key, row in final.items() if not (row["procedure"] and row["officer"])}
    with db.reading() as conn:
        kept = parked.waiting(conn)
    assert set(kept) == set(unknown)
    for key, one in kept.items():
        assert unknown[key][one.field] == ""
        assert one.body["unit"] == unknown[key]["unit_id"]
        assert str(one.body["status"]) == unknown[key]["status"]
        assert from_ms(one.updated_ms) == datetime.fromisoformat(unknown[key]["updated_at"])


def check_counts() -> None:
    """What pushes added to the counts is what the visible dossiers come to."""
    with db.reading() as conn:
        units = list(organisation.units(conn))
        months = [year * 100 + month for year in (2018, 2019) for month in range(1, 13)]
        service = counts.service(conn, months=months, unit_ids=units, by=("unit_id",))
        wanted = [normal_form(row["dossier_code"]) for row in table("api_final_state.csv.gz")]
        facts = queries.facts_by_key(conn, wanted)
        eligible = counts.eligible(conn, months=months, unit_ids=units, by=("step",))
    assert sum(row.received for row in service) == len(facts) == counts_total()
    assert sum(row.handed_over for row in service) == sum(
        f.returned_ms is not None for f in facts.values()
    )
    assert {row.key[0]: row.n for row in eligible} == {
        "reception": len(facts),
        "return": sum(f.returned_ms is not None for f in facts.values()),
        "supplement": sum(f.supplement_count > 0 for f in facts.values()),
    }


def counts_total() -> int:
    with db.reading() as conn:
        return counts.total(conn)


def check_nothing_personal() -> None:
    from sqlalchemy import MetaData, select

    with db.reading() as conn:
        meta = MetaData()
        meta.reflect(conn)
        for one in meta.sorted_tables:
            if one.name in {"officers", "procedures", "units", "unit_names"}:
                continue
            for row in conn.execute(select(one)).all():
                text = repr(tuple(row))
                assert "0900" not in text or "Mẫu" not in text, one.name
                assert " Mẫu " not in text, one.name
