"""Tables of devices: tablets, pairing, epochs of their storage, heartbeats, invitations."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from kiosk_app.core.columns import UTCDateTime
from kiosk_app.core.db import Base


class Device(Base):
    """A paired tablet; only the hash of its token is kept."""

    __tablename__ = "devices"
    __table_args__ = (UniqueConstraint("name"), UniqueConstraint("token_hash"))
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    counter_id: Mapped[int | None] = mapped_column(ForeignKey("counters.id"))
    token_hash: Mapped[str] = mapped_column(String(64))
    paired_at: Mapped[datetime] = mapped_column(UTCDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    replaced_by_id: Mapped[int | None] = mapped_column(ForeignKey("devices.id"))


class Pairing(Base):
    """A tablet that asks to be paired: shown code, secret poll handle, approval."""

    __tablename__ = "pairings"
    __table_args__ = (
        UniqueConstraint("poll_hash"),
        Index(None, "code"),
        CheckConstraint("state IN ('waiting','approved','collected','expired')", name="state"),
    )
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    code: Mapped[str] = mapped_column(String(12))
    poll_hash: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(12))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    device_id: Mapped[int | None] = mapped_column(ForeignKey("devices.id"))


class DeviceEpoch(Base):
    """One life of a tablet's storage and what of its numbered items has arrived."""

    __tablename__ = "device_epochs"
    __table_args__ = (PrimaryKeyConstraint("device_id", "epoch"),)
    device_id: Mapped[int] = mapped_column(ForeignKey("devices.id"))
    epoch: Mapped[str] = mapped_column(String(36))
    first_seen_ms: Mapped[int] = mapped_column(BigInteger)
    max_seq: Mapped[int] = mapped_column(Integer)
    received: Mapped[int] = mapped_column(Integer)


class ReceivedSequence(Base):
    """A sequence number that has arrived, whatever the verdict on its item."""

    __tablename__ = "received_sequences"
    __table_args__ = (
        PrimaryKeyConstraint("device_id", "epoch", "seq"),
        {"sqlite_with_rowid": False},
    )
    device_id: Mapped[int] = mapped_column(ForeignKey("devices.id"))
    epoch: Mapped[str] = mapped_column(String(36))
    seq: Mapped[int] = mapped_column(Integer)
    rating_id: Mapped[str] = mapped_column(String(64))


class Heartbeat(Base):
    """The latest sign of life of a tablet."""

    __tablename__ = "heartbeats"
    device_id: Mapped[int] = mapped_column(ForeignKey("devices.id"), primary_key=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    app_version: Mapped[str] = mapped_column(String(40), default="")
    epoch: Mapped[str | None] = mapped_column(String(36))
    queue_length: Mapped[int | None] = mapped_column(Integer)
    last_seq: Mapped[int | None] = mapped_column(Integer)
    withdrawn: Mapped[int] = mapped_column(Integer, default=0)
    battery: Mapped[int | None] = mapped_column(Integer)
    storage_free: Mapped[int | None] = mapped_column(BigInteger)
    clock_skew_ms: Mapped[int | None] = mapped_column(BigInteger)


class Invitation(Base):
    """A counter's call to rate one step; the desk sees its state and nothing more.

    That an open one has ended by time is computed from ``expires_at``, that its tablet is silent
    from the tablet's last poll: neither needs a writer.
    """

    __tablename__ = "invitations"
    __table_args__ = (
        UniqueConstraint("ref"),
        Index(None, "counter_id", "state"),
        CheckConstraint("state IN ('waiting','answered','expired','withdrawn')", name="state"),
        CheckConstraint(
            "step IS NULL OR step IN ('reception','supplement','refusal','return')", name="step"
        ),
    )
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    ref: Mapped[str] = mapped_column(String(32))
    """Random name that tablets and integrations use."""
    counter_id: Mapped[int] = mapped_column(ForeignKey("counters.id"))
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("officers.id"))
    dossier_id: Mapped[int | None] = mapped_column(ForeignKey("dossiers.id"))
    receipt_key: Mapped[str] = mapped_column(String(60), default="")
    """Normal form of the dossier's code, '' for a call without a dossier."""
    step: Mapped[str | None] = mapped_column(String(12))
    state: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    shown_from: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """From when an answer is told: coarser than its arrival, which is stored nowhere here."""
    created_by: Mapped[str] = mapped_column(String(120), default="")
