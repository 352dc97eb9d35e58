"""Names and addresses under which this machine is reached on its networks."""

from __future__ import annotations

import ipaddress
import socket
import struct
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from kiosk_app.core.errors import RuleError
from kiosk_app.tls import rules
from kiosk_app.tls.records import Names

_GET_ADDRESS = 0x8915  # SIOCGIFADDR
_IPV6 = Path("/proc/net/if_inet6")
_ELSEWHERE = "192.0.2.1"  # documentation range: asks for the route, sends nothing


def _ipv4() -> list[str]:
    found: list[str] = []
    try:
        import fcntl

        interfaces = [name for _index, name in socket.if_nameindex()]
    except (ImportError, OSError):
        return found
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        for name in interfaces:
            request = struct.pack("256s", name.encode()[:15])
            with suppress(OSError):  # an interface without an IPv4 address
                answer = fcntl.ioctl(asking.fileno(), _GET_ADDRESS, request)
                found.append(socket.inet_ntoa(answer[20:24]))
    return found


def _ipv6() -> list[str]:
    try:
        lines = _IPV6.read_text("ascii").splitlines()
    except OSError:
        return []
    found = [ipaddress.IPv6Address(int(line.split()[0], 16)) for line in lines]
    return [str(one) for one in found if not one.is_link_local]


def outward() -> str:
    """The address by which the network reaches this machine; loopback without a network."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        try:
            asking.connect((_ELSEWHERE, 9))
            return str(asking.getsockname()[0])
        except OSError:
            return "127.0.0.1"


def split(text: str) -> Names:
    """A configured host as names: a host name, an address, or nothing for a wildcard."""
    for kind in (_as_address, _as_host):
        with suppress(RuleError):
            return kind(text)
    return Names()


def _as_address(text: str) -> Names:
    return Names((), (rules.address(text),))


def _as_host(text: str) -> Names:
    return Names((rules.host(text),), ())


def names(host: str, public_url: str) -> Names:
    """Host names and addresses of this machine and of its configuration."""
    called = socket.gethostname()
    texts = [
        called, socket.getfqdn(), "localhost", "127.0.0.1", host,
        urlsplit(public_url).hostname or "", outward(), *_ipv4(), *_ipv6(),
    ]
    if "." not in called:
        texts.append(f"{called}.local")
    found = Names()
    for text in texts:
        found = found.joined(split(text)) if text else found
    return found
