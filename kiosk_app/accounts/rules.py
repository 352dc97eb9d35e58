"""Pure rules of accounts: hashes, passwords, the wait after wrong ones."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from kiosk_app.core.errors import RuleError

HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
"""19 MiB and two passes: about 50 ms, and many logins at once do not exhaust the machine."""
UNKNOWN = HASHER.hash(secrets.token_hex(16))
"""Checked for unknown names, so that they take as long as known ones."""
MIN_LENGTH = 10
FREE_TRIES = 5


def secret_hash(secret: str) -> str:
    """SHA-256 of a random 256-bit secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def hash_password(password: str) -> str:
    """Argon2id hash; RuleError if the password is too short."""
    if len(password) < MIN_LENGTH:
        raise RuleError(
            "password_short", f"a password has at least {MIN_LENGTH} characters", field="password"
        )
    return HASHER.hash(password)


def password_fits(stored: str | None, password: str) -> bool:
    """Whether the password is the stored one; an unknown name takes as long."""
    try:
        HASHER.verify(stored or UNKNOWN, password)
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


def wait_after(failed: int) -> timedelta:
    """How long an account waits after so many wrong passwords in a row."""
    if failed < FREE_TRIES:
        return timedelta(0)
    return timedelta(seconds=min(900, 2 ** (failed - FREE_TRIES) * 15))
