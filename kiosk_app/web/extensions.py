"""Flask extensions, one instance each."""

from __future__ import annotations

from flask import Flask, current_app
from flask_compress import Compress
from flask_htmx import HTMX
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect

from kiosk_app.core.db import Base
from kiosk_app.devices.allowance import Allowance

db = SQLAlchemy(metadata=Base.metadata)
csrf = CSRFProtect()
compress = Compress()
"""Styles, scripts and the tablet's page only: pages with tokens beside typed text stay plain."""
htmx = HTMX()


def init_allowance(app: Flask) -> None:
    """Give the application a bucket of look-ups for each tablet."""
    app.extensions["look_ups"] = Allowance()


def look_ups() -> Allowance:
    """How often this process's tablets may still ask about receipts."""
    allowance: Allowance = current_app.extensions["look_ups"]
    return allowance
