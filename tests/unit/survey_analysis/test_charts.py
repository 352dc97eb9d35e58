"""What the charts draw, read back from the figure."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from survey_analysis.charts import TrendPoint, draw_trend


def point(share: float | None) -> TrendPoint:
    known = share is not None
    return TrendPoint(
        "10/2018", share, max(0.0, share - 0.05) if known else None,
        min(1.0, share + 0.05) if known else None, "n = 12",
    )


shares = st.lists(st.none() | st.floats(0, 1), min_size=1, max_size=24)


@settings(max_examples=25)
@given(shares)
def test_a_hidden_period_leaves_a_gap_and_no_other_does(values: list[float | None]) -> None:
    axes = draw_trend([point(v) for v in values]).axes[0]
    drawn = np.asarray(axes.lines[0].get_ydata(), dtype=float)
    assert [bool(np.isnan(y)) for y in drawn] == [v is None for v in values]


@settings(max_examples=25)
@given(shares)
def test_no_label_of_the_axis_is_rounded(values: list[float | None]) -> None:
    axes = draw_trend([point(v) for v in values]).axes[0]
    labels = [text.get_text() for text in axes.get_yticklabels()]
    assert len(labels) <= 9
    for tick, label in zip(axes.get_yticks(), labels, strict=True):
        assert abs(tick * 100 - int(label.rstrip("%"))) < 1e-9


def test_the_interval_of_a_lone_period_is_drawn() -> None:
    axes = draw_trend([point(None), point(0.9), point(None)]).axes[0]
    lone = [c for c in axes.collections if len(c.get_paths()) and c.get_linewidths()[0] == 8]
    assert len(lone) == 1
