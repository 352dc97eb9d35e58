"""One row of a dossier file: what is stored of it, or why not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk_app.dossiers import mapping
from kiosk_app.dossiers.judge import CURES, Judge, Known, RefusedError

KNOWN = Known(
    prefixes={"0000012H49": 1, "0002112H49": 2}, unit_refs={"HL-TTHCC": 1, "P-BAICHAY": 2},
    procedures={"1.900001": [(20180101, 20181231, 11), (20190101, 99999999, 12)]}, officers={"CB1": 21},
    postings={21: [(1, 31, 20180101, 20180630), (1, 32, 20180701, 99999999)]},
)
ROW = {
    "code": "000.00.12.H49-181001-0042", "unit": "HL-TTHCC", "procedure": "1.900001",
    "officer": "CB1", "filing_mode": "direct", "received": "2018-10-01 08:00",
    "due": "2018-10-10", "finished": "2018-10-05 09:00", "returned": "2018-10-08 10:00",
    "supplement": "1", "status": "10",
}


def test_a_sound_row() -> None:
    entry = Judge(KNOWN).judge(ROW)
    assert (entry.unit_id, entry.procedure_id, entry.officer_id, entry.counter_id) == (1, 11, 21, 32)
    assert (entry.received_day, entry.due_day, entry.late, entry.tail) == (
        20181001, 20181010, 0, "010042",
    )
    assert entry.received_ms == 1538355600000


@pytest.mark.parametrize(
    ("changed", "outcome", "reason", "field"),
    [
        ({"code": " "}, "refused", "missing_code", "code"),
        ({"code": "12"}, "refused", "code_malformed", "code"),
        ({"code": "000.99.99.H99-181001-0042"}, "parked", "unit_unknown", "code"),
        ({"unit": "P-BAICHAY"}, "refused", "unit_mismatch", "unit"),
        ({"procedure": "7.1"}, "parked", "procedure_unknown", "procedure"),
        ({"officer": "CB9"}, "parked", "officer_unknown", "officer"),
        ({"received": ""}, "refused", "missing_received", "received"),
        ({"received": "2018-02-30"}, "refused", "date_impossible", "received"),
        ({"finished": "2018-10-05 25:00"}, "refused", "date_impossible", "finished"),
        ({"due": "2018-09-30"}, "refused", "due_before_reception", "due"),
        ({"finished": "2018-09-30"}, "refused", "finish_before_reception", "finished"),
        ({"returned": "2018-09-30"}, "refused", "return_before_reception", "returned"),
        ({"returned": "2018-10-04"}, "refused", "return_before_finish", "returned"),
        ({"filing_mode": "fax"}, "refused", "filing_mode_unknown", "filing_mode"),
        ({"supplement": "một"}, "refused", "number_malformed", "supplement"),
    ],
)
def test_what_is_wrong_is_named(
    changed: dict[str, str], outcome: str, reason: str, field: str
) -> None:
    with pytest.raises(RefusedError) as refused:
        Judge(KNOWN).judge(ROW | changed)
    assert refused.value.refusal == (outcome, reason, field)
    assert CURES[reason]


@pytest.mark.parametrize(
    ("received", "version"), [("2018-12-31", 11), ("2019-01-01", 12), ("2017-12-29", 11)]
)
def test_the_version_of_the_day_of_reception_counts(received: str, version: int) -> None:
    row = ROW | {"received": received, "due": "", "finished": "", "returned": ""}
    assert Judge(KNOWN).judge(row).procedure_id == version


@pytest.mark.parametrize(
    ("due", "finished", "late"),
    [("2018-10-10", "2018-10-10 23:59", 0), ("2018-10-10", "2018-10-11 00:00", 1), ("", "", -1)],
)
def test_lateness_is_of_the_day(due: str, finished: str, late: int) -> None:
    row = ROW | {"due": due, "finished": finished, "returned": ""}
    assert Judge(KNOWN).judge(row).late == late


@given(st.fixed_dictionaries({name: st.text(max_size=30) for name in ROW}))
def test_any_text_is_judged_or_refused_with_a_cure(cells: dict[str, str]) -> None:
    reason = "sound"
    try:
        Judge(KNOWN).judge(cells)
    except RefusedError as refused:
        reason = refused.refusal[1]
    assert reason in {"sound", *CURES}


@pytest.mark.parametrize(
    "header",
    ["Họ và tên", "HỌ TÊN NGƯỜI NỘP", "Số CMND/CCCD", "Số điện thoại", "SĐT", "Địa chỉ thường trú",
     "Email", "Ngày sinh", "applicant_name", "Chủ hồ sơ"],
)
def test_personal_headers_are_recognised(header: str) -> None:
    columns = mapping.recognise(["Mã hồ sơ", "Mã TTHC", header, "Ngày tiếp nhận"])
    assert columns.personal == (header,)
    assert 2 not in columns.index.values()
