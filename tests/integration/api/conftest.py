"""The whole application on each database, with keys of one-stop software."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from kiosk_app import create_app
from kiosk_app.accounts import commands as accounts
from kiosk_app.config import Settings
from kiosk_app.core import clock, db
from kiosk_app.core.audit import SYSTEM
from tests import stages
from tests.integration.feedback.seed import seed_organisation


@dataclass
class Caller:
    """Somebody with a bearer token."""

    app: Flask
    token: str

    def __call__(self, method: str, path: str, body: object = None, **headers: str) -> TestResponse:
        sent: dict[str, Any] = {} if body is None else {"json": body}
        return self.app.test_client().open(
            path, method=method, headers={"Authorization": f"Bearer {self.token}", **headers}, **sent
        )


@pytest.fixture
def stage() -> str:
    return stages.ORGANISED


@pytest.fixture
def app(settings: Settings, still_clock: clock.FrozenClock) -> Iterator[Flask]:
    made = create_app(settings)
    clock.bind(still_clock)
    seed_organisation(still_clock.now())
    yield made
    db.current().dispose()


@pytest.fixture
def with_key(app: Flask, still_clock: clock.FrozenClock) -> Callable[..., Caller]:
    """A key with these scopes."""

    def made(*scopes: str, unit_id: int | None = None) -> Caller:
        secret = accounts.add_api_key(
            f"key-{'-'.join(scopes)}-{unit_id}", scopes=scopes, unit_id=unit_id, actor=SYSTEM,
            now=still_clock.now(),
        )
        return Caller(app, secret)

    return made
