"""Contact details: encrypted with a key outside the database, opened only for a case."""

from __future__ import annotations

import base64
import json
import secrets

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from kiosk_app.core.keys import KeyRing

_CONTEXT = b"kiosk contact v1"
CONSENT = "goi-lai@1"
"""What the tablet shows now."""
CONSENTS = {
    CONSENT: (
        "Trung tâm gọi lại trong 3 ngày làm việc. Chỉ người xử lý phản ánh thấy số điện thoại; "
        "số bị xoá khi việc đã xong."
    ),
}
"""Wordings that people have consented to, by version: never changed, only added."""


def encrypt(ring: KeyRing, contact: dict[str, object] | None) -> str | None:
    """AES-256-GCM of the contact, base64 of nonce and ciphertext; None stays None."""
    if contact is None:
        return None
    nonce = secrets.token_bytes(12)
    body = json.dumps(contact, ensure_ascii=False, sort_keys=True).encode()
    key = ring.mac("contact", b"aes-gcm-1")
    return base64.b64encode(nonce + AESGCM(key).encrypt(nonce, body, _CONTEXT)).decode()


def decrypt(ring: KeyRing, sealed: str) -> dict[str, object]:
    """The contact again; cryptography's InvalidTag if key or text are wrong."""
    raw = base64.b64decode(sealed)
    key = ring.mac("contact", b"aes-gcm-1")
    opened: dict[str, object] = json.loads(AESGCM(key).decrypt(raw[:12], raw[12:], _CONTEXT))
    return opened
