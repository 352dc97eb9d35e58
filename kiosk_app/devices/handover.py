"""Queues that leave a tablet as a file: encrypted to this service, opened by it alone.

ECDH on P-256 (the curve that every browser since 2015 has), HKDF-SHA-256, AES-256-GCM. The private
key is derived from the ring's ``links`` key, so that it needs no file and no backup of its own.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from kiosk_app.core import keys
from kiosk_app.core.errors import RuleError

FORMAT = "kiosk-queue@1"
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_INFO = b"kiosk queue v1"


def _private() -> ec.EllipticCurvePrivateKey:
    ring = keys.current()
    wide = ring.mac("links", _INFO + b"\0a") + ring.mac("links", _INFO + b"\0b")
    return ec.derive_private_key(int.from_bytes(wide, "big") % (_ORDER - 1) + 1, ec.SECP256R1())


def public_key() -> str:
    """The key that tablets encrypt to: base64 of the uncompressed point (65 bytes)."""
    point = _private().public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )
    return base64.b64encode(point).decode()


def _key(shared: bytes) -> bytes:
    return HKDF(hashes.SHA256(), 32, salt=None, info=_INFO).derive(shared)


def seal(content: dict[str, Any]) -> dict[str, str]:
    """The file of a queue, as a tablet writes it."""
    ephemeral = ec.generate_private_key(ec.SECP256R1())
    shared = ephemeral.exchange(ec.ECDH(), _private().public_key())
    point = ephemeral.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )
    nonce = os.urandom(12)
    data = AESGCM(_key(shared)).encrypt(nonce, json.dumps(content).encode(), FORMAT.encode())
    parts = {"key": point, "nonce": nonce, "data": data}
    return {"format": FORMAT} | {n: base64.b64encode(v).decode() for n, v in parts.items()}


def open_file(text: str) -> dict[str, Any]:
    """What a tablet's file holds: ``token`` and ``items``; RuleError if it is not for this service."""
    try:
        outer = json.loads(text)
        if outer["format"] != FORMAT:
            raise RuleError("queue_format", f"not a file of the format {FORMAT}")
        point, nonce, data = (base64.b64decode(outer[n], validate=True) for n in ("key", "nonce", "data"))
        peer = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
        shared = _private().exchange(ec.ECDH(), peer)
        inner = json.loads(AESGCM(_key(shared)).decrypt(nonce, data, FORMAT.encode()))
    except (KeyError, TypeError, ValueError, binascii.Error, InvalidTag) as error:
        raise RuleError(
            "queue_unreadable",
            "the file is damaged or was written for another installation; export it again",
        ) from error
    if not isinstance(inner, dict) or not isinstance(inner.get("items"), list):
        raise RuleError("queue_unreadable", "the file holds no list of items")
    return inner
