"""Settings that live in the database (demo clock, opening dates, false-alarm budget…)."""

from __future__ import annotations

from sqlalchemy import Connection, String, Text, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from kiosk_app.core.db import Base


class AppSetting(Base):
    """One named value."""

    __tablename__ = "app_settings"
    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[str] = mapped_column(Text)


def read(conn: Connection, name: str) -> str | None:
    """The value of ``name``, or None."""
    return conn.execute(select(AppSetting.value).where(AppSetting.name == name)).scalar()


def write(conn: Connection, name: str, value: str) -> None:
    """Set ``name`` to ``value``."""
    changed = conn.execute(update(AppSetting).where(AppSetting.name == name).values(value=value))
    if not changed.rowcount:
        conn.execute(insert(AppSetting).values(name=name, value=value))
