"""The tablet's pages: one page with JavaScript, the same screens as plain forms without."""

from __future__ import annotations

from kiosk_app.web.kiosk import offline, routes, survey
from kiosk_app.web.kiosk.surface import blueprint

__all__ = ["blueprint", "offline", "routes", "survey"]
