"""Rules of the certificates: which names, how long, what the authority may sign. Pure."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from kiosk_app.core.errors import RuleError
from kiosk_app.tls.records import Address, CertificateRecord, Names

AUTHORITY_LIFE = timedelta(days=3652)  # ten years
SERVER_LIFE = timedelta(days=397)  # browsers on tablets refuse more than 398
BACKDATED = timedelta(days=1)  # a tablet's clock may be behind
WARN_BEFORE = timedelta(days=30)
SKEW_TOLERATED = timedelta(minutes=5)

OFFICE_NETWORKS = tuple(map(ipaddress.ip_network, (
    "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "127.0.0.0/8",
    "fc00::/7", "fe80::/10", "::1/128",
)))
OFFICE_DOMAINS = ("localhost", "local", "lan", "internal", "home.arpa")
_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")


def host(text: str) -> str:
    """A host name in the form certificates hold; RuleError when it is none."""
    lowered = text.strip().rstrip(".").lower()
    try:
        ascii_form = lowered.encode("idna").decode("ascii") if lowered else ""
    except UnicodeError:
        ascii_form = ""
    labels = ascii_form.split(".")
    if len(ascii_form) > 253 or not all(map(_LABEL.fullmatch, labels)) or labels[-1].isdigit():
        raise RuleError("tls_name_invalid", f"{text!r} is not a host name (an address? use --ip)")
    return ascii_form


def address(text: str) -> Address:
    """An IP address that a certificate can name; RuleError when it is none."""
    try:
        found = ipaddress.ip_address(text.strip())
    except ValueError:
        raise RuleError("tls_address_invalid", f"{text!r} is not an IP address") from None
    if found.is_unspecified or found.is_multicast:
        raise RuleError("tls_address_invalid", f"{text} is not the address of one machine")
    return found


def names(hosts: Iterable[str], addresses: Iterable[str]) -> Names:
    """Checked names, each once."""
    return Names().joined(Names(tuple(map(host, hosts)), tuple(map(address, addresses))))


def constraints(wanted: Names) -> x509.NameConstraints:
    """What the authority may ever vouch for: office networks and the names it was made with.

    Whoever stole its key could not pass for a site of the Internet with it.
    """
    domains = dict.fromkeys([*OFFICE_DOMAINS, *wanted.hosts])
    networks: list[ipaddress.IPv4Network | ipaddress.IPv6Network] = list(OFFICE_NETWORKS)
    networks += [
        ipaddress.ip_network(one) for one in wanted.addresses
        if not any(one in network for network in OFFICE_NETWORKS)
    ]
    return x509.NameConstraints(
        [*map(x509.DNSName, domains), *map(x509.IPAddress, networks)], None
    )


def outside(wanted: Names, allowed: x509.NameConstraints | None) -> list[str]:
    """Names that an authority with these constraints may not vouch for."""
    if allowed is None:
        return []
    permitted = list(allowed.permitted_subtrees or ())
    domains = [one.value for one in permitted if isinstance(one, x509.DNSName)]
    networks = [one.value for one in permitted if isinstance(one, x509.IPAddress)]
    refused = [
        one for one in wanted.hosts
        if not any(one == domain or one.endswith(f".{domain}") for domain in domains)
    ]
    return refused + [
        str(one) for one in wanted.addresses
        if not any(one in network for network in networks)  # type: ignore[operator]
    ]


def within(wanted: Names, allowed: x509.NameConstraints | None) -> Names:
    """The names that an authority with these constraints may vouch for."""
    refused = set(outside(wanted, allowed))
    return Names(
        tuple(one for one in wanted.hosts if one not in refused),
        tuple(one for one in wanted.addresses if str(one) not in refused),
    )


def _named(common_name: str) -> x509.Name:
    return x509.Name([
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Kiosk"),
        x509.NameAttribute(NameOID.COMMON_NAME, common_name[:64]),
    ])


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates, content_commitment=False,
        key_encipherment=False, data_encipherment=False, key_agreement=False,
        key_cert_sign=signs_certificates, crl_sign=signs_certificates,
        encipher_only=False, decipher_only=False,
    )


def authority(
    key: ec.EllipticCurvePrivateKey, wanted: Names, *, now: datetime
) -> x509.Certificate:
    """A certificate authority that vouches for itself, for ten years, within its constraints."""
    start = now.replace(microsecond=0) - BACKDATED
    called = _named(f"Kiosk CA {wanted.texts()[0]} {now:%Y-%m-%d}")
    return (
        x509.CertificateBuilder()
        .subject_name(called).issuer_name(called).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start).not_valid_after(start + AUTHORITY_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(constraints(wanted), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )


def server(
    key: ec.EllipticCurvePrivateKey, wanted: Names, *,
    issuer: x509.Certificate, issuer_key: ec.EllipticCurvePrivateKey, now: datetime,
) -> x509.Certificate:
    """The certificate of the web service; RuleError when the authority may not vouch for it."""
    check_issuer(issuer, issuer_key, wanted, now=now)
    start = now.replace(microsecond=0) - BACKDATED
    end = min(start + SERVER_LIFE - timedelta(seconds=1), issuer.not_valid_after_utc)
    identifier = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return (
        x509.CertificateBuilder()
        .subject_name(_named(wanted.texts()[0])).issuer_name(issuer.subject)
        .public_key(key.public_key()).serial_number(x509.random_serial_number())
        .not_valid_before(start).not_valid_after(end)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(
            x509.SubjectAlternativeName([
                *map(x509.DNSName, wanted.hosts), *map(x509.IPAddress, wanted.addresses),
            ]),
            critical=False,
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier),
            critical=False,
        )
        .sign(issuer_key, hashes.SHA256())
    )


def check_issuer(
    issuer: x509.Certificate, issuer_key: ec.EllipticCurvePrivateKey, wanted: Names,
    *, now: datetime,
) -> None:
    """RuleError unless the key is the authority's, it is in force and may vouch for the names."""
    anew = "make a new authority with `kiosk cert init --replace`; every tablet must trust it anew"
    if issuer_key.public_key() != issuer.public_key():
        raise RuleError("tls_wrong_authority_key", "this key is not the authority's")
    if now >= issuer.not_valid_after_utc:
        raise RuleError("tls_authority_expired", f"the authority has expired: {anew}")
    if not wanted.texts():
        raise RuleError("tls_no_names", "a certificate needs at least one name or address")
    refused = outside(wanted, allowed_names(issuer))
    if refused:
        raise RuleError(
            "tls_outside_authority",
            f"the authority may not vouch for {', '.join(refused)}: {anew}",
        )


def allowed_names(issuer: x509.Certificate) -> x509.NameConstraints | None:
    """The constraints of an authority, or None."""
    try:
        return issuer.extensions.get_extension_for_class(x509.NameConstraints).value
    except x509.ExtensionNotFound:
        return None


def record(certificate: x509.Certificate) -> CertificateRecord:
    """What is told of a certificate."""
    hosts: list[str] = []
    addresses: list[str] = []
    try:
        held = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        hosts = held.get_values_for_type(x509.DNSName)
        addresses = [str(one) for one in held.get_values_for_type(x509.IPAddress)]
    except x509.ExtensionNotFound:
        pass
    common = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return CertificateRecord(
        str(common[0].value) if common else "", certificate.fingerprint(hashes.SHA256()).hex(),
        certificate.not_valid_before_utc, certificate.not_valid_after_utc,
        names(hosts, addresses),
    )


def is_due(held: CertificateRecord, wanted: Names, *, now: datetime) -> bool:
    """Whether the server's certificate ends soon or lacks a name."""
    missing = wanted.without(held.names)
    return held.not_after - now < WARN_BEFORE or bool(missing.texts())
