"""A pairing that is approved beforehand, so that the demo's tablet starts with one address."""

from __future__ import annotations

import json
import os
from datetime import datetime

from sqlalchemy import Connection

from kiosk_app.config import Settings
from kiosk_app.core import db
from kiosk_app.core.audit import Actor
from kiosk_app.core.columns import LOCAL_ZONE
from kiosk_app.demo.accounts import OFFICER
from kiosk_app.devices import commands, queries
from kiosk_app.organisation import queries as organisation

UNIT = "HL-TTHCC"


def _counter(conn: Connection, now: datetime) -> int | None:
    """The counter of the demo's officer, so that the desk page can call the tablet."""
    officer_id = organisation.officer_by_code(conn, OFFICER)
    day = now.astimezone(LOCAL_ZONE).date()
    posting = organisation.posting_on(conn, officer_id, day) if officer_id else None
    return posting.counter_id if posting else None


def offer(settings: Settings, *, actor: Actor, now: datetime) -> tuple[str, str]:
    """Code and secret handle of a pairing that waits to be collected; the same until it is."""
    path = settings.data_dir / "demo-pairing.json"
    if path.exists():
        kept = json.loads(path.read_text("utf-8"))
        with db.reading() as conn:
            if queries.pairing_state(conn, commands.token_hash(kept["poll"])) == "approved":
                return kept["code"], kept["poll"]
    with db.reading() as conn:
        unit_id = organisation.unit_by_ref(conn, UNIT)
        names = {device.name for device in queries.devices(conn)}
        counter_id = _counter(conn, now)
    if unit_id is None:
        return "", ""
    name = next(n for i in range(1, len(names) + 2) if (n := f"TAB-X{i:02d}") not in names)
    code, poll, _expires = commands.request_pairing(now=now)
    commands.approve(code, name=name, unit_id=unit_id, counter_id=counter_id, actor=actor, now=now)
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        json.dump({"code": code, "poll": poll}, out)
    return code, poll
