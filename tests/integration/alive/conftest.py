"""Pages over copies of a small office, read by an account that sees everything."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask.testing import FlaskClient

from kiosk_app import create_app
from kiosk_app.accounts import queries as accounts
from kiosk_app.config import Settings
from kiosk_app.core import clock, db
from tests import stages
from tests.integration.alive import world

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


def reader_of(app_client: FlaskClient, name: str) -> Reader:
    with db.reading() as conn:
        user = accounts.by_username(conn, name)
    assert user is not None
    with app_client.session_transaction() as kept:
        kept["user_id"], kept["epoch"] = user.id, user.session_epoch
    return Reader(app_client)


@pytest.fixture
def stage() -> str:
    return world.STAGE


@pytest.fixture
def reader(settings: Settings, still_clock: clock.FrozenClock) -> Iterator[Reader]:
    """An inspector on 20 November 2018."""
    app = create_app(settings)
    app.config["WTF_CSRF_ENABLED"] = False
    still_clock.moment = world.READ
    clock.bind(still_clock)
    yield reader_of(app.test_client(), world.READER)
    db.current().dispose()
