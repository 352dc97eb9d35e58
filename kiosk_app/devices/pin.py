"""The PIN of the staff overlay: checked on the tablet itself, so that it opens without a network."""

from __future__ import annotations

import hashlib
import json
import secrets

from sqlalchemy import Connection

from kiosk_app.core import settings_table
from kiosk_app.core.errors import RuleError

SETTING = "staff_pin"
LENGTH = 6
ITERATIONS = 200_000


def make(pin: str = "") -> tuple[str, str]:
    """The PIN (drawn at random if none is given) and what is kept of it.

    Raises RuleError ``pin_form`` unless it is six digits.
    """
    chosen = pin or "".join(secrets.choice("0123456789") for _ in range(LENGTH))
    if len(chosen) != LENGTH or not (chosen.isascii() and chosen.isdigit()):
        raise RuleError("pin_form", f"a PIN is {LENGTH} digits", field="pin")
    salt = secrets.token_bytes(16)
    hashed = hashlib.pbkdf2_hmac("sha256", chosen.encode(), salt, ITERATIONS)
    kept = {"salt": salt.hex(), "iterations": ITERATIONS, "hash": hashed.hex()}
    return chosen, json.dumps(kept)


def read(conn: Connection) -> dict[str, object] | None:
    """Salt, iterations and hash for the tablets; None while no PIN is set."""
    kept = settings_table.read(conn, SETTING)
    return json.loads(kept) if kept else None
