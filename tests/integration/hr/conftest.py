"""The web application with the year 2018 in it, and clients of every role."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kiosk_app import create_app
from kiosk_app.accounts import commands as accounts
from kiosk_app.config import Settings
from kiosk_app.core import clock, db
from tests import stages, training_year
from tests.signing import signed_in


@pytest.fixture
def stage(request: pytest.FixtureRequest) -> str:
    return stages.TRAINED if "trained" in request.fixturenames else stages.MIGRATED


@pytest.fixture
def app(settings: Settings, still_clock: clock.FrozenClock) -> Iterator[Flask]:
    made = create_app(settings)
    still_clock.moment = training_year.YEAR_END
    clock.bind(still_clock)
    yield made
    db.current().dispose()


@pytest.fixture
def trained(app: Flask) -> None:
    """Units, officers and the six sessions of 2018."""


@pytest.fixture
def sign_in(app: Flask) -> Callable[..., FlaskClient]:
    """A client with an account of that role, logged in."""
    numbers = count(1)

    def client(
        role: str, *, unit_id: int | None = None, officer_id: int | None = None
    ) -> FlaskClient:
        name = f"{role}{next(numbers)}"
        accounts.add_user(
            name, role=role, unit_id=unit_id, officer_id=officer_id, password="mot-mat-khau-dai",
            actor=training_year.HR, now=training_year.YEAR_END,
        )
        return signed_in(app.test_client(), name)

    return client
