"""Commands of alerts: raise them with their messages, acknowledge, set the budget, deliver."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, select, update

from kiosk_app.alerts import queries, rules
from kiosk_app.alerts.episodes import episodes
from kiosk_app.alerts.models import Alert, AlertAcknowledgement, OutgoingMessage
from kiosk_app.alerts.records import Raised, Target, Text
from kiosk_app.core import audit, settings_table
from kiosk_app.core.audit import Actor
from kiosk_app.core.columns import LOCAL_ZONE, day_number, day_of, to_ms
from kiosk_app.core.db import reading, transaction
from kiosk_app.core.errors import NotFoundError, RuleError

LONGEST = 1000
Send = Callable[..., None]
"""Kind, target, subject, body and name of a message, and a calendar where one goes with it; raises
OSError or RuleError."""


def _is_new(conn: Connection, one: Raised) -> bool:
    """None of the same unit within fourteen days: later facts may move an alarm by some days."""
    day = day_of(one.day)
    near = [day_number(day + timedelta(days=d)) for d in (-rules.APART_DAYS, rules.APART_DAYS)]
    return conn.execute(select(Alert.id).where(
        Alert.unit_id == one.unit_id, Alert.day > near[0], Alert.day < near[1]
    )).first() is None


def _queue(
    conn: Connection, targets: Sequence[Target], text: Text, event: str, now_ms: int
) -> None:
    if not targets:
        return
    conn.execute(insert(OutgoingMessage), [
        {
            "ref": str(uuid.uuid4()), "kind": target.kind, "target": target.address,
            "subject": text.subject, "body": text.body if target.kind == "mail" else event,
            "state": "waiting", "tries": 0, "created_ms": now_ms, "due_ms": now_ms,
            "sent_ms": None, "problem": "",
        } for target in targets
    ])


def queue_mail(
    conn: Connection, address: str, subject: str, body: str, calendar: str, *, now: datetime
) -> None:
    """Put a mail into the outbox inside a caller's transaction; ``calendar`` '' for none."""
    conn.execute(insert(OutgoingMessage).values(
        ref=str(uuid.uuid4()), kind="mail", target=address, subject=subject[:300], body=body,
        state="waiting", tries=0, created_ms=to_ms(now), due_ms=to_ms(now), sent_ms=None,
        problem="", calendar=calendar,
    ))


def _is_open(conn: Connection, one: Raised, ref: str) -> bool:
    """Whether the episode that the alert belongs to waits for a person: what is known is not sent."""
    return any(
        ref in {alert.ref for alert in episode.alerts}
        for episode in queries.open_episodes(conn, [one.unit_id])
    )


def raise_found(
    found: Sequence[Raised], *, mark: str, version: str, targets: Sequence[Target],
    say: Callable[[str, Raised], tuple[Text, str]], now: datetime,
) -> int:
    """Store what is new and queue its messages, in one transaction; how many were new.

    ``say`` gives mail and event (JSON) of an alert. An alarm of more than fourteen days ago is told
    in the application only: it is no news any more; so is one of a change that somebody has
    acknowledged in the weeks before. ``mark`` is remembered as what was watched.
    """
    today, raised = now.astimezone(LOCAL_ZONE).date(), 0
    with transaction() as conn:
        for one in found:
            if not _is_new(conn, one):
                continue
            ref = str(uuid.uuid4())
            conn.execute(insert(Alert).values(
                ref=ref, unit_id=one.unit_id, procedure_code=one.procedure_code,
                worse=int(one.worse), first_day=one.first_day, day=one.day, n=one.n,
                share=one.share, expected=one.expected, low=one.low, high=one.high,
                severity=one.severity, false_alarms=one.false_alarms, version=version,
                raised_ms=to_ms(now),
            ))
            if (today - day_of(one.day)).days <= rules.APART_DAYS and _is_open(conn, one, ref):
                text, event = say(ref, one)
                _queue(conn, targets, text, event, to_ms(now))
            raised += 1
        settings_table.write(conn, queries.WATCHED, mark)
    return raised


def acknowledge(
    ref: str, comment: str, *, unit_ids: Sequence[int], actor: Actor, now: datetime
) -> None:
    """Say that an alert was seen with all of its episode, and what is done about it.

    RuleError ``comment_missing``; NotFoundError outside of ``unit_ids``.
    """
    said = comment.strip()[:LONGEST]
    with transaction() as conn:
        found = conn.execute(
            select(Alert.unit_id).where(Alert.ref == ref, Alert.unit_id.in_(unit_ids))
        ).scalar()
        if found is None:
            raise NotFoundError("alert_unknown", "no such alert")
        if not said:
            raise RuleError("comment_missing", "say what is done about it", field="comment")
        episode = next(
            one for one in episodes(queries.alerts(conn, [found]))
            if ref in {alert.ref for alert in one.alerts}
        )
        refs = {ref} | {one.ref for one in episode.alerts if not one.acknowledgements}
        alert_ids = conn.execute(select(Alert.id).where(Alert.ref.in_(refs))).scalars().all()
        conn.execute(insert(AlertAcknowledgement), [
            {"alert_id": one, "comment": said, "actor": actor.name, "recorded_ms": to_ms(now)}
            for one in alert_ids
        ])
        audit.record(conn, actor=actor, scope="figures", action="acknowledge_alert", subject=ref,
                     now=now, comment=said)


def set_budget(false_alarms: int, *, actor: Actor, now: datetime) -> None:
    """How many false alarms a year are borne; RuleError ``budget_unknown``."""
    if false_alarms not in rules.BUDGETS:
        raise RuleError("budget_unknown", f"one of {rules.BUDGETS}", field="false_alarms")
    with transaction() as conn:
        settings_table.write(conn, queries.BUDGET, str(false_alarms))
        audit.record(conn, actor=actor, scope="settings", action="alert_budget",
                     subject=str(false_alarms), now=now)


def _try(row: Mapping[str, object], send: Send) -> str:
    """'' when it went out, otherwise why not."""
    try:
        words = [str(row[name]) for name in ("kind", "target", "subject", "body", "ref")]
        send(*words, *([str(row["calendar"])] if row["calendar"] else []))
    except (OSError, RuleError) as error:
        return f"{type(error).__name__}: {error}"[:300]
    return ""


def deliver_due(send: Send, *, now: datetime, most: int = 50) -> tuple[int, int]:
    """Send what is due, each outside a transaction, and note each result; (sent, failed)."""
    now_ms, sent, failed = to_ms(now), 0, 0
    with reading() as conn:
        rows = [dict(row) for row in conn.execute(
            select(OutgoingMessage.__table__)
            .where(OutgoingMessage.state == "waiting", OutgoingMessage.due_ms <= now_ms)
            .order_by(OutgoingMessage.due_ms).limit(most)
        ).mappings()]
    for row in rows:
        problem = _try(row, send)
        tries = int(row["tries"]) + 1
        due = rules.next_try(tries, int(row["created_ms"]), now_ms)
        if not problem:
            values = {"state": "sent", "sent_ms": now_ms, "problem": ""}
        elif due is None:
            values = {"state": "given_up", "problem": problem}
        else:
            values = {"due_ms": due, "problem": problem}
        with transaction() as conn:
            conn.execute(
                update(OutgoingMessage).where(OutgoingMessage.id == row["id"])
                .values(tries=tries, **values)
            )
        sent, failed = sent + (not problem), failed + bool(problem)
    return sent, failed
