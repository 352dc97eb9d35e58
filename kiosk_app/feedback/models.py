"""Tables of feedback: items as sent, attributions, ballots, erasables, quarantine, counts."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from kiosk_app.core.columns import UTCDateTime
from kiosk_app.core.db import Base


class RatingItem(Base):
    """An accepted item exactly as sent; never changed, never removed (triggers)."""

    __tablename__ = "rating_items"
    __table_args__ = (
        UniqueConstraint("rating_id"),
        UniqueConstraint("device_id", "epoch", "seq"),
        CheckConstraint("kind IN ('rating','survey','contact')", name="kind"),
        CheckConstraint("level IS NULL OR level BETWEEN 1 AND 5", name="level"),
        CheckConstraint("kind <> 'rating' OR level IS NOT NULL", name="rating_has_level"),
        CheckConstraint("channel IN ('tablet','phone','paper')", name="channel"),
        CheckConstraint(
            "step IS NULL OR step IN ('reception','supplement','refusal','return')", name="step"
        ),
        Index(None, "follow_hash"),
        {"sqlite_autoincrement": True},
    )
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    rating_id: Mapped[str] = mapped_column(String(36))
    device_id: Mapped[int | None] = mapped_column(ForeignKey("devices.id"))
    epoch: Mapped[str | None] = mapped_column(String(36))
    seq: Mapped[int | None] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(String(8))
    relates_to: Mapped[str | None] = mapped_column(String(36))
    level: Mapped[int | None] = mapped_column(Integer)
    step: Mapped[str | None] = mapped_column(String(12))
    """As sent; the step that rules is in the attribution."""
    channel: Mapped[str] = mapped_column(String(8))
    entry: Mapped[str | None] = mapped_column(String(8))
    questionnaire: Mapped[str] = mapped_column(String(48))
    answers: Mapped[str] = mapped_column(Text)
    reasons: Mapped[str] = mapped_column(Text)
    """JSON list of the reason codes that are not confidential."""
    lang: Mapped[str] = mapped_column(String(8))
    claimed_ms: Mapped[int] = mapped_column(BigInteger)
    clock_offset_ms: Mapped[int | None] = mapped_column(BigInteger)
    corrected_ms: Mapped[int] = mapped_column(BigInteger)
    arrived_ms: Mapped[int] = mapped_column(BigInteger)
    duration_ms: Mapped[int | None] = mapped_column(Integer)
    follow_hash: Mapped[str | None] = mapped_column(String(64))
    salt: Mapped[bytes] = mapped_column(LargeBinary(16))
    commit_receipt: Mapped[str] = mapped_column(String(64))
    commit_comment: Mapped[str] = mapped_column(String(64))
    commit_contact: Mapped[str] = mapped_column(String(64))
    commit_confidential: Mapped[str] = mapped_column(String(64))
    verdict: Mapped[str] = mapped_column(String(12))
    digest_scheme: Mapped[int] = mapped_column(Integer)
    leaf_scheme: Mapped[int] = mapped_column(Integer)
    leaf_hash: Mapped[str] = mapped_column(String(64))
    row_seal: Mapped[str] = mapped_column(String(64))
    """HMAC of the leaf under the digest key: a row put in from outside has none that fits."""


class QuarantinedItem(Base):
    """An item that was answered conflict or rejected; kept whole in the erasables."""

    __tablename__ = "quarantined_items"
    __table_args__ = (Index(None, "rating_id"), {"sqlite_autoincrement": True})
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    rating_id: Mapped[str] = mapped_column(String(64))
    device_id: Mapped[int | None] = mapped_column(ForeignKey("devices.id"))
    epoch: Mapped[str | None] = mapped_column(String(36))
    seq: Mapped[int | None] = mapped_column(BigInteger)
    verdict: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(String(40))
    arrived_ms: Mapped[int] = mapped_column(BigInteger)
    salt: Mapped[bytes] = mapped_column(LargeBinary(16))
    commit_body: Mapped[str] = mapped_column(String(64))
    leaf_scheme: Mapped[int] = mapped_column(Integer)
    leaf_hash: Mapped[str] = mapped_column(String(64))
    row_seal: Mapped[str] = mapped_column(String(64))


class Erasable(Base):
    """What may lawfully be erased, with its salts and the digest that goes with it."""

    __tablename__ = "rating_erasables"
    __table_args__ = (
        PrimaryKeyConstraint("subject", "subject_id"),
        CheckConstraint("subject IN ('item','quarantine')", name="subject"),
        Index(None, "receipt_key"),
        Index(None, "receipt_hint"),
    )
    subject: Mapped[str] = mapped_column(String(12))
    subject_id: Mapped[int] = mapped_column(Integer)
    receipt: Mapped[str | None] = mapped_column(String(200))
    receipt_key: Mapped[str | None] = mapped_column(String(200))
    receipt_hint: Mapped[str | None] = mapped_column(String(16))
    comment: Mapped[str | None] = mapped_column(Text)
    contact: Mapped[str | None] = mapped_column(Text)
    """Encrypted with the contact key."""
    confidential_reason: Mapped[str | None] = mapped_column(String(40))
    body: Mapped[str | None] = mapped_column(Text)
    salt_receipt: Mapped[bytes | None] = mapped_column(LargeBinary(16))
    salt_comment: Mapped[bytes | None] = mapped_column(LargeBinary(16))
    salt_contact: Mapped[bytes | None] = mapped_column(LargeBinary(16))
    salt_confidential: Mapped[bytes | None] = mapped_column(LargeBinary(16))
    salt_body: Mapped[bytes | None] = mapped_column(LargeBinary(16))
    digest: Mapped[str] = mapped_column(String(64))


class Erasure(Base):
    """The fact that lets an erasable be deleted: who, when, why."""

    __tablename__ = "erasures"
    __table_args__ = (UniqueConstraint("subject", "subject_id"), {"sqlite_autoincrement": True})
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    subject: Mapped[str] = mapped_column(String(12))
    subject_id: Mapped[int] = mapped_column(Integer)
    reason: Mapped[str] = mapped_column(Text)
    actor: Mapped[str] = mapped_column(String(120))
    recorded_ms: Mapped[int] = mapped_column(BigInteger)
    leaf_hash: Mapped[str] = mapped_column(String(64))
    row_seal: Mapped[str] = mapped_column(String(64))


class Attribution(Base):
    """Whose rating it is: an append-only fact; the newest version of an item rules."""

    __tablename__ = "attributions"
    __table_args__ = (
        UniqueConstraint("item_id", "version"),
        Index(
            "ix_attributions_waiting", "state", "item_id",
            sqlite_where=text("state = 'unmatched'"),
            postgresql_where=text("state = 'unmatched'"),
        ),
        Index(
            "ix_attributions_later", "cause", "day", "unit_id", "item_id",
            sqlite_where=text("version > 1"), postgresql_where=text("version > 1"),
        ),
        Index(
            "ix_attributions_unmatched", "state", "unit_id", "item_id",
            sqlite_where=text("state = 'unmatched'"),
            postgresql_where=text("state = 'unmatched'"),
        ),
        CheckConstraint("state IN ('counted','unmatched','superseded')", name="state"),
        {"sqlite_autoincrement": True},
    )
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("rating_items.id"))
    version: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(12))
    unit_id: Mapped[int] = mapped_column(Integer)
    """0 where not even device or prefix tell."""
    officer_id: Mapped[int] = mapped_column(Integer)
    officer_source: Mapped[str] = mapped_column(String(16))
    counter_id: Mapped[int] = mapped_column(Integer)
    procedure_id: Mapped[int] = mapped_column(Integer)
    field_id: Mapped[int] = mapped_column(Integer)
    step: Mapped[str] = mapped_column(String(12))
    """'' while unknown."""
    filing_mode: Mapped[str] = mapped_column(String(8))
    late: Mapped[int] = mapped_column(Integer)
    """1 late, 0 in time, -1 not known."""
    supplemented: Mapped[int] = mapped_column(Integer)
    day: Mapped[int] = mapped_column(Integer)
    """Local day that figures use, yyyymmdd."""
    flagged: Mapped[int] = mapped_column(Integer)
    attempt: Mapped[int] = mapped_column(Integer)
    cause: Mapped[str] = mapped_column(String(32))
    recorded_ms: Mapped[int] = mapped_column(BigInteger)
    leaf_hash: Mapped[str] = mapped_column(String(64))
    row_seal: Mapped[str] = mapped_column(String(64))


class RatingFlag(Base):
    """A dated, attributed remark on an item (time_ahead, contested, misuse…); append-only."""

    __tablename__ = "rating_flags"
    __table_args__ = (Index(None, "item_id"), {"sqlite_autoincrement": True})
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    item_id: Mapped[int | None] = mapped_column(ForeignKey("rating_items.id"))
    quarantine_id: Mapped[int | None] = mapped_column(ForeignKey("quarantined_items.id"))
    flag: Mapped[str] = mapped_column(String(32))
    detail: Mapped[str] = mapped_column(Text, default="")
    actor: Mapped[str] = mapped_column(String(120))
    recorded_ms: Mapped[int] = mapped_column(BigInteger)
    leaf_hash: Mapped[str] = mapped_column(String(64))
    row_seal: Mapped[str] = mapped_column(String(64))


class RatingMatch(Base):
    """A person's decision to which dossier an unmatched item belongs; append-only, audited."""

    __tablename__ = "rating_matches"
    __table_args__ = (
        Index(None, "item_id"), Index(None, "code_key"), {"sqlite_autoincrement": True},
    )
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("rating_items.id"))
    code_key: Mapped[str] = mapped_column(String(60))
    """Normal form of the dossier chosen."""
    reason: Mapped[str] = mapped_column(Text)
    actor: Mapped[str] = mapped_column(String(120))
    recorded_ms: Mapped[int] = mapped_column(BigInteger)
    leaf_hash: Mapped[str] = mapped_column(String(64))
    row_seal: Mapped[str] = mapped_column(String(64))


