"""``kiosk device``: provisioning, approving, listing and revoking tablets."""

from __future__ import annotations

import json

import click

from kiosk_app import runtime
from kiosk_app.config import Settings
from kiosk_app.core import clock, db
from kiosk_app.core.audit import Actor
from kiosk_app.core.errors import NotFoundError
from kiosk_app.devices import commands, invitations, queries
from kiosk_app.organisation import queries as organisation_queries

ACTOR = Actor("command line", "administrator")


def unit_id_of(ref: str) -> int:
    with db.reading() as conn:
        unit_id = organisation_queries.unit_by_ref(conn, ref)
    if unit_id is None:
        raise NotFoundError("unit_unknown", f"no unit has the key {ref}", field="--unit")
    return unit_id


def counter_id_of(unit_id: int, name: str) -> int | None:
    """Id of the unit's counter of that name; None for no name."""
    if not name:
        return None
    with db.reading() as conn:
        names = {c.name: c.id for c in organisation_queries.counters(conn, unit_id) if c.active}
    if name not in names:
        known = ", ".join(sorted(names)) or "none"
        raise NotFoundError("counter_unknown", f"no counter {name} there; there are: {known}",
                            field="--counter")
    return names[name]


def _record(name: str) -> queries.DeviceRecord:
    with db.reading() as conn:
        found = next((d for d in queries.devices(conn) if d.name == name), None)
    if found is None:
        raise NotFoundError("device_unknown", f"no tablet is called {name}")
    return found


@click.group()
def device() -> None:
    """Tablets."""
    runtime.start(Settings.from_env())


@device.command()
@click.option("--unit", required=True, help="Key of the unit.")
@click.option("--counter", default="", help="Name of the counter it stands at.")
@click.option("--name", default="", help="Name of the tablet.")
@click.option("--json", "as_json", is_flag=True)
def add(*, unit: str, counter: str, name: str, as_json: bool) -> None:
    """Provision a tablet; its token is printed once."""
    now = clock.now()
    chosen = name or f"{unit}-{now:%y%m%d%H%M%S}"
    unit_id = unit_id_of(unit)
    _, token = commands.add(
        chosen, unit_id=unit_id, counter_id=counter_id_of(unit_id, counter), actor=ACTOR, now=now
    )
    click.echo(json.dumps({"device": chosen, "token": token}) if as_json else f"{chosen} {token}")


@device.command()
@click.argument("code")
@click.option("--unit", required=True)
@click.option("--counter", default="", help="Name of the counter it stands at.")
@click.option("--name", required=True)
def approve(*, code: str, unit: str, counter: str, name: str) -> None:
    """Approve the tablet that shows CODE."""
    unit_id = unit_id_of(unit)
    commands.approve(
        code, name=name, unit_id=unit_id, counter_id=counter_id_of(unit_id, counter), actor=ACTOR,
        now=clock.now(),
    )
    click.echo(f"{name} is paired")


@device.command("list")
@click.option("--json", "as_json", is_flag=True)
def list_(*, as_json: bool) -> None:
    """All tablets."""
    with db.reading() as conn:
        found = queries.devices(conn)
    if as_json:
        click.echo(json.dumps([{"device": d.name, "revoked": d.revoked_at is not None} for d in found]))
        return
    for each in found:
        click.echo(f"{each.name} {'revoked' if each.revoked_at else 'in use'}")


@device.command()
@click.argument("name")
def revoke(*, name: str) -> None:
    """Revoke a tablet's token; its queue goes into quarantine from now on."""
    commands.revoke(_record(name).id, actor=ACTOR, now=clock.now())
    click.echo(f"{name} is revoked")


@device.command()
@click.argument("name")
@click.option("--counter", default="", help="Name of a counter of its unit; empty: none.")
def place(*, name: str, counter: str) -> None:
    """Say at which counter a tablet stands: that counter can call it."""
    found = _record(name)
    commands.place(
        found.id, counter_id_of(found.unit_id, counter), actor=ACTOR, now=clock.now()
    )
    click.echo(f"{name} stands at {counter or 'no counter'}")


@device.command("call-seconds")
@click.argument("seconds", type=int)
def call_seconds(*, seconds: int) -> None:
    """Set how long a counter's call may wake its tablet (60 unless set)."""
    invitations.set_life(seconds, actor=ACTOR, now=clock.now())
    click.echo(f"{seconds} s")


@device.command()
@click.argument("pin", default="")
@click.option("--json", "as_json", is_flag=True)
def pin(*, pin: str, as_json: bool) -> None:
    """Set the PIN of the tablets' staff overlay; drawn at random unless given."""
    chosen = commands.set_pin(pin, actor=ACTOR, now=clock.now())
    click.echo(json.dumps({"pin": chosen}) if as_json else chosen)


@device.command()
@click.argument("hours", default="")
def hours(*, hours: str) -> None:
    """Set when tablets are open, like "1-5 07:30-11:30 13:30-17:00; 6 07:30-11:30"; empty: always."""
    commands.set_hours(hours, actor=ACTOR, now=clock.now())
    click.echo(hours or "always open")
