"""When each tablet last asked for a call, shared by the web workers of a machine, without a write
to the database: two numbers a tablet in a file that is mapped into memory.
"""

from __future__ import annotations

import mmap
import os
import struct
import threading
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, select

from kiosk_app.core.columns import from_ms, to_ms
from kiosk_app.devices.models import Device, Heartbeat
from kiosk_app.devices.records import Presence

_SLOT = struct.Struct("<qq")
"""Milliseconds of the last poll, and of the last one that showed a call."""
_PAGE = 64 * 1024
_lock = threading.Lock()
_state: dict[str, mmap.mmap] = {}
_where: dict[str, Path] = {}


def bind(path: Path) -> None:
    """Keep presence in ``path``, which all web workers of the machine share."""
    _where["path"] = path
    _state.clear()


def _mapped(wanted: int) -> mmap.mmap | None:
    """The file in memory, grown to hold ``wanted`` bytes; None where none is bound."""
    found = _state.get("map")
    if (found is not None and len(found) >= wanted) or "path" not in _where:
        return found
    with _lock:
        handle = os.open(_where["path"], os.O_RDWR | os.O_CREAT, 0o600)
        try:
            size = max(os.fstat(handle).st_size, -(-wanted // _PAGE) * _PAGE)
            os.ftruncate(handle, size)
            _state["map"] = mmap.mmap(handle, size)
        finally:
            os.close(handle)
        return _state["map"]


def note(device_id: int, *, showing: bool, now: datetime) -> None:
    """The tablet has just asked; ``showing``: a call is on its screen and a person may be there."""
    area = _mapped((device_id + 1) * _SLOT.size)
    if area is None:
        return
    at = device_id * _SLOT.size
    before = _SLOT.unpack_from(area, at)[1]
    _SLOT.pack_into(area, at, to_ms(now), to_ms(now) if showing else before)


def _moment(value: int) -> datetime | None:
    return from_ms(value) if value else None


def last(device_id: int) -> tuple[datetime | None, datetime | None]:
    """When the tablet last asked, and when it last asked with a call on its screen."""
    area = _mapped((device_id + 1) * _SLOT.size)
    if area is None:
        return None, None
    polled, showing = _SLOT.unpack_from(area, device_id * _SLOT.size)
    return _moment(polled), _moment(showing)


def _newest(moments: Iterable[datetime | None]) -> datetime | None:
    return max((m for m in moments if m is not None), default=None)


def of_counter(conn: Connection, counter_id: int) -> Presence | None:
    """Presence of the counter's tablet (the liveliest, if it has several); None without one."""
    rows = conn.execute(
        select(Device.id, Heartbeat.at)
        .join(Heartbeat, Heartbeat.device_id == Device.id, isouter=True)
        .where(Device.counter_id == counter_id, Device.revoked_at.is_(None))
    ).all()
    if not rows:
        return None
    slots = [last(row.id) for row in rows]
    return Presence(
        _newest(polled for polled, _ in slots), _newest(showing for _, showing in slots),
        _newest(row.at for row in rows),
    )
