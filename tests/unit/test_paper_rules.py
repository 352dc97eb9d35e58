"""What is keyed from paper: days as people write them, reasons by number, differences told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk_app.core.errors import RuleError
from kiosk_app.paper import rules
from kiosk_app.paper.records import Keyed
from kiosk_app.questionnaires import builtin

TODAY = date(2018, 10, 15)
NUMBERS = {tile["n"]: tile["codes"] for tile in builtin.numbered("vi")}
KEYED = Keyed("000.00.12.H49-181001-0042", "", 2, ("cho_lau",), "Chờ  lâu", 20181015)


def _read(**typed: str) -> Keyed:
    return rules.read_form({"level": "5", **typed}, by_number=NUMBERS, today=TODAY)


@pytest.mark.parametrize(("text", "day"), [
    ("", 20181015), ("15", 20181015), ("14", 20181014), ("16", 20180916), ("3/9", 20180903),
    ("20/12", 20171220), ("1-10-2018", 20181001), ("01.10.18", 20181001),
])
def test_a_day_is_the_last_one_that_is_meant(text: str, day: int) -> None:
    assert _read(day=text).day == day


@pytest.mark.parametrize(("field", "text", "code"), [
    ("day", "31/2", "day_unreadable"), ("day", "mai", "day_unreadable"),
    ("day", "16/10/2018", "day_out_of_range"), ("day", "1/1/2015", "day_out_of_range"),
    ("level", "6", "level_out_of_range"), ("level", "", "level_out_of_range"),
    ("reasons", "1 99", "reason_unknown"), ("reasons", "chờ", "reason_unknown"),
    ("code", "---", "code_unreadable"), ("step", "x", "step_unknown"),
    ("comment", "a" * 2001, "comment_too_long"),
])
def test_what_cannot_be_read_names_its_field(field: str, text: str, code: str) -> None:
    with pytest.raises(RuleError) as refused:
        _read(**{field: text})

    assert (refused.value.code, refused.value.field) == (code, field)


def test_numbers_become_the_reasons_printed_beside_them() -> None:
    assert _read(reasons="1, 11 3").reasons == (
        "cho_lau", "noi_cho_thuan_tien", "bo_sung_nhieu", "giay_to_ruom_ra",
    )


def test_two_keyings_that_mean_the_same_do_not_differ() -> None:
    same = replace(KEYED, code="000 00 12 h49 181oo1 0042", comment="Chờ lâu")

    assert rules.differences(KEYED, same) == ()


@given(st.sampled_from(["code", "level", "reasons", "comment", "day", "step"]))
def test_a_difference_in_any_field_is_told(name: str) -> None:
    changed: dict[str, object] = {
        "code": "H49.18-181001-0043", "level": 3, "reasons": (), "comment": "Khác", "day": 20181014,
        "step": "return",
    }

    assert rules.differences(KEYED, replace(KEYED, **{name: changed[name]})) == (name,)  # type: ignore[arg-type]


def test_six_digits_travel_as_a_hint_and_a_morning_form_is_not_ahead() -> None:
    now = datetime(2018, 10, 15, 1, 0, tzinfo=UTC)
    item = rules.as_item(replace(KEYED, code="15 0042"), "x", questionnaire="sao5@1", now=now)

    assert (item["receipt"], item["receipt_hint"]) == (None, "150042")
    assert item["rated_at"] == now.isoformat()


def test_a_form_survives_its_storage() -> None:
    assert rules.from_json({**rules.as_json(KEYED), "reasons": ["cho_lau"]}) == KEYED
