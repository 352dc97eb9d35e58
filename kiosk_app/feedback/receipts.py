"""What a tablet may be told of a receipt: whether its step can be rated, never anything personal."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from kiosk_app.core import keys
from kiosk_app.core.columns import to_ms
from kiosk_app.dossiers import links
from kiosk_app.dossiers import queries as dossier_queries
from kiosk_app.dossiers.records import DossierFacts
from kiosk_app.dossiers.rules import is_expired, normal_hint, resolve_step
from kiosk_app.feedback import queries
from kiosk_app.feedback.records import ReceiptState
from kiosk_app.organisation import queries as organisation_queries

DAY_MS = 86_400_000


def _state(
    conn: Connection, facts: DossierFacts, *, unit_id: int | None, now: datetime, lang: str
) -> ReceiptState:
    now_ms = to_ms(now)
    step = resolve_step(facts.slip_step, now_ms, facts.returned_ms)
    rated = queries.is_rated(conn, facts.code_key, step)
    procedure = organisation_queries.procedures(conn).get(facts.procedure_id)
    officers = organisation_queries.officers(conn, [facts.officer_id or 0])
    officer = officers.get(facts.officer_id or 0)
    elsewhere = unit_id is not None and facts.unit_id != unit_id
    units = organisation_queries.units(conn) if elsewhere else {}
    return ReceiptState(
        state="rated" if rated else "expired" if is_expired(facts.returned_ms, now_ms) else "open",
        receipt=facts.code, procedure=procedure.name(lang) if procedure else None,
        officer_display=officer.full_name if officer else None, steps=(step,),
        elsewhere=units[facts.unit_id].name(lang) if facts.unit_id in units else None,
    )


def by_code(
    conn: Connection, code: str, *, unit_id: int | None, now: datetime, lang: str = "vi"
) -> ReceiptState:
    """State of the receipt with this code, of whichever unit; ``elsewhere`` names another's."""
    key = links.receipt_key(keys.current(), code)
    found = dossier_queries.facts_by_key(conn, [key]).get(key)
    if found is None:
        return ReceiptState("unknown")
    return _state(conn, found, unit_id=unit_id, now=now, lang=lang)


def by_digits(
    conn: Connection, digits: str, *, unit_id: int, now: datetime, lang: str = "vi"
) -> ReceiptState:
    """State of the unit's one open or recently returned receipt that ends in these six digits.

    ``ambiguous`` when several do: which of them is never guessed. Who holds a receipt is believed
    before the clock of the software that took it in, within a day.
    """
    fitting = dossier_queries.by_tail(
        conn, unit_id, normal_hint(digits), at_ms=to_ms(now), ahead_ms=DAY_MS
    )
    if len(fitting) != 1:
        return ReceiptState("ambiguous" if fitting else "unknown")
    return _state(conn, fitting[0], unit_id=unit_id, now=now, lang=lang)
