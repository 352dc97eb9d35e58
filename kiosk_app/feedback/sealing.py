"""Commitments and leaves of feedback's rows: made when a row is written, checked by verify."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from kiosk_app.core.keys import KeyRing
from kiosk_app.feedback.records import ParsedItem
from kiosk_app.seals.commands import row_mac
from kiosk_app.seals.rules import LEAF_SCHEME, commitment, leaf_of_commitments
from kiosk_app.seals.rules import leaf_of_fact as fact_leaf

ITEM_FIELDS = (
    "rating_id", "device_id", "epoch", "seq", "kind", "relates_to", "level", "step", "channel",
    "entry", "questionnaire", "answers", "reasons", "lang", "claimed_ms", "clock_offset_ms",
    "corrected_ms", "arrived_ms", "duration_ms", "follow_hash", "verdict",
)
ERASABLE_FIELDS = {
    "receipt": "commit_receipt", "comment": "commit_comment", "contact": "commit_contact",
    "confidential": "commit_confidential",
}
QUARANTINE_FIELDS = (
    "rating_id", "device_id", "epoch", "seq", "verdict", "reason", "arrived_ms",
)
ATTRIBUTION_FIELDS = (
    "item_id", "version", "state", "unit_id", "officer_id", "officer_source", "counter_id",
    "procedure_id", "field_id", "step", "filing_mode", "late", "supplemented", "day", "flagged",
    "attempt", "cause", "recorded_ms",
)
FLAG_FIELDS = ("item_id", "quarantine_id", "flag", "detail", "actor", "recorded_ms")
MATCH_FIELDS = ("item_id", "code_key", "reason", "actor", "recorded_ms")
ERASURE_FIELDS = ("subject", "subject_id", "reason", "actor", "recorded_ms")

Row = dict[str, object]


def item_leaf(row: Mapping[str, object]) -> str:
    """Leaf of a ``rating_items`` row, from its salt, fields and erasable commitments."""
    salt = bytes(row["salt"])  # type: ignore[call-overload]
    commitments = {name: commitment(salt, name, row[name]) for name in ITEM_FIELDS}
    commitments.update({name: str(row[name]) for name in ERASABLE_FIELDS.values()})
    return leaf_of_commitments("rating_items", commitments)


def quarantine_leaf(row: Mapping[str, object]) -> str:
    """Leaf of a ``quarantined_items`` row."""
    salt = bytes(row["salt"])  # type: ignore[call-overload]
    commitments = {name: commitment(salt, name, row[name]) for name in QUARANTINE_FIELDS}
    commitments["commit_body"] = str(row["commit_body"])
    return leaf_of_commitments("quarantined_items", commitments)


def fact_row(ring: KeyRing, subject: str, fields: tuple[str, ...], row: Row) -> Row:
    """``row`` completed by its leaf and MAC."""
    leaf = fact_leaf(subject, {name: row[name] for name in fields})
    return {**row, "leaf_hash": leaf, "row_seal": row_mac(ring, leaf)}


def sealed_item(
    ring: KeyRing, item_id: int, parsed: ParsedItem, plain: Row, contact: str | None,
    item_digest: str,
) -> tuple[Row, Row]:
    """The two rows of an accepted item: ``rating_items`` and its erasables."""
    values = {
        "receipt": [parsed.receipt, parsed.receipt_hint], "comment": parsed.comment,
        "contact": contact, "confidential": parsed.confidential_reason,
    }
    salts = {name: secrets.token_bytes(16) for name in values}
    row: Row = {
        "id": item_id, "salt": secrets.token_bytes(16), "digest_scheme": 1,
        "leaf_scheme": LEAF_SCHEME, "verdict": "created", **plain,
    }
    for name, column in ERASABLE_FIELDS.items():
        row[column] = commitment(salts[name], name, values[name])
    row["leaf_hash"] = item_leaf(row)
    row["row_seal"] = row_mac(ring, str(row["leaf_hash"]))
    erasable: Row = {
        "subject": "item", "subject_id": item_id, "receipt": parsed.receipt,
        "receipt_key": parsed.receipt_key, "receipt_hint": parsed.receipt_hint,
        "comment": parsed.comment, "contact": contact,
        "confidential_reason": parsed.confidential_reason, "body": None, "salt_body": None,
        "digest": item_digest, **{f"salt_{name}": salt for name, salt in salts.items()},
    }
    return row, erasable


def sealed_quarantine(
    ring: KeyRing, row_id: int, plain: Row, body: str, item_digest: str
) -> tuple[Row, Row]:
    """The two rows of a quarantined item."""
    salt_body = secrets.token_bytes(16)
    row: Row = {
        "id": row_id, "salt": secrets.token_bytes(16), "leaf_scheme": LEAF_SCHEME,
        "commit_body": commitment(salt_body, "body", body), **plain,
    }
    row["leaf_hash"] = quarantine_leaf(row)
    row["row_seal"] = row_mac(ring, str(row["leaf_hash"]))
    empty = dict.fromkeys(
        ("receipt", "receipt_key", "receipt_hint", "comment", "contact", "confidential_reason",
         "salt_receipt", "salt_comment", "salt_contact", "salt_confidential")
    )
    erasable: Row = {
        "subject": "quarantine", "subject_id": row_id, **empty, "body": body,
        "salt_body": salt_body, "digest": item_digest,
    }
    return row, erasable


def erasable_commitments(row: Mapping[str, object]) -> dict[str, str]:
    """Commitments recomputed from an erasables row, by column of the row it belongs to."""
    if row["subject"] == "quarantine":
        return {"commit_body": commitment(bytes(row["salt_body"]), "body", row["body"])}  # type: ignore[call-overload]
    values = {
        "receipt": [row["receipt"], row["receipt_hint"]], "comment": row["comment"],
        "contact": row["contact"], "confidential": row["confidential_reason"],
    }
    return {
        column: commitment(bytes(row[f"salt_{name}"] or b""), name, values[name])  # type: ignore[call-overload]
        for name, column in ERASABLE_FIELDS.items()
        if name != "comment" or row["salt_comment"] is not None
    }