class OfficerReply(Base):
    """What an officer says to the own figures of a period: the right of reply; append-only."""

    __tablename__ = "officer_replies"
    __table_args__ = (Index(None, "officer_id"), {"sqlite_autoincrement": True})
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    officer_id: Mapped[int] = mapped_column(ForeignKey("officers.id"))
    period: Mapped[str] = mapped_column(String(8))
    """Calendar period as in addresses: ``2018-12``."""
    text: Mapped[str] = mapped_column(Text)
    actor: Mapped[str] = mapped_column(String(120))
    recorded_ms: Mapped[int] = mapped_column(BigInteger)


class Ballot(Base):
    """That a receipt, step and kind has voted: an HMAC, without time and without a rating."""

    __tablename__ = "ballots"
    __table_args__ = ({"sqlite_with_rowid": False},)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)


class VoidedBallot(Base):
    """An audited decision that voids an attempt and opens the next."""

    __tablename__ = "voided_ballots"
    hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    """Hash of the voided attempt."""
    actor: Mapped[str] = mapped_column(String(120))
    reason: Mapped[str] = mapped_column(Text)
    recorded_ms: Mapped[int] = mapped_column(BigInteger)


class RatingDraft(Base):
    """A mutable draft of a form without JavaScript or a phone without storage."""

    __tablename__ = "rating_drafts"
    __table_args__ = (Index(None, "expires_at"),)
    rating_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    device_id: Mapped[int | None] = mapped_column(ForeignKey("devices.id"))
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)


