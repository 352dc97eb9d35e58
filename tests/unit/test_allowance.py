"""A tablet may ask so often; whoever has asked too much can rate all the same."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from kiosk_app.devices.allowance import CAPACITY, PER_MINUTE, Allowance

START = datetime(2018, 10, 15, 3, 0, tzinfo=UTC)


@given(st.lists(st.floats(min_value=0, max_value=90), max_size=300))
def test_never_more_than_the_bucket_and_what_has_run_in(pauses: list[float]) -> None:
    allowance, now, granted = Allowance(), START, 0
    for pause in pauses:
        now += timedelta(seconds=pause)
        granted += allowance.take(7, now=now)
    elapsed = (now - START).total_seconds()
    assert granted <= CAPACITY + elapsed * PER_MINUTE / 60 + 1e-6
    assert granted >= min(len(pauses), CAPACITY)


def test_an_ordinary_day_at_a_counter_never_meets_the_limit() -> None:
    allowance = Allowance()
    assert all(
        allowance.take(1, now=START + timedelta(seconds=30 * visit + 4 * again))
        for visit in range(900) for again in range(3)
    )


def test_one_device_takes_nothing_from_another_and_time_gives_back() -> None:
    allowance = Allowance()
    assert [allowance.take(1, now=START) for _ in range(CAPACITY + 1)] == [True] * CAPACITY + [False]
    assert allowance.take(2, now=START)
    assert allowance.take(1, now=START + timedelta(seconds=60 / PER_MINUTE))
