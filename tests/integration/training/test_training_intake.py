"""The training workbook of 2018: every row's outcome, the totals, and what a second import does."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from kiosk_app.core import db
from kiosk_app.core.db import Base
from kiosk_app.core.errors import RuleError
from kiosk_app.training import intake, queries, workbook
from tests.training_year import DATA, HR, YEAR_END, csv_rows

BOOK = DATA / "training_2018.xlsx"


def figure(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def as_expected(row: intake.Row) -> dict[str, str]:
    return {
        "sheet": row.sheet, "row": str(row.row), "session": row.session,
        "officer_code": row.officer_code, "outcome": row.outcome, "reason": row.reason,
        "attendance": "|".join(row.attendance), "pre": figure(row.pre), "post": figure(row.post),
        "completed": "yes" if row.completed else "no",
    }


def check_totals(report: intake.Report) -> None:
    assert (report.sessions, report.half_days) == (6, 13)
    assert (report.enrolments, report.completed) == (92, 73)
    assert dict(report.marks) == {
        "present": 147, "late": 24, "absent": 14, "excused": 9, "unknown": 4,
    }


def test_every_row_comes_out_as_expected(trained: intake.Report) -> None:
    assert [as_expected(row) for row in trained.rows] == csv_rows(DATA / "training_rows.csv")
    check_totals(trained)


def test_the_database_holds_what_the_report_says(trained: intake.Report) -> None:
    with db.reading() as conn:
        sessions = queries.sessions(conn, year=2018)
        marks: dict[str, int] = {}
        for held in sessions:
            for row in queries.roster(conn, held.id):
                for mark in queries.ordered_marks(held, row):
                    marks[mark] = marks.get(mark, 0) + 1
        assert queries.ward_rounds(conn, 2018) == 3
        assert queries.ward_rounds(conn, 2019) == 0
    assert len(sessions) == 6
    assert {held.state for held in sessions} == {"held"}
    assert sum(held.enrolled for held in sessions) == trained.enrolments == 92
    assert sum(held.completed for held in sessions) == trained.completed == 73
    assert marks == dict(trained.marks)


def test_a_second_import_changes_nothing(trained: intake.Report) -> None:
    again = intake.import_workbook(BOOK, actor=HR, now=YEAR_END)
    assert again.outcomes == {"unchanged": 84, "warned": 8, "refused": 1, "parked": 1}
    check_totals(again)
    with db.reading() as conn:
        versions = conn.execute(text("SELECT max(version) FROM attendance_marks")).scalar()
    assert versions == 1


def test_a_dry_run_stores_nothing(organised: db.Database) -> None:
    report = intake.import_workbook(BOOK, actor=HR, now=YEAR_END, dry_run=True)
    check_totals(report)
    assert not report.stored
    with db.reading() as conn:
        assert queries.sessions(conn) == []


def test_bad_rows_keep_the_file_out_unless_they_may_be_skipped(organised: db.Database) -> None:
    report = intake.import_workbook(BOOK, actor=HR, now=YEAR_END, skip_bad_rows=False)
    assert not report.stored
    with db.reading() as conn:
        assert queries.sessions(conn) == []


def test_an_unreadable_sheet_leaves_nothing_behind(
    organised: db.Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The failure comes with the last class, when five are already written."""
    real = intake._session

    def fails_at_last(conn: object, sheet: workbook.ClassSheet, now: object) -> int:
        if sheet.code == "TH-06":
            raise RuleError("session_conflict", "made to fail")
        return real(conn, sheet, now)  # type: ignore[arg-type]

    monkeypatch.setattr(intake, "_session", fails_at_last)
    with pytest.raises(RuleError):
        intake.import_workbook(BOOK, actor=HR, now=YEAR_END)
    with db.reading() as conn:
        assert queries.sessions(conn) == []
        assert queries.courses(conn) == []


def test_no_phone_number_is_in_the_database(trained: intake.Report, organised: db.Database) -> None:
    with db.reading() as conn:
        for table in Base.metadata.sorted_tables:
            if table.name.startswith(("training", "enrol", "attendance", "test_", "course", "audit")):
                for row in conn.execute(select(table)):
                    assert not any("0900" in str(value) for value in row), table.name
        assert conn.execute(select(func.count()).select_from(Base.metadata.tables["enrolments"])
                            ).scalar() == 92


def test_the_import_is_audited_in_the_same_transaction(trained: intake.Report) -> None:
    with db.reading() as conn:
        rows = conn.execute(
            text("SELECT actor, scope FROM audit_events WHERE action = 'training_imported'")
        ).all()
    assert [tuple(row) for row in rows] == [("hr", "intake")]


def test_a_completed_test_needs_the_pass_mark(
    organised: db.Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """One final mark moved below five takes exactly one completion away."""
    real = workbook.read

    def lowered(path: Path) -> list[workbook.ClassSheet]:
        sheets = real(path)
        first = sheets[0].rows[0]
        rows = (type(first)(**{**first.__dict__, "post": "4,9"}), *sheets[0].rows[1:])
        return [type(sheets[0])(**{**sheets[0].__dict__, "rows": rows}), *sheets[1:]]

    monkeypatch.setattr(workbook, "read", lowered)
    report = intake.import_workbook(BOOK, actor=HR, now=YEAR_END)
    assert report.completed == 72
