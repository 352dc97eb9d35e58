"""Pages of the training office."""

from kiosk_app.web.hr.routes import blueprint

__all__ = ["blueprint"]
