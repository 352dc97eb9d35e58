"""Reads of alerts and of the outbox."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence

from sqlalchemy import Connection, func, select

from kiosk_app.alerts import rules
from kiosk_app.alerts.episodes import Episode, episodes
from kiosk_app.alerts.models import Alert, AlertAcknowledgement, OutgoingMessage
from kiosk_app.alerts.records import Acknowledgement, AlertRecord, OutboxState, Raised
from kiosk_app.core import settings_table

BUDGET = "alerts.false_alarms"
WATCHED = "alerts.watched"


def budget(conn: Connection) -> int:
    """False alarms a year that all charts together may give."""
    return int(settings_table.read(conn, BUDGET) or rules.DEFAULT_BUDGET)


def watched(conn: Connection) -> str:
    """Day, version and budget of the last computation, '' before the first."""
    return settings_table.read(conn, WATCHED) or ""


def alerts(
    conn: Connection, unit_ids: Sequence[int], *, first_day: int = 0, last_day: int = 99_991_231
) -> list[AlertRecord]:
    """Alerts of these units raised on these days, the newest first."""
    rows = conn.execute(
        select(Alert.__table__)
        .where(Alert.unit_id.in_(unit_ids), Alert.day.between(first_day, last_day))
        .order_by(Alert.day.desc(), Alert.id.desc())
    ).mappings().all()
    said: dict[int, list[Acknowledgement]] = defaultdict(list)
    for one in conn.execute(
        select(AlertAcknowledgement.__table__)
        .where(AlertAcknowledgement.alert_id.in_([row["id"] for row in rows]))
        .order_by(AlertAcknowledgement.id)
    ).mappings():
        said[one["alert_id"]].append(
            Acknowledgement(one["comment"], one["actor"], one["recorded_ms"])
        )
    return [
        AlertRecord(
            row["ref"], Raised(
                row["unit_id"], row["procedure_code"], bool(row["worse"]), row["first_day"],
                row["day"], row["n"], row["share"], row["expected"], row["low"], row["high"],
                row["severity"], row["false_alarms"],
            ), row["raised_ms"], tuple(said[row["id"]]),
        ) for row in rows
    ]


def open_episodes(conn: Connection, unit_ids: Sequence[int]) -> list[Episode]:
    """Lasting changes of these units that wait for a person, the newest first."""
    return [one for one in episodes(alerts(conn, unit_ids)) if one.open]


def outbox(conn: Connection) -> OutboxState:
    """State of the messages; the newest problem of one that did not go out."""
    rows = conn.execute(
        select(OutgoingMessage.state, func.count()).group_by(OutgoingMessage.state)
    ).all()
    counts: dict[str, int] = {state: int(n) for state, n in rows}
    problem = conn.execute(
        select(OutgoingMessage.problem)
        .where(OutgoingMessage.problem != "", OutgoingMessage.state != "sent")
        .order_by(OutgoingMessage.id.desc()).limit(1)
    ).scalar()
    return OutboxState(
        counts.get("waiting", 0), counts.get("sent", 0), counts.get("given_up", 0), problem or ""
    )


def mail_states(conn: Connection, targets: Collection[str]) -> dict[tuple[str, int], str]:
    """waiting, sent or given_up of each mail to these, by address and millisecond of its queuing."""
    rows = conn.execute(select(
        OutgoingMessage.target, OutgoingMessage.created_ms, OutgoingMessage.state
    ).where(OutgoingMessage.kind == "mail", OutgoingMessage.target.in_(targets)))
    return {(row.target, row.created_ms): row.state for row in rows}
