"""Ratings, dossiers and counts have one way in, and only ``core.db`` ends a transaction."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests.rules.sources import called, modules

GUARDED = {
    "RatingItem", "RatingErasable", "Attribution", "Ballot", "VoidedBallot", "Dossier",
    "DossierStep", "RatingDay", "RatingMonth", "RatingHour", "RatingReason", "ReleasedCell",
    "EligibleDay", "EligibleMonth", "CommentReading", "CommentCount",
}
GUARDED_TABLES = re.compile(
    r"rating_|attributions|ballots|dossiers|dossier_steps|released_|eligible_|erasable|comment_", re.I
)
WRITERS = {
    "kiosk_app/feedback/intake.py": "the one intake of ratings",
    "kiosk_app/feedback/matching.py": "attributions and ballots of a match",
    "kiosk_app/feedback/commands.py": "drafts, flags, voided ballots, erasures",
    "kiosk_app/feedback/cells.py": "counts changed with their facts",
    "kiosk_app/feedback/readings.py": "comments as read, and their counts",
    "kiosk_app/feedback/recount.py": "cells rebuild, a maintenance command",
    "kiosk_app/dossiers/staging.py": "the one intake of dossiers",
    "kiosk_app/dossiers/intake.py": "runs and findings of that intake",
    "kiosk_app/dossiers/slips.py": "slips count as steps that could be rated",
}
TAMPERING = {
    "tests/campaigns/test_long_export.py": "99,792 cells, for the time of their export; judges no figure",
    "tests/integration/feedback/test_match_by_hand.py": "alters a decision to be found",
    "tests/integration/feedback/test_append_only.py": "tries the triggers",
    "tests/integration/feedback/test_seals.py": "alters rows to be found",
    "tests/rules/test_no_side_doors.py": "this rule",
}
SQL = re.compile(r"\b(?:INSERT\s+(?:OR\s+\w+\s+)?INTO|REPLACE\s+INTO|COPY)\s+([{\"\w]+)", re.I)


def _text(node: ast.AST) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(v) if isinstance(v, ast.Constant) else "{" for v in node.values)
    return ""


def inserts(folder: str) -> Iterator[tuple[str, int, str]]:
    """File, line and table of every insert; ``{`` where the table's name is made at run time."""
    for path, tree in modules(folder).items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and called(node) == "insert" and node.args:
                table = node.args[0]
                named = isinstance(table, ast.Name) and table.id[0].isupper()
                if named or isinstance(table, ast.Name):
                    yield path, node.lineno, table.id if named else "{"  # type: ignore[union-attr]
            for found in SQL.finditer(_text(node)):
                yield path, node.lineno, found[1]


def guarded(table: str) -> bool:
    return table in GUARDED or table.startswith("{") or bool(GUARDED_TABLES.match(table))


def test_the_search_finds_the_known_ways_in() -> None:
    found = {path for path, _line, table in inserts("kiosk_app") if guarded(table)}
    assert set(WRITERS) - {"kiosk_app/dossiers/intake.py"} <= found


def test_the_application_has_no_other_way_in() -> None:
    general = {"kiosk_app/organisation/upserts.py"}
    found = {
        (path, line, table) for path, line, table in inserts("kiosk_app")
        if guarded(table) and path not in WRITERS and path not in general
        and not path.startswith("kiosk_app/migrations/")
    }
    assert found == set()


def test_the_general_upsert_is_asked_for_tables_of_the_organisation_only() -> None:
    users = {
        path for path, tree in modules("kiosk_app").items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom | ast.Import) and "upserts" in ast.unparse(node)
    }
    assert users == {"kiosk_app/organisation/commands.py"}


def test_tests_put_nothing_in_but_through_commands() -> None:
    found = {
        (path, line, table) for path, line, table in inserts("tests")
        if guarded(table) and path not in TAMPERING
    }
    assert found == set()


def test_the_demo_only_calls_commands() -> None:
    writing = [
        (path, node.lineno) for path, tree in modules("kiosk_app/demo").items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        and called(node) in {"insert", "update", "delete", "text"}
    ]
    assert writing == []


def test_only_core_db_begins_and_ends_transactions() -> None:
    allowed = {"kiosk_app/core/db.py", "kiosk_app/schema.py"}
    found = [
        (path, node.lineno, called(node))
        for path, tree in modules("kiosk_app").items()
        if path not in allowed and "/migrations/" not in path
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        and called(node) in {"commit", "rollback", "begin", "begin_nested"}
    ]
    assert found == []


def test_no_object_session_is_used() -> None:
    """A session flushes where nobody sees it; statements run where they are written."""
    found = [
        (path, node.lineno)
        for path, tree in modules("kiosk_app").items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr == "session"
        and isinstance(node.value, ast.Name) and node.value.id == "db"
    ]
    assert found == []
