"""``kiosk user`` and ``kiosk apikey``."""

from __future__ import annotations

import json

import click

from kiosk_app import runtime
from kiosk_app.accounts import commands, queries
from kiosk_app.accounts.permissions import ROLES
from kiosk_app.cli.devices import ACTOR, unit_id_of
from kiosk_app.config import Settings
from kiosk_app.core import clock, db


@click.group()
def user() -> None:
    """Accounts."""
    runtime.start(Settings.from_env())


@user.command()
@click.argument("name")
@click.option("--role", type=click.Choice(ROLES), required=True)
@click.option("--unit", default=None)
@click.option("--json", "as_json", is_flag=True)
def add(*, name: str, role: str, unit: str | None, as_json: bool) -> None:
    """Add an account; its password is printed once."""
    password = commands.add_user(
        name, role=role, unit_id=unit_id_of(unit) if unit else None, actor=ACTOR, now=clock.now()
    )
    click.echo(json.dumps({"user": name, "password": password}) if as_json else password)


@user.command()
@click.argument("name")
def disable(*, name: str) -> None:
    """Close an account; its sessions end."""
    commands.disable_user(name, actor=ACTOR, now=clock.now())
    click.echo(f"{name} is disabled")


@user.command()
@click.argument("name")
def password(*, name: str) -> None:
    """Give a new password at random."""
    click.echo(commands.set_password(name, actor=ACTOR, now=clock.now()))


@user.command("list")
@click.option("--json", "as_json", is_flag=True)
def list_(*, as_json: bool) -> None:
    """All accounts."""
    with db.reading() as conn:
        found = queries.users(conn)
    rows = [{"user": u.username, "role": u.role, "active": u.active} for u in found]
    click.echo(json.dumps(rows) if as_json else "\n".join(
        f"{r['user']} {r['role']} {'active' if r['active'] else 'disabled'}" for r in rows
    ))


@click.group()
def apikey() -> None:
    """Keys of integrations."""
    runtime.start(Settings.from_env())


@apikey.command("add")
@click.argument("name")
@click.option("--scope", multiple=True, required=True, type=click.Choice(commands.SCOPES))
@click.option("--json", "as_json", is_flag=True)
def add_key(*, name: str, scope: tuple[str, ...], as_json: bool) -> None:
    """Add a key; its secret is printed once."""
    secret = commands.add_api_key(name, scopes=scope, actor=ACTOR, now=clock.now())
    click.echo(json.dumps({"key": name, "secret": secret}) if as_json else secret)


@apikey.command("revoke")
@click.argument("name")
def revoke_key(*, name: str) -> None:
    """Revoke a key at once."""
    commands.revoke_api_key(name, actor=ACTOR, now=clock.now())
    click.echo(f"{name} is revoked")


@apikey.command("list")
def list_keys() -> None:
    """All keys."""
    with db.reading() as conn:
        for key in queries.api_keys(conn):
            click.echo(f"{key.name} {' '.join(sorted(key.scopes))}{' revoked' if key.revoked else ''}")
