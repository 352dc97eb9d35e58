"""All views of the manager's pages, attached to one blueprint."""

from __future__ import annotations

from kiosk_app.web.manage import details, overview, tables, units
from kiosk_app.web.manage.surface import blueprint

__all__ = ["blueprint", "details", "overview", "tables", "units"]
