"""Deliveries over HTTP to a real gunicorn with two workers: once each, whatever happens."""

from __future__ import annotations

import json
import shutil
import urllib.error
import urllib.request
import uuid
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from signal import SIGKILL
from typing import Any

import pytest
from sqlalchemy import bindparam, text

from kiosk_app import runtime
from kiosk_app.config import Settings
from kiosk_app.core import clock, db
from kiosk_app.core.audit import SYSTEM
from kiosk_app.devices import commands as device_commands
from kiosk_app.feedback import recount
from tests.campaigns import length
from tests.conftest import make_settings, on_postgres
from tests.integration.feedback.seed import seed_organisation
from tests.servers import Server

ROUNDS = 100 if length.FULL else 25


def post(address: str, token: str, items: list[dict[str, Any]]) -> dict[str, Any]:
    body = json.dumps({"ratings": items}).encode()
    call = urllib.request.Request(
        f"{address}/api/v1/ratings", body,
        {"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(call, timeout=60) as answer:
        found: dict[str, Any] = json.load(answer)
    return found


def item(epoch: str, seq: int, receipt: str | None = None) -> dict[str, Any]:
    return {
        "id": str(uuid.uuid4()), "epoch": epoch, "seq": seq, "kind": "rating", "level": 4,
        "receipt": receipt, "step": "return", "channel": "tablet", "entry": "scan",
        "questionnaire": "sao5@1", "answers": {}, "reasons": [], "lang": "vi",
        "rated_at": datetime.now(UTC).isoformat(), "clock_offset_ms": 0, "duration_ms": 1000,
    }


@pytest.fixture(scope="module")
def folder(installed_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("delivery")
    shutil.copytree(installed_dir, folder, dirs_exist_ok=True)
    return folder


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def settings(request: pytest.FixtureRequest, folder: Path) -> Iterator[Settings]:
    if request.param == "sqlite":
        yield make_settings(folder)
        return
    server: str = request.getfixturevalue("postgres_template")
    with on_postgres(folder, server, "kiosk_template") as found:
        yield found


@pytest.fixture(scope="module")
def centre(settings: Settings, folder: Path) -> Iterator[tuple[Server, list[str]]]:
    """One service on each database for all tests; each test sends epochs of its own."""
    database = runtime.start(settings)
    unit_id = seed_organisation(clock.now())
    tokens = [
        device_commands.add(f"TAB-{i}", unit_id=unit_id, counter_id=None, actor=SYSTEM,
                            now=clock.now())[1]
        for i in range(2)
    ]
    server = Server(folder, settings.database_url).start()
    yield server, tokens
    server.stop()
    database.dispose()


def stored(*epochs: str) -> int:
    """Ratings of these epochs."""
    query = text("SELECT COUNT(*) FROM rating_items WHERE epoch IN :epochs")
    with db.reading() as conn:
        return int(conn.execute(
            query.bindparams(bindparam("epochs", expanding=True)), {"epochs": epochs}
        ).scalar() or 0)


def test_the_same_rating_ten_times_at_once_is_one(centre: tuple[Server, list[str]]) -> None:
    server, tokens = centre
    epoch = str(uuid.uuid4())
    with ThreadPoolExecutor(10) as pool:
        for number in range(1, ROUNDS + 1):
            sent = item(epoch, number)
            calls = [pool.submit(post, server.address, tokens[0], [sent]) for _ in range(10)]
            answers = [call.result() for call in calls]
            verdicts = Counter(a["results"][0]["verdict"] for a in answers)
            assert verdicts == {"created": 1, "duplicate": 9}
    assert stored(epoch) == ROUNDS
    assert answers[-1]["received"] == {"epoch": epoch, "max_seq": ROUNDS, "missing": []}


def test_two_tablets_rating_one_receipt_at_once(centre: tuple[Server, list[str]]) -> None:
    server, tokens = centre
    epochs = [str(uuid.uuid4()), str(uuid.uuid4())]
    with ThreadPoolExecutor(2) as pool:
        for number in range(1, ROUNDS + 1):
            code = f"000.00.12.H49-181001-{number:04d}"
            pairs = [(tokens[i], item(epochs[i], number, code)) for i in range(2)]
            answers = pool.map(lambda p: post(server.address, p[0], [p[1]])["results"][0], pairs)
            found = sorted((a["verdict"], a["reason"] or "") for a in answers)
            assert found == [("created", ""), ("rejected", "already_rated")]
    assert stored(*epochs) == ROUNDS
    with db.reading() as conn:
        assert recount.check(conn) == []


def test_what_was_acknowledged_survives_kill_minus_nine(
    centre: tuple[Server, list[str]],
) -> None:
    server, tokens = centre
    epoch, acknowledged = str(uuid.uuid4()), 0
    for number in range(1, 31):
        post(server.address, tokens[0], [item(epoch, number)])
        acknowledged += 1
        if number % 10 == 0:
            server.stop(SIGKILL)
            server.start()
    assert stored(epoch) == acknowledged


def test_the_interface_refuses_what_it_must(centre: tuple[Server, list[str]]) -> None:
    server, tokens = centre
    epochs = [str(uuid.uuid4()) for _ in range(202)]
    cases = [
        ("wrong", [item(epochs[0], 1)], 401),
        (tokens[0], [item(epochs[i], i) for i in range(1, 202)], 413),
        (tokens[0], [], 400),
    ]
    for token, items, status in cases:
        with pytest.raises(urllib.error.HTTPError) as refused:
            post(server.address, token, items)
        assert refused.value.code == status
        assert refused.value.headers["Content-Type"] == "application/problem+json"
    assert stored(*epochs) == 0
