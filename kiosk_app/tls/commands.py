"""Making and renewing the certificates: complete or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from kiosk_app.core.errors import ConfigurationError, RuleError
from kiosk_app.tls import queries, rules
from kiosk_app.tls.records import Names, Overview


def init(data_dir: Path, wanted: Names, *, now: datetime, replace: bool = False) -> Overview:
    """A new authority and the first certificate of the server.

    The folder appears complete by one renaming. ``replace`` keeps the old one beside it; tablets
    must trust the new authority.
    """
    if not wanted.texts():
        raise RuleError("tls_no_names", "no name and no address found: give --name or --ip")
    target = queries.folder(data_dir)
    if target.exists() and not replace:
        raise RuleError(
            "tls_exists",
            "there is a certificate authority already: `kiosk cert renew` replaces the server's "
            "certificate; --replace makes a new authority that every tablet must trust anew",
        )
    data_dir.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(prefix=".tls-", dir=data_dir))  # mode 0700
    try:
        (part / queries.AUTHORITY_KEY.parent).mkdir(mode=0o700)
        issuer_key = ec.generate_private_key(ec.SECP256R1())
        issuer = rules.authority(issuer_key, wanted, now=now)
        _write(part / queries.AUTHORITY_KEY, _key_pem(issuer_key))
        _write(part / queries.AUTHORITY, issuer.public_bytes(Encoding.PEM))
        _issue(part, wanted, issuer, issuer_key, now=now)
        if target.exists():
            target.replace(data_dir / f"tls.before-{now:%Y%m%dT%H%M%S}")
        part.rename(target)
    except OSError as error:
        raise ConfigurationError(
            "tls_not_written", f"the certificates could not be written: {error}", field="DATA_DIR"
        ) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    _sync(data_dir)
    return queries.overview(target)


def renew(
    data_dir: Path, wanted: Names, *, now: datetime, authority_dir: Path | None = None
) -> Overview:
    """Replace the server's certificate and key by one renaming; the authority stays."""
    where = queries.folder(data_dir)
    issuer = queries.certificate(where, queries.AUTHORITY)
    _issue(where, wanted, issuer, _authority_key(where, authority_dir), now=now)
    return queries.overview(where)


def _authority_key(where: Path, authority_dir: Path | None) -> ec.EllipticCurvePrivateKey:
    path = (authority_dir or where / queries.AUTHORITY_KEY.parent) / queries.AUTHORITY_KEY.name
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError) as error:
        raise ConfigurationError(
            "tls_authority_key_missing",
            f"{path} cannot be read: bring the authority's folder and name it with --authority",
        ) from error
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ConfigurationError("tls_authority_key_missing", f"{path} is no key of this authority")
    return key


def _issue(
    where: Path, wanted: Names, issuer: x509.Certificate,
    issuer_key: ec.EllipticCurvePrivateKey, *, now: datetime,
) -> None:
    """Key and certificate go in one file: no moment in which they do not belong together."""
    key = ec.generate_private_key(ec.SECP256R1())
    made = rules.server(key, wanted, issuer=issuer, issuer_key=issuer_key, now=now)
    _write(where / queries.SERVER, made.public_bytes(Encoding.PEM) + _key_pem(key))


def _key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _write(path: Path, content: bytes) -> None:
    """Readable by the owner alone, on the disk before it gets its name."""
    handle, part = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")  # mode 0600
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        Path(part).replace(path)
    except OSError:
        Path(part).unlink(missing_ok=True)
        raise
    _sync(path.parent)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
