"""Why a rating waits: the first cause that applies, and codes one slip of a finger away."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk_app.dossiers.rules import normal_form
from kiosk_app.feedback.causes import Cause, cause_of, is_code, neighbours, one_away

CODE = normal_form("000.00.12.H49-181015-0042")


@pytest.mark.parametrize("code", [
    "000.00.12.H49-181015-0042", "H49.18-190221-0001", "H56.14-240823-000123", "000.00.06.H56-231027-0361",
])
def test_codes_in_the_wild_are_codes(code: str) -> None:
    assert is_code(normal_form(code))


@pytest.mark.parametrize("text", ["", "0912345678", "nguyen van mau", "H49-189915-0042", "12"])
def test_other_texts_are_not(text: str) -> None:
    assert not is_code(normal_form(text))


@given(st.text("0123456789", min_size=6, max_size=10), st.data())
def test_every_single_slip_leads_back(digits: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(digits) - 1))
    digit = data.draw(st.sampled_from("0123456789"))
    wrong = digits[:at] + digit + digits[at + 1 :]
    if wrong != digits:
        assert digits in set(one_away(wrong))
    left_out = digits[:at] + digits[at + 1 :]
    assert digits in set(one_away(left_out))
    twice = digits[:at] + digits[at] + digits[at:]
    assert digits in set(one_away(twice))


def test_a_wrong_prefix_leads_to_the_units_own() -> None:
    wrong = normal_form("000.00.99.H49-181015-0042")

    assert CODE in neighbours(wrong, CODE[:-10])


def _cause(key: str | None, **more: object) -> Cause:
    given_ = {"unit_of_code": 1, "unit_id": 1, "fitting": 0, "near": ()} | more
    return cause_of(receipt_key=key, **given_)  # type: ignore[arg-type]


def test_the_first_cause_that_applies_is_told() -> None:
    assert _cause(CODE) == Cause.NOT_IMPORTED
    assert _cause(CODE, near=["X"]) == Cause.TYPED_WRONGLY
    assert _cause(CODE, unit_of_code=2) == Cause.OTHER_UNIT
    assert _cause(CODE, unit_of_code=None) == Cause.OTHER_UNIT
    assert _cause(CODE, unit_of_code=2, unit_id=0) == Cause.NOT_IMPORTED
    assert _cause("ABC") == Cause.NONSENSE
    assert _cause(None, fitting=2, near=["X", "Y"]) == Cause.TIE
    assert _cause(None, near=["X"]) == Cause.TYPED_WRONGLY
    assert _cause(None) == Cause.NOT_IMPORTED
