"""The WSGI application of this installation."""

from kiosk_app import create_app
from kiosk_app.config import Settings

app = create_app(Settings.from_env())
