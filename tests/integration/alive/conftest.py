"""Pages over copies of a small office, read by an account that sees everything."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import pytest
from flask.testing import FlaskClient

from kiosk_app import create_app
from kiosk_app.config import Settings
from kiosk_app.core import clock, db
from tests import stages
from tests.integration.alive import world
from tests.signing import signed_in

stages.OTHERS[world.STAGE] = world.build


@dataclass(frozen=True)
class Reader:
    """Somebody who looks at pages and sends their forms."""

    client: FlaskClient

    def page(self, address: str) -> str:
        answer = self.client.get(address)
        assert answer.status_code == 200, answer.text
        return answer.get_data(as_text=True)

    def send(self, address: str, **form: object) -> None:
        answer = self.client.post(address, data=form)
        assert answer.status_code == 303, answer.text


def visited(
    settings: Settings, still_clock: clock.FrozenClock, moment: datetime, name: str
) -> Iterator[Reader]:
    """The service at a moment, read by the account of that name."""
    app = create_app(settings)
    app.config["WTF_CSRF_ENABLED"] = False
    still_clock.moment = moment
    clock.bind(still_clock)
    yield Reader(signed_in(app.test_client(), name))
    db.current().dispose()


@pytest.fixture
def stage() -> str:
    return world.STAGE


@pytest.fixture
def reader(settings: Settings, still_clock: clock.FrozenClock) -> Iterator[Reader]:
    """An inspector on 20 November 2018."""
    yield from visited(settings, still_clock, world.READ, world.READER)
