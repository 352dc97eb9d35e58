"""Commands of accounts: users, passwords, API keys, logging in."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import insert, select, update

from kiosk_app.accounts import rules
from kiosk_app.accounts.models import ROLES, ApiKey, User
from kiosk_app.core import audit
from kiosk_app.core.audit import Actor
from kiosk_app.core.db import reading, transaction
from kiosk_app.core.errors import NotFoundError, RuleError

SCOPES = ("ratings", "dossiers", "invitations", "results")


def new_password() -> str:
    """A random password that can be read aloud: five groups of four."""
    alphabet = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(alphabet) for _ in range(4)) for _ in range(4))


def add_user(
    username: str, *, role: str, unit_id: int | None = None, officer_id: int | None = None,
    password: str | None = None, display_name: str = "", is_demo: bool = False, actor: Actor,
    now: datetime,
) -> str:
    """Add an account; its password (made at random if none is given) is told this once."""
    if role not in ROLES:
        raise RuleError("role_unknown", f"one of {', '.join(ROLES)}", field="role")
    name = username.strip().lower()
    if not name or len(name) > 80:
        raise RuleError("username_missing", "enter a user name", field="username")
    chosen = password or new_password()
    hashed = rules.hash_password(chosen)
    with transaction() as conn:
        if conn.execute(select(User.id).where(User.username == name)).first():
            raise RuleError("username_taken", f"{name} exists; choose another", field="username")
        conn.execute(
            insert(User).values(
                username=name, display_name=display_name or name, password_hash=hashed, role=role,
                unit_id=unit_id, officer_id=officer_id, active=True, is_demo=is_demo,
                session_epoch=0, lang="vi", created_at=now, failed_logins=0,
            )
        )
        audit.record(
            conn, actor=actor, scope="settings", action="user_add", subject=name, now=now, role=role
        )
    return chosen


def _change(username: str, action: str, actor: Actor, now: datetime, **values: object) -> None:
    with transaction() as conn:
        changed = conn.execute(
            update(User)
            .where(User.username == username)
            .values(session_epoch=User.session_epoch + 1, **values)
        )
        if not changed.rowcount:
            raise NotFoundError("user_unknown", f"no account is called {username}")
        audit.record(conn, actor=actor, scope="settings", action=action, subject=username, now=now)


def disable_user(username: str, *, actor: Actor, now: datetime) -> None:
    """Close an account; its sessions end at once."""
    _change(username, "user_disable", actor, now, active=False)


def set_password(username: str, *, actor: Actor, now: datetime, password: str | None = None) -> str:
    """Give a new password; older sessions end."""
    chosen = password or new_password()
    _change(username, "user_password", actor, now, password_hash=rules.hash_password(chosen),
            failed_logins=0, locked_until=None)
    return chosen


def log_in(username: str, password: str, *, now: datetime) -> int | None:
    """Id of the account if name and password fit and it is not waiting; None otherwise.

    Hashing happens outside the transaction, so that a login never holds the writer.
    """
    name = username.strip().lower()
    with reading() as conn:
        row = conn.execute(
            select(User.id, User.password_hash, User.active, User.locked_until, User.failed_logins)
            .where(User.username == name)
        ).first()
    fits = rules.password_fits(row.password_hash if row else None, password)
    if row is None or not row.active or (row.locked_until is not None and row.locked_until > now):
        return None
    failed = 0 if fits else row.failed_logins + 1
    wait = rules.wait_after(failed)
    with transaction() as conn:
        conn.execute(
            update(User).where(User.id == row.id).values(
                failed_logins=failed, locked_until=now + wait if wait else None,
                **({"last_login_at": now} if fits else {}),
            )
        )
        if fits:
            audit.record(
                conn, actor=Actor(name, ""), scope="accounts", action="log_in", subject=name,
                now=now,
            )
    return int(row.id) if fits else None


def add_api_key(
    name: str, *, scopes: Sequence[str], unit_id: int | None = None, actor: Actor, now: datetime
) -> str:
    """Add a key; its secret is told this once."""
    wrong = [scope for scope in scopes if scope not in SCOPES]
    if wrong or not scopes:
        raise RuleError("scope_unknown", f"one or more of {', '.join(SCOPES)}", field="scope")
    secret = secrets.token_urlsafe(32)
    with transaction() as conn:
        if conn.execute(select(ApiKey.id).where(ApiKey.name == name)).first():
            raise RuleError("key_name_taken", f"a key named {name} exists", field="name")
        conn.execute(
            insert(ApiKey).values(
                name=name, secret_hash=rules.secret_hash(secret), scopes=" ".join(scopes),
                unit_id=unit_id, created_at=now,
            )
        )
        audit.record(conn, actor=actor, scope="settings", action="key_add", subject=name, now=now)
    return secret


def revoke_api_key(name: str, *, actor: Actor, now: datetime) -> None:
    """Revoke a key at once."""
    with transaction() as conn:
        changed = conn.execute(
            update(ApiKey)
            .where(ApiKey.name == name, ApiKey.revoked_at.is_(None))
            .values(revoked_at=now)
        )
        if not changed.rowcount:
            raise NotFoundError("key_unknown", f"no key in force is called {name}")
        audit.record(
            conn, actor=actor, scope="settings", action="key_revoke", subject=name, now=now
        )
