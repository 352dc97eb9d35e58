"""House style: one colour for figures, uncertainty always drawn, text stays text.

One unit is one CSS pixel at the width a chart is shown, so letters of 11 and more stay readable on
a tablet. The finding is the heading beside the chart; inside there is no title, legend or frame.
"""

from __future__ import annotations

import math
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.text import Text

INK, INK2, INK3 = "#12282D", "#3F565B", "#526669"
LINE, LINE2, PAGE, SURFACE = "#D5E0DD", "#BACAC7", "#EFF4F2", "#FFFFFF"
SEA, SEA_DARK, SEA_MID, SEA_SOFT, SEA_MIST = "#0B5E66", "#06444B", "#2E8C8E", "#D6EAE7", "#BFDEDA"
ALARM = "#A8321F"
LEVEL_FILLS = ("#DF6653", "#F0A05C", "#F6E49A", "#A5D8D0", "#3E9FA0")
LEVEL_LINES = ("#A8321F", "#A65A10", "#86690A", "#2C7F7C", "#0B5E66")
HEAT = ("#E5806B", "#F2B07A", "#F7F1DC", "#BFDEDA", "#62AEAC")
SMALL, NORMAL, LARGE = 11.5, 13.0, 15.0
PIXELS_AN_INCH = 72
SETTINGS: dict[Any, Any] = {
    "svg.fonttype": "none", "svg.hashsalt": "kiosk", "font.family": ["Be Vietnam Pro"],
    "font.size": NORMAL, "text.color": INK2, "axes.labelcolor": INK2, "xtick.color": INK2,
    "ytick.color": INK2, "axes.edgecolor": LINE2, "axes.linewidth": 1, "axes.spines.top": False,
    "axes.spines.right": False, "axes.spines.left": False, "axes.grid": True,
    "axes.grid.axis": "y", "grid.color": LINE, "grid.linewidth": 1, "axes.axisbelow": True,
    "xtick.major.size": 0, "ytick.major.size": 0, "xtick.major.pad": 7, "ytick.major.pad": 7,
    "lines.linewidth": 2.2, "lines.solid_capstyle": "round", "axes.unicode_minus": True,
    "figure.facecolor": "none", "axes.facecolor": "none", "savefig.facecolor": "none",
}


@cache
def prepare() -> None:
    """Load matplotlib, a second that a program without charts does not wait for, and its settings.

    They are set once and never changed: ``rc_context`` is not safe in threads.
    """
    import matplotlib.backends.backend_agg
    import matplotlib.backends.backend_svg
    import matplotlib.figure
    from matplotlib import font_manager

    folder = resources.files("survey_analysis.charts").joinpath("fonts")
    for weight in (400, 600, 700):
        with resources.as_file(folder.joinpath(f"BeVietnamPro-{weight}.ttf")) as path:
            font_manager.fontManager.addfont(str(path))
    matplotlib.rcParams.update(SETTINGS)


def figure(width: float, height: float) -> Figure:
    """An empty figure in pixels, without frame."""
    prepare()
    from matplotlib.figure import Figure

    return Figure(
        figsize=(width / PIXELS_AN_INCH, height / PIXELS_AN_INCH), dpi=PIXELS_AN_INCH,
        facecolor="none",
    )


def axes_at(drawn: Figure, left: float, top: float, right: float, bottom: float) -> Axes:
    """Axes that leave the given margins in pixels."""
    width, height = (size * PIXELS_AN_INCH for size in drawn.get_size_inches())
    return drawn.add_axes((
        left / width, bottom / height, (width - left - right) / width,
        (height - top - bottom) / height,
    ))


def write(axes: Axes, x: float, y: float, text: str, **how: Any) -> Text:
    """Text in the axes' coordinates; dark grey unless told otherwise."""
    how.setdefault("color", INK2)
    how.setdefault("va", "center")
    return axes.text(x, y, text, **how)


def bare(axes: Axes) -> None:
    """No grid, ticks and lines of the axes."""
    axes.grid(visible=False)
    axes.set_xticks([])
    axes.set_yticks([])
    for side in axes.spines.values():
        side.set_visible(False)


def shorten(text: str, letters: int) -> str:
    """``text`` with an ellipsis where it is longer than ``letters``."""
    return text if len(text) <= letters else text[: letters - 1].rstrip() + "…"


def round_step(rough: float) -> float:
    """The smallest of 1, 2, 5, 10, 20, … that is not below ``rough``."""
    size: float = 10.0 ** math.floor(math.log10(max(rough, 1)))
    return next(size * k for k in (1, 2, 5, 10) if size * k >= rough)


def ticks_between(low: float, high: float, most: int = 5) -> list[float]:
    """Up to ``most`` round values within low … high (shares: whole percents)."""
    span = max(high - low, 1e-9)
    for step in (0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5, 1.0):
        if span / step <= most:
            first = math.ceil(round(low / step, 9))
            last = math.floor(round(high / step, 9))
            return [round(i * step, 10) for i in range(first, last + 1)]
    return [low, high]
