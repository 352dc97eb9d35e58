"""Signed links: the address that opens the rating of one dossier or slip on a phone.

A token is AES-SIV (RFC 5297) of the code's normal form under the installation's links key, with
the purpose as associated data and the key's id in front. It is the same whenever it is made, so a
receipt may be printed twice; it tells nothing of the code to those without the key; a changed
letter opens nothing.
"""

from __future__ import annotations

import base64
import binascii
import re

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from kiosk_app.core.keys import KeyRing, check_value
from kiosk_app.dossiers.rules import normal_form

RATE = "rate"
"""Purpose of the only kind of link there is: to rate the step that is due when it is opened."""
PATH = "/r/"
_KEY_ID_BYTES = 2
_SHORTEST = _KEY_ID_BYTES + 16 + 1
_FORM = re.compile(r"[A-Za-z0-9_-]{20,160}")


def _cipher(ring: KeyRing) -> AESSIV:
    return AESSIV(ring.mac("links", b"siv-1\0a") + ring.mac("links", b"siv-1\0b"))


def key_id(ring: KeyRing) -> bytes:
    """Two bytes that tell which links key a token needs."""
    return bytes.fromhex(check_value(ring.secrets["links"]))[:_KEY_ID_BYTES]


def token(ring: KeyRing, code_key: str, purpose: str = RATE) -> str:
    """The token of a code's normal form (1–60 letters and digits): base64url, about 50 letters."""
    if not code_key:
        raise ValueError("a link needs the normal form of a code")
    sealed = _cipher(ring).encrypt(code_key.encode("ascii"), [purpose.encode()])
    return base64.urlsafe_b64encode(key_id(ring) + sealed).rstrip(b"=").decode("ascii")


def read(ring: KeyRing, text: str, purpose: str = RATE) -> str | None:
    """The normal form that a token holds; None for one that this installation did not make."""
    if not _FORM.fullmatch(text):
        return None
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        if len(raw) < _SHORTEST or raw[:_KEY_ID_BYTES] != key_id(ring):
            return None
        found = _cipher(ring).decrypt(raw[_KEY_ID_BYTES:], [purpose.encode()])
    except (binascii.Error, InvalidTag):
        return None
    key = found.decode("ascii")
    return key if token(ring, key, purpose) == text else None


def receipt_key(ring: KeyRing, given: str) -> str:
    """Normal form of the receipt that was given: of the code, or of the code in a link of ours.

    A tablet without a network keeps a scanned link as it is; only here can it be read.
    """
    before, mark, last = given.partition(PATH)
    if mark and (not before or "://" in before):
        return read(ring, last) or normal_form(given)
    return normal_form(given)


def address(ring: KeyRing, code_key: str, base: str) -> str:
    """The whole address to print; ``base`` is the service's public address without a slash."""
    return base.rstrip("/") + PATH + token(ring, code_key)
