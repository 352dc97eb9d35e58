"""Filling an empty database with the demo year, through the same commands as everybody."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import numpy as np

from kiosk_app import runtime
from kiosk_app.config import Settings
from kiosk_app.core import db, settings_table
from kiosk_app.core.audit import Actor
from kiosk_app.core.errors import RuleError
from kiosk_app.demo import (
    accounts,
    aggregates,
    dossiers,
    duties,
    opinions,
    ratings,
    reactions,
    replay,
    state,
    tablets,
    truth,
    workdays,
)
from kiosk_app.demo.replay import Say
from kiosk_app.dossiers import intake
from kiosk_app.organisation import commands as organisation
from kiosk_app.organisation import queries as organisation_queries
from kiosk_app.training import intake as training
from kiosk_app.training import queries as training_queries

ACTOR = Actor("demo", "system")
START = datetime(2018, 1, 1, tzinfo=timezone(timedelta(hours=7)))
END = datetime(2018, 12, 31, 16, 30, tzinfo=timezone(timedelta(hours=7)))
Clock = Callable[[], datetime]


@dataclass(frozen=True)
class Filled:
    """What the demo put in."""

    dossiers: int
    ratings: int
    notice: Path


def fill(
    settings: Settings, *, scale: float, seed: int, say: Say, real_now: Clock
) -> Filled:
    """Fill an empty database; ConfigurationError when it is not empty.

    ``real_now`` tells the time of the machine: the demo's clock goes on from the last demo day
    from the moment this ends.
    """
    state.refuse_used()
    state.mark("filling")
    say("organisation")
    _organisation()
    rng = np.random.default_rng(seed)
    year = dossiers.generate(scale, rng)
    _dossiers(year, say)
    say("training")
    effects = opinions.draw_effects(year, rng, _training())
    raters = opinions.draw(year, scale, effects, rng)
    senders = {**tablets.install(ACTOR, START), **replay.remote_sender()}
    say(f"ratings 0 of {len(raters.level)}")
    batches = ratings.deliveries(ratings.queues(year, raters, rng), scale)
    verdicts = replay.deliver(batches, senders, end=END, say=say)
    truth.write(
        settings.data_dir / "demo-truth.json", seed=seed, scale=scale, year=year,
        effects=effects, raters=raters,
    )
    notice = accounts.create(settings, actor=ACTOR, now=END)
    with db.transaction() as conn:
        offset = END.astimezone(UTC) - real_now()
        settings_table.write(
            conn, runtime.CLOCK_SETTING, str(round(offset.total_seconds() * 1000))
        )
    state.mark("done")
    runtime.bind_clock()
    return Filled(len(year), verdicts["created"], notice)


def _organisation() -> None:
    for name, command in (
        ("units", organisation.import_units), ("unit_events", organisation.import_unit_events),
        ("procedures", organisation.import_procedures), ("officers", organisation.import_officers),
    ):
        done = command(aggregates.rows(f"{name}.csv"), actor=ACTOR, now=START)
        if not done.ok:
            first = done.errors[0]
            raise RuleError("demo_data_wrong", f"{name}.csv row {first.row}: {first.reason}")


def _training() -> dict[str, int]:
    """Take in the year's classes; who completed the one that works, and from which day."""
    workbook = Path(aggregates.path_of("training_2018.xlsx"))
    training.import_workbook(workbook, actor=ACTOR, now=END)
    duties.set_duties(actor=ACTOR, now=END)
    reactions.answer_all()
    trained: dict[str, int] = {}
    with db.reading() as conn:
        people = organisation_queries.officers(conn)
        for held in training_queries.sessions(conn):
            if held.code != opinions.TRAINING_SESSION or held.last_day is None:
                continue
            first_day = (held.last_day - workdays.FIRST).days + 1
            for row in training_queries.roster(conn, held.id):
                if row.state == "completed":
                    trained[people[row.officer_id].code] = first_day
    return trained


def _dossiers(year: dossiers.Year, say: Say) -> None:
    """Write an export of the year to a temporary file and take it in as offices do."""
    say(f"dossiers 0 of {len(year)}")

    def progress(done: int) -> None:
        if done % 40_000 == 0:
            say(f"dossiers {done}")

    with tempfile.TemporaryDirectory(prefix="kiosk-demo-") as folder:
        path = Path(folder) / "dossiers_2018.csv"
        dossiers.write(year, path)
        report = intake.import_file(path, actor=ACTOR, now=END, progress=progress)
    if not report.published or report.created != len(year):
        raise RuleError("demo_dossiers_refused", f"intake took {report.totals()}")
