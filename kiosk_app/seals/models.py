"""Tables of seals: numbered leaves, chained roots."""

from __future__ import annotations

from sqlalchemy import BigInteger, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kiosk_app.core.db import Base


class SealLeaf(Base):
    """A committed row under its gap-free number."""

    __tablename__ = "seal_leaves"
    __table_args__ = (UniqueConstraint("subject", "subject_id"), Index(None, "root_number"))
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    subject: Mapped[str] = mapped_column(String(24))
    """Table the row stands in: rating_items, quarantined_items, attributions, erasures, flags."""
    subject_id: Mapped[int] = mapped_column(Integer)
    leaf_hash: Mapped[str] = mapped_column(String(64))
    root_number: Mapped[int] = mapped_column(Integer)


class SealRoot(Base):
    """The Merkle root over the leaves of one sealing, chained to the one before."""

    __tablename__ = "seal_roots"
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    first_leaf: Mapped[int] = mapped_column(Integer)
    last_leaf: Mapped[int] = mapped_column(Integer)
    merkle_root: Mapped[str] = mapped_column(String(64))
    chained: Mapped[str] = mapped_column(String(64))
    """SHA-256 over the chained value before, the root and the leaf range."""
    scheme: Mapped[int] = mapped_column(Integer)
    sealed_ms: Mapped[int] = mapped_column(BigInteger)