_CELL_KEYS = (
    "unit_id", "officer_id", "counter_id", "procedure_id", "step", "channel", "entry",
    "filing_mode", "late", "supplemented", "flagged", "linked", "level",
)


class RatingDay(Base):
    """Counted ratings per local day and every key; ``linked`` 0 = no dossier known yet."""

    __tablename__ = "rating_days"
    __table_args__ = (
        PrimaryKeyConstraint("day", *_CELL_KEYS),
        CheckConstraint("n >= 0", name="n"),
        {"sqlite_with_rowid": False},
    )
    day: Mapped[int] = mapped_column(Integer)
    unit_id: Mapped[int] = mapped_column(Integer)
    officer_id: Mapped[int] = mapped_column(Integer)
    counter_id: Mapped[int] = mapped_column(Integer)
    procedure_id: Mapped[int] = mapped_column(Integer)
    step: Mapped[str] = mapped_column(String(12))
    channel: Mapped[str] = mapped_column(String(8))
    entry: Mapped[str] = mapped_column(String(8))
    filing_mode: Mapped[str] = mapped_column(String(8))
    late: Mapped[int] = mapped_column(Integer)
    supplemented: Mapped[int] = mapped_column(Integer)
    flagged: Mapped[int] = mapped_column(Integer)
    linked: Mapped[int] = mapped_column(Integer)
    level: Mapped[int] = mapped_column(Integer)
    n: Mapped[int] = mapped_column(Integer)


class RatingMonth(Base):
    """The same per local month; ``released_n`` is the copy that shares are computed from."""

    __tablename__ = "rating_months"
    __table_args__ = (
        PrimaryKeyConstraint("month", *_CELL_KEYS),
        CheckConstraint("n >= 0", name="n"),
        {"sqlite_with_rowid": False},
    )
    month: Mapped[int] = mapped_column(Integer)
    unit_id: Mapped[int] = mapped_column(Integer)
    officer_id: Mapped[int] = mapped_column(Integer)
    counter_id: Mapped[int] = mapped_column(Integer)
    procedure_id: Mapped[int] = mapped_column(Integer)
    step: Mapped[str] = mapped_column(String(12))
    channel: Mapped[str] = mapped_column(String(8))
    entry: Mapped[str] = mapped_column(String(8))
    filing_mode: Mapped[str] = mapped_column(String(8))
    late: Mapped[int] = mapped_column(Integer)
    supplemented: Mapped[int] = mapped_column(Integer)
    flagged: Mapped[int] = mapped_column(Integer)
    linked: Mapped[int] = mapped_column(Integer)
    level: Mapped[int] = mapped_column(Integer)
    n: Mapped[int] = mapped_column(Integer)
    released_n: Mapped[int] = mapped_column(Integer, default=0)
    """Renewed with the released copy of the same unit × officer × month."""


