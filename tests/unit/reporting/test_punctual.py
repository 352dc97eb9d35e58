"""A unit is named only where it is in time and its citizens are less satisfied beyond chance."""

from __future__ import annotations

from dataclasses import replace

from kiosk_app.reporting.punctual import PUNCTUAL, unsatisfied
from kiosk_app.reporting.records import Figure
from kiosk_app.reporting.service_quality import ServiceLine

LINE = ServiceLine("1", "A", 100, 100, 50, 49, 1, 0.5, 0.99, 0.01, 0, 0, 10.0, 5.0, 0.5, 1, 1, 0, None)


def unit(key: str, n: int, share: float | None) -> Figure:
    return Figure(key, key, n, 5 * n, 0.2, share, share, share, None, suppressed=share is None)


UNITS = (unit("1", 400, 0.70), unit("2", 400, 0.90), unit("3", 400, 0.91), unit("4", 20, 0.80))


def named(lines: list[ServiceLine], units: tuple[Figure, ...] = UNITS) -> list[str]:
    return [line.key for line, _figure in unsatisfied(lines, units)]


def test_low_in_time_is_named_and_chance_and_praise_are_not() -> None:
    assert named([replace(LINE, key=key) for key in "1234"]) == ["1"]


def test_a_late_unit_a_hidden_one_and_one_alone_are_not_named() -> None:
    assert named([replace(LINE, share_on_time=PUNCTUAL - 0.001)]) == []
    assert named([LINE], (unit("1", 400, None), *UNITS[1:])) == []
    assert named([LINE], UNITS[:1]) == []
    assert named([LINE], ()) == []
