"""``kiosk init|serve|worker|up|doctor``: installing and running the service."""

from __future__ import annotations

import json
import logging
import os
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import click
from sqlalchemy.engine import make_url

from kiosk_app import runtime, schema
from kiosk_app.accounts import queries as account_queries
from kiosk_app.cli.installation import initialise
from kiosk_app.cli.processes import Child
from kiosk_app.config import Settings
from kiosk_app.core import clock, db, keys
from kiosk_app.core.errors import ConfigurationError
from kiosk_app.dossiers import counts
from kiosk_app.feedback import commands as feedback_commands
from kiosk_app.seals import commands as seal_commands
from kiosk_app.tls import queries as tls_queries

GUNICORN_CONF = Path(__file__).resolve().parents[2] / "gunicorn.conf.py"
WORKER_PERIOD_SECONDS = 20.0
SEAL_PERIOD_SECONDS = 3600.0
WATCH_PERIOD_SECONDS = 3600.0
DECIDE_PERIOD_SECONDS = 60.0
"""Between two looks for counts that changed and want another disclosure decision."""


@click.command()
def init() -> None:
    """Create or upgrade the database of DATABASE_URL; asks nothing."""
    initialise(Settings.from_env())
    click.echo("ready")


def _refuse_open_demo(settings: Settings) -> None:
    with db.reading() as conn:
        demo = account_queries.has_demo_accounts(conn)
    if demo and settings.host not in {"127.0.0.1", "localhost", "::1"}:
        raise ConfigurationError(
            "demo_accounts_on_open_address",
            "demo accounts exist: HOST must stay 127.0.0.1; disable them with "
            "`kiosk user disable` first",
            field="HOST",
        )


def _refuse_without_certificate(settings: Settings) -> None:
    if settings.tls:
        from kiosk_app.tls import serving

        serving.check(tls_queries.server_file(settings.data_dir))


def _gunicorn(settings: Settings) -> list[str]:
    return [
        sys.executable, "-m", "gunicorn", "-c", str(GUNICORN_CONF), "-b",
        f"{settings.host}:{settings.port}", "wsgi:app", "--chdir", str(GUNICORN_CONF.parent),
    ]


def _become_gunicorn(settings: Settings) -> None:
    from gunicorn.app import wsgiapp

    sys.argv = ["gunicorn", *_gunicorn(settings)[3:]]
    wsgiapp.run()


@click.command()
def serve() -> None:
    """Run the web service (gunicorn)."""
    settings = Settings.from_env()
    runtime.start(settings)
    _refuse_open_demo(settings)
    _refuse_without_certificate(settings)
    os.execvp(sys.executable, _gunicorn(settings))  # noqa: S606 - becomes the server, no shell


def work_once(*, seal: bool) -> dict[str, int]:
    """One round of background work; every part is its own short transaction."""
    now = clock.now()
    done = {
        "drafts": feedback_commands.seal_due_drafts(now=now),
        "unparked": feedback_commands.retry_parked(now=now),
        "matched": feedback_commands.match_unmatched(now=now),
        "released": feedback_commands.release_closed(now=now),
    }
    if seal:
        done["sealed"] = seal_commands.seal(now=now).leaves
    return done


@click.command()
@click.option("--once", is_flag=True, help="One round, then stop.")
def worker(*, once: bool) -> None:
    """Run background jobs: form drafts, matching, released copies, disclosure, seals, alerts."""
    _work(once=once)


def watching_jobs(
    settings: Settings, *, whole: bool
) -> dict[str, Callable[[], Mapping[str, int]]]:
    """Messages and exports that wait; with ``whole`` also what is looked for once a day.

    Each tells its counts by name.
    """
    from kiosk_app.cli import watching  # statistics and mail, which only the worker needs

    daily: dict[str, Callable[[], Mapping[str, int]]] = {
        "alerts": lambda: {"alerts": watching.watch_changes(settings, now=clock.now())},
        "reviews": lambda: {"reviews": watching.screen_for_misuse(now=clock.now())},
        "reminded": lambda: {"reminded": watching.remind_of_certificates(settings, now=clock.now())},
        "effects": lambda: {"effects": watching.estimate_effects(now=clock.now())},
    }
    return (daily if whole else {}) | {
        "told": lambda: {"told": watching.tell_of_training(settings, now=clock.now())},
        "sent": lambda: dict(zip(
            ("sent", "unsent"), watching.deliver(settings, now=clock.now()), strict=True)),
        "exports": lambda: {"exports": watching.export(settings)},
    }


def attempt(jobs: Mapping[str, Callable[[], object]]) -> None:
    """Do each job; one that fails is written down and ends neither the others nor the thread."""
    for name, job in jobs.items():
        try:
            job()
        except Exception:
            logging.getLogger(__name__).exception("%s failed; tried again", name)


def _watch(settings: Settings) -> None:
    """Beside the rounds of the worker, so that a long computation holds no draft up."""
    last = -WATCH_PERIOD_SECONDS
    while True:
        whole = clock.monotonic() - last >= WATCH_PERIOD_SECONDS
        if whole:
            last = clock.monotonic()
        attempt(watching_jobs(settings, whole=whole))
        time.sleep(WORKER_PERIOD_SECONDS / 4)


