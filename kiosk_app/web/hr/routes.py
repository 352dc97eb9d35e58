"""All views of the training office; importing this module registers them."""

from kiosk_app.web.hr import (
    calendar,
    catalogue,
    certificates,
    checkins,
    courses,
    draws,
    effect,
    exports,
    marks,
    matrix,
    needs,
    own,
    plans,
    requirements,
    roster,
    sessions,
    staff,
)
from kiosk_app.web.hr.surface import blueprint

__all__ = [
    "blueprint",
    "calendar",
    "catalogue",
    "certificates",
    "checkins",
    "courses",
    "draws",
    "effect",
    "exports",
    "marks",
    "matrix",
    "needs",
    "own",
    "plans",
    "requirements",
    "roster",
    "sessions",
    "staff",
]
