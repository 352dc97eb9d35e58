"""Where a tablet stands: what a rating takes over from its device."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select

from kiosk_app.devices.models import Device


@dataclass(frozen=True)
class Placement:
    """Unit and counter of a tablet, and whether its token was revoked."""

    device_id: int
    unit_id: int
    counter_id: int | None
    revoked: bool


def of_device(conn: Connection, device_id: int) -> Placement | None:
    """Placement of ``device_id`` today, or None if there is no such device."""
    row = conn.execute(
        select(Device.unit_id, Device.counter_id, Device.revoked_at).where(Device.id == device_id)
    ).first()
    if row is None:
        return None
    return Placement(device_id, row.unit_id, row.counter_id, row.revoked_at is not None)


def units(conn: Connection) -> dict[int, int]:
    """Unit of every tablet today."""
    rows = conn.execute(select(Device.id, Device.unit_id).order_by(Device.id))
    return {row.id: row.unit_id for row in rows}
