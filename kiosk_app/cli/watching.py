"""What the worker watches: changes and misuse once a day, messages and long exports as they come."""

from __future__ import annotations

import os
from datetime import datetime
from itertools import islice
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import Connection

from kiosk_app.alerts import commands as alert_commands
from kiosk_app.alerts import queries as alert_queries
from kiosk_app.alerts import words
from kiosk_app.alerts.records import Raised, Target, Text
from kiosk_app.alerts.sending import Sender
from kiosk_app.config import Settings
from kiosk_app.core import clock, db
from kiosk_app.core.columns import LOCAL_ZONE, to_ms
from kiosk_app.exports import commands as export_commands
from kiosk_app.exports import queries as export_queries
from kiosk_app.exports.records import JobRecord
from kiosk_app.feedback import events
from kiosk_app.feedback import queries as feedback_queries
from kiosk_app.integrity import commands as integrity_commands
from kiosk_app.integrity import queries as integrity_queries
from kiosk_app.organisation import queries as organisation_queries
from kiosk_app.reporting import alarms, cells_export, effects, exports, misuse, periods
from kiosk_app.training import asking, certifying, notices


def watch_changes(settings: Settings, *, now: datetime) -> int:
    """Raise what changed for good, once a day and version of the facts; how many are new."""
    today = now.astimezone(LOCAL_ZONE).date()
    with db.reading() as conn:
        version, budget = events.version(conn), alert_queries.budget(conn)
        mark = f"{today:%Y%m%d} {version} {budget}"
        before = alert_queries.watched(conn).split()
        if before and (before[0] == f"{today:%Y%m%d}" or before[1:] == [version, str(budget)]):
            return 0
        units = {u.id: u for u in organisation_queries.receiving_units(conn)}
        procedures = {
            p.code: p.name("vi") for p in organisation_queries.procedures(conn).values()
        }
        found = alarms.of_units(conn, list(units), today, float(budget))
    base = settings.public_url or settings.address

    def say(ref: str, one: Raised) -> tuple[Text, str]:
        unit = units[one.unit_id]
        text = words.mail(
            one, unit.name("vi"), procedures.get(one.procedure_code, one.procedure_code),
            f"{base}/manage/alerts#{ref}",
        )
        return text, words.event(ref, one, unit.ref)

    targets = [
        *(Target("mail", address) for address in settings.alert_mail_to),
        *(Target("webhook", url) for url in settings.webhook_urls),
    ]
    return alert_commands.raise_found(
        found, mark=mark, version=version, targets=targets, say=say, now=now
    )


LATE_MONTHS = 3
"""So many months into a year its predecessor is screened again: what was offline comes in late."""


def _years_to_screen(conn: Connection) -> list[int]:
    """The newest year with ratings, the one before in its first months, and those never screened."""
    months = feedback_queries.periods_with_data(conn)
    years = sorted({month // 100 for month in months})
    version = events.version(conn)
    seen = {year: integrity_queries.version(conn, year) for year in years}
    open_ = {years[-1]} if years else set()
    if years and months[-1] % 100 <= LATE_MONTHS:
        open_.add(years[-1] - 1)
    return [
        year for year in years if not seen[year] or (year in open_ and seen[year] != version)
    ]


def screen_for_misuse(*, now: datetime) -> int:
    """Screen the years whose facts have changed; how many officers to look at."""
    with db.reading() as conn:
        years = _years_to_screen(conn)
    reviews = 0
    for year in years:
        with db.reading() as conn:
            found = misuse.screen(conn, year)
        integrity_commands.keep_screening(
            year, version=found.version, tests=found.tests, families=found.families,
            expected_false=found.expected_false, reviews=found.reviews, now=now,
        )
        reviews += len(found.reviews)
    return reviews


def estimate_effects(*, now: datetime) -> int:
    """What trainings changed, where facts did; how many were estimated anew."""
    return effects.refresh(today=now.astimezone(LOCAL_ZONE).date(), now=now)


def deliver(settings: Settings, *, now: datetime) -> tuple[int, int]:
    """Send the messages that are due; (sent, failed)."""
    return alert_commands.deliver_due(Sender(
        settings.smtp_url, settings.mail_from, settings.webhook_secret().encode(),
        settings.webhook_allow, int(now.timestamp()),
    ), now=now)


def tell_of_training(settings: Settings, *, now: datetime) -> int:
    """Queue the invitations, changes, reminders and questions that are due; how many. None without mail."""
    if not settings.smtp_url:
        return 0
    base = settings.public_url or settings.address

    def queue(conn: Connection, address: str, subject: str, body: str, calendar: str) -> None:
        alert_commands.queue_mail(conn, address, subject, body, calendar, now=now)

    told = notices.tell(queue, base=base, host=urlsplit(base).hostname or "kiosk", now=now)
    return told + asking.ask(queue, base=base, now=now)


def remind_of_certificates(settings: Settings, *, now: datetime) -> int:
    """Queue the rungs of the expiry ladder that are due; how many. None without mail."""
    if not settings.smtp_url:
        return 0

    def queue(conn: Connection, address: str, subject: str, body: str) -> None:
        alert_commands.queue_mail(conn, address, subject, body, "", now=now)

    return certifying.remind(queue, base=settings.public_url or settings.address, now=now)


STEP_ROWS = 2000


def export_file(settings: Settings, ref: str, suffix: str) -> Path:
    """Where the result of a job lies."""
    return settings.data_dir / "exports" / f"{ref}.{suffix}"


def export(settings: Settings) -> int:
    """Make the oldest export that waits, and let go of those that have lain long enough."""
    with db.reading() as conn:
        job = export_queries.next_waiting(conn)
        old = export_queries.expired(conn, to_ms(clock.now()))
    for one in old:
        export_file(settings, one.ref, one.wish.format).unlink(missing_ok=True)
        export_commands.let_go(one.ref)
    if job is None:
        return 0
    try:
        rows, digest = _make(settings, job)
    except (OSError, KeyError, ValueError) as error:
        export_commands.end(
            job.ref, rows=0, digest="", problem=f"{type(error).__name__}: {error}",
            now=clock.now(),
        )
        return 0
    export_commands.end(job.ref, rows=rows, digest=digest, now=clock.now())
    return 1


def _make(settings: Settings, job: JobRecord) -> tuple[int, str]:
    wish, texts = job.wish, job.wish.texts
    period = periods.parse(wish.period)
    body: list[list[object]] = []
    with db.reading() as conn:
        groups = wish.kind == "groups"
        total = cells_export.size(
            conn, period, wish.unit_ids, officers=wish.officers, groups=groups)
        version = exports.data_version(conn)
        made = cells_export.rows(
            conn, period, wish.unit_ids, wish.lang, dict(texts["names"]),  # type: ignore[call-overload]
            officers=wish.officers, groups=groups,
        )
        export_commands.progress(job.ref, 0, total)
        while step := list(islice(made, STEP_ROWS)):
            body += step
            export_commands.progress(job.ref, len(body), total)
    rows = [list(texts["head"]), *body]  # type: ignore[call-overload]
    notes = [*texts["notes"], f"{texts['version']} {version}"]  # type: ignore[misc]
    if wish.format == "csv":
        content = exports.as_csv(notes, rows)
    else:
        content = exports.as_xlsx(str(texts["title"]), str(texts["notes_title"]), notes, rows)
    path = export_file(settings, job.ref, wish.format)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    part = path.with_suffix(".part")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write(content)
    part.replace(path)
    return len(body), exports.digest(rows)
