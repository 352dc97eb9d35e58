"""Errors that a person can act on: each names the place and the cure."""

from __future__ import annotations


class KioskError(Exception):
    """Base of every error that is shown to a person; ``code`` is stable for the catalogues."""

    def __init__(self, code: str, detail: str = "", *, field: str | None = None) -> None:
        super().__init__(detail or code)
        self.code = code
        self.detail = detail or code
        self.field = field


class ConfigurationError(KioskError):
    """The service cannot start or answer with this configuration."""


class NotFoundError(KioskError):
    """The thing asked for does not exist, or may not be seen by the one who asks."""


class RuleError(KioskError):
    """A rule of the field refuses the command; nothing was changed."""


class ForbiddenError(KioskError):
    """The one who asks may not do or see this."""


class StorageUnavailableError(KioskError):
    """The database cannot be written now (full disk, lost connection, locked)."""