def decide_once() -> int:
    """Decide what may be seen of counts that changed; decisions written."""
    from kiosk_app.reporting import commands  # numpy, which only this job needs

    return commands.decide(now=clock.now()).written


def read_once() -> int:
    """Read, masked and by topic, the comments that came since; how many."""
    from kiosk_app.reporting import commands  # rules of text, which only this job needs

    return commands.read_comments()


def _decide() -> None:
    """Beside the rounds of the worker, as ``_watch``."""
    while True:
        attempt({"decide": decide_once, "read": read_once})
        time.sleep(DECIDE_PERIOD_SECONDS)


def _work(*, once: bool) -> None:
    settings = Settings.from_env()
    runtime.start(settings)
    if once:
        done = work_once(seal=True) | {"decided": decide_once(), "read": read_once()}
        for job in watching_jobs(settings, whole=True).values():
            done |= job()
        click.echo(json.dumps(done))
        return
    threading.Thread(target=_watch, args=(settings,), daemon=True).start()
    threading.Thread(target=_decide, daemon=True).start()
    last_seal = -SEAL_PERIOD_SECONDS
    while True:
        seal = clock.monotonic() - last_seal >= SEAL_PERIOD_SECONDS
        work_once(seal=seal)
        if seal:
            last_seal = clock.monotonic()
        time.sleep(WORKER_PERIOD_SECONDS)


def _offer_pairing(settings: Settings) -> None:
    from kiosk_app.cli.devices import ACTOR
    from kiosk_app.demo import pairing

    code, poll = pairing.offer(settings, actor=ACTOR, now=clock.now())
    if code:
        click.echo(
            f"Mã ghép máy / pairing code: {code}\n"
            f"  {settings.address}/kiosk#pair={poll}\n"
        )


def _fill_if_empty(settings: Settings) -> None:
    from kiosk_app.demo import state

    if settings.database_url.startswith("sqlite") and not Path(
        make_url(settings.database_url).database or ""
    ).exists():
        initialise(settings)
    runtime.start(settings)
    with db.reading() as conn:
        if not schema.is_current(conn):
            initialise(settings)
    if state.read() in {"done", "used"}:
        return
    from kiosk_app.cli.demo import fill

    fill(settings, scale=1.0, seed=2018)


@click.command()
@click.option("--demo", "with_demo", is_flag=True,
              help="First create the database and, if it is empty, fill it with the year 2018.")
def up(*, with_demo: bool) -> None:
    """Run web and worker together; ends both when one ends."""
    settings = Settings.from_env()
    if with_demo:
        _fill_if_empty(settings)
    else:
        runtime.start(settings)
    _refuse_open_demo(settings)
    _refuse_without_certificate(settings)
    notice = settings.data_dir / "demo-notice.txt"
    if notice.exists():
        click.echo(notice.read_text("utf-8"))
        _offer_pairing(settings)
    click.echo(settings.address)
    db.current().dispose()
    processes = [Child(lambda: _become_gunicorn(settings)), Child(lambda: _work(once=False))]

    def stop(_number: int, _frame: object) -> None:
        for process in processes:
            process.terminate()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    while all(process.poll() is None for process in processes):
        time.sleep(0.5)
    stop(0, None)
    ended = [process.wait() for process in processes]
    sys.exit(max(0 if code == -signal.SIGTERM else abs(code) for code in ended))


def _seen_from_outside(settings: Settings) -> list[tuple[str, bool, str]]:
    from kiosk_app.tls import outside

    found = outside.findings(
        settings.data_dir, host=settings.host, port=settings.port, tls=settings.tls,
        public_url=settings.public_url, now=clock.Clock().now(),
    )
    return [(one.name, one.ok, one.problem) for one in found]


@click.command()
@click.option("--json", "as_json", is_flag=True)
def doctor(*, as_json: bool) -> None:
    """Check configuration, keys, schema, disk and, as a tablet, HTTPS; say what to do."""
    settings = Settings.from_env()
    runtime.start(settings)
    with db.reading() as conn:
        current = schema.is_current(conn)
        triggers = schema.declared_triggers(sqlite=db.current().is_sqlite)
        missing = sorted(triggers - schema.existing_triggers(conn))
        ring = keys.load(settings.keys_dir)
        wrong = keys.wrong_keys(conn, ring)
        runs = counts.staging_runs(conn)
    free = shutil.disk_usage(settings.data_dir).free
    findings = [
        ("schema", current, "run `kiosk init`"),
        ("triggers", not missing, f"missing: {', '.join(missing)}; run `kiosk init`"),
        ("keys", not wrong, f"wrong: {', '.join(wrong)}; restore them with `kiosk restore --keys`"),
        ("disk", free > 1 << 30, f"{free >> 20} MB free; make room"),
        ("imports", not runs, f"unfinished import runs: {runs}; start the import again"),
        *_seen_from_outside(settings),
    ]
    if as_json:
        click.echo(json.dumps({name: ok for name, ok, _ in findings}))
    else:
        for name, ok, cure in findings:
            click.echo(f"{name:11} {'ok' if ok else cure}")
        for key, source in settings.origin.items():
            click.echo(f"{key:11} from {source}")
    sys.exit(0 if all(ok for _, ok, _ in findings) else 1)
