"""Months of a centre at the level of single ratings, honest or with patterns planted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from survey_analysis import integrity

START = np.datetime64("2023-03-01T00:00:00")
LEVELS = np.arange(1, 6)


@dataclass(frozen=True)
class Centre:
    """Ratings, the flow they come from, and who has which pattern."""

    seen: integrity.Ratings
    steps: integrity.Flow
    planted: dict[int, str]


def centre(seed: int, patterns: tuple[str, ...] = (), officers: int = 12) -> Centre:
    """Officers differ in level, months, habit of inviting, latency and dislike of late dossiers.

    Dossiers come in queues, ratings a minute or so after their hand-over, some from home. Two
    months of 23 days. Patterns go to officers drawn at random, with strengths drawn at random.
    """
    rng = np.random.default_rng(seed)
    who, end = _flow(rng, officers)
    n = len(who)
    month = end.astype("datetime64[M]").astype(int)
    procedure = (who % 3) * 2 + rng.integers(0, 4, n)
    marks = {"late": rng.random(n) < rng.uniform(0.04, 0.1), "supplement": rng.random(n) < 0.08}
    eta = (
        rng.normal(0, 0.45, officers)[who] + rng.normal(0, 0.2, (officers, 2))[who, month % 2]
        - rng.normal(0, 0.3, 8)[procedure] - 0.9 * marks["late"] - 0.3 * marks["supplement"]
    )
    cuts = np.array([3.6, 2.9, 2.2, 0.6])
    above = 1 / (1 + np.exp(-(cuts[None, :] + eta[:, None])))
    level = 1 + (rng.random((n, 1)) < above).sum(axis=1)
    odds = np.log(rng.uniform(0.15, 0.35, officers))[who]
    odds = odds + np.where(marks["late"], rng.normal(-0.3, 0.2, officers)[who], 0.0)
    rated = rng.random(n) < np.exp(odds).clip(0, 1)
    latency = rng.lognormal(4.2 + rng.normal(0, 0.1, officers)[who], 0.7)
    home = rng.random(n) < 0.1
    rated_at = end + np.where(home, rng.exponential(20_000, n), latency).astype(int)
    planted = dict(zip((int(o) for o in rng.permutation(officers)), patterns, strict=False))
    for officer, pattern in planted.items():
        own = who == officer
        if pattern == "tap_at_hand_over":
            rated |= own
            home &= ~own
            rated_at = np.where(own, end + rng.integers(1, 8, n), rated_at)
            level = np.where(own, rng.choice([4, 5], n, p=[0.03, 0.97]), level)
        elif pattern == "selective_invitation":
            rated &= ~(own & (marks["late"] | marks["supplement"]))
        elif pattern == "burst_self_rating":
            day = end.astype("datetime64[D]")
            extra = own & ~rated & (rng.random(n) < rng.uniform(0.12, 0.25))
            rated |= extra
            home &= ~extra
            evening = day.astype("datetime64[s]") + 16 * 3_600 + 48 * 60
            rated_at = np.where(extra, evening + rng.integers(0, 600, n), rated_at)
            level = np.where(extra, 5, level)
    at = np.flatnonzero(rated)
    strata = [procedure, procedure * 2 + marks["late"]]
    seen = integrity.ratings(
        who[at], procedure[at], rated_at[at], end[at], level[at],
        integrity.expected_levels(who[at], level[at], [s[at] for s in strata]),
        at_counter=~home[at],
    )
    return Centre(seen, integrity.flow(who, end, rated, marks), planted)


def _flow(rng: np.random.Generator, officers: int) -> tuple[np.ndarray, np.ndarray]:
    """Hand-overs: a rush in the morning, the rest of the day, none after 16:55."""
    who, end = [], []
    busy = rng.uniform(5, 14, officers)
    for day in range(58):
        if day % 7 >= 5:
            continue
        n = rng.poisson(busy)
        total = int(n.sum())
        second = np.where(
            rng.random(total) < 0.5, rng.normal(9.5, 0.5, total), rng.uniform(7.5, 16.9, total)
        ).clip(7.5, 16.9) * 3_600
        who.append(np.repeat(np.arange(officers), n))
        end.append(START + day * 86_400 + second.astype(int))
    return np.concatenate(who), np.concatenate(end)
