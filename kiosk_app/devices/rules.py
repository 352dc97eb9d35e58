"""Pure rules of counter invitations: how long, in which state, when an answer is told."""

from __future__ import annotations

from datetime import datetime, timedelta

from kiosk_app.devices.records import InvitationRecord, Presence

LIFE = timedelta(seconds=60)
"""How long a call may wake the tablet, unless the setting says otherwise."""
SHORTEST, LONGEST = 20, 600
"""Bounds of that setting, in seconds."""
TOLD_EVERY = timedelta(seconds=10)
SILENT_AFTER = timedelta(seconds=6)
"""A tablet polls each second: after this it is taken to be off."""
NO_HEARTBEAT_AFTER = timedelta(seconds=150)
"""Where no poll is known (another machine takes them) the heartbeat of each minute decides."""
OPEN_STATES = ("waiting", "tablet_offline")


def told_from(created_at: datetime, now: datetime) -> datetime:
    """When an answer given ``now`` is told: at the end of its ten seconds since the call.

    How long a person took is a hint at what they chose, so the desk never learns it exactly.
    """
    steps = -(-(now - created_at) // TOLD_EVERY)
    return created_at + max(steps, 1) * TOLD_EVERY


def is_there(presence: Presence | None, now: datetime) -> bool:
    """Whether the counter's tablet answers."""
    if presence is None:
        return False
    if presence.polled_at is not None:
        return now - presence.polled_at <= SILENT_AFTER
    return presence.heartbeat_at is not None and now - presence.heartbeat_at <= NO_HEARTBEAT_AFTER


def _somebody_is_at_it(presence: Presence | None, now: datetime) -> bool:
    return (
        presence is not None and presence.showing_at is not None
        and now - presence.showing_at <= SILENT_AFTER
    )


def state_of(call: InvitationRecord, presence: Presence | None, now: datetime) -> str:
    """What the desk is told: waiting, answered, expired, withdrawn or tablet_offline.

    Whether a face was tapped, taken back or never touched makes no difference to it.
    """
    if call.state == "answered" and call.shown_from is not None and now < call.shown_from:
        return "waiting"
    if call.state != "waiting":
        return call.state
    if not is_there(presence, now):
        return "tablet_offline"
    if now < call.expires_at or _somebody_is_at_it(presence, now):
        return "waiting"
    return "expired"
