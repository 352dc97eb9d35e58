"""Reads of accounts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from kiosk_app.accounts.models import ApiKey, User
from kiosk_app.accounts.rules import secret_hash


@dataclass(frozen=True)
class UserRecord:
    """An account; the password hash never leaves accounts."""

    id: int
    username: str
    display_name: str
    role: str
    unit_id: int | None
    officer_id: int | None
    active: bool
    is_demo: bool
    session_epoch: int
    lang: str
    last_login_at: datetime | None


@dataclass(frozen=True)
class ApiKeyRecord:
    """A key of an integration."""

    id: int
    name: str
    scopes: frozenset[str]
    unit_id: int | None
    revoked: bool


_USER = (
    User.id, User.username, User.display_name, User.role, User.unit_id, User.officer_id,
    User.active, User.is_demo, User.session_epoch, User.lang, User.last_login_at,
)


def users(conn: Connection) -> list[UserRecord]:
    """All accounts by name."""
    return [UserRecord(*row) for row in conn.execute(select(*_USER).order_by(User.username)).all()]


def user(conn: Connection, user_id: int) -> UserRecord | None:
    """One account."""
    row = conn.execute(select(*_USER).where(User.id == user_id)).first()
    return None if row is None else UserRecord(*row)


def by_username(conn: Connection, username: str) -> UserRecord | None:
    """The account of that name."""
    row = conn.execute(select(*_USER).where(User.username == username)).first()
    return None if row is None else UserRecord(*row)


def has_demo_accounts(conn: Connection) -> bool:
    """Whether an active demo account exists (the service then stays on loopback)."""
    return (
        conn.execute(select(User.id).where(User.is_demo.is_(True), User.active.is_(True))).first()
        is not None
    )


def _key(row: object) -> ApiKeyRecord:
    record = row
    return ApiKeyRecord(
        record.id, record.name, frozenset(record.scopes.split()), record.unit_id,  # type: ignore[attr-defined]
        record.revoked_at is not None,  # type: ignore[attr-defined]
    )


def api_keys(conn: Connection) -> list[ApiKeyRecord]:
    """All keys by name."""
    columns = (ApiKey.id, ApiKey.name, ApiKey.scopes, ApiKey.unit_id, ApiKey.revoked_at)
    return [_key(row) for row in conn.execute(select(*columns).order_by(ApiKey.name)).all()]


def api_key_by_secret(conn: Connection, secret: str) -> ApiKeyRecord | None:
    """The key with this secret, revoked or not."""
    columns = (ApiKey.id, ApiKey.name, ApiKey.scopes, ApiKey.unit_id, ApiKey.revoked_at)
    row = conn.execute(
        select(*columns).where(ApiKey.secret_hash == secret_hash(secret))
    ).first()
    return None if row is None else _key(row)
