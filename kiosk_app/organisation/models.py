"""Tables of the organisation: units and their history, counters, officers, procedures."""

from __future__ import annotations

from datetime import date

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from kiosk_app.core.db import Base

UNIT_KINDS = ("province", "district_city", "district", "centre", "division", "ward", "commune",
              "township", "office", "agency")


class Unit(Base):
    """A unit under a surrogate id; codes and names are reused after mergers, ids never."""

    __tablename__ = "units"
    __table_args__ = (UniqueConstraint("ref"), Index(None, "parent_id"))
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    ref: Mapped[str] = mapped_column(String(40))
    """Key of the unit in the organisation file (``unit_id``)."""
    kind: Mapped[str] = mapped_column(String(24))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    """Parent on the last day of validity; the dated parents are in ``unit_names``."""
    valid_from: Mapped[date | None] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)
    opening_date: Mapped[date | None] = mapped_column(Date)
    """First day that ratings may bear."""
    certainty: Mapped[str] = mapped_column(String(16), default="")
    note: Mapped[str] = mapped_column(Text, default="")


class UnitName(Base):
    """What a unit was called, under which code and parent, from when to when."""

    __tablename__ = "unit_names"
    __table_args__ = (Index(None, "unit_id"), Index(None, "dossier_prefix"))
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    name_vi: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200))
    desk_name_vi: Mapped[str] = mapped_column(String(200), default="")
    dossier_prefix: Mapped[str] = mapped_column(String(40), default="")
    """Normal form of the agency code that its dossier codes begin with, '' if it has none."""
    code: Mapped[str] = mapped_column(String(40), default="")
    nso_code: Mapped[str] = mapped_column(String(16), default="")
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    valid_from: Mapped[date | None] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)


class UnitEvent(Base):
    """A merger, split, renaming, change of parent or dissolution."""

    __tablename__ = "unit_events"
    __table_args__ = (UniqueConstraint("ref"),)
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    ref: Mapped[str] = mapped_column(String(24))
    event_date: Mapped[date] = mapped_column(Date)
    event_type: Mapped[str] = mapped_column(String(32))
    from_unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    to_unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    share: Mapped[str] = mapped_column(String(16), default="")
    legal_basis: Mapped[str] = mapped_column(String(200), default="")
    certainty: Mapped[str] = mapped_column(String(16), default="")
    note: Mapped[str] = mapped_column(Text, default="")


class Field(Base):
    """A field of administration (lĩnh vực)."""

    __tablename__ = "fields"
    __table_args__ = (UniqueConstraint("name_vi"),)
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    name_vi: Mapped[str] = mapped_column(String(160))
    name_en: Mapped[str] = mapped_column(String(160), default="")


class Procedure(Base):
    """An administrative procedure (TTHC) in one dated version."""

    __tablename__ = "procedures"
    __table_args__ = (
        UniqueConstraint("code", "valid_from"),
        Index(None, "field_id"),
        CheckConstraint("statutory_days >= 0", name="statutory_days"),
        CheckConstraint("committed_days >= 0", name="committed_days"),
        CheckConstraint("level IN ('city','ward')", name="level"),
    )
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    code: Mapped[str] = mapped_column(String(60))
    """First two dot groups, the part that is matched on."""
    level: Mapped[str] = mapped_column(String(12))
    name_vi: Mapped[str] = mapped_column(String(400))
    name_en: Mapped[str] = mapped_column(String(400), default="")
    field_id: Mapped[int] = mapped_column(ForeignKey("fields.id"))
    deciding_unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    statutory_days: Mapped[float] = mapped_column(Float)
    committed_days: Mapped[float] = mapped_column(Float)
    online_level: Mapped[int | None] = mapped_column(Integer)
    fee_vnd: Mapped[int | None] = mapped_column(Integer)
    digitised: Mapped[bool | None] = mapped_column()
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)
    code_is_real: Mapped[bool] = mapped_column(default=False)


class Counter(Base):
    """A counter (quầy) of a unit."""

    __tablename__ = "counters"
    __table_args__ = (UniqueConstraint("unit_id", "name"),)
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    name: Mapped[str] = mapped_column(String(80))
    active: Mapped[bool] = mapped_column(default=True)


class Officer(Base):
    """A person who works at a counter. The full name may be shared by several people."""

    __tablename__ = "officers"
    __table_args__ = (UniqueConstraint("code"),)
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    code: Mapped[str] = mapped_column(String(40))
    full_name: Mapped[str] = mapped_column(String(120))


class Posting(Base):
    """An officer at a unit (and usually a counter) for a period."""

    __tablename__ = "postings"
    __table_args__ = (
        UniqueConstraint("officer_id", "unit_id", "posted_from"),
        Index(None, "unit_id"),
        CheckConstraint("posted_to IS NULL OR posted_to >= posted_from", name="order"),
    )
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    officer_id: Mapped[int] = mapped_column(ForeignKey("officers.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    home_unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    counter_id: Mapped[int | None] = mapped_column(ForeignKey("counters.id"))
    field_id: Mapped[int | None] = mapped_column(ForeignKey("fields.id"))
    field_names: Mapped[str] = mapped_column(String(400), default="")
    """All fields of the posting as the file names them; ``field_id`` is the first."""
    posted_from: Mapped[date] = mapped_column(Date)
    posted_to: Mapped[date | None] = mapped_column(Date)


class Seating(Base):
    """Who sits at a counter today; the newest row of a counter and day rules."""

    __tablename__ = "seatings"
    __table_args__ = (Index(None, "counter_id", "day"),)
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    counter_id: Mapped[int] = mapped_column(ForeignKey("counters.id"))
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("officers.id"))
    day: Mapped[date] = mapped_column(Date)
    set_at_ms: Mapped[int] = mapped_column(BigInteger)
    set_by: Mapped[str] = mapped_column(String(120))


class Holiday(Base):
    """A day off that was announced beside the law's holidays, or a day off that is worked."""

    __tablename__ = "holidays"
    __table_args__ = (
        UniqueConstraint("day"), CheckConstraint("kind IN ('off','work')", name="kind"),
    )
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    day: Mapped[date] = mapped_column(Date)
    kind: Mapped[str] = mapped_column(String(4))
    name_vi: Mapped[str] = mapped_column(String(160))
    name_en: Mapped[str] = mapped_column(String(160), default="")
    source: Mapped[str] = mapped_column(String(200), default="")
    """The paper that announced it."""
