"""``kiosk cert``: HTTPS on the office network."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import click

from kiosk_app.config import Settings
from kiosk_app.core import clock
from kiosk_app.core.errors import ConfigurationError, RuleError
from kiosk_app.tls import commands, machine, queries, rules
from kiosk_app.tls.records import CertificateRecord, Names, Overview

Command = TypeVar("Command", bound=Callable[..., Any])
REAL = clock.Clock()  # certificates live in real time, the demo's year does not


def _named(command: Command) -> Command:
    for option in (
        click.option("--json", "as_json", is_flag=True),
        click.option("--ip", "addresses", multiple=True, help="Another IP address."),
        click.option("--name", "hosts", multiple=True, help="Another host name."),
    ):
        command = option(command)
    return command


def _asked(hosts: tuple[str, ...], addresses: tuple[str, ...]) -> Names:
    try:
        return rules.names(hosts, addresses)
    except RuleError as error:
        raise click.BadParameter(error.detail) from error


@click.group()
def cert() -> None:
    """Certificate authority and server certificate of this installation."""


@cert.command("init")
@_named
@click.option("--replace", is_flag=True, help="A new authority: tablets must trust it anew.")
def init(
    *, hosts: tuple[str, ...], addresses: tuple[str, ...], as_json: bool, replace: bool
) -> None:
    """Make an authority and a certificate for the names and addresses of this machine."""
    settings = Settings.from_env()
    wanted = machine.names(settings.host, settings.public_url).joined(_asked(hosts, addresses))
    made = commands.init(settings.data_dir, wanted, now=REAL.now(), replace=replace)
    _show(made, as_json=as_json)
    if not as_json:
        click.echo("next: start with KIOSK_TLS=1 and open /trust on each tablet (docs/tablets.md)")


@cert.command("show")
@click.option("--json", "as_json", is_flag=True)
def show(*, as_json: bool) -> None:
    """Fingerprints, expiry and names; leaves with 1 when the certificate has expired."""
    found = queries.overview(queries.folder(Settings.from_env().data_dir))
    _show(found, as_json=as_json)
    sys.exit(0 if REAL.now() < min(found.server.not_after, found.authority.not_after) else 1)


@cert.command("renew")
@_named
@click.option("--drop", "dropped", multiple=True, help="A name or address no longer wanted.")
@click.option("--if-due", is_flag=True, help="Only when it ends soon or lacks a name.")
@click.option("--authority", type=click.Path(path_type=Path, exists=True, file_okay=False),
              help="Folder of ca.key, where it is kept elsewhere.")
def renew(
    *, hosts: tuple[str, ...], addresses: tuple[str, ...], dropped: tuple[str, ...],
    if_due: bool, authority: Path | None, as_json: bool,
) -> None:
    """Replace the server's certificate; the authority stays, tablets notice nothing."""
    settings = Settings.from_env()
    where = queries.folder(settings.data_dir)
    held = _held(where)
    wanted = _found(settings, where).joined(held.names if held else Names())
    for text in dropped:
        wanted = wanted.without(machine.split(text))
    wanted = wanted.joined(_asked(hosts, addresses))
    if not if_due or held is None or rules.is_due(held, wanted, now=REAL.now()):
        commands.renew(settings.data_dir, wanted, now=REAL.now(), authority_dir=authority)
    _show(queries.overview(where), as_json=as_json)


def _held(where: Path) -> CertificateRecord | None:
    """The server's certificate, or None where it is lost or damaged: renewing mends that."""
    try:
        return rules.record(queries.certificate(where, queries.SERVER))
    except ConfigurationError:
        return None


def _found(settings: Settings, where: Path) -> Names:
    """What this machine is called now, as far as its authority may vouch for it."""
    called = machine.names(settings.host, settings.public_url)
    allowed = rules.allowed_names(queries.certificate(where, queries.AUTHORITY))
    refused = rules.outside(called, allowed)
    if refused:
        click.echo(
            f"left out, for the authority may not vouch for them: {', '.join(refused)} "
            "(`kiosk cert init --replace` makes one that may)", err=True,
        )
    return rules.within(called, allowed)


def _show(found: Overview, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({
            "authority": _told(found.authority), "server": _told(found.server),
            "authority_key_here": found.authority_key_here,
        }))
        return
    for title, one in (("authority", found.authority), ("server", found.server)):
        click.echo(f"{title}: {one.subject}")
        click.echo(f"  until   {one.not_after:%Y-%m-%d} ({_left(one)})")
        for number, row in enumerate(queries.fingerprint_rows(one.fingerprint)):
            click.echo(f"  {'SHA-256' if number == 0 else '       '} {row}")
        if one.names.texts():
            click.echo(f"  names   {', '.join(one.names.texts())}")
    if found.authority_key_here:
        click.echo("the authority's key lies on this machine, in DATA_DIR/tls/authority")


def _told(one: CertificateRecord) -> dict[str, object]:
    return {
        "subject": one.subject, "fingerprint_sha256": one.fingerprint,
        "not_before": one.not_before.isoformat(), "not_after": one.not_after.isoformat(),
        "days_left": (one.not_after - REAL.now()).days,
        "names": list(one.names.hosts), "addresses": [str(a) for a in one.names.addresses],
    }


def _left(one: CertificateRecord) -> str:
    left = one.not_after - REAL.now()
    return "expired" if left < timedelta(0) else f"{left.days} days left"
