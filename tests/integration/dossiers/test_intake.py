"""Intake of dossier files: all or nothing, with an error list, and nothing personal kept."""

from __future__ import annotations

import csv
import gzip
import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from kiosk_app.config import Settings
from kiosk_app.core import clock, db
from kiosk_app.core.audit import SYSTEM
from kiosk_app.core.errors import KioskError
from kiosk_app.dossiers import intake
from tests import stages
from tests.integration.feedback.seed import HEADER, seed_organisation
from tests.servers import ROOT

SECRETS = ("Nguyễn Thị Bí Mật", "022199001234", "0912345678", "so 7 ngo hem kin", "bimat@vd.vn")
PERSONAL = ("Họ và tên người nộp", "Số CCCD", "Điện thoại", "Địa chỉ", "E-mail của công dân")


def row(number: int, **changed: str) -> dict[str, str]:
    return {
        "dossier_code": f"000.00.12.H49-181001-{number:04d}", "unit_id": "HL-TTHCC",
        "procedure_code": "1.900001", "officer_code": "HL.CB.001", "channel": "direct",
        "received_at": "2018-10-01 08:00", "due_date": "2018-10-10",
        "finished_at": "2018-10-05 09:00", "returned_at": "2018-10-08 10:00",
        "supplement_count": "0", "status": "10", **changed,
    }


def write(path: Path, rows: list[dict[str, str]], header: tuple[str, ...] = HEADER) -> Path:
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.DictWriter(out, header)
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.fixture
def stage() -> str:
    return stages.ORGANISED


@pytest.fixture
def organisation(service: db.Database, still_clock: clock.FrozenClock) -> None:
    seed_organisation(still_clock.now())


def take(path: Path, **options: bool) -> intake.Report:
    return intake.import_file(path, actor=SYSTEM, now=clock.now(), **options)


def stored() -> dict[str, int]:
    with db.reading() as conn:
        return {
            table: int(conn.execute(text(f"SELECT COUNT(*) FROM {table}")).scalar() or 0)
            for table in ("dossiers", "dossier_versions", "dossier_steps", "eligible_days",
                          "eligible_months", "service_months")
        }


