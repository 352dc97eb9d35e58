"""The demo's tablets: twelve in the centre, one in each ward."""

from __future__ import annotations

from datetime import datetime

from kiosk_app.core import db
from kiosk_app.core.audit import Actor
from kiosk_app.demo import dossiers, ratings
from kiosk_app.devices import commands as devices
from kiosk_app.feedback.records import Sender
from kiosk_app.organisation import queries


def install(actor: Actor, now: datetime) -> dict[str, Sender]:
    """Add the tablets, each at a counter; the sender of each by name."""
    with db.reading() as conn:
        units = [queries.unit_by_ref(conn, ref) for ref in dossiers.names_of_units()]
        counters = {u: queries.counters(conn, u) for u in units if u is not None}
    found: dict[str, Sender] = {}
    for name in ratings.tablet_names():
        number = int(name[-2:])
        unit_id = units[0 if name.startswith("TAB-C") else number]
        if unit_id is None:
            continue
        places = counters[unit_id]
        place = places[min(number - 1, len(places) - 1) if name.startswith("TAB-C") else 0]
        device_id, _token = devices.add(
            name, unit_id=unit_id, counter_id=place.id, actor=actor, now=now
        )
        found[name] = Sender(device_id=device_id, unit_id=unit_id, counter_id=place.id)
    return found
