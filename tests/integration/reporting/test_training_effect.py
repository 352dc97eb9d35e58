"""Effects of the sample's two classes of September, by the path that the worker takes."""

from __future__ import annotations

import pytest

from kiosk_app.core import clock, db
from kiosk_app.feedback.events import Event
from kiosk_app.organisation import queries as organisation
from kiosk_app.reporting import training_effect
from kiosk_app.training import queries
from kiosk_app.training.cohorts import cohort
from kiosk_app.training.records import Cohort
from survey_analysis import effects
from tests import stages, training_year
from tests.campaigns.sample_events import counted, late, truth

pytestmark = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
CLOSED = 201812


def sample(people: dict[str, int]) -> list[Event]:
    """The counted ratings of the centre as the worker reads them."""
    procedures: dict[str, int] = {}
    found = []
    for row in counted():
        one = row["dossier"]
        if one["unit_id"] != "HL-TTHCC":
            continue
        day = int(str(row["time"])[:10].replace("-", ""))
        found.append(Event(
            1, people[one["officer_code"]],
            procedures.setdefault(one["procedure_code"], len(procedures) + 1), row["step"],
            one["channel"], int(late(one)), int(int(one["supplement_count"] or 0) > 0), day,
            int(row["level"]), row["channel"], 0, 0, None, None,
        ))
    return found


def plain_width(rows: list[Event], who: Cohort) -> float:
    """Width, in points, of plain two-way regression with clustered errors on raw shares."""
    kept = [r for r in rows if r.officer_id in who.trained | who.comparison and r.day < 20190101]
    panel = effects.officer_months(
        [r.officer_id for r in kept], [r.day // 100 % 100 for r in kept],
        [r.level >= 4 for r in kept], [0.5] * len(kept), rho=0.0,
    )
    treated = sorted(who.trained & {r.officer_id for r in kept})
    low, high = effects.two_way(panel, treated, 10, [8, 9]).fit("CR1").interval(0)
    return 100 * (high - low)


@pytest.fixture
def stage() -> str:
    return stages.STAFFED


@pytest.fixture
def september(service: db.Database, still_clock: clock.FrozenClock) -> dict[str, Cohort]:
    still_clock.moment = training_year.YEAR_END
    training_year.take_in_organisation()
    training_year.take_in_training()
    with db.reading() as conn:
        held = {one.code: one.id for one in queries.sessions(conn)}
        return {code: cohort(conn, held[code]) for code in ("TH-04", "TH-05")}


def test_the_planted_effects_are_found_and_the_naive_ones_mislead(
    september: dict[str, Cohort],
) -> None:
    with db.reading() as conn:
        people = {one.code: one.id for one in organisation.officers(conn).values()}
    rows = sample(people)
    for known in truth()["training"]:
        who = september[known["session"]]
        planted = {people[code] for code in known["treated"]}
        assert planted <= who.trained
        assert len(who.trained - planted) <= 1
        assert not who.comparison & {people[c] for k in truth()["training"] for c in k["treated"]}
        found = training_effect.estimate(rows, who, CLOSED)
        points = known["effect_points"]
        assert found.low is not None
        assert found.high is not None
        assert found.low <= points <= found.high
        assert found.high - found.low <= 1.2 * plain_width(rows, who)
        assert found.naive_selection is not None
        assert found.naive_selection - points > 1.5
        assert found.expected_return is not None
        assert found.expected_return > 1
        assert (found.months_before, found.months_after) == (7, 3)
        assert found.verdict == ("helped" if points else "cannot_tell")
        assert {m.role for m in found.months} == {"before", "selection", "session", "after"}
