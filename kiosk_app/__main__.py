"""``python -m kiosk_app``: the same as the ``kiosk`` command."""

from kiosk_app.cli import main

main()
