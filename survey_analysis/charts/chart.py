"""A drawn figure together with what it says and the figures behind it."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from survey_analysis.charts.svg import to_svg

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Cell = str | int | float | None


@dataclass(frozen=True)
class Table:
    """The figures of a chart.

    Attributes
    ----------
    columns : tuple of str
        Headings in the reader's language.
    rows : tuple of tuple
        Shares as 0–1, hidden values None.

    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True)
class Chart:
    """A figure, its text alternative and its table.

    Attributes
    ----------
    figure : matplotlib.figure.Figure
        For further drawing or another format.
    alt : str
        What a person who cannot see it needs to know, in one or two sentences.
    table : Table
        The underlying figures, hidden ones left out.

    """

    figure: Figure
    alt: str
    table: Table

    def svg(self, name: str, title: str) -> bytes:
        """UTF-8 SVG without inline style; ``name`` prefixes its ids."""
        return to_svg(self.figure, name=name, title=title, description=self.alt)

    def png(self, *, scale: float = 2.0) -> bytes:
        """PNG on white; ``scale`` is pixels per CSS pixel (2 prints well)."""
        buffer = io.BytesIO()
        self.figure.savefig(
            buffer, format="png", dpi=self.figure.get_dpi() * scale, facecolor="white",
            metadata={"Software": None},
        )
        return buffer.getvalue()


def table(columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> Table:
    """A `Table` of any sequences."""
    return Table(tuple(columns), tuple(tuple(row) for row in rows))
