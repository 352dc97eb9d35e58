"""Vietnamese order: letters before tones, shorter words first."""

from __future__ import annotations

from random import Random

from kiosk_app.core.collation import alphabetical, sought

IN_ORDER = ["An", "Án", "Anh", "Ăn", "Ân", "Bình", "Dũng", "Đạt", "E", "Ê", "Lan", "Làn", "Lản", "Lãn",
            "Lán", "Lạn", "Lan Anh", "Lành", "Oanh", "Ô", "Ơn", "Sơn", "Uyên", "Ưng", "Yến"]


def test_names_stand_as_in_a_dictionary() -> None:
    mixed = IN_ORDER.copy()
    Random(1).shuffle(mixed)
    assert sorted(mixed, key=alphabetical) == IN_ORDER


def test_what_is_typed_without_marks_finds_names_with_them_and_not_the_other_way_round() -> None:
    names = ["Đỗ Hữu Nam", "Phường Hà Khẩu", "Dương Thị Bích Trang", "Hà Trung"]
    found = {typed: [one for one in names if sought(typed)(one)]
             for typed in ("ha", "do huu nam", "Hà", "hạ", "duong  thi", "hà khau", "Đo")}
    assert found == {
        "ha": ["Phường Hà Khẩu", "Hà Trung"], "do huu nam": ["Đỗ Hữu Nam"],
        "Hà": ["Phường Hà Khẩu", "Hà Trung"], "hạ": [], "duong  thi": ["Dương Thị Bích Trang"],
        "hà khau": [], "Đo": [],
    }
