"""Secret keys, kept in files outside the database; the database holds id and check value only."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection, String, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from kiosk_app.core.db import Base
from kiosk_app.core.errors import ConfigurationError

PURPOSES = ("ballot", "digest", "links", "contact")


class KeyCheck(Base):
    """Which key of a purpose this database was written with."""

    __tablename__ = "key_checks"
    purpose: Mapped[str] = mapped_column(String(16), primary_key=True)
    key_id: Mapped[str] = mapped_column(String(32))
    check_value: Mapped[str] = mapped_column(String(64))


def check_value(secret: bytes) -> str:
    """A value that recognises a key without telling it."""
    return hmac.new(secret, b"kiosk key check v1", hashlib.sha256).hexdigest()


@dataclass(frozen=True)
class KeyRing:
    """The four keys of one installation: ``ballot``, ``digest``, ``links``, ``contact``."""

    secrets: Mapping[str, bytes] = field(repr=False)

    def mac(self, purpose: str, message: bytes) -> bytes:
        """HMAC-SHA-256 of ``message`` under the key of ``purpose``; 32 bytes."""
        return hmac.new(self.secrets[purpose], message, hashlib.sha256).digest()


def load(folder: Path, *, create: bool = False) -> KeyRing:
    """Read the keys of ``folder``; with ``create`` make those that are missing (mode 0600)."""
    found: dict[str, bytes] = {}
    for purpose in PURPOSES:
        path = folder / f"{purpose}.key"
        if not path.exists():
            if not create:
                raise ConfigurationError(
                    "key_missing",
                    f"the key file {path.name} is missing in KIOSK_KEYS_DIR; "
                    "restore it with `kiosk restore --keys`",
                    field="KIOSK_KEYS_DIR",
                )
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w") as out:
                out.write(secrets.token_hex(32))
        found[purpose] = bytes.fromhex(path.read_text("ascii").strip())
    return KeyRing(found)


def register(conn: Connection, ring: KeyRing) -> None:
    """Write id and check value of keys that this database does not know yet."""
    known = set(conn.execute(select(KeyCheck.purpose)).scalars())
    for purpose in PURPOSES:
        if purpose not in known:
            value = check_value(ring.secrets[purpose])
            conn.execute(
                insert(KeyCheck).values(purpose=purpose, key_id=value[:16], check_value=value)
            )


def wrong_keys(conn: Connection, ring: KeyRing) -> list[str]:
    """Purposes whose key is not the one this database was written with."""
    rows = conn.execute(select(KeyCheck.purpose, KeyCheck.check_value)).all()
    known = {row.purpose: row.check_value for row in rows}
    return [p for p in PURPOSES if known.get(p) != check_value(ring.secrets[p])]


_bound: dict[str, KeyRing] = {}
_again: dict[str, Callable[[], None]] = {}


def bind(ring: KeyRing | None, *, again: Callable[[], None] | None = None) -> None:
    """Make ``ring`` the keys of this process (None: the service is not ready).

    ``again`` binds once more when keys are asked for and there are none.
    """
    _bound.clear()
    _again.clear()
    if ring is not None:
        _bound["ring"] = ring
    elif again is not None:
        _again["bind"] = again


def current() -> KeyRing:
    """The bound keys; ConfigurationError when missing or wrong: no ratings are taken then."""
    again = _again.get("bind")
    if again is not None:
        again()
    try:
        return _bound["ring"]
    except KeyError:
        raise ConfigurationError("keys_not_ready") from None
