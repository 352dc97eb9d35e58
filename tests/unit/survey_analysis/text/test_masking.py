"""Personal data in comments: every spelling of it, and nothing that only looks like it."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey_analysis.text import find_personal_data, mask, mask_all, strip_marks
from tests.unit.survey_analysis.text.comments import (
    HALVES,
    labelled,
    masking_agreement,
    sample_year,
)

KINDS = {"dossier_code", "email", "phone", "identity_number", "plate", "name"}


@pytest.mark.parametrize(("text", "masked"), [
    ("gọi 0912345678 hoặc 84 912 345 678", "gọi [số điện thoại] hoặc [số điện thoại]"),
    ("+84.912.345.678 / 0084 912 345 678", "[số điện thoại] / [số điện thoại]"),
    ("SĐT:0912345678.", "SĐT:[số điện thoại]."),
    ("0 9 1 2 3 4 5 6 7 8", "[số điện thoại]"),
    ("0912/345/678", "[số điện thoại]"),
    ("không chín một hai ba bốn năm sáu bảy tám", "[số điện thoại]"),
    ("khong chin mot hai ba bon nam sau bay tam", "[số điện thoại]"),
    ("số bàn 02033.825.123", "số bàn [số điện thoại]"),
    ("CCCD:001099012345", "CCCD:[số giấy tờ]"),
    ("cccd 001-099-012345 và 001 099 012 345", "cccd [số giấy tờ] và [số giấy tờ]"),
    ("cmt 1 0 0 2 3 4 5 6 7", "cmt [số giấy tờ]"),
    ("hộ chiếu C1234567", "hộ chiếu [số giấy tờ]"),
    ("biển 14A1 - 234.56, 51F-123.45, 80A 123.45", "biển [biển số xe], [biển số xe], [biển số xe]"),
    ("14MĐ1-123.45", "[biển số xe]"),
    ("abc.def@gmail.com hay abc(at)gmail.com", "[thư điện tử] hay [thư điện tử]"),
    ("abc a còng gmail chấm com", "[thư điện tử]"),
    ("h49.18 190221 0001", "[mã hồ sơ]"),
    ("000.00.18.h49–190221–12345", "[mã hồ sơ]"),
    ("TC-190221-0004", "[mã hồ sơ]"),
    ("ANH TUẤN QUẦY 5 QUÁT DÂN", "ANH [tên người] QUẦY 5 QUÁT DÂN"),
    ("CÁN BỘ NGUYỄN VĂN HÙNG RẤT TỐT", "CÁN BỘ [tên người] RẤT TỐT"),
    ("em Nguyen Thi Lan", "em [tên người]"),
    ("tôi tên là nguyễn văn an", "tôi tên là [tên người]"),
    ("cô Hòa, cô Hoà", "cô [tên người], cô [tên người]"),
    ("Nguyễn Thị Mai Hương làm ẩu", "[tên người] làm ẩu"),
    ("chị lan quầy 3", "chị [tên người] quầy 3"),
])
def test_every_spelling_is_masked(text: str, masked: str) -> None:
    assert mask(text).text == masked
    assert mask(unicodedata.normalize("NFD", text)).text == masked


@pytest.mark.parametrize("text", [
    "thu 15.000.000 đồng; nộp 120.000.000đ", "ngày 21.02.2019 08:44 số 12", "ngày 07.12.2018 09:30",
    "thủ tục 1.004203.000.00.00.H49", "hotline 19001234, 1800 1234", "CÁN BỘ THÀNH THẠO, LỊCH SỰ",
    "cán bộ thành thạo", "Cán bộ Hộ tịch, cán bộ Tư pháp nhiệt tình", "Anh Chị làm tốt lắm",
    "nhà ở đường Nguyễn Văn Cừ, phường Bạch Đằng", "tôi ở Hạ Long, gần chợ Hồng Gai",
    "anh bảo chờ, chị thu hồ sơ, cô hướng dẫn", "Cán Bộ Một Cửa Phường Bạch Đằng", "3 lần, 15 phút",
    "", "   ",
])
def test_what_only_looks_like_it_stays(text: str) -> None:
    assert mask(text).text == text


@pytest.mark.parametrize("half", HALVES)
def test_precision_and_recall_on_the_labelled_comments(half: str) -> None:
    rows = masking_agreement(labelled(half))
    assert set(rows) == KINDS
    for kind, (whole, extra, missed) in rows.items():
        assert whole / (whole + missed) >= 0.95, kind
        assert whole / (whole + extra) >= 0.9, kind


def test_without_marks_the_same_is_found() -> None:
    """Only given names in small letters need their marks."""
    whole = missed = 0
    for comment in (*labelled("development"), *labelled("held_back")):
        bare = strip_marks(unicodedata.normalize("NFC", comment.text))
        found = find_personal_data(bare)
        for start, end, kind in comment.spans:
            hit = any(s.kind == kind and s.start <= start and end <= s.end for s in found)
            whole, missed = whole + hit, missed + (not hit)
    assert whole / (whole + missed) >= 0.95


def test_the_sample_year_keeps_nothing_personal() -> None:
    planted = [r["text"] for r in sample_year()["planted_comments"] if r["kind"] == "personal_data"]
    assert len(planted) == 30
    for text in mask_all(planted):
        assert "Mẫu" not in text
        assert not any(c.isdigit() for c in text.replace("quầy 3", ""))
        assert "@" not in text


def test_comments_without_personal_data_stay_as_they_are() -> None:
    rows = sample_year()
    innocent = [r["text"] for r in rows["labelled_comments"]]
    innocent += [r["text"] for r in rows["planted_comments"] if r["kind"] == "injection"]
    assert len(innocent) == 206
    assert [t for t in innocent if find_personal_data(t)] == []


@given(st.text(max_size=80))
def test_masking_twice_changes_nothing_and_places_hold(text: str) -> None:
    once = mask(text)
    composed = unicodedata.normalize("NFC", text)
    assert mask(once.text).text == once.text
    ends = [0, *(x for s in once.spans for x in (s.start, s.end)), len(composed)]
    assert ends == sorted(ends)


@given(st.text(alphabet="0123456789", min_size=8, max_size=8), st.sampled_from("35789"),
       st.sampled_from(["", " ", ".", "-"]), st.sampled_from(["0", "+84", "84"]))
def test_any_mobile_number_is_found(rest: str, network: str, gap: str, prefix: str) -> None:
    digits = network + rest
    number = prefix + gap + gap.join((digits[:3], digits[3:6], digits[6:]))
    assert mask(f"gọi {number} nhé").text == "gọi [số điện thoại] nhé"


def test_labels_are_given_in_the_readers_language() -> None:
    labels = {k: f"<{k}>" for k in KINDS}
    assert mask("chị Lan 0912345678", labels).text == "chị <name> <phone>"
