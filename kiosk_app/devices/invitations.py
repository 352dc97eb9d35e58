"""Invitations of a counter: opened, withdrawn, replaced by the next, answered once.

The functions with ``conn`` work inside the caller's transaction.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, or_, select, update

from kiosk_app.core import audit, settings_table
from kiosk_app.core.audit import Actor
from kiosk_app.core.db import transaction
from kiosk_app.core.errors import NotFoundError, RuleError
from kiosk_app.devices import rules
from kiosk_app.devices.models import Device, Invitation
from kiosk_app.devices.records import InvitationRecord

SETTING = "invitation_seconds"
_COLUMNS = tuple(getattr(Invitation, name) for name in InvitationRecord.__dataclass_fields__)


def life(conn: Connection) -> timedelta:
    """How long a call may wake the tablet."""
    kept = settings_table.read(conn, SETTING)
    return timedelta(seconds=int(kept)) if kept else rules.LIFE


def set_life(seconds: int, *, actor: Actor, now: datetime) -> None:
    """Set that time; RuleError ``invitation_seconds`` outside 20 to 600."""
    if not rules.SHORTEST <= seconds <= rules.LONGEST:
        raise RuleError(
            "invitation_seconds", f"{rules.SHORTEST} to {rules.LONGEST} seconds", field="seconds"
        )
    with transaction() as conn:
        settings_table.write(conn, SETTING, str(seconds))
        audit.record(
            conn, actor=actor, scope="settings", action="call_seconds", subject=str(seconds),
            now=now,
        )


def open_call(
    conn: Connection, counter_id: int, *, officer_id: int | None, dossier_id: int | None,
    receipt_key: str, step: str | None, actor: Actor, now: datetime,
) -> InvitationRecord:
    """Call the counter's tablet; a call that was open there gives way to this one."""
    conn.execute(
        update(Invitation)
        .where(Invitation.counter_id == counter_id, Invitation.state == "waiting",
               Invitation.expires_at <= now)
        .values(state="expired")
    )
    conn.execute(
        update(Invitation)
        .where(Invitation.counter_id == counter_id, Invitation.state == "waiting")
        .values(state="withdrawn")
    )
    row = conn.execute(
        insert(Invitation).values(
            ref=secrets.token_urlsafe(18), counter_id=counter_id, officer_id=officer_id,
            dossier_id=dossier_id, receipt_key=receipt_key, step=step, state="waiting",
            created_at=now, expires_at=now + life(conn), created_by=actor.name,
        ).returning(*_COLUMNS)
    ).one()
    return InvitationRecord(*row)


def withdraw(counter_id: int, ref: str | None, *, now: datetime) -> InvitationRecord:
    """Take the call ``ref`` (None: the newest of the counter) back; what was rated stays rated.

    A call whose answer is in but not told yet counts as open, so that taking it back tells
    nothing. NotFoundError if the counter has no such call.
    """
    with transaction() as conn:
        found = newest(conn, counter_id) if ref is None else by_ref(conn, counter_id, ref)
        if found is None:
            raise NotFoundError("invitation_unknown", "this counter has no such invitation")
        untold = (Invitation.state == "answered") & (Invitation.shown_from > now)
        conn.execute(
            update(Invitation)
            .where(Invitation.ref == found.ref, or_(Invitation.state == "waiting", untold))
            .values(state="withdrawn")
        )
        again = by_ref(conn, counter_id, found.ref)
    return again or found


def answer(conn: Connection, ref: str, *, now: datetime) -> None:
    """The rating that was called for is in: once, whatever happens afterwards."""
    created = conn.execute(select(Invitation.created_at).where(Invitation.ref == ref)).scalar()
    if created is not None:
        conn.execute(
            update(Invitation)
            .where(Invitation.ref == ref, Invitation.state.in_(("waiting", "expired")))
            .values(state="answered", shown_from=rules.told_from(created, now))
        )


def _first(conn: Connection, *where: object) -> InvitationRecord | None:
    row = conn.execute(
        select(*_COLUMNS).where(*where).order_by(Invitation.id.desc()).limit(1)  # type: ignore[arg-type]
    ).first()
    return None if row is None else InvitationRecord(*row)


def by_ref(conn: Connection, counter_id: int, ref: str) -> InvitationRecord | None:
    """The call of that name at this counter."""
    return _first(conn, Invitation.counter_id == counter_id, Invitation.ref == ref)


def newest(conn: Connection, counter_id: int) -> InvitationRecord | None:
    """The last call of the counter, open or not."""
    return _first(conn, Invitation.counter_id == counter_id)


def newest_for(
    conn: Connection, counter_id: int, receipt_key: str, since: datetime
) -> InvitationRecord | None:
    """The last call of the counter for this receipt, made at or after ``since``."""
    return _first(
        conn, Invitation.counter_id == counter_id, Invitation.receipt_key == receipt_key,
        Invitation.created_at >= since,
    )


def waiting(conn: Connection, counter_id: int, now: datetime) -> InvitationRecord | None:
    """The call that may wake the counter's tablet now."""
    return _first(
        conn, Invitation.counter_id == counter_id, Invitation.state == "waiting",
        Invitation.expires_at > now,
    )


def for_device(
    conn: Connection, token_hash: str, now: datetime
) -> tuple[int, InvitationRecord | None] | None:
    """Tablet of a token and the call it should show, in one look; None for an unknown tablet."""
    row = conn.execute(
        select(Device.id, *_COLUMNS)
        .join(
            Invitation,
            (Invitation.counter_id == Device.counter_id) & (Invitation.state == "waiting")
            & (Invitation.expires_at > now),
            isouter=True,
        )
        .where(Device.token_hash == token_hash, Device.revoked_at.is_(None))
        .order_by(Invitation.id.desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    return int(row[0]), None if row[1] is None else InvitationRecord(*row[1:])


def named(conn: Connection, refs: Iterable[str]) -> dict[str, InvitationRecord]:
    """Calls by name."""
    rows = conn.execute(select(*_COLUMNS).where(Invitation.ref.in_(sorted(refs)))).all()
    return {row.ref: InvitationRecord(*row) for row in rows}
