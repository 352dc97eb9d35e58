"""Random order of attendance for the training office; asks the planner of the statistics."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kiosk_app.core.errors import RuleError
from survey_analysis.effects import plan_waves


@dataclass(frozen=True)
class Draw:
    """Officers with the desk of each, in the order drawn from, and the wave of each."""

    officers: tuple[tuple[int, str], ...]
    seats: tuple[int, ...]
    seed: int
    waves: tuple[int, ...]


def draw(officers: Sequence[tuple[int, str]], seats: Sequence[int], seed: int) -> Draw:
    """Draw a wave 1 … len(seats) for each (officer id, desk): the same input, the same result.

    Desks are spread evenly over the waves. No figure of an officer goes in: the office that draws
    may see none, and a band of figures could be read from the result. RuleError ``draw_people`` or
    ``draw_seats`` (detail: seats there are).
    """
    ordered = sorted(officers)
    if len(ordered) < len(seats) or len(seats) < 2:
        raise RuleError("draw_people", str(len(ordered)), field="units")
    if min(seats) < 1 or sum(seats) < len(ordered):
        raise RuleError("draw_seats", str(sum(seats)), field="session_ids")
    plan = plan_waves(
        [f"{one:09d}" for one, _desk in ordered], [0.0] * len(ordered),
        [desk for _one, desk in ordered], len(seats), seed=seed, change_variance=1.0,
        capacity=_even(len(ordered), seats),
    )
    return Draw(tuple(ordered), tuple(seats), seed,
                tuple(plan.waves[f"{one:09d}"] for one, _desk in ordered))


def _even(people: int, seats: Sequence[int]) -> list[int]:
    """Seats used of each wave: as equal as the rooms allow."""
    used = [0] * len(seats)
    for _person in range(people):
        open_ = [k for k, most in enumerate(seats) if used[k] < most]
        used[min(open_, key=lambda k: (used[k], k))] += 1
    return used
