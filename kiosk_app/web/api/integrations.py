"""Views for one-stop software, and the tablet's question whether a counter calls."""

from __future__ import annotations

from kiosk_app.web.api import calls, counters, dossiers, results
from kiosk_app.web.api.routes import blueprint

__all__ = ["blueprint", "calls", "counters", "dossiers", "results"]
