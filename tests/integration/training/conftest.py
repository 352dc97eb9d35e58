"""An office in January 2019 with the year 2018 behind it."""

from __future__ import annotations

import pytest

from kiosk_app.core import clock, db
from kiosk_app.training import intake
from tests import stages, training_year


@pytest.fixture
def stage() -> str:
    return stages.STAFFED


@pytest.fixture
def organised(service: db.Database, still_clock: clock.FrozenClock) -> db.Database:
    """Units and officers are known; it is January 2019."""
    still_clock.moment = training_year.YEAR_END
    training_year.take_in_organisation()
    return service


@pytest.fixture
def trained(organised: db.Database) -> intake.Report:
    """The six sessions of 2018 are in."""
    return training_year.take_in_training()
