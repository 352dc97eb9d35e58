"""``kiosk demo`` at a hundredth of the year: figures, clock, accounts, and what it refuses."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner, Result

from kiosk_app import runtime
from kiosk_app.accounts import queries as account_queries
from kiosk_app.cli.demo import demo
from kiosk_app.config import Settings
from kiosk_app.core import clock, db, keys, settings_table
from kiosk_app.core.errors import ConfigurationError
from kiosk_app.demo import commands, state
from kiosk_app.devices import sequences
from kiosk_app.dossiers import counts
from kiosk_app.feedback import queries as feedback
from kiosk_app.feedback import recount
from kiosk_app.feedback import verification as feedback_verification
from kiosk_app.organisation import queries as organisation
from kiosk_app.seals import verification
from tests.conftest import START

SCALE = "0.01"


def run(folder: Path, *options: str) -> Result:
    return CliRunner().invoke(demo, options, env={"DATA_DIR": str(folder), "DATABASE_URL": ""})


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    folder = tmp_path_factory.mktemp("demo")
    result = run(folder, "--scale", SCALE)
    assert result.exit_code == 0, result.output
    yield SimpleNamespace(folder=folder, output=result.output)
    clock.bind(clock.Clock())


@pytest.fixture
def year(filled: SimpleNamespace) -> Iterator[SimpleNamespace]:
    database = runtime.start(Settings.from_env({"DATA_DIR": str(filled.folder)}))
    yield filled
    database.dispose()
    clock.bind(clock.Clock())


@pytest.mark.usefixtures("year")
def test_the_dossiers_have_the_articles_proportions() -> None:
    with db.reading() as conn:
        months = counts.months_with_data(conn)
        receiving = organisation.receiving_units(conn)
        for wanted, (received, late, over) in {
            True: (1392, 24, 0), False: (967, 6, 0),
        }.items():
            ids = [u.id for u in receiving if (u.kind == "centre") == wanted]
            row = counts.service(conn, months=months, unit_ids=ids, by=())[0]
            assert (row.received, row.late, row.supplement_over_limit) == (received, late, over)
            assert row.early + row.on_time == received - late
    assert months == [201800 + m for m in range(1, 13)]


@pytest.mark.usefixtures("year")
def test_a_third_of_the_dossiers_is_rated_and_counted_in_agreement() -> None:
    with db.reading() as conn:
        states = feedback.state_counts(conn)
        assert 810 <= states["counted"] + states["unmatched"] <= 820
        assert recount.check(conn) == []
        missing = [state.missing for state in sequences.all_states(conn) if state.missing]
    assert missing == []


@pytest.mark.usefixtures("year")
def test_everything_is_sealed_and_verifies() -> None:
    with db.reading() as conn:
        result = verification.verify(
            conn, keys.current(), feedback_verification.recomputers(conn), {}
        )
    assert result.differences == ()
    assert result.unsealed == 0
    assert result.roots >= 12


@pytest.mark.usefixtures("year")
def test_the_clock_goes_on_from_the_last_demo_day() -> None:
    since = clock.now() - commands.END
    assert timedelta(0) <= since < timedelta(hours=1)
    assert clock.current().is_shifted


def test_accounts_of_every_role_are_told_once_and_in_a_private_file(year: SimpleNamespace) -> None:
    notice = year.folder / "demo-notice.txt"
    assert notice.stat().st_mode & 0o777 == 0o600
    text = notice.read_text("utf-8")
    assert text in year.output
    with db.reading() as conn:
        users = account_queries.users(conn)
        assert account_queries.has_demo_accounts(conn)
    assert {u.role for u in users} == {
        "manager", "hr", "administrator", "officer", "auditor", "inspector", "case_handler",
    }
    assert all(u.username in text for u in users)


def test_what_was_planted_is_kept_aside(year: SimpleNamespace) -> None:
    truth = json.loads((year.folder / "demo-truth.json").read_text("utf-8"))
    assert truth["dossiers"] == 2359
    assert truth["ratings"] == 820
    assert len(truth["officers"]) == 90
    assert len(truth["training"]["treated"]) == 12


def test_a_second_demo_is_refused_or_does_nothing(year: SimpleNamespace) -> None:
    refused = run(year.folder, "--scale", SCALE)
    assert isinstance(refused.exception, ConfigurationError)
    assert refused.exception.code == "database_not_empty"
    again = run(year.folder, "--scale", SCALE, "--if-empty")
    assert again.exit_code == 0
    assert "nothing done" in again.output


def test_both_databases_are_filled_alike(service: db.Database, settings: Settings) -> None:
    assert service
    done = commands.fill(settings, scale=0.002, seed=3, say=print, real_now=lambda: START)
    assert (done.dossiers, done.ratings) == (471, 164)
    with db.reading() as conn:
        assert recount.check(conn) == []
        offset = settings_table.read(conn, runtime.CLOCK_SETTING)
    assert int(offset or 0) == (commands.END - START).total_seconds() * 1000


def test_a_demo_that_failed_is_recognised(service: db.Database, settings: Settings) -> None:
    assert service
    with db.transaction() as conn:
        settings_table.write(conn, state.SETTING, "filling")
    with pytest.raises(ConfigurationError) as refused:
        commands.fill(settings, scale=0.01, seed=1, say=print, real_now=datetime.now)
    assert refused.value.code == "demo_unfinished"
