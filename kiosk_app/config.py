"""Configuration, read and checked once: environment first, then ``kiosk.toml``, then defaults."""

from __future__ import annotations

import os
import secrets
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kiosk_app.core.errors import ConfigurationError

_NAMES = {
    "DATABASE_URL": "database_url",
    "DATA_DIR": "data_dir",
    "HOST": "host",
    "PORT": "port",
    "KIOSK_KEYS_DIR": "keys_dir",
    "KIOSK_SECURE_COOKIES": "secure_cookies",
    "KIOSK_OWNER_DATABASE_URL": "owner_database_url",
    "KIOSK_PUBLIC_URL": "public_url",
    "KIOSK_TLS": "tls",
    "KIOSK_SMTP_URL": "smtp_url",
    "KIOSK_MAIL_FROM": "mail_from",
    "KIOSK_ALERT_MAIL_TO": "alert_mail_to",
    "KIOSK_WEBHOOK_URLS": "webhook_urls",
    "KIOSK_WEBHOOK_ALLOW": "webhook_allow",
}


def _is_yes(text: str) -> bool:
    return text.lower() in {"1", "true", "yes"}


def _several(text: str) -> tuple[str, ...]:
    return tuple(one.strip() for one in text.split(",") if one.strip())


@dataclass(frozen=True)
class Settings:
    """Everything that can be configured, with where each value came from.

    ``database_url`` any SQLAlchemy URL of SQLite or PostgreSQL; ``data_dir`` folder of the
    embedded database and of the session secret; ``keys_dir`` folder of the ballot, digest, link
    and contact keys (outside the database and outside its backups); ``secure_cookies`` whether
    cookies need HTTPS (off only on loopback); ``owner_database_url`` the
    same PostgreSQL database as the role that owns the tables: only ``kiosk init`` logs in with
    it, so that the role of ``database_url`` owns none; ``public_url`` address that printed links start
    with; ``tls`` whether the service speaks HTTPS with the certificate of ``kiosk cert``, which also
    turns ``secure_cookies`` on; ``smtp_url`` (smtp:// or smtps://) and ``mail_from`` how mail leaves,
    ``alert_mail_to`` and ``webhook_urls`` who is told of alerts, ``webhook_allow`` host:port of
    receivers inside the office network, all three lists by comma.
    """

    data_dir: Path
    database_url: str
    keys_dir: Path
    host: str = "127.0.0.1"
    port: int = 8000
    secure_cookies: bool = False
    owner_database_url: str = ""
    public_url: str = ""
    tls: bool = False
    smtp_url: str = ""
    mail_from: str = "kiosk@localhost"
    alert_mail_to: tuple[str, ...] = ()
    webhook_urls: tuple[str, ...] = ()
    webhook_allow: tuple[str, ...] = ()
    origin: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read the environment and ``kiosk.toml``; ConfigurationError names the wrong value."""
        env = os.environ if environ is None else environ
        values: dict[str, str] = {}
        origin: dict[str, str] = {}
        config_file = Path(env.get("KIOSK_CONFIG", "kiosk.toml"))
        if config_file.is_file():
            for key, value in tomllib.loads(config_file.read_text("utf-8")).items():
                values[key], origin[key] = str(value), str(config_file)
        for variable, key in _NAMES.items():
            if env.get(variable):
                values[key], origin[key] = env[variable], variable
        data_dir = Path(values.get("data_dir", "var")).resolve()
        try:
            port = int(values.get("port", "8000"))
        except ValueError:
            raise ConfigurationError(
                "port_invalid", f"PORT must be a number, not {values['port']!r}", field="PORT"
            ) from None
        tls = _is_yes(values.get("tls", "0"))
        return cls(
            data_dir=data_dir,
            database_url=values.get("database_url", f"sqlite:///{data_dir / 'kiosk.sqlite'}"),
            keys_dir=Path(values.get("keys_dir", data_dir / "keys")).resolve(),
            host=values.get("host", "127.0.0.1"),
            port=port,
            secure_cookies=tls or _is_yes(values.get("secure_cookies", "0")),
            owner_database_url=values.get("owner_database_url", ""),
            public_url=values.get("public_url", "").rstrip("/"),
            tls=tls,
            smtp_url=values.get("smtp_url", ""),
            mail_from=values.get("mail_from", "kiosk@localhost"),
            alert_mail_to=_several(values.get("alert_mail_to", "")),
            webhook_urls=_several(values.get("webhook_urls", "")),
            webhook_allow=_several(values.get("webhook_allow", "")),
            origin=origin,
        )

    @property
    def address(self) -> str:
        """Where the service listens, as a browser on this machine asks for it."""
        return f"{'https' if self.tls else 'http'}://{self.host}:{self.port}"

    def session_secret(self) -> str:
        """The secret that signs sessions: made once, kept beside the keys, mode 0600."""
        return self._secret("session.key")

    def webhook_secret(self) -> str:
        """The secret that signs webhooks: made once, kept beside the keys, mode 0600."""
        return self._secret("webhook.key")

    def _secret(self, name: str) -> str:
        path = self.keys_dir / name
        if not path.exists():
            self.keys_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "w") as out:
                out.write(secrets.token_hex(32))
        return path.read_text("ascii")
