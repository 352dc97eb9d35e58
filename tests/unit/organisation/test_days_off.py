"""Holidays by law against the dates that were published, the moon's first of all."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from kiosk_app.organisation.days_off import by_law

PUBLISHED = {
    2018: ("16/2", "25/4"), 2019: ("5/2", "14/4"), 2020: ("25/1", "2/4"), 2021: ("12/2", "21/4"),
    2022: ("1/2", "10/4"), 2023: ("22/1", "29/4"), 2024: ("10/2", "18/4"), 2025: ("29/1", "7/4"),
    2026: ("17/2", "26/4"), 2027: ("6/2", "16/4"),
}
"""First day of Tết and Giỗ Tổ (10th of the 3rd moon), from the official calendars."""
TET_BREAKS = {
    2018: ("14/2", 5), 2019: ("4/2", 5), 2020: ("23/1", 5), 2021: ("10/2", 5), 2022: ("31/1", 5),
    2023: ("20/1", 5), 2024: ("8/2", 5), 2025: ("27/1", 5), 2026: ("16/2", 5),
}
"""First working day off and how many, as the government announced them for officials."""


def day(written: str, year: int) -> date:
    at, month = written.split("/")
    return date(year, int(month), int(at))


def kinds(year: int) -> dict[date, str]:
    return {one: off.kind for one, off in by_law(year)[0].items()}


@pytest.mark.parametrize("year", PUBLISHED)
def test_the_moon_s_days_fall_where_the_calendars_have_them(year: int) -> None:
    tet, kings = (day(one, year) for one in PUBLISHED[year])
    found = kinds(year)
    assert [found.get(tet + timedelta(days=n)) for n in range(-1, 4)] == ["tet"] * 5
    assert found[kings] == "hung_kings"
    own = [one for one, off in by_law(year)[0].items() if off.kind == "hung_kings" and not off.in_lieu]
    assert own == [kings]


@pytest.mark.parametrize("year", TET_BREAKS)
def test_tet_frees_the_working_days_that_were_announced(year: int) -> None:
    found = [one for one, kind in kinds(year).items() if kind == "tet" and one.weekday() < 5]
    first, n = TET_BREAKS[year]
    assert (found[0], len(found)) == (day(first, year), n)


@pytest.mark.parametrize("year", range(2018, 2028))
def test_the_sun_s_days_and_nothing_without_a_name(year: int) -> None:
    found = kinds(year)
    assert {one: found[day(one, year)] for one in ("1/1", "30/4", "1/5", "2/9")} == {
        "1/1": "new_year", "30/4": "reunification", "1/5": "labour", "2/9": "national"}
    assert "" not in found.values(), "each has a name in our words"


@pytest.mark.parametrize(("when", "kind"), [
    (date(2018, 9, 3), "national"), (date(2019, 4, 15), "hung_kings"), (date(2021, 5, 3), "labour"),
    (date(2022, 1, 3), "new_year"), (date(2022, 4, 11), "hung_kings"), (date(2022, 5, 3), "labour"),
    (date(2023, 5, 2), "hung_kings"), (date(2023, 9, 4), "national"), (date(2026, 4, 27), "hung_kings"),
])
def test_a_holiday_on_a_weekend_is_made_good(when: date, kind: str) -> None:
    off = by_law(when.year)[0][when]
    assert (off.kind, off.in_lieu) == (kind, True)


@pytest.mark.parametrize(("off", "worked"), [
    (date(2018, 12, 31), date(2019, 1, 5)), (date(2019, 4, 29), date(2019, 5, 4)),
    (date(2024, 4, 29), date(2024, 5, 4)), (date(2025, 5, 2), date(2025, 4, 26)),
    (date(2026, 8, 31), date(2026, 8, 22)),
])
def test_a_day_swapped_is_off_and_its_saturday_is_worked(off: date, worked: date) -> None:
    assert kinds(off.year)[off] == "swapped"
    assert worked in by_law(worked.year)[1]


@pytest.mark.parametrize("year", [1, 1800, 2099, 9999])
def test_years_without_a_known_moon_have_no_holidays(year: int) -> None:
    assert by_law(year) == ({}, frozenset())
