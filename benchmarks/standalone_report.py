"""A report of 100,000 ratings from a CSV, each part as a ratio to reading the file.

    python -m benchmarks.standalone_report

Floor: the csv module reads every cell of the same file and nothing else.
"""

from __future__ import annotations

import csv
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import workplace
from survey_analysis.report import analyse, read_ratings
from survey_analysis.report.drawing import draw
from survey_analysis.report.files import write_report
from survey_analysis.report.summary import summarise_findings
from survey_analysis.report.texts import VI
from survey_analysis.text import classify, load_dictionary, mask_all
from tests.unit.survey_analysis.report.tables import HEADINGS_VI, as_csv, rows
from tests.unit.survey_analysis.text.comments import HALVES, labelled

RATINGS = 100_000


def _timed(figures: dict[str, Any], name: str, task: Callable[[], Any]) -> Any:
    start = time.process_time()
    made = task()
    figures[name] = {"cpu_seconds": round(time.process_time() - start, 2)}
    return made


def _floor(path: Path) -> int:
    with path.open(encoding="utf-8", newline="") as file:
        return sum(len(row) for row in csv.reader(file))


def measure(folder: Path) -> dict[str, Any]:
    """CPU seconds of each part, and as a multiple of the floor."""
    path = folder / "ratings.csv"
    path.write_text(as_csv(HEADINGS_VI, rows(RATINGS, months=12)), "utf-8")
    figures: dict[str, Any] = {}
    dictionary = load_dictionary()
    _timed(figures, "floor: csv module", lambda: _floor(path))
    ratings = _timed(figures, "read", lambda: read_ratings(path))
    found = _timed(figures, "figures and comparison", lambda: analyse(ratings, dictionary=dictionary))
    charts = _timed(figures, "charts", lambda: draw(found, VI, dictionary))
    summary = summarise_findings(found, VI, path.name)
    _timed(figures, "files, page, paper",
           lambda: write_report(folder / "out", found, summary, charts, [], VI))
    comments = [c.text for half in HALVES for c in labelled(half)]
    _timed(figures, f"topics of {len(comments)} different comments",
           lambda: [classify(c) for c in comments])
    _timed(figures, f"masking of {len(comments)} different comments", lambda: mask_all(comments))
    floor = max(figures["floor: csv module"]["cpu_seconds"], 0.01)
    for part in figures.values():
        part["times_the_floor"] = round(part["cpu_seconds"] / floor, 1)
    return {"machine": workplace.machine(), "ratings": RATINGS, **figures}


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as work:
        workplace.keep("standalone_report", measure(Path(work)))
