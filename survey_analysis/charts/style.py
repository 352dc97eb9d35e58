"""House style: one colour for figures, uncertainty always drawn, text stays text."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SEA, SEA_SOFT, INK, INK2, LINE = "#0B5E66", "#D6EAE7", "#12282D", "#3F565B", "#D5E0DD"
LEVEL_FILLS = ("#DF6653", "#F0A05C", "#F6E49A", "#A5D8D0", "#3E9FA0")
LEVEL_INKS = ("#12282D", "#12282D", "#12282D", "#12282D", "#12282D")
SETTINGS: dict[Any, Any] = {
    "svg.fonttype": "none", "svg.hashsalt": "kiosk", "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"], "font.size": 10,
}


@cache
def prepare() -> None:
    """Load matplotlib, a second that a program without charts does not wait for, and its settings.

    They are set once and never changed: ``rc_context`` is not safe in threads.
    """
    import matplotlib.backends.backend_svg
    import matplotlib.figure

    matplotlib.rcParams.update(SETTINGS)


def figure(width: float, height: float) -> Figure:
    """An empty figure in inches at 100 px an inch, without frame."""
    prepare()
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), dpi=100, facecolor="none")
