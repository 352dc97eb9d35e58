"""Mail by SMTP and signed webhooks: one message, one connection, nothing followed."""

from __future__ import annotations

import http.client
import smtplib
import socket
import ssl
from collections.abc import Collection
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate
from urllib.parse import unquote, urlsplit

from kiosk_app.alerts import rules
from kiosk_app.core.errors import RuleError

TIMEOUT_SECONDS = 15.0


@dataclass(frozen=True)
class Sender:
    """How messages leave: ``smtp_url`` smtp(s)://user:password@host:port, secret of webhooks."""

    smtp_url: str
    mail_from: str
    secret: bytes
    allowed: Collection[str]
    now_seconds: int

    def __call__(
        self, kind: str, target: str, subject: str, body: str, ref: str, calendar: str = ""
    ) -> None:
        """Send one message; OSError or RuleError where it did not go out."""
        if kind == "mail":
            self._mail(target, subject, body, ref, calendar)
        else:
            self._webhook(target, body.encode(), ref)

    def _mail(
        self, target: str, subject: str, body: str, ref: str, calendar: str
    ) -> None:
        parts = urlsplit(self.smtp_url)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise RuleError("smtp_missing", "KIOSK_SMTP_URL is not set")
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self.mail_from, target, subject
        message["Message-ID"] = f"<{ref}@{self.mail_from.rpartition('@')[2] or 'kiosk'}>"
        message["Date"] = formatdate(self.now_seconds)
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(body)
        if calendar:
            message.add_attachment(calendar.encode(), maintype="text", subtype="calendar",
                                   filename="lich-hoc.ics",
                                   params={"charset": "utf-8", "method": "PUBLISH"})
        context = ssl.create_default_context()
        if parts.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                parts.hostname, parts.port or 465, timeout=TIMEOUT_SECONDS, context=context)
        else:
            server = smtplib.SMTP(parts.hostname, parts.port or 25, timeout=TIMEOUT_SECONDS)
        with server:
            server.ehlo()
            if parts.scheme == "smtp" and server.has_extn("starttls"):
                server.starttls(context=context)
                server.ehlo()
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
            server.send_message(message)

    def _webhook(self, url: str, body: bytes, ref: str) -> None:
        scheme, host, port, path = rules.host_of(url)
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        address = str(found[0][4][0])
        if not rules.may_go(scheme, host, port, address, self.allowed):
            raise RuleError("webhook_refused", f"{host} leads to {address}: not allowed")
        headers = {
            "Host": f"{host}:{port}", "Content-Type": "application/json",
            "User-Agent": "kiosk-webhook/1", "X-Kiosk-Event": "alert.raised",
            "X-Kiosk-Delivery": ref, "X-Kiosk-Timestamp": str(self.now_seconds),
            "X-Kiosk-Signature": rules.signature(self.secret, self.now_seconds, body),
        }
        connection = _connected(scheme, host, address, port)
        try:
            connection.request("POST", path, body, headers)
            status = connection.getresponse().status
        except http.client.HTTPException as error:
            raise OSError(str(error)) from error
        finally:
            connection.close()
        if not 200 <= status < 300:
            raise RuleError("webhook_answer", f"answered {status}")


def _connected(scheme: str, host: str, address: str, port: int) -> http.client.HTTPConnection:
    """A connection to the address that was judged, not to what the name gives a moment later."""
    raw = socket.create_connection((address, port), timeout=TIMEOUT_SECONDS)
    if scheme == "https":
        raw = ssl.create_default_context().wrap_socket(raw, server_hostname=host)
    connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT_SECONDS)
    connection.sock = raw
    return connection
