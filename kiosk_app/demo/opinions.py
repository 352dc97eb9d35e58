"""The known process behind the demo's ratings: effects, who rates, which level, which reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from kiosk_app.demo import workdays
from kiosk_app.demo.aggregates import Floats, Ints
from kiosk_app.demo.dossiers import DAY_MINUTES, Year

RATINGS = 82_000
CUTS = (-4.12, -3.26, -2.46, -0.72)
"""Latent bounds between the levels 1|2|3|4|5."""
LATE, SUPPLEMENT, ONLINE, POST = -1.05, -0.55, 0.12, -0.1
SEASON = (-.12, -.10, .04, .05, .03, .0, -.08, -.1, .0, .05, .06, .02)
DROP_UNIT, DROP_FIRST_DAY, DROP = "P-HAKHAU", 217, -1.25
"""One ward gets worse on 6 August 2018."""
LOW_RATES_MORE = 1.25
TRAINING_SESSION, TRAINING = "TH-04", 0.45
"""The one class that changes how those who completed it are rated, from the day after it."""
NEVER = 10**6


@dataclass(frozen=True)
class Effects:
    """What was planted, on the logit scale."""

    officer: Floats
    officer_month: Floats
    procedure: Floats
    invites: Floats
    """Habit of inviting, per officer."""
    trained: Ints
    """First day of the year on which the training works, per officer (NEVER: none)."""


@dataclass(frozen=True)
class Raters:
    """Who rated: indices of dossiers, their levels and steps (0 return, 1 reception, 2 supp.)."""

    dossier: Ints
    level: Ints
    step: Ints


def draw_effects(
    year: Year, rng: np.random.Generator, trained: Mapping[str, int] | None = None
) -> Effects:
    """Effects of officers, officer × month and procedures; ``trained``: first day by officer."""
    first_days = [(trained or {}).get(code, NEVER) for code in year.officers]
    officers, procedures = len(year.officers), len(year.procedures)
    return Effects(
        rng.normal(0, 0.34, officers), rng.normal(0, 0.12, (officers, 12)),
        rng.normal(0, 0.38, procedures), np.exp(rng.normal(0, 0.30, officers)),
        np.array(first_days, np.int64),
    )


def latent(year: Year, effects: Effects) -> Floats:
    """Expected satisfaction of each dossier's citizen, on the logit scale."""
    month = workdays.month(np.minimum(year.received // DAY_MINUTES, workdays.YEAR_DAYS - 1))
    drop = year.units.index(DROP_UNIT)
    after = (year.unit == drop) & (year.returned // DAY_MINUTES >= DROP_FIRST_DAY)
    skilled = year.returned // DAY_MINUTES >= effects.trained[year.officer]
    eta: Floats = (
        effects.officer[year.officer] + effects.officer_month[year.officer, month]
        + effects.procedure[year.procedure] + LATE * year.late
        + SUPPLEMENT * (year.supplements > 0)
        + np.array([0.0, ONLINE, POST])[year.mode] + np.array(SEASON)[month] + DROP * after
        + TRAINING * skilled
    )
    return eta - float(eta.mean())


def draw(year: Year, scale: float, effects: Effects, rng: np.random.Generator) -> Raters:
    """Levels of all citizens, then exactly the wanted number who rate before the year ends."""
    n = len(year)
    level = 1 + np.searchsorted(np.array(CUTS), latent(year, effects) + rng.logistic(size=n))
    last = workdays.YEAR_DAYS * DAY_MINUTES - 600
    step = np.where(rng.random(n) < 0.085, 1, 0)
    step = np.where((year.supplements > 0) & (rng.random(n) < 0.1), 2, step)
    done = np.where(step == 0, year.returned, year.received)
    weight = (
        effects.invites[year.officer] * np.where(year.late == 1, 1.15, 1.0)
        * np.array([1.0, 0.7, 0.6])[year.mode] * np.where(level <= 2, LOW_RATES_MORE, 1.0)
    )
    weight = np.where((done >= 0) & (done < last), weight, 0.0)
    wanted = min(round(RATINGS * scale), int((weight > 0).sum()))
    keys = np.where(weight > 0, rng.exponential(size=n) / np.maximum(weight, 1e-9), np.inf)
    chosen = np.sort(np.argsort(keys, kind="stable")[:wanted])
    return Raters(chosen, level[chosen], step[chosen])
