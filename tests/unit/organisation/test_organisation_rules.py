from __future__ import annotations

from datetime import date

import pytest

from kiosk_app.dossiers.rules import normal_form
from kiosk_app.organisation import rules
from kiosk_app.organisation.records import RowError

PEOPLE = [(1, "Đặng Thị Bích Lan"), (2, "Dương Hữu Trung"), (3, "Dương Hữu  Trung"), (4, "Lê Lan")]


@pytest.mark.parametrize(
    ("name", "officer", "reason"),
    [
        ("đặng  thị BÍCH lan ", 1, ""),
        ("dang thi bich lan", 1, ""),
        ("Đặng Thị Bich Lan", None, "officer_unknown"),
        ("Duong Huu Trung", None, "officer_ambiguous"),
        ("Nguyễn Văn Không", None, "officer_unknown"),
    ],
)
def test_a_name_is_found_without_regard_to_case_space_and_missing_accents(
    name: str, officer: int | None, reason: str
) -> None:
    found = rules.match_name(name, PEOPLE)
    assert (found.officer_id, found.reason) == (officer, reason)


def test_exact_accents_win_over_the_same_letters() -> None:
    found = rules.match_name("Lê Thị Hoa", [(1, "Lê Thị Hoa"), (2, "Lê Thị Hóa")])
    assert found.officer_id == 1


@pytest.mark.parametrize("code", ["000.00.12.H49", "H49.18", "000 OO I2 h49", "０００.21"])
def test_prefix_form_is_the_normal_form_of_dossier_codes(code: str) -> None:
    assert rules.prefix_form(code) == normal_form(code)


def test_the_day_inside_a_code() -> None:
    key = normal_form("000.00.12.H49-180131-0001")
    assert rules.code_day(key, "0000012H49") == date(2018, 1, 31)
    assert rules.code_day("0000012H49189931", "0000012H49") is None


def test_cells_that_cannot_be_read_are_named_with_their_cure() -> None:
    errors: list[RowError] = []
    reader = rules.RowReader(7, {"day": "31/02/2018", "n": "-1", "k": "x", "empty": None}, errors)
    assert reader.day("day") is None
    assert reader.number("n") is None
    reader.choice("k", ("a", "b"))
    reader.text("empty", required=True)
    assert [(e.row, e.column, e.reason) for e in errors] == [
        (7, "day", "date_impossible"), (7, "n", "not_a_number"), (7, "k", "unknown_value"),
        (7, "empty", "missing"),
    ]
    assert all(e.cure for e in errors)


def test_numbers_and_days_in_both_spellings() -> None:
    errors: list[RowError] = []
    cells = {"a": "0,5", "b": "12.5", "c": "21/02/2018", "d": "2018-02-21"}
    reader = rules.RowReader(2, cells, errors)
    assert (reader.number("a"), reader.number("b")) == (0.5, 12.5)
    assert reader.day("c") == reader.day("d") == date(2018, 2, 21)
    assert not errors
