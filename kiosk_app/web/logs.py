"""What a log may hold: addresses with a secret in them are cut before they are written."""

from __future__ import annotations

import logging
import re

from flask import Flask

_SECRET = re.compile(r"(/(?:r|c|p|hr/reaction)/)[A-Za-z0-9_-]{8,}")


class _Cut(logging.Filter):
    """Keeps the first letters of an address that opens a rating, and not its secret."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = _SECRET.sub(r"\1…", str(record.msg))
        if isinstance(record.args, tuple):
            record.args = tuple(
                _SECRET.sub(r"\1…", arg) if isinstance(arg, str) else arg for arg in record.args
            )
        return True


def init_app(app: Flask) -> None:
    """Cut what the application itself would write, such as the path of a failed request."""
    app.logger.addFilter(_Cut())
