"""Flask extensions, one instance each."""

from __future__ import annotations

from flask_compress import Compress
from flask_htmx import HTMX
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect

from kiosk_app.core.db import Base

db = SQLAlchemy(metadata=Base.metadata)
csrf = CSRFProtect()
compress = Compress()
"""Styles, scripts and the tablet's page only: pages with tokens beside typed text stay plain."""
htmx = HTMX()
