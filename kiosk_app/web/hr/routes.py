"""All views of the training office; importing this module registers them."""

from kiosk_app.web.hr import courses, draws, exports, marks, plans, roster, sessions, staff
from kiosk_app.web.hr.surface import blueprint

__all__ = ["blueprint", "courses", "draws", "exports", "marks", "plans", "roster", "sessions",
           "staff"]
