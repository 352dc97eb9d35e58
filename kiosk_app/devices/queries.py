"""Reads of devices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from kiosk_app.devices.commands import token_hash
from kiosk_app.devices.models import Device, Heartbeat, Pairing


@dataclass(frozen=True)
class DeviceRecord:
    """A tablet and its latest sign of life."""

    id: int
    name: str
    unit_id: int
    counter_id: int | None
    revoked_at: datetime | None
    paired_at: datetime
    seen_at: datetime | None
    queue_length: int | None


def _select() -> list[object]:
    return [
        Device.id, Device.name, Device.unit_id, Device.counter_id, Device.revoked_at,
        Device.paired_at, Heartbeat.at, Heartbeat.queue_length,
    ]


def devices(conn: Connection) -> list[DeviceRecord]:
    """All tablets by name."""
    rows = conn.execute(
        select(*_select())  # type: ignore[call-overload]
        .join(Heartbeat, Heartbeat.device_id == Device.id, isouter=True)
        .order_by(Device.name)
    ).all()
    return [DeviceRecord(*row) for row in rows]


@dataclass(frozen=True)
class HealthRecord:
    """What a tablet in force last said of itself; None where it never did."""

    id: int
    name: str
    unit_id: int
    counter_id: int | None
    seen_at: datetime | None
    app_version: str
    queue_length: int | None
    battery: int | None
    clock_skew_ms: int | None
    withdrawn: int


def health(conn: Connection, unit_ids: Sequence[int]) -> list[HealthRecord]:
    """Tablets in force of these units by name."""
    rows = conn.execute(
        select(
            Device.id, Device.name, Device.unit_id, Device.counter_id, Heartbeat.at,
            Heartbeat.app_version, Heartbeat.queue_length, Heartbeat.battery,
            Heartbeat.clock_skew_ms, Heartbeat.withdrawn,
        )
        .join(Heartbeat, Heartbeat.device_id == Device.id, isouter=True)
        .where(Device.unit_id.in_(unit_ids), Device.revoked_at.is_(None))
        .order_by(Device.name)
    ).all()
    return [
        HealthRecord(*row[:5], row[5] or "", *row[6:9], row[9] or 0)
        for row in rows
    ]


def by_token(conn: Connection, token: str) -> DeviceRecord | None:
    """The tablet that bears this token, revoked or not."""
    row = conn.execute(
        select(*_select())  # type: ignore[call-overload]
        .join(Heartbeat, Heartbeat.device_id == Device.id, isouter=True)
        .where(Device.token_hash == token_hash(token))
    ).first()
    return None if row is None else DeviceRecord(*row)


def pairing_state(conn: Connection, poll_hash: str) -> str | None:
    """State of the pairing with this secret handle."""
    return conn.execute(select(Pairing.state).where(Pairing.poll_hash == poll_hash)).scalar()


def waiting_codes(conn: Connection, now: datetime) -> list[str]:
    """Codes of tablets that wait to be approved."""
    return list(
        conn.execute(
            select(Pairing.code)
            .where(Pairing.state == "waiting", Pairing.expires_at > now)
            .order_by(Pairing.created_at)
        ).scalars()
    )
