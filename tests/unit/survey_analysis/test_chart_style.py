"""Every chart: readable, unclipped, told in words and figures, the same bytes each time."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from itertools import combinations
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from matplotlib.text import Text

from survey_analysis import Interval
from survey_analysis.charts import (
    ENGLISH,
    VIETNAMESE,
    Chart,
    ControlPoint,
    CoverageRow,
    EventPoint,
    FunnelLimits,
    FunnelPoint,
    HeatCell,
    LevelRow,
    ReasonCount,
    WhiskerRow,
    Words,
    coverage,
    event_study,
    funnel,
    heat,
    levels,
    pareto,
    slope,
    time_cut,
    trend,
    whiskers,
)
from survey_analysis.charts.style import ALARM, HEAT, INK, LEVEL_FILLS, SEA, SEA_MID, SURFACE

LONG = "Cấp Giấy chứng nhận quyền sử dụng đất, quyền sở hữu nhà ở"


def _limits(centre: float = 0.93) -> FunnelLimits:
    n = list(range(8, 400, 8))
    half = [(centre * (1 - centre) / k) ** 0.5 for k in n]
    return FunnelLimits(
        n, [max(0, centre - 1.96 * h) for h in half], [min(1, centre + 1.96 * h) for h in half],
        [max(0, centre - 3.09 * h) for h in half], [min(1, centre + 3.09 * h) for h in half],
    )


def _control(k: int) -> list[ControlPoint]:
    return [
        ControlPoint(f"T{i}/2018", None if i == 4 else 0.8 if i == 6 else 0.93 + 0.005 * (i % 3),
                     None if i == 4 else 300, 0.88, 0.98, signal=i == 2)
        for i in range(k)
    ]


FULL: dict[str, Callable[[Words], Chart]] = {
    "trend": lambda w: trend(_control(18), 0.93, target=0.95, breaks=[(9, "2018", "2019")], words=w),
    "trend, one point": lambda w: trend(_control(1), 0.93, words=w),
    "funnel": lambda w: funnel(
        [FunnelPoint(f"Quầy {i}", 20 + 9 * i, 0.9 + 0.002 * i) for i in range(36)]
        + [FunnelPoint(LONG, 200, 0.8, review=True)], 0.93, _limits(), words=w),
    "whiskers": lambda w: whiskers(
        [WhiskerRow("Bùi Thanh Tâm", 0.96, 0.93, 0.98, 212), WhiskerRow(LONG, None, None, None, None),
         WhiskerRow("Đỗ Văn Khải", 0.86, 0.8, 0.9, 1234, "thấp hơn rõ rệt", alarm=True)],
        overall=0.93, band=(0.92, 0.94), words=w),
    "levels": lambda w: levels([LevelRow("", (5, 6, 5, 69, 122))], words=w),
    "levels, rows": lambda w: levels(
        [LevelRow(LONG, (5, 6, 5, 69, 122)), LevelRow("Phường Hồng Hải", None),
         LevelRow("Không ai", (0, 0, 0, 0, 0))], words=w),
    "heat": lambda w: heat(
        {(d, h): HeatCell(0.85 + 0.01 * (d + h), 40 + d) for d in range(6) for h in range(8)}
        | {(5, 7): HeatCell(None, None)}, [(h, f"{7 + h}:30") for h in range(8)], words=w),
    "pareto": lambda w: pareto(
        [ReasonCount("Phải bổ sung nhiều lần", "Thủ tục", 71), ReasonCount(LONG, "Kết quả", 30)]
        + [ReasonCount(f"Lý do {i}", "Công chức", 20 - i) for i in range(10)], words=w),
    "event": lambda w: event_study(
        [EventPoint(t, 3.0 * (t >= 0), 3.0 * (t >= 0) - 2, 3.0 * (t >= 0) + 2)
         for t in range(-8, 9) if t != -1], Interval(3.1, 1.4, 4.8), title="Lớp 18–19/10/2018", words=w),
    "event, unsure": lambda w: event_study(
        [EventPoint(t, 0.5, -2, 3) for t in (-3, -2, 0, 1)], Interval(0.5, -2, 3), title="Lớp", words=w),
    "coverage": lambda w: coverage(
        [CoverageRow("Quầy 3", 48, 100), CoverageRow("Quầy 10", 12, 100, "Máy tắt 6 ngày"),
         CoverageRow("Quầy 11", 0, 0)], target=0.3, alarm=0.2, words=w),
    "slope": lambda w: slope([50, 60, 70, 40], [70, 55, 90, 60], words=w),
    "time": lambda w: time_cut([3] * 40 + [9] * 80 + [20] * 12, 18, 30, words=w),
}
EMPTY: dict[str, Callable[[Words], Chart]] = {
    "trend": lambda w: trend([], 0.9, words=w),
    "funnel": lambda w: funnel([], 0.9, FunnelLimits([], [], [], [], []), words=w),
    "whiskers": lambda w: whiskers([], words=w),
    "levels": lambda w: levels([], words=w),
    "heat": lambda w: heat({}, [], words=w),
    "pareto": lambda w: pareto([], words=w),
    "event": lambda w: event_study([], None, title="", words=w),
    "coverage": lambda w: coverage([], words=w),
    "slope": lambda w: slope([], [], words=w),
    "time": lambda w: time_cut([], 18, words=w),
}
CASES = [(name, words) for name in FULL for words in (VIETNAMESE, ENGLISH)]
IDS = [f"{name} {'vi' if words is VIETNAMESE else 'en'}" for name, words in CASES]


@cache
def full(name: str, words: Words) -> Chart:
    return FULL[name](words)


def _texts(drawn: Chart) -> list[tuple[Text, object]]:
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    canvas = FigureCanvasAgg(drawn.figure)
    canvas.draw()
    renderer = canvas.get_renderer()
    found = [t for t in drawn.figure.findobj(Text) if t.get_visible() and t.get_text().strip()]
    return [(t, t.get_window_extent(renderer)) for t in found]


@pytest.mark.parametrize(("name", "words"), CASES, ids=IDS)
def test_letters_are_large_enough_unclipped_and_apart(name: str, words: Words) -> None:
    drawn = full(name, words)
    width, height = drawn.figure.get_size_inches() * drawn.figure.get_dpi()
    texts = _texts(drawn)
    for text, box in texts:
        assert text.get_fontsize() >= 11, text.get_text()
        assert box.x0 >= -0.5, text.get_text()  # type: ignore[attr-defined]
        assert box.y0 >= -0.5, text.get_text()  # type: ignore[attr-defined]
        assert box.x1 <= width + 0.5, text.get_text()  # type: ignore[attr-defined]
        assert box.y1 <= height + 0.5, text.get_text()  # type: ignore[attr-defined]
    for (a, first), (b, second) in combinations(texts, 2):
        wide = min(first.x1, second.x1) - max(first.x0, second.x0)  # type: ignore[attr-defined]
        high = min(first.y1, second.y1) - max(first.y0, second.y0)  # type: ignore[attr-defined]
        assert wide <= 1 or high <= 4, f"{a.get_text()!r} lies over {b.get_text()!r}"


@pytest.mark.parametrize(("name", "words"), CASES, ids=IDS)
def test_svg_needs_no_inline_style_and_says_what_it_shows(name: str, words: Words) -> None:
    drawn = full(name, words)
    body = drawn.svg("x", "Tiêu đề <&>")
    root = ET.fromstring(body)
    text = body.decode()
    assert "style=" not in text
    assert "<style" not in text
    assert "<metadata" not in text
    assert root.attrib["role"] == "img"
    ids = re.findall(r' id="([^"]+)"', text)
    assert len(ids) == len(set(ids))
    assert all(i.startswith("x-") for i in ids)
    for target in re.findall(r'(?:href="#|url\(#)([^")]+)', text):
        assert target in ids
    assert root[1].text == drawn.alt
    assert len(drawn.alt) > 20
    assert drawn.table.rows
    assert "nan" not in f"{drawn.table.rows}{drawn.alt}".lower().replace("thanh", "")
    assert {len(row) for row in drawn.table.rows} == {len(drawn.table.columns)}


@pytest.mark.parametrize("name", FULL)
def test_the_same_figures_give_the_same_bytes(name: str) -> None:
    again = FULL[name](VIETNAMESE)
    assert again.svg("x", "t") == full(name, VIETNAMESE).svg("x", "t")
    if name in ("trend", "heat"):
        assert again.png(scale=1) == again.png(scale=1)


@pytest.mark.parametrize("name", EMPTY)
def test_without_figures_a_chart_says_so(name: str) -> None:
    drawn = EMPTY[name](VIETNAMESE)
    assert drawn.alt in (VIETNAMESE.too_few, f"{VIETNAMESE.event_unsure}.")
    assert drawn.table.rows == ()
    ET.fromstring(drawn.svg("x", "t"))


def test_hidden_figures_are_neither_drawn_nor_told() -> None:
    drawn = whiskers([WhiskerRow("Quầy 1", None, None, None, None)], overall=0.9)
    assert "ẩn" in [t.get_text() for t, _ in _texts(drawn)]
    assert drawn.table.rows == (("Quầy 1", None, None, None, None, ""),)
    cells = heat({(0, 0): HeatCell(None, None)}, [(0, "7:30")])
    assert cells.table.rows == (("Thứ 2", "7:30", None, None),)


def test_only_what_lies_outside_is_in_the_alarm_colour_and_has_another_form() -> None:
    axes = trend(_control(9), 0.93).figure.axes[0]
    alarmed = [line for line in axes.lines if line.get_color() == ALARM]
    assert [line.get_marker() for line in alarmed] == ["D"]
    assert ALARM not in [t.get_color() for t, _ in _texts(trend(_control(4), 0.93))]


def test_a_bar_chart_begins_at_zero() -> None:
    for drawn in (full("pareto", VIETNAMESE), full("levels", VIETNAMESE)):
        assert drawn.figure.axes[0].get_xlim()[0] == 0
    assert full("time", VIETNAMESE).figure.axes[0].get_ylim()[0] == 0


def test_numbers_follow_the_language() -> None:
    assert VIETNAMESE.number(139000.5) == "139.000,5"
    assert ENGLISH.number(139000.5) == "139,000.5"
    assert VIETNAMESE.signed(-0.8) == "−0,8"
    assert VIETNAMESE.signed(3.1) == "+3,1"
    assert VIETNAMESE.signed(-0.001) == "0,0"
    assert VIETNAMESE.percent(0.9825, 2) == "98,25%"
    fields = VIETNAMESE.__dataclass_fields__
    same = [f for f in fields if getattr(VIETNAMESE, f) == getattr(ENGLISH, f)]
    assert same == ["n", "levels_alt"]


# Machado, Oliveira & Fernandes 2009, severity 1.0, linear RGB.
BLINDNESS = {
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
               [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
               [-0.011820, 0.042940, 0.968881]],
    "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
               [0.004733, 0.691367, 0.303900]],
    "none": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
}


def _linear(colour: str) -> np.ndarray:
    rgb = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def _lab(linear: np.ndarray) -> np.ndarray:
    xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]) @ linear
    t = xyz / np.array([0.95047, 1.0, 1.08883])
    f = np.where(t > (6 / 29) ** 3, np.cbrt(t), t / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def difference(first: str, second: str, kind: str) -> float:
    """ΔE (CIE 1976) of two colours as a person with that colour vision sees them."""
    matrix = np.array(BLINDNESS[kind])
    a, b = (_lab(np.clip(matrix @ _linear(c), 0, 1)) for c in (first, second))
    return float(np.linalg.norm(a - b))


def contrast(first: str, second: str) -> float:
    weights = np.array([0.2126, 0.7152, 0.0722])
    light, dark = sorted((float(weights @ _linear(c)) + 0.05 for c in (first, second)), reverse=True)
    return light / dark


@pytest.mark.parametrize("kind", BLINDNESS)
def test_neighbouring_levels_differ_for_the_colour_blind(kind: str) -> None:
    for a, b in zip(LEVEL_FILLS, LEVEL_FILLS[1:], strict=False):
        assert difference(a, b, kind) >= 10, (a, b)
    assert difference(LEVEL_FILLS[0], LEVEL_FILLS[4], kind) >= 20
    assert difference(HEAT[0], HEAT[-1], kind) >= 20
    assert difference(SEA, ALARM, kind) >= 15
    assert difference(SEA_MID, ALARM, kind) >= 15


def test_ink_is_readable_on_every_fill() -> None:
    from matplotlib.colors import LinearSegmentedColormap, to_hex

    scale = LinearSegmentedColormap.from_list("share", list(HEAT))
    fills = [*LEVEL_FILLS, *(to_hex(scale(x)) for x in np.linspace(0, 1, 50)), SURFACE]
    assert min(contrast(INK, fill) for fill in fills) >= 4.5
    assert contrast(ALARM, SURFACE) >= 4.5


def test_importing_charts_and_text_loads_nothing_heavy() -> None:
    program = (
        "import sys, survey_analysis.charts, survey_analysis.text\n"
        "print([m for m in ('matplotlib', 'scipy.stats', 'statsmodels', 'yaml') if m in sys.modules])\n"
        "from survey_analysis.charts import time_cut\n"
        "time_cut([1], 2).svg('x', 't')\n"
        "print('matplotlib.pyplot' in sys.modules)"
    )
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True)
    assert found.stdout.split("\n")[:2] == ["[]", "False"]
