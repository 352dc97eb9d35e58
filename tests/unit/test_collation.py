"""Vietnamese order: letters before tones, shorter words first."""

from __future__ import annotations

from random import Random

from kiosk_app.core.collation import alphabetical

IN_ORDER = ["An", "Án", "Anh", "Ăn", "Ân", "Bình", "Dũng", "Đạt", "E", "Ê", "Lan", "Làn", "Lản", "Lãn",
            "Lán", "Lạn", "Lan Anh", "Lành", "Oanh", "Ô", "Ơn", "Sơn", "Uyên", "Ưng", "Yến"]


def test_names_stand_as_in_a_dictionary() -> None:
    mixed = IN_ORDER.copy()
    Random(1).shuffle(mixed)
    assert sorted(mixed, key=alphabetical) == IN_ORDER
