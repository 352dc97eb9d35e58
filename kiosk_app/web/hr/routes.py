"""All views of the training office; importing this module registers them."""

from kiosk_app.web.hr import courses, exports, marks, plans, sessions, staff
from kiosk_app.web.hr.surface import blueprint

__all__ = ["blueprint", "courses", "exports", "marks", "plans", "sessions", "staff"]
