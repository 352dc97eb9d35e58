"""How gunicorn speaks TLS: the newest certificate without a restart, and no patience for silence."""

from __future__ import annotations

import errno
import ssl
from pathlib import Path
from typing import Any

from kiosk_app.core.errors import ConfigurationError

HANDSHAKE_SECONDS = 10.0
SILENCE_SECONDS = 5.0  # browsers connect ahead of need; such a connection must not keep a thread
TRANSFER_SECONDS = 30.0


class PatientSocket(ssl.SSLSocket):
    """A connection that gives its thread back when the other side says nothing."""

    silent = True

    def do_handshake(self, block: bool = False) -> None:
        """Within ten seconds; then a request must begin within five."""
        self.settimeout(HANDSHAKE_SECONDS)
        super().do_handshake(block)
        self.settimeout(SILENCE_SECONDS)

    def setblocking(self, flag: bool) -> None:
        """Blocking means: for as long as a slow network needs, not for ever."""
        if flag:
            self.settimeout(TRANSFER_SECONDS)
        else:
            super().setblocking(False)

    def recv(self, buflen: int = 1024, flags: int = 0) -> bytes:
        """Silence reads as the end of the connection."""
        try:
            found = super().recv(buflen, flags)
        except TimeoutError:
            return b""
        if self.silent:
            self.silent = False
            self.settimeout(TRANSFER_SECONDS)
        return found

    def shutdown(self, how: int) -> None:
        """Who never asked is not waited for: gunicorn closes in its one accepting thread."""
        if self.silent:
            raise OSError(errno.ENOTCONN, "nothing was said")
        super().shutdown(how)


def _build(path: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2  # Android 8 has no newer
    context.load_cert_chain(path)
    context.sslsocket_class = PatientSocket
    return context


def check(path: Path) -> None:
    """ConfigurationError unless the service can speak TLS with this file."""
    try:
        _build(path)
    except (OSError, ssl.SSLError) as error:
        raise ConfigurationError(
            "tls_certificate_damaged",
            f"tls/{path.name} cannot be used ({error}): run `kiosk cert renew`", field="KIOSK_TLS",
        ) from error


class NewestContext:
    """The context of a certificate file, built again when the file was replaced."""

    def __init__(self) -> None:
        self._built: tuple[tuple[Any, ...], ssl.SSLContext] | None = None

    def __call__(self, path: Path) -> ssl.SSLContext:
        """Of the file as it is now; of the file before while the new one cannot be read."""
        built = self._built
        try:
            stat = path.stat()
            mark = (path, stat.st_ino, stat.st_mtime_ns, stat.st_size)
            if built is None or built[0] != mark:
                built = (mark, _build(path))
                self._built = built
        except (OSError, ssl.SSLError):
            if built is None:
                raise
        return built[1]


newest_context = NewestContext()
