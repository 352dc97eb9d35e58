"""Pure rules of messages: when to try again, how a webhook is signed, where it may go."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection
from ipaddress import ip_address
from urllib.parse import urlsplit

from kiosk_app.core.errors import RuleError

MINUTE_MS = 60_000
WAITS_MS = tuple(m * MINUTE_MS for m in (1, 5, 15, 60, 180, 360))
"""Before the second try, the third, …; the last one goes on."""
GIVE_UP_MS = 3 * 24 * 60 * MINUTE_MS
BUDGETS = (1, 2, 3, 6, 12, 24)
"""False alarms a year that can be chosen."""
DEFAULT_BUDGET = 6
APART_DAYS = 14


def next_try(tries: int, created_ms: int, now_ms: int) -> int | None:
    """When to try again after ``tries`` failures; None when three days are over."""
    due = now_ms + WAITS_MS[min(tries, len(WAITS_MS)) - 1]
    return due if due - created_ms <= GIVE_UP_MS else None


def signature(secret: bytes, timestamp: int, body: bytes) -> str:
    """``v1=`` and the HMAC-SHA-256 of timestamp (seconds), a full stop, and the body.

    >>> signature(b"k", 1, b"{}")[:11]
    'v1=3dd49b25'
    """
    mac = hmac.new(secret, f"{timestamp}.".encode() + body, hashlib.sha256)
    return f"v1={mac.hexdigest()}"


def host_of(url: str) -> tuple[str, str, int, str]:
    """Scheme, host, port and path of a webhook's address; RuleError where it is none."""
    parts = urlsplit(url)
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        raise RuleError("webhook_address", f"not an address: {url}") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
        raise RuleError("webhook_address", f"not an address: {url}")
    path = parts.path or "/"
    return parts.scheme, parts.hostname, port, f"{path}?{parts.query}" if parts.query else path


def may_go(scheme: str, host: str, port: int, address: str, allowed: Collection[str]) -> bool:
    """Whether a webhook may go to ``address``: public ones by HTTPS, others if allowed by name.

    ``allowed`` holds ``host:port`` as written in the settings. What is not global (loopback, office
    network, metadata services of clouds) is refused otherwise, whatever name leads there.

    >>> may_go("https", "a.example", 443, "8.8.8.8", ()), may_go("http", "a", 80, "10.0.0.1", ())
    (True, False)
    """
    if f"{host}:{port}" in allowed:
        return True
    found = ip_address(address)
    inner = getattr(found, "ipv4_mapped", None) or found
    return scheme == "https" and inner.is_global and not inner.is_multicast
