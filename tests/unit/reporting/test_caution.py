"""Each reason to read a unit's figures with care stands for what it says, at its edge."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from types import MappingProxyType

import pytest

from kiosk_app.devices.queries import HealthRecord
from kiosk_app.integrity.records import ReviewRecord, ScreeningRecord
from kiosk_app.reporting.caution import REASONS, cautions
from kiosk_app.reporting.misuse import Without
from kiosk_app.reporting.quality import Inviting, Quality, Tablet
from kiosk_app.reporting.records import Figure

UNIT = 7


def figure(n: int = 2000, eligible: int = 8000, low: float = 0.88, high: float = 0.92) -> Figure:
    return Figure(str(UNIT), "Phường", n, eligible, n / eligible, 0.9, low, high, None, suppressed=False)


def tablet(missing: int = 0, skew_ms: int = 0) -> Tablet:
    health = HealthRecord(
        id=1, name="TAB", unit_id=UNIT, counter_id=None, seen_at=datetime(2018, 10, 1, tzinfo=UTC),
        queue_length=0, battery=90, app_version="1", clock_skew_ms=skew_ms, withdrawn=0,
    )
    return Tablet(health, missing, (), 1, 0)


def quality(**changes: object) -> Quality:
    plain = Quality(
        units=(figure(),), inviting=(Inviting(UNIT, 0.3, 0.29, 400, lower=False),), entries=(),
        screening=None, decisions=(), figure=Without(figure(), None, None, "few"),
        unmatched=MappingProxyType({}), waiting_by_unit=MappingProxyType({}), late_matches=0,
        tablets=(tablet(),), not_comparable=(),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def review(officer: int = 3) -> ScreeningRecord:
    return ScreeningRecord(2018, "a1", 10, 1, 0.5, 0, (
        ReviewRecord(officer, UNIT, (201810,), ()),))


@pytest.mark.parametrize(("reason", "changes", "not_yet"), [
    ("selective", {"inviting": (Inviting(UNIT, 0.4, 0.18, 33, lower=True),)}, {}),
    ("review", {"screening": review()}, {}),
    ("missing", {"tablets": (tablet(missing=1),)}, {}),
    ("seldom", {"units": (figure(n=1100, eligible=8000),)}, {"units": (figure(n=1170, eligible=8000),)}),
    ("waiting", {"waiting_by_unit": {UNIT: 100}}, {"waiting_by_unit": {UNIT: 99}}),
    ("few", {"units": (figure(low=0.84, high=0.945),)}, {"units": (figure(low=0.845, high=0.945),)}),
    ("clock", {"tablets": (tablet(skew_ms=-60_001),)}, {"tablets": (tablet(skew_ms=60_000),)}),
])
def test_a_reason_is_named_from_its_edge_on(
    reason: str, changes: dict[str, object], not_yet: dict[str, object]
) -> None:
    assert cautions(quality(**changes), ())[0].reasons == (reason,)
    assert cautions(quality(**not_yet), ())[0].reasons == ()


def test_few_coverage_by_chance_is_no_reason() -> None:
    """Eight of a hundred is under half the target, and might be twenty."""
    (one,) = cautions(quality(units=(figure(n=12, eligible=100),)), ())
    assert "seldom" not in one.reasons


def test_what_a_person_has_decided_of_is_no_reason_any_more() -> None:
    assert cautions(quality(screening=review(3)), {3})[0].reasons == ()
    assert cautions(quality(screening=review(3)), {4})[0].reasons == ("review",)


def test_few_waiting_ratings_of_a_small_unit_are_no_reason() -> None:
    small = {"units": (figure(n=20, eligible=80, low=0.88, high=0.92),)}
    assert cautions(quality(**small, waiting_by_unit={UNIT: 4}), ())[0].reasons == ()
    assert cautions(quality(**small, waiting_by_unit={UNIT: 5}), ())[0].reasons == ("waiting",)


def test_a_hidden_figure_is_unsure_and_the_gravest_stand_first() -> None:
    hidden = replace(figure(), key="8", label="Ẩn", n=None, share=None, low=None, high=None,
                     coverage=None, suppressed=True)
    calm = replace(figure(), key="9", label="Yên")
    found = cautions(quality(
        units=(calm, hidden, figure()), tablets=(tablet(missing=2, skew_ms=90_000),)), ())
    assert [(one.unit.key, one.reasons, one.bent) for one in found] == [
        ("7", ("missing", "clock"), True), ("8", ("few",), False), ("9", (), False),
    ]
    assert [one.rank for one in found] == [REASONS.index("missing"), REASONS.index("few"), len(REASONS)]
