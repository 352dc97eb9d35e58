"""Alerts of one lasting change are one episode, open until somebody knows of it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from kiosk_app.alerts.episodes import APART_DAYS, KNOWN_DAYS, episodes
from kiosk_app.alerts.records import Acknowledgement, AlertRecord, Raised
from kiosk_app.core.columns import LOCAL_ZONE, day_number, to_ms

START = date(2018, 8, 2)


def alert(
    ref: str, first: int, last: int, *, unit: int = 1, procedure: str = "", worse: bool = True,
    acknowledged: int | None = None,
) -> AlertRecord:
    """Told of days counted from the start, acknowledged on such a day."""
    days = [day_number(START + timedelta(days=n)) for n in (first, last)]
    said: tuple[Acknowledgement, ...] = ()
    if acknowledged is not None:
        at = datetime.combine(START + timedelta(days=acknowledged), datetime.min.time(), LOCAL_ZONE)
        said = (Acknowledgement("biết", "lanh.dao", to_ms(at)),)
    found = Raised(unit, procedure, worse, days[0], days[1], 40, 0.7, 0.9, 0.6, 0.8, 1.1, 6.0)
    return AlertRecord(ref, found, last, said)


def refs(*found: AlertRecord) -> list[list[str]]:
    return [[one.ref for one in episode.alerts] for episode in episodes(found)]


def test_alarms_that_follow_one_another_are_one_episode_newest_first() -> None:
    found = [alert("a", 0, 7), alert("b", 18, 29), alert("c", 29 + APART_DAYS, 70)]
    assert refs(*found) == [["c", "b", "a"]]
    assert episodes(found)[0].first_day == day_number(START)
    assert refs(alert("a", 0, 7), alert("b", 8 + APART_DAYS, 60)) == [["b"], ["a"]]


def test_unit_procedure_and_direction_part_episodes() -> None:
    assert refs(alert("a", 0, 7), alert("b", 9, 12, unit=2), alert("c", 10, 13, procedure="1.1"),
                alert("d", 11, 14, worse=False)) == [["d"], ["c"], ["b"], ["a"]]


def test_an_acknowledgement_covers_what_follows_for_some_weeks() -> None:
    first = alert("a", 0, 7, acknowledged=8)
    assert not episodes([first])[0].open
    assert not episodes([first, alert("b", 18, 8 + KNOWN_DAYS)])[0].open
    (late,) = episodes([first, alert("b", 18, 9 + KNOWN_DAYS)])
    assert late.open
    assert [k.comment for k in late.acknowledgements] == ["biết"]
    assert episodes([alert("a", 0, 7)])[0].open


def test_what_was_said_to_all_alerts_of_an_episode_is_shown_once() -> None:
    (one,) = episodes([alert("a", 0, 7, acknowledged=30), alert("b", 9, 20, acknowledged=30)])
    assert len(one.acknowledgements) == 1


@given(st.lists(st.tuples(
    st.integers(0, 300), st.integers(0, 20), st.integers(1, 3), st.booleans()), max_size=12))
def test_every_alert_is_in_one_episode(drawn: list[tuple[int, int, int, bool]]) -> None:
    found = [
        alert(str(i), first, first + length, unit=unit, worse=worse)
        for i, (first, length, unit, worse) in enumerate(drawn)
    ]
    gathered = [one.ref for episode in episodes(found) for one in episode.alerts]
    assert sorted(gathered) == sorted(one.ref for one in found)
    for episode in episodes(found):
        assert len({(a.found.unit_id, a.found.worse) for a in episode.alerts}) == 1
        days = [a.found.day for a in episode.alerts]
        assert days == sorted(days, reverse=True)
