"""Citizen-satisfaction service of one-stop public administration centres."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from kiosk_app.config import Settings


def create_app(settings: Settings) -> Flask:
    """The web application of these settings, its process made ready."""
    from flask import Flask
    from jinja2 import StrictUndefined

    from kiosk_app import runtime, web
    from kiosk_app.core import db

    app = Flask(__name__)
    app.config.update(
        SECRET_KEY=settings.session_secret(),
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies or settings.tls,
        MAX_CONTENT_LENGTH=1 << 20,
        WTF_CSRF_TIME_LIMIT=None,
        KIOSK_SETTINGS=settings,
    )
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    web.extensions.db.init_app(app)
    with app.app_context():
        database = db.Database(db.prepare(web.extensions.db.engine))
    runtime.start(settings, database)
    web.register(app)
    return app
