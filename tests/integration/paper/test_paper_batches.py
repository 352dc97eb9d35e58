"""Paper forms become ratings when their batch is closed: one ballot with tablet and phone."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from kiosk_app.cli import intake as intake_cli
from kiosk_app.config import Settings
from kiosk_app.core import db
from kiosk_app.core.audit import Actor
from kiosk_app.core.columns import LOCAL_ZONE
from kiosk_app.core.errors import RuleError
from kiosk_app.feedback.recount import check
from kiosk_app.paper import commands, queries
from kiosk_app.paper.records import Batch, Keyed
from tests.integration.feedback.conftest import Office, count, office, stage

__all__ = ["count", "office", "stage"]
CLERK = Actor("quan.tri", "administrator")


def _open(office: Office, *, double: bool = False) -> int:
    return commands.open_batch(office.unit_id, double_keyed=double, actor=CLERK, now=office.clock.now())


def _keyed(code: str = "", level: int = 5, **more: object) -> Keyed:
    values: dict[str, object] = {"step": "", "reasons": (), "comment": "", "day": 20181015, **more}
    return Keyed(code, level=level, **values)  # type: ignore[arg-type]


def _close(office: Office, batch: int) -> list[tuple[str, str]]:
    done = commands.close_batch(batch, questionnaire="sao5@1", actor=CLERK, now=office.clock.now())
    return [(form.verdict, form.reason) for form in done]


def _batch(batch: int) -> Batch:
    with db.reading() as conn:
        found = queries.batch(conn, batch)
    assert found is not None
    return found


def test_a_closed_batch_is_counted_like_other_ratings(office: Office) -> None:
    batch = _open(office)
    commands.key_form(batch, _keyed(office.dossier(7), 2, reasons=("cho_lau",), comment="Chờ"))
    commands.key_form(batch, _keyed())

    assert _batch(batch).by_level == (0, 1, 0, 0, 1)
    assert _close(office, batch) == [("created", ""), ("created", "")]
    with db.reading() as conn:
        rows = conn.execute(text(
            "SELECT i.channel, i.level, a.state, a.step FROM rating_items i "
            "JOIN attributions a ON a.item_id = i.id ORDER BY i.id"
        )).all()
        assert check(conn) == []
    assert [tuple(row) for row in rows] == [
        ("paper", 2, "counted", "return"), ("paper", 5, "counted", ""),
    ]


def test_one_ballot_with_the_tablet(office: Office) -> None:
    code = office.dossier(7)
    office.send(office.item(receipt=code, level=5))
    batch = _open(office)
    commands.key_form(batch, _keyed(code, 1))

    assert _close(office, batch) == [("rejected", "already_rated")]


def test_nothing_of_a_form_stays_outside_the_ratings(office: Office) -> None:
    batch = _open(office)
    commands.key_form(batch, _keyed(office.dossier(7), 2, comment="riêng tư"))
    _close(office, batch)

    with db.reading() as conn:
        assert [tuple(row) for row in conn.execute(text("SELECT first, second FROM paper_forms"))] == [("", "")]


def test_differences_are_shown_and_settled_before_closing(office: Office) -> None:
    batch = _open(office, double=True)
    number = commands.key_form(batch, _keyed("150042", 2))
    with pytest.raises(RuleError) as once:
        _close(office, batch)
    differ = commands.key_again(batch, number, _keyed("150042", 3))
    with pytest.raises(RuleError) as open_:
        _close(office, batch)
    commands.correct_form(batch, number, _keyed("150042", 3))

    assert (once.value.code, differ, open_.value.code) == (
        "not_keyed_twice", ("level",), "differences_open",
    )
    assert _close(office, batch) == [("created", "")]


def test_a_closed_batch_takes_no_more_and_an_empty_one_does_not_close(office: Office) -> None:
    empty, full = _open(office), _open(office)
    commands.key_form(full, _keyed())
    _close(office, full)

    for refused, code in ((lambda: _close(office, empty), "batch_empty"),
                          (lambda: commands.key_form(full, _keyed()), "batch_closed"),
                          (lambda: _close(office, full), "batch_closed")):
        with pytest.raises(RuleError) as error:
            refused()
        assert error.value.code == code


def test_a_file_is_taken_in_whole_or_not_at_all(
    office: Office, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: object
) -> None:
    monkeypatch.setenv("DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("DATABASE_URL", settings.database_url)
    monkeypatch.setenv("KIOSK_KEYS_DIR", str(settings.keys_dir))
    today = f"{datetime.now(LOCAL_ZONE):%d/%m/%Y}"
    good = f"mã hồ sơ;mức;lý do;ngày\n{office.dossier(7)};4;11;{today}\n;5;;{today}\n\n"
    (tmp_path / "good.csv").write_text(good, "utf-8-sig")
    (tmp_path / "bad.csv").write_text(good + f"x;9;;{today}\n", "utf-8-sig")
    run = CliRunner()
    with db.reading() as conn:
        ref = conn.execute(text("SELECT ref FROM units WHERE id = :u"), {"u": office.unit_id}).scalar()

    bad = run.invoke(intake_cli.import_, ["paper", str(tmp_path / "bad.csv"), "--unit", str(ref), "--json"])
    good_ = run.invoke(intake_cli.import_, ["paper", str(tmp_path / "good.csv"), "--unit", str(ref), "--json"])

    assert bad.exit_code == 1, (bad.output, bad.exception)
    assert "row 5, level" in bad.stderr
    assert json.loads(bad.stdout)["created"] == 0
    assert (good_.exit_code, json.loads(good_.stdout)["created"]) == (0, 2)
