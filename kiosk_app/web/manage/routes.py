"""All views of the manager's pages, attached to one blueprint."""

from __future__ import annotations

from kiosk_app.web.manage import (
    alerts,
    comments,
    details,
    exports,
    glossary,
    overview,
    quality,
    service,
    tables,
    units,
)
from kiosk_app.web.manage.surface import blueprint

__all__ = [
    "alerts", "blueprint", "comments", "details", "exports", "glossary", "overview", "quality",
    "service", "tables", "units",
]
