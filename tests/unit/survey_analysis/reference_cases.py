"""Published numbers that nobody here wrote: one JSON a case, larger inputs as CSV beside it."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[2] / "data" / "reference_cases"


@dataclass(frozen=True)
class ReferenceCase:
    """Inputs, published digits and the tolerance within which they are to be reproduced."""

    inputs: dict[str, Any]
    expected: Any
    tolerance: float
    source: str
    data_file: str | None

    def rows(self) -> list[dict[str, str]]:
        """The larger input as it stands in its CSV."""
        assert self.data_file
        return data(self.data_file)


def case(name: str) -> ReferenceCase:
    found = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
    return ReferenceCase(
        found["inputs"], found["expected"], found["tolerance_abs"], found["source"],
        found["data_file"],
    )


def data(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))
