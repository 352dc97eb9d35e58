"""The ``kiosk`` command: one module a command group, loaded only when asked for."""

from __future__ import annotations

import sys
from importlib import import_module

import click

from kiosk_app.core.errors import ConfigurationError, KioskError

COMMANDS = {
    "analyse": "kiosk_app.cli.analyse:analyse",
    "apikey": "kiosk_app.cli.accounts:apikey",
    "backup": "kiosk_app.cli.backup:backup",
    "cells": "kiosk_app.cli.figures:cells",
    "cert": "kiosk_app.cli.cert:cert",
    "demo": "kiosk_app.cli.demo:demo",
    "device": "kiosk_app.cli.devices:device",
    "disclosure": "kiosk_app.cli.disclosure:disclosure",
    "doctor": "kiosk_app.cli.service:doctor",
    "import": "kiosk_app.cli.intake:import_",
    "init": "kiosk_app.cli.service:init",
    "report": "kiosk_app.cli.report:report",
    "restore": "kiosk_app.cli.backup:restore",
    "seal": "kiosk_app.cli.seals:seal",
    "serve": "kiosk_app.cli.service:serve",
    "survey": "kiosk_app.cli.surveys:survey",
    "status": "kiosk_app.cli.figures:status",
    "up": "kiosk_app.cli.service:up",
    "user": "kiosk_app.cli.accounts:user",
    "verify": "kiosk_app.cli.seals:verify",
    "worker": "kiosk_app.cli.service:worker",
}


class LazyGroup(click.Group):
    """Imports a command's module when it is run, so that ``kiosk`` starts fast."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """All names."""
        return sorted(COMMANDS)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name."""
        if cmd_name not in COMMANDS:
            return None
        module, attribute = COMMANDS[cmd_name].split(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command


@click.group(cls=LazyGroup)
@click.version_option(package_name="kiosk")
def cli() -> None:
    """Citizen-satisfaction service of one-stop public administration centres."""


def main() -> None:
    """Run the command; exit codes: 0 done, 1 something found wrong, 2 usage or configuration."""
    try:
        cli.main(prog_name="kiosk", standalone_mode=False)
    except click.exceptions.Exit as leaving:
        sys.exit(leaving.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except click.Abort:
        sys.exit(1)
    except ConfigurationError as error:
        click.echo(f"{error.field or error.code}: {error.detail}", err=True)
        sys.exit(2)
    except KioskError as error:
        click.echo(f"{error.code}: {error.detail}", err=True)
        sys.exit(1)
