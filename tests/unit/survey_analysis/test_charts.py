"""Charts: deterministic, well-formed, without inline style, with their words as text."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from survey_analysis.charts import TrendPoint, draw_levels, draw_trend, to_svg


def svg() -> bytes:
    points = [TrendPoint(f"Th {i}", 0.9 + i / 100, 0.88, 0.95, "n = 1.234") for i in range(1, 5)]
    points.append(TrendPoint("Th 5", None, None, None, "ẩn"))
    return to_svg(draw_trend(points), name="t", title="Xu hướng", description="Tỷ lệ hài lòng")


def test_the_same_figures_give_the_same_bytes() -> None:
    assert svg() == svg()


def test_strict_content_policy_holds() -> None:
    text = svg().decode()
    assert "style=" not in text
    assert "<style" not in text
    ET.fromstring(text)


def test_vietnamese_words_stay_text() -> None:
    labels = ["Rất không hài lòng", "Không hài lòng", "Bình thường", "Hài lòng", "Rất hài lòng"]
    text = to_svg(draw_levels([1, 2, 3, 4, 5], labels, ["1"] * 5), name="l", title="Phân bố",
                  description="Năm mức").decode()
    assert all(label in text for label in labels)
