"""How long a campaign runs, and where its figures go."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

FULL = os.environ.get("KIOSK_CAMPAIGN") == "full"
RESULTS = Path(__file__).resolve().parents[2] / "benchmarks" / "results"


def keep(name: str, case: str, figures: dict[str, Any]) -> None:
    """Note a full campaign's figures in ``benchmarks/results``; a short one notes nothing."""
    if not FULL:
        return
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"campaign-{name}.json"
    known = json.loads(path.read_text("utf-8")) if path.exists() else {}
    known[case] = figures
    path.write_text(json.dumps(known, indent=1, ensure_ascii=False, sort_keys=True) + "\n", "utf-8")
