"""A mark of what a paper says: two files with the same one hold the same."""

from __future__ import annotations

import hashlib
import json


def fingerprint(*said: object) -> str:
    """``SHA-256`` over what is printed, in its order."""
    text = json.dumps(said, ensure_ascii=False, default=str)
    return f"SHA-256 {hashlib.sha256(text.encode()).hexdigest()}"