class ReleasedCell(Base):
    """A cell that shows levels: live counts, and the copy that everything shown is read from.

    ``grain`` is ``month`` (``period`` yyyymm) or ``week`` (ISO yyyyww, dimension total only).
    ``dimension`` and ``value``: total/'' · step · field · procedure · officer · channel ·
    filing_mode · reason · weekday_hour ('1-09': Monday nine o'clock) · officer_reason ('7:cho_lau') · duration (five
    classes of time taken) · answer ('mot_cua@1:tc3', places of the answer; ':na' behind: not met).
    ``linked`` 0 holds the unit's ratings without a known dossier.
    """

    __tablename__ = "released_cells"
    __table_args__ = (
        PrimaryKeyConstraint("grain", "period", "unit_id", "dimension", "value", "linked"),
        Index(None, "grain", "dimension", "period"),
        {"sqlite_with_rowid": False},
    )
    grain: Mapped[str] = mapped_column(String(5))
    period: Mapped[int] = mapped_column(Integer)
    unit_id: Mapped[int] = mapped_column(Integer)
    dimension: Mapped[str] = mapped_column(String(16))
    value: Mapped[str] = mapped_column(String(48))
    linked: Mapped[int] = mapped_column(Integer)
    live_1: Mapped[int] = mapped_column(Integer, default=0)
    live_2: Mapped[int] = mapped_column(Integer, default=0)
    live_3: Mapped[int] = mapped_column(Integer, default=0)
    live_4: Mapped[int] = mapped_column(Integer, default=0)
    live_5: Mapped[int] = mapped_column(Integer, default=0)
    pending: Mapped[int] = mapped_column(Integer, default=0)
    """Ratings that went in or out since the copy was made."""
    copy_1: Mapped[int] = mapped_column(Integer, default=0)
    copy_2: Mapped[int] = mapped_column(Integer, default=0)
    copy_3: Mapped[int] = mapped_column(Integer, default=0)
    copy_4: Mapped[int] = mapped_column(Integer, default=0)
    copy_5: Mapped[int] = mapped_column(Integer, default=0)
    copied_ms: Mapped[int] = mapped_column(BigInteger, default=0)
    closed: Mapped[int] = mapped_column(Integer, default=0)
    """1 once the copy at the close of the period (7 days after its end) has been made."""


class CommentReading(Base):
    """A comment as the rules of text read it, with the place of its rating; goes with the comment."""

    __tablename__ = "comment_readings"
    __table_args__ = (
        Index(None, "week", "rank"), Index(None, "officer_id", "week", "rank"),
        Index(None, "procedure_id", "week", "rank"), UniqueConstraint("ref"),
    )
    item_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    ref: Mapped[str] = mapped_column(String(32))
    """A drawn name that tells nothing of the rating."""
    counted: Mapped[int] = mapped_column(Integer)
    unit_id: Mapped[int] = mapped_column(Integer)
    officer_id: Mapped[int] = mapped_column(Integer)
    procedure_id: Mapped[int] = mapped_column(Integer)
    day: Mapped[int] = mapped_column(Integer)
    week: Mapped[int] = mapped_column(Integer)
    """ISO week yyyyww of the day."""
    rank: Mapped[str] = mapped_column(String(16))
    """Order within a week, drawn from the words, so that nobody tells who spoke first."""
    masked: Mapped[str] = mapped_column(Text)
    plain: Mapped[str] = mapped_column(Text)
    """``masked`` without marks and case, as words are searched."""
    topics: Mapped[str] = mapped_column(Text)
    """JSON object of topic and side: 1 spoken of well, -1 badly."""


class CommentCount(Base):
    """Counted comments by topic and side; topic '' counts every comment once."""

    __tablename__ = "comment_counts"
    __table_args__ = (PrimaryKeyConstraint("unit_id", "month", "week", "topic", "side"),)
    unit_id: Mapped[int] = mapped_column(Integer)
    month: Mapped[int] = mapped_column(Integer)
    week: Mapped[int] = mapped_column(Integer)
    topic: Mapped[str] = mapped_column(String(40))
    side: Mapped[int] = mapped_column(Integer)
    n: Mapped[int] = mapped_column(Integer)
