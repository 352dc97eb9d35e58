"""Whose training records the one who asks may see."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from flask import abort
from sqlalchemy import Connection

from kiosk_app.accounts.permissions import Data, Scope, allowed
from kiosk_app.core import clock
from kiosk_app.core.columns import LOCAL_ZONE
from kiosk_app.organisation import queries as organisation
from kiosk_app.web import access


def scope() -> Scope:
    """How far the principal sees training records."""
    return allowed(access.current().role, Data.TRAINING)


def may_edit() -> bool:
    """Whether the principal may plan, enrol and mark."""
    return access.changes(Data.TRAINING)


def units_in_sight(conn: Connection) -> list[int] | None:
    """Units whose people may be seen; None means all. Officers see their own record only."""
    if scope() == Scope.ALL:
        return None
    if scope() != Scope.OWN_UNITS:
        abort(403)
    return access.visible_units(conn)


def today() -> date:
    """The day at the centre."""
    return clock.now().astimezone(LOCAL_ZONE).date()


def check_officer(conn: Connection, officer_id: int) -> None:
    """404 unless the officer's record may be seen."""
    if officer_id not in organisation.officers(conn, [officer_id]):
        abort(404)
    reach: Scope = scope()
    if reach == Scope.ALL:
        return
    if reach == Scope.OWN and access.current().officer_id == officer_id:
        return
    if reach == Scope.OWN_UNITS:
        mine = set(access.visible_units(conn))
        if any(p.unit_id in mine for p in organisation.postings(conn, officer_id=officer_id)):
            return
    abort(404)


def in_sight(ids: Sequence[int] | None, unit_id: int | None) -> bool:
    """Whether a unit is among those in sight."""
    return ids is None or unit_id in ids
