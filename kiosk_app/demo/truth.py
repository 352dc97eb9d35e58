"""What was planted in the demo, written beside the database; the application never reads it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from kiosk_app.demo import opinions, ratings
from kiosk_app.demo.dossiers import Year
from kiosk_app.demo.opinions import Effects, Raters


def write(
    path: Path, *, seed: int, scale: float, year: Year, effects: Effects, raters: Raters
) -> None:
    """Write effects, totals and planted events as JSON."""
    rated = np.bincount(year.officer[raters.dossier], minlength=len(year.officers))
    satisfied = np.bincount(
        year.officer[raters.dossier], weights=raters.level >= 4, minlength=len(year.officers)
    )
    truth = {
        "seed": seed, "scale": scale, "dossiers": len(year), "ratings": len(raters.level),
        "share_satisfied": round(float((raters.level >= 4).mean()), 4) if len(raters.level) else 0,
        "cuts": opinions.CUTS, "late": opinions.LATE, "supplement": opinions.SUPPLEMENT,
        "filing_mode": {"direct": 0.0, "online": opinions.ONLINE, "post": opinions.POST},
        "season": opinions.SEASON,
        "drop": {"unit_id": opinions.DROP_UNIT, "first_day": "2018-08-06", "logit": opinions.DROP},
        "training": {
            "session": opinions.TRAINING_SESSION, "logit": opinions.TRAINING,
            "treated": [
                code for code, day in zip(year.officers, effects.trained, strict=True)
                if day != opinions.NEVER
            ],
        },
        "low_levels_rate_more": opinions.LOW_RATES_MORE,
        "offline": ratings.OFFLINE, "wiped": ratings.WIPED, "wrong_clock": ratings.WRONG_CLOCK,
        "batch_days": ratings.BATCH_DAYS,
        "officers": [
            {
                "officer_code": code, "logit": round(float(effects.officer[i]), 4),
                "by_month": [round(float(v), 3) for v in effects.officer_month[i]],
                "invites": round(float(effects.invites[i]), 3), "rated": int(rated[i]),
                "satisfied": int(satisfied[i]),
            }
            for i, code in enumerate(year.officers)
        ],
        "procedures": {
            code: round(float(effects.procedure[i]), 4) for i, code in enumerate(year.procedures)
        },
    }
    path.write_text(json.dumps(truth, ensure_ascii=False, indent=1) + "\n", "utf-8")
