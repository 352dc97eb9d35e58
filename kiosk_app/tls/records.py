"""What is told of the certificates: frozen, never with a key."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv4Address, IPv6Address

Address = IPv4Address | IPv6Address


@dataclass(frozen=True)
class Names:
    """What a tablet may type after ``https://``: host names and addresses, each once, sorted."""

    hosts: tuple[str, ...] = ()
    addresses: tuple[Address, ...] = ()

    def texts(self) -> list[str]:
        """All of them as text, host names first."""
        return [*self.hosts, *map(str, self.addresses)]

    def joined(self, other: Names) -> Names:
        """These and the others."""
        return Names(
            tuple(sorted({*self.hosts, *other.hosts})),
            tuple(sorted({*self.addresses, *other.addresses}, key=_order)),
        )

    def without(self, other: Names) -> Names:
        """These except the others."""
        return Names(
            tuple(one for one in self.hosts if one not in other.hosts),
            tuple(one for one in self.addresses if one not in other.addresses),
        )


def _order(address: Address) -> tuple[int, int]:
    return address.version, int(address)


@dataclass(frozen=True)
class CertificateRecord:
    """One certificate; ``fingerprint`` is SHA-256 of its DER form, lower-case hex."""

    subject: str
    fingerprint: str
    not_before: datetime
    not_after: datetime
    names: Names


@dataclass(frozen=True)
class Overview:
    """Both certificates of an installation, and whether the authority's key lies on this machine."""

    authority: CertificateRecord
    server: CertificateRecord
    authority_key_here: bool


@dataclass(frozen=True)
class Finding:
    """One check from outside: ``problem`` says what is wrong and the cure; empty when all is well."""

    name: str
    problem: str = ""

    @property
    def ok(self) -> bool:
        """Whether nothing has to be done."""
        return not self.problem
