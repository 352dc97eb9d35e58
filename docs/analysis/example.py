"""A year's ratings from a file to a page, a chart and two sentences, without the service.

``python docs/analysis/example.py ratings.csv``
"""

from __future__ import annotations

import sys
from pathlib import Path

from survey_analysis.charts import VIETNAMESE, WhiskerRow, whiskers
from survey_analysis.report import analyse, read_ratings


def main(path: Path) -> None:
    """Print what can be told; write one chart beside the file."""
    found = analyse(read_ratings(path))
    if found.share is None:
        sys.stdout.write("Chưa đủ lượt đánh giá.\n")
        return
    words = VIETNAMESE
    sys.stdout.write(
        f"{words.percent(found.share.estimate)} hài lòng, từ {words.percent(found.share.low)} "
        f"đến {words.percent(found.share.high)}.\n"
    )
    rows = [
        WhiskerRow(row.label or "(không ghi)", row.share, row.low, row.high, row.n)
        for row in found.groups.get("unit", [])
    ]
    chart = whiskers(rows, overall=found.share.estimate)
    path.with_suffix(".svg").write_bytes(chart.svg("units", "Theo đơn vị"))
    sys.stdout.write(f"{chart.alt}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
