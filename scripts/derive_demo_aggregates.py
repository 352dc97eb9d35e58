"""Derive the published aggregates of a year from its dossier file; run by hand, once.

Usage: derive_demo_aggregates.py DOSSIERS.csv[.gz] OUT_DIR
"""

from __future__ import annotations

import csv
import gzip
import json
import sys
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path

Rows = list[dict[str, str]]


def _read(path: Path) -> Rows:
    packed = path.read_bytes()
    text = (gzip.decompress(packed) if path.suffix == ".gz" else packed).decode("utf-8-sig")
    return list(csv.DictReader(text.splitlines()))


def _cells(rows: Rows) -> list[list[object]]:
    found: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for row in rows:
        cell = found[row["unit_id"], row["procedure_code"]]
        cell["received"] += 1
        cell["late"] += row["finished_at"][:10] > row["due_date"]
        cell["supplement"] += row["supplement_count"] == "1"
        cell["over_limit"] += int(row["supplement_count"]) > 1
        cell[row["channel"]] += 1
    names = ("received", "late", "supplement", "over_limit", "online", "post")
    return [[*key, *(cell[n] for n in names)] for key, cell in sorted(found.items())]


def _profile(rows: Rows) -> dict[str, object]:
    desk = [r for r in rows if r["channel"] != "online"]
    online = [r for r in rows if r["channel"] == "online"]
    by_day = Counter(r["received_at"][:10] for r in desk)
    weekdays = Counter(date.fromisoformat(r["received_at"][:10]).weekday() for r in desk)
    return {
        "received": len(rows),
        "waiting": sum(r["status"] == "9" for r in rows),
        "early": sum(r["finished_at"][:10] < r["due_date"] for r in rows),
        "months": [sum(n for d, n in by_day.items() if int(d[5:7]) == m) for m in range(1, 13)],
        "weekdays": [weekdays[w] for w in range(7)],
        "desk_hours": [sum(int(r["received_at"][11:13]) == h for r in desk) for h in range(24)],
        "online_hours": [sum(int(r["received_at"][11:13]) == h for r in online) for h in range(24)],
    }


def main() -> None:
    source, out = Path(sys.argv[1]), Path(sys.argv[2])
    rows = _read(source)
    with (out / "year_cells.csv").open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(["unit_id", "procedure_code", "received", "late", "supplement",
                         "over_limit", "online", "post"])
        writer.writerows(_cells(rows))
    centre = max(Counter(r["unit_id"] for r in rows).items(), key=lambda pair: pair[1])[0]
    profile = {
        "centre": _profile([r for r in rows if r["unit_id"] == centre]),
        "wards": _profile([r for r in rows if r["unit_id"] != centre]),
        "officers": dict(sorted(Counter(r["officer_code"] for r in rows).items())),
    }
    (out / "year_profile.json").write_text(json.dumps(profile, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
