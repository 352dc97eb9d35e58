"""A client of the service signed in as an account, past the login page, which has tests of its own."""

from __future__ import annotations

from flask.testing import FlaskClient

from kiosk_app.accounts import queries
from kiosk_app.core import db


def signed_in(client: FlaskClient, username: str) -> FlaskClient:
    """The same client, from now on with the session of that account."""
    with db.reading() as conn:
        user = queries.by_username(conn, username)
    assert user is not None
    with client.session_transaction() as kept:
        kept["user_id"], kept["epoch"] = user.id, user.session_epoch
    return client
