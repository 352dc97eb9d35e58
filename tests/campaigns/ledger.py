"""The ledger of a campaign: what was shown as recorded, against what the service holds at the end."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from click.testing import CliRunner
from sqlalchemy import text

from kiosk_app.cli import cli
from kiosk_app.core import db

KEPT_ASIDE = {"already_rated", "device_revoked"}
"""Why a campaign's own ratings may be put aside; any other reason is a finding."""


@dataclass(frozen=True)
class Recorded:
    """A rating that a tablet showed as recorded (draft or sealed item durable on it)."""

    device: str
    rating_id: str
    level: int


@dataclass
class Ledger:
    """What people saw and what tablets were told; filled by all tablets of a campaign at once."""

    recorded: dict[str, Recorded] = field(default_factory=dict)
    unsure: dict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    """Taps that nobody saw recorded, by tablet and level: each may be there once, or not."""
    acknowledged: dict[str, str] = field(default_factory=dict)
    """Verdict that a tablet was given, by rating."""
    epochs: dict[tuple[str, str], int] = field(default_factory=dict)
    """Highest sequence number that a tablet used, by tablet and epoch."""
    contradictions: list[str] = field(default_factory=list)
    """Answers that named a settled number as missing."""
    undelivered: dict[str, int] = field(default_factory=dict)

    def devices(self) -> set[str]:
        """The tablets of this campaign."""
        return (
            {one.device for one in self.recorded.values()} | set(self.unsure)
            | set(self.undelivered) | {name for name, _epoch in self.epochs}
        )

    def record(self, device: str, rating_id: str, level: int) -> None:
        """A rating was shown as recorded."""
        self.recorded[rating_id] = Recorded(device, rating_id, level)


def _rows(query: str) -> list[Any]:
    with db.reading() as conn:
        return list(conn.execute(text(query)).all())


def _kiosk(environ: dict[str, str], *arguments: str) -> tuple[int, str]:
    """Exit code and output of the command, run in this process: the same code, no second start."""
    done = CliRunner().invoke(cli, arguments, env=environ)
    return done.exit_code, done.stdout


def _more_than_once(values: Iterable[Any]) -> list[Any]:
    return sorted(value for value, n in Counter(values).items() if n > 1)


def _of_ratings(ledger: Ledger) -> dict[str, list[Any]]:
    devices = ledger.devices()
    stored = [row for row in _rows(
        "SELECT i.rating_id, d.name, i.epoch, i.seq, i.level FROM rating_items i "
        "JOIN devices d ON d.id = i.device_id"
    ) if row.name in devices]
    aside = {
        row.rating_id: row.reason for row in _rows(
            "SELECT q.rating_id, q.reason, d.name FROM quarantined_items q JOIN rating_erasables e "
            "ON e.subject = 'quarantine' AND e.subject_id = q.id "
            "JOIN devices d ON d.id = q.device_id WHERE e.body IS NOT NULL"
        ) if row.name in devices
    }
    held = {row.rating_id: row for row in stored}
    unsure = {device: Counter(levels) for device, levels in ledger.unsure.items()}
    invented = []
    for rating_id, row in held.items():
        if rating_id in ledger.recorded:
            continue
        if unsure.get(row.name, Counter())[row.level] > 0:
            unsure[row.name][row.level] -= 1
        else:
            invented.append(rating_id)
    return {
        "lost": sorted(set(ledger.recorded) - set(held) - set(aside)),
        "doubled": _more_than_once(row.rating_id for row in stored),
        "doubled_numbers": _more_than_once((r.name, r.epoch, r.seq) for r in stored),
        "doubled_ballots": [tuple(row) for row in _rows(
            "SELECT receipt_key, COUNT(*) FROM rating_erasables WHERE subject = 'item' "
            "AND receipt_key IS NOT NULL GROUP BY receipt_key HAVING COUNT(*) > 1"
        )],
        "invented": sorted(invented),
        "altered": sorted(
            rid for rid, one in ledger.recorded.items()
            if rid in held and (held[rid].level, held[rid].name) != (one.level, one.device)
        ),
        "acknowledged_but_not_stored": sorted(
            rid for rid, verdict in ledger.acknowledged.items()
            if rid not in held and (verdict == "created" or (verdict == "duplicate" and rid not in aside))
        ),
        "put_aside_without_cause": sorted(
            (rid, reason) for rid, reason in aside.items()
            if reason not in KEPT_ASIDE or rid in held
        ),
    }


def _of_numbers(ledger: Ledger, environ: dict[str, str]) -> dict[str, list[Any]]:
    _code, told = _kiosk(environ, "status", "--json")
    names = {row.id: row.name for row in _rows("SELECT id, name FROM devices")}
    known = {
        (names[state["device_id"]], state["epoch"]): (state["max_seq"], state["missing"])
        for state in json.loads(told)["devices"] if names[state["device_id"]] in ledger.devices()
    }
    used = {key: (last, []) for key, last in ledger.epochs.items() if last}
    return {
        "gaps": sorted(
            f"{key}: tablet {used.get(key)}, service {known.get(key)}"
            for key in set(used) | set(known) if used.get(key) != known.get(key)
        ),
    }


def _of_figures(environ: dict[str, str]) -> dict[str, list[Any]]:
    cells, said = _kiosk(environ, "cells", "check")
    _code, sealed = _kiosk(environ, "seal")
    seals, verified = _kiosk(environ, "verify", "--json")
    left = [] if seals else [verified] * bool(json.loads(verified)["unsealed"])
    return {"counts": [said] if cells else [], "seals": [sealed, verified] if seals else left}


def findings(
    ledger: Ledger, environ: dict[str, str], *, whole: bool = True
) -> dict[str, list[Any]]:
    """Everything that is wrong at the end, by kind; empty if nothing is.

    Not ``whole``: without `kiosk status`, `cells check` and `verify`.
    """
    found: dict[str, list[Any]] = {
        "undelivered": sorted((name, n) for name, n in ledger.undelivered.items() if n),
        **_of_ratings(ledger), "gaps_of_acknowledged": ledger.contradictions,
    }
    if whole:
        found |= _of_numbers(ledger, environ) | _of_figures(environ)
    return {kind: what for kind, what in found.items() if what}