@pytest.mark.usefixtures("organisation")
def test_one_bad_row_and_nothing_is_taken_in(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", [row(1), row(2, returned_at="2018-09-30 10:00"), row(3)])
    report = take(path)
    assert not report.published
    found = report.findings[0]
    assert (found.row, found.column, found.reason) == (3, "returned_at", "return_before_reception")
    assert found.cure
    assert set(stored().values()) == {0}


@pytest.mark.usefixtures("organisation")
def test_bad_rows_can_be_left_out(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", [row(1), row(2, procedure_code="9.999999"), row(3)])
    report = take(path, skip_bad_rows=True)
    assert (report.published, report.created, report.parked) == (True, 2, 1)
    assert stored()["dossiers"] == 2


@pytest.mark.usefixtures("organisation")
def test_a_dry_run_says_what_would_happen_and_does_nothing(tmp_path: Path) -> None:
    report = take(write(tmp_path / "a.csv", [row(1), row(2, status="x")]), dry_run=True)
    assert (report.created, report.refused, report.published) == (1, 1, False)
    assert set(stored().values()) == {0}


@pytest.mark.usefixtures("organisation")
def test_the_same_file_again_changes_nothing(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", [row(n) for n in range(1, 6)])
    take(path)
    before = stored()
    again = take(path)
    assert (again.created, again.updated, again.unchanged) == (0, 0, 5)
    assert stored() == before


@pytest.mark.usefixtures("organisation")
def test_a_later_export_moves_a_dossier_on_and_its_counts_with_it(tmp_path: Path) -> None:
    open_ = row(1, finished_at="", returned_at="", status="4")
    take(write(tmp_path / "a.csv", [open_]))
    done = take(write(tmp_path / "b.csv", [row(1)]))
    assert (done.updated, done.created) == (1, 0)
    with db.reading() as conn:
        steps = conn.execute(text(
            "SELECT step, SUM(n) FROM eligible_months e JOIN import_runs r ON r.id = e.run_id "
            "WHERE r.state = 'published' GROUP BY step ORDER BY step"
        )).all()
    assert [tuple(s) for s in steps] == [("reception", 1), ("return", 1)]


@pytest.mark.usefixtures("organisation")
def test_the_same_code_twice_with_other_content_is_refused(tmp_path: Path) -> None:
    report = take(write(tmp_path / "a.csv", [row(1), row(1, status="9")]))
    assert report.findings[0].reason == "duplicate_conflict"
    assert set(stored().values()) == {0}


@pytest.mark.usefixtures("organisation")
def test_a_header_without_the_code_is_explained(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", [], ("unit_id", "procedure_code", "received_at"))
    with pytest.raises(KioskError, match="row 1") as refused:
        take(path)
    assert refused.value.field == "code"


def everything(settings: Settings) -> bytes:
    """Every byte the service keeps: the folder's files, and on PostgreSQL every row as text."""
    kept = b"".join(p.read_bytes() for p in settings.data_dir.rglob("*") if p.is_file()
                    and p.suffix not in {".csv", ".gz"})
    with db.reading() as conn:
        for table in inspect(conn).get_table_names():
            kept += str(conn.execute(text(f"SELECT * FROM {table}")).all()).encode()
    return kept


@pytest.mark.usefixtures("organisation")
@pytest.mark.parametrize("bad", [False, True])
def test_personal_columns_are_recognised_and_never_stored(
    settings: Settings, tmp_path: Path, bad: bool
) -> None:
    personal = dict(zip(PERSONAL, SECRETS, strict=True))
    rows = [row(n) | personal for n in range(1, 4)]
    if bad:
        rows.append(row(4, status="hỏng") | personal)
    report = take(write(tmp_path / "a.csv", rows, (*HEADER, *PERSONAL)), skip_bad_rows=True)
    assert report.published
    assert report.personal_columns == PERSONAL
    kept = everything(settings)
    assert b"000.00.12.H49-181001-0003" in kept
    for secret in SECRETS:
        assert secret.encode() not in kept


@pytest.mark.usefixtures("organisation")
def test_the_command_prints_place_and_cure_and_writes_the_list(
    settings: Settings, tmp_path: Path
) -> None:
    path = tmp_path / "export.csv.gz"
    plain = write(tmp_path / "x.csv", [row(1), row(2, received_at="32/13/2018")])
    path.write_bytes(gzip.compress(plain.read_bytes()))
    environ = os.environ | {
        "DATA_DIR": str(settings.data_dir), "DATABASE_URL": settings.database_url,
    }
    ran = subprocess.run(
        [sys.executable, "-m", "kiosk_app", "import", "dossiers", str(path), "--errors",
         str(tmp_path / "errors.csv")], cwd=ROOT, env=environ, capture_output=True, text=True,
        check=False,
    )
    assert ran.returncode == 1
    assert "export.csv.gz, row 3, received_at: date_impossible; write dates as" in ran.stdout
    assert "nothing was taken in" in ran.stdout
    listed = list(csv.DictReader((tmp_path / "errors.csv").open(encoding="utf-8-sig")))
    assert [(e["row"], e["column"], e["reason"]) for e in listed] == [
        ("3", "received_at", "date_impossible")
    ]
    assert stored()["dossiers"] == 0


@pytest.mark.usefixtures("organisation")
def test_an_interrupted_import_leaves_nothing_and_the_next_one_cleans_up(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", [row(n) for n in range(1, 9000)])

    def stop(_done: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        intake.import_file(path, actor=SYSTEM, now=clock.now(), progress=stop)
    assert set(stored().values()) == {0}
    assert take(path).created == 8999
