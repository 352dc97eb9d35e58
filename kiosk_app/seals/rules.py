"""Pure rules of the seals: salted commitments, leaves, Merkle roots and their chain.

Leaf and node prefixes differ (RFC 6962, section 2.1), so that no leaf can pose as a node.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence

COMMIT_SCHEME = 1
LEAF_SCHEME = 1
ROOT_SCHEME = 1
GENESIS = "0" * 64


_ENCODER = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
)


def canonical(value: object) -> bytes:
    """One byte form of a JSON value: sorted keys, no spaces, UTF-8."""
    return _ENCODER.encode(value).encode()


def commitment(salt: bytes, name: str, value: object) -> str:
    """Salted commitment of one field; without its salt nobody can guess the value from it."""
    body = salt + name.encode() + b"\0" + canonical(value)
    return hashlib.sha256(b"kiosk-commit-1\0" + body).hexdigest()


def leaf_of_commitments(subject: str, commitments: Mapping[str, str]) -> str:
    """Leaf over the commitments of a row's fields."""
    body = canonical([subject, LEAF_SCHEME, sorted(commitments.items())])
    return hashlib.sha256(b"\0kiosk-leaf-1\0" + body).hexdigest()


def leaf_of_fact(subject: str, fields: Mapping[str, object]) -> str:
    """Leaf over the fields of a fact that holds nothing erasable."""
    body = canonical([subject, LEAF_SCHEME, dict(fields)])
    return hashlib.sha256(b"\0kiosk-fact-1\0" + body).hexdigest()


def merkle_root(leaves: Sequence[str]) -> str:
    """Root over leaves (hex); an odd node is carried up unchanged. ValueError if empty."""
    if not leaves:
        raise ValueError("a root needs at least one leaf")
    level = [bytes.fromhex(leaf) for leaf in leaves]
    while len(level) > 1:
        pairs = [
            hashlib.sha256(b"\1" + level[i] + level[i + 1]).digest()
            for i in range(0, len(level) - 1, 2)
        ]
        level = pairs + ([level[-1]] if len(level) % 2 else [])
    return level[0].hex()


def chain(previous: str, number: int, first_leaf: int, last_leaf: int, root: str) -> str:
    """Chained value of a root: depends on every root before it."""
    body = canonical([previous, number, first_leaf, last_leaf, root, ROOT_SCHEME])
    return hashlib.sha256(b"\2kiosk-chain-1\0" + body).hexdigest()
