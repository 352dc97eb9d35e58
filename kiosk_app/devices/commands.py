"""Commands of devices: pairing, provisioning, revoking, signs of life."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, select, update

from kiosk_app.core import audit, keys, settings_table
from kiosk_app.core.audit import Actor
from kiosk_app.core.db import transaction
from kiosk_app.core.errors import NotFoundError, RuleError
from kiosk_app.devices import hours
from kiosk_app.devices import pin as pins
from kiosk_app.devices.models import Device, Heartbeat, Pairing

PAIRING_LIFE = timedelta(minutes=30)
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without characters that are taken for one another on a screen."""


def token_hash(token: str) -> str:
    """What the database keeps of a random 256-bit token."""
    return hashlib.sha256(token.encode()).hexdigest()


def _token_of(poll: str) -> str:
    """The token of a pairing: from its secret poll handle, so that it is stored nowhere."""
    return keys.current().mac("links", b"device-token-1\0" + poll.encode()).hex()


def _create(
    conn: Connection, name: str, unit_id: int, counter_id: int | None, token: str, now: datetime
) -> int:
    if not name.strip() or len(name) > 80:
        raise RuleError("device_unnamed", "name the tablet in at most 80 characters", field="name")
    if conn.execute(select(Device.id).where(Device.name == name)).first():
        raise RuleError("device_name_taken", f"a tablet named {name} exists; choose another name",
                        field="name")
    return int(
        conn.execute(
            insert(Device)
            .values(
                name=name, unit_id=unit_id, counter_id=counter_id, token_hash=token_hash(token),
                paired_at=now,
            )
            .returning(Device.id)
        ).scalar_one()
    )


def add(
    name: str, *, unit_id: int, counter_id: int | None, actor: Actor, now: datetime
) -> tuple[int, str]:
    """Provision a tablet by script; its id and the token, which is told this once."""
    token = secrets.token_hex(32)
    with transaction() as conn:
        device_id = _create(conn, name, unit_id, counter_id, token, now)
        audit.record(
            conn, actor=actor, scope="settings", action="device_add", subject=name, now=now
        )
    return device_id, token


def request_pairing(*, now: datetime) -> tuple[str, str, datetime]:
    """A tablet asks to be paired: the code it shows, its secret poll handle, the end."""
    poll, expires = secrets.token_urlsafe(32), now + PAIRING_LIFE
    with transaction() as conn:
        conn.execute(
            update(Pairing)
            .where(Pairing.state == "waiting", Pairing.expires_at <= now)
            .values(state="expired")
        )
        while True:
            code = "".join(secrets.choice(ALPHABET) for _ in range(6))
            taken = conn.execute(
                select(Pairing.id).where(Pairing.code == code, Pairing.state == "waiting")
            ).first()
            if taken is None:
                break
        conn.execute(
            insert(Pairing).values(
                code=code, poll_hash=token_hash(poll), state="waiting", created_at=now,
                expires_at=expires,
            )
        )
    return code, poll, expires


def approve(
    code: str, *, name: str, unit_id: int, counter_id: int | None, actor: Actor, now: datetime
) -> int:
    """Approve the tablet that shows ``code``; NotFoundError if none waits under it."""
    with transaction() as conn:
        row = conn.execute(
            select(Pairing.id).where(
                Pairing.code == re.sub(r"[\s-]", "", code).upper(), Pairing.state == "waiting",
                Pairing.expires_at > now,
            )
        ).first()
        if row is None:
            raise NotFoundError(
                "pairing_unknown", "no tablet waits under this code; read it again on the tablet",
                field="code",
            )
        device_id = _create(conn, name, unit_id, counter_id, secrets.token_hex(32), now)
        conn.execute(
            update(Pairing)
            .where(Pairing.id == row.id)
            .values(state="approved", device_id=device_id)
        )
        audit.record(
            conn, actor=actor, scope="settings", action="device_approve", subject=name, now=now
        )
    return device_id


def poll_pairing(poll: str, *, now: datetime) -> tuple[str, str | None, int | None]:
    """State of a pairing for its tablet; once approved the token is handed over, once."""
    with transaction() as conn:
        row = conn.execute(
            select(Pairing.id, Pairing.state, Pairing.device_id, Pairing.expires_at).where(
                Pairing.poll_hash == token_hash(poll)
            )
        ).first()
        if row is None:
            raise NotFoundError("pairing_unknown", "this pairing does not exist")
        if row.state == "waiting" and row.expires_at <= now:
            conn.execute(update(Pairing).where(Pairing.id == row.id).values(state="expired"))
            return "expired", None, None
        if row.state != "approved":
            return str(row.state), None, None
        token = _token_of(poll)
        conn.execute(
            update(Device)
            .where(Device.id == row.device_id)
            .values(token_hash=token_hash(token))
        )
        conn.execute(update(Pairing).where(Pairing.id == row.id).values(state="collected"))
        return "approved", token, row.device_id


def place(device_id: int, counter_id: int | None, *, actor: Actor, now: datetime) -> None:
    """Say at which counter of its unit a tablet stands (None: at none)."""
    with transaction() as conn:
        conn.execute(update(Device).where(Device.id == device_id).values(counter_id=counter_id))
        audit.record(
            conn, actor=actor, scope="settings", action="device_place", subject=str(device_id),
            now=now, counter=counter_id,
        )


def revoke(device_id: int, *, actor: Actor, now: datetime) -> None:
    """Revoke a tablet's token; what it still holds goes into quarantine."""
    with transaction() as conn:
        conn.execute(
            update(Device)
            .where(Device.id == device_id, Device.revoked_at.is_(None))
            .values(revoked_at=now)
        )
        audit.record(
            conn, actor=actor, scope="settings", action="device_revoke", subject=str(device_id),
            now=now,
        )


def heartbeat(device_id: int, report: Mapping[str, object], *, skew_ms: int | None,
              now: datetime) -> None:
    """Keep the latest sign of life of a tablet."""
    def number(key: str) -> int | None:
        value = report.get(key)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    epoch = report.get("epoch")
    row = {
        "at": now, "app_version": str(report.get("app_version") or "")[:40],
        "epoch": str(epoch)[:36] if epoch else None, "queue_length": number("queue_length"),
        "last_seq": number("last_seq"), "withdrawn": number("withdrawn") or 0,
        "battery": number("battery"), "storage_free": number("storage_free"),
        "clock_skew_ms": skew_ms,
    }
    with transaction() as conn:
        changed = conn.execute(
            update(Heartbeat).where(Heartbeat.device_id == device_id).values(**row)
        )
        if not changed.rowcount:
            conn.execute(insert(Heartbeat).values(device_id=device_id, **row))


def set_pin(pin: str, *, actor: Actor, now: datetime) -> str:
    """Set the PIN of the staff overlay (at random if empty) and return it, this once."""
    chosen, kept = pins.make(pin)
    with transaction() as conn:
        settings_table.write(conn, pins.SETTING, kept)
        audit.record(
            conn, actor=actor, scope="settings", action="device_pin", subject="tablets", now=now
        )
    return chosen


def set_hours(text: str, *, actor: Actor, now: datetime) -> None:
    """Set the tablets' opening hours; empty text: always open. RuleError ``hours_form``."""
    kept = json.dumps(hours.parse(text))
    with transaction() as conn:
        settings_table.write(conn, hours.SETTING, kept)
        audit.record(
            conn, actor=actor, scope="settings", action="device_hours", subject=text[:120], now=now
        )
