"""The service as a tablet meets it: over the network, trusting only the authority."""

from __future__ import annotations

import ipaddress
import socket
import ssl
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import urlsplit

from kiosk_app.core.errors import ConfigurationError
from kiosk_app.tls import machine, queries, rules
from kiosk_app.tls.records import Finding

TIMEOUT_SECONDS = 5.0
_EXPIRED, _NOT_YET, _WRONG_HOST, _WRONG_ADDRESS = 10, 9, 62, 64  # numbers of OpenSSL
_OUTSIDE_CONSTRAINTS = 47
_RENEW = "run `kiosk cert renew`"


def address(host: str, port: int, public_url: str) -> tuple[str, int]:
    """Where tablets look: the public address, else HOST and PORT as the network sees them."""
    if public_url:
        parts = urlsplit(public_url)
        return parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    return (machine.outward() if host in {"0.0.0.0", "::", ""} else host), port  # noqa: S104


def findings(
    data_dir: Path, *, host: str, port: int, public_url: str, tls: bool, now: datetime
) -> list[Finding]:
    """What a tablet would find; nothing where HTTPS is neither wanted nor needed."""
    if not tls and not public_url.startswith("https:"):
        return [] if _is_loopback(host) else [Finding("https", (
            f"HOST is {host} without HTTPS: passwords and ratings travel in the open and tablets "
            "refuse the camera; run `kiosk cert init`, then start with KIOSK_TLS=1"
        ))]
    where = queries.folder(data_dir)
    trusted = where / queries.AUTHORITY
    if tls and not trusted.is_file():
        return [Finding("https", "KIOSK_TLS=1 without a certificate: run `kiosk cert init`")]
    target = address(host, port, public_url)
    found = visit(*target, trusted=trusted if trusted.is_file() else None, now=now)
    return [*found, _authority(where, now=now)] if tls else found


def visit(host: str, port: int, *, trusted: Path | None, now: datetime) -> list[Finding]:
    """Connect and ask for ``/healthz``; what is wrong with trust, name, expiry and clock."""
    place = f"https://{f'[{host}]' if ':' in host else host}:{port}"
    try:
        context = ssl.create_default_context(cafile=None if trusted is None else str(trusted))
    except ssl.SSLError:
        return [Finding("https", "tls/ca.pem is damaged: restore it from a copy of DATA_DIR/tls")]
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    try:
        with (
            socket.create_connection((host, port), timeout=TIMEOUT_SECONDS) as plain,
            context.wrap_socket(plain, server_hostname=host) as secured,
        ):
            held = secured.getpeercert() or {}
            told = _date(secured, host)
    except ssl.SSLCertVerificationError as error:
        return [Finding("https", f"{place}: {_refusal(error, host)}")]
    except ssl.SSLError as error:
        return [Finding("https", (
            f"{place} does not speak TLS ({error.reason}): start the service with KIOSK_TLS=1"
        ))]
    except OSError as error:
        return [Finding("https", (
            f"nothing answers at {place} ({error}): start `kiosk serve`; if tablets use another "
            "address, set KIOSK_PUBLIC_URL"
        ))]
    ends = datetime.fromtimestamp(ssl.cert_time_to_seconds(str(held["notAfter"])), UTC)
    return [Finding("https"), _expiry(ends, now=now), _clock(told, place, now=now)]


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _date(secured: ssl.SSLSocket, host: str) -> datetime | None:
    """The moment that the answer's head tells."""
    named = f"[{host}]" if ":" in host else host
    secured.sendall(f"GET /healthz HTTP/1.1\r\nHost: {named}\r\nConnection: close\r\n\r\n".encode())
    head = b""
    while b"\r\n\r\n" not in head and len(head) < 1 << 16:
        part = secured.recv(4096)
        if not part:
            break
        head += part
    for line in head.decode("latin-1").split("\r\n"):
        name, _, value = line.partition(":")
        if name.lower() == "date":
            try:
                return parsedate_to_datetime(value.strip()).astimezone(UTC)
            except ValueError:
                return None
    return None


def _refusal(error: ssl.SSLCertVerificationError, host: str) -> str:
    reasons: dict[int, Callable[[], str]] = {
        _EXPIRED: lambda: f"the certificate has expired: {_RENEW} (is this machine's clock right?)",
        _NOT_YET: lambda: (
            "the certificate is not valid yet: a clock is wrong; set it (`timedatectl set-ntp "
            f"true`), then {_RENEW}"
        ),
        _WRONG_HOST: lambda: f"the certificate does not name it: {_RENEW} --name {host}",
        _WRONG_ADDRESS: lambda: f"the certificate does not name it: {_RENEW} --ip {host}",
        _OUTSIDE_CONSTRAINTS: lambda: (
            "the authority may not vouch for this name: `kiosk cert init --replace`, then let "
            "every tablet trust the new authority (/trust)"
        ),
    }
    known = reasons.get(error.verify_code)
    return known() if known else (
        f"tablets do not trust this certificate ({error.verify_message}): another service or an "
        f"older authority answers there; {_RENEW} and check KIOSK_PUBLIC_URL, HOST and PORT"
    )


def _expiry(ends: datetime, *, now: datetime) -> Finding:
    if ends - now >= rules.WARN_BEFORE:
        return Finding("certificate")
    days = max((ends - now).days, 0)
    return Finding(
        "certificate", f"the certificate ends in {days} days ({ends:%Y-%m-%d}): {_RENEW}"
    )


def _clock(told: datetime | None, place: str, *, now: datetime) -> Finding:
    if told is None or abs(told - now) <= rules.SKEW_TOLERATED:
        return Finding("clock")
    minutes = round(abs(told - now).total_seconds() / 60)
    return Finding("clock", (
        f"{place} says {told:%Y-%m-%d %H:%M} UTC, this machine {now:%Y-%m-%d %H:%M} UTC, "
        f"{minutes} minutes apart: set both clocks (`timedatectl set-ntp true`)"
    ))


def _authority(where: Path, *, now: datetime) -> Finding:
    """The authority outlives the certificate that would be made today."""
    try:
        ends = queries.overview(where).authority.not_after
    except ConfigurationError as error:
        return Finding("authority", error.detail)
    if ends - now >= rules.SERVER_LIFE:
        return Finding("authority")
    return Finding("authority", (
        f"the certificate authority ends on {ends:%Y-%m-%d}: plan `kiosk cert init --replace` and "
        "a visit to every tablet (/trust)"
    ))
