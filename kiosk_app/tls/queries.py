"""What lies in the folder ``DATA_DIR/tls``; needs no cryptography to show the authority."""

from __future__ import annotations

import hashlib
import ssl
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk_app.core.errors import ConfigurationError
from kiosk_app.tls.records import Overview

if TYPE_CHECKING:
    from cryptography import x509

AUTHORITY, SERVER = "ca.pem", "server.pem"
AUTHORITY_KEY = Path("authority") / "ca.key"


def folder(data_dir: Path) -> Path:
    """Where certificates lie; ``authority`` below it can be kept elsewhere."""
    return data_dir / "tls"


def authority_der(where: Path) -> bytes | None:
    """The authority's certificate as tablets take it, or None where there is none."""
    try:
        return ssl.PEM_cert_to_DER_cert((where / AUTHORITY).read_text("ascii"))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except ValueError as error:
        raise _damaged(AUTHORITY) from error


def fingerprint(der: bytes) -> str:
    """SHA-256 of a certificate, lower-case hex."""
    return hashlib.sha256(der).hexdigest()


def fingerprint_rows(fingerprint: str) -> list[str]:
    """Four rows of eight pairs, as tablets show it."""
    pairs = fingerprint.upper()
    two = [pairs[at : at + 2] for at in range(0, len(pairs), 2)]
    return [":".join(two[at : at + 8]) for at in range(0, len(two), 8)]


def server_file(data_dir: Path) -> Path:
    """Certificate and key of the web service in one file; ConfigurationError without it."""
    found = folder(data_dir) / SERVER
    if not found.is_file():
        raise ConfigurationError(
            "tls_certificate_missing",
            "KIOSK_TLS=1 asks for HTTPS, but there is no certificate: run `kiosk cert init`",
            field="KIOSK_TLS",
        )
    return found


def certificate(where: Path, name: str) -> x509.Certificate:
    """One of the two certificates; ConfigurationError says what to do."""
    from cryptography import x509

    try:
        return x509.load_pem_x509_certificate((where / name).read_bytes())
    except FileNotFoundError:
        raise ConfigurationError(
            "tls_certificate_missing", f"there is no tls/{name} yet: run `kiosk cert init`"
        ) from None
    except ValueError as error:
        raise _damaged(name) from error


def certificates(where: Path) -> tuple[x509.Certificate, x509.Certificate]:
    """The authority's and the server's certificate."""
    return certificate(where, AUTHORITY), certificate(where, SERVER)


def overview(where: Path) -> Overview:
    """Both certificates and where the authority's key is."""
    from kiosk_app.tls import rules

    issuer, server = certificates(where)
    return Overview(
        rules.record(issuer), rules.record(server), (where / AUTHORITY_KEY).is_file()
    )


def _damaged(name: str) -> ConfigurationError:
    return ConfigurationError(
        "tls_certificate_damaged",
        f"tls/{name} is damaged: restore it, or run `kiosk cert renew` (server.pem) "
        "or `kiosk cert init --replace` (ca.pem)",
    )
