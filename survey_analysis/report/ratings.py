"""The ratings of a table, column by column, and what was wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from survey_analysis.errors import AnalysisError


class UnreadableTableError(AnalysisError):
    """A table that cannot be analysed; the message names file, row, column and cure."""


@dataclass(frozen=True)
class Fault:
    """A cell that was set aside: where, what it holds, and what would cure it."""

    row: int
    column: str
    value: str
    cure: str

    def __str__(self) -> str:
        return f"row {self.row}, column “{self.column}”: “{self.value}”; {self.cure}"


@dataclass
class Ratings:
    """One entry a rating in every list; empty text where a cell is blank.

    Attributes
    ----------
    levels : list of int
        1 (worst) … 5.
    times : list of datetime or None
        Local time as written.
    texts : dict
        Field → values: unit, officer, counter, procedure, field, timeliness, channel, comment, case.
    reasons : list of tuple of str
        Codes or words.
    columns : dict
        Field → heading in the file.
    set_aside : list of Fault
        Rows without a level.
    doubtful : list of Fault
        Cells that were left blank, such as dates that cannot be.

    """

    levels: list[int] = field(default_factory=list)
    times: list[datetime | None] = field(default_factory=list)
    texts: dict[str, list[str]] = field(default_factory=dict)
    reasons: list[tuple[str, ...]] = field(default_factory=list)
    columns: Mapping[str, str] = field(default_factory=dict)
    set_aside: list[Fault] = field(default_factory=list)
    doubtful: list[Fault] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.levels)

    def has(self, name: str) -> bool:
        """Whether any rating has a value in that field."""
        if name == "time":
            return any(t is not None for t in self.times)
        if name == "reasons":
            return any(self.reasons)
        return any(self.texts.get(name, ()))
