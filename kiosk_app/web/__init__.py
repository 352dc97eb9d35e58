"""The web: the only importer of Flask. Surfaces are registered here, by name."""

from __future__ import annotations

from flask import Blueprint, Flask

from kiosk_app.devices import presence
from kiosk_app.web import (
    access,
    errors,
    extensions,
    headers,
    logs,
    presentation,
    translations,
    typed,
)


def surfaces() -> list[Blueprint]:
    """Every surface, by name; loading them is most of what a start takes."""
    from kiosk_app.web.admin.paper import blueprint as admin
    from kiosk_app.web.api.integrations import blueprint as api
    from kiosk_app.web.auth.routes import blueprint as auth
    from kiosk_app.web.desk.slips import blueprint as desk
    from kiosk_app.web.hr import blueprint as hr
    from kiosk_app.web.kiosk import blueprint as kiosk
    from kiosk_app.web.kiosk.phone import blueprint as phone
    from kiosk_app.web.manage.routes import blueprint as manage
    from kiosk_app.web.public.routes import blueprint as public
    from kiosk_app.web.public.trust import blueprint as trust

    extensions.csrf.exempt(api)
    extensions.csrf.exempt(phone)
    return [auth, public, trust, kiosk, phone, manage, hr, desk, admin, api]


def register(app: Flask) -> None:
    """Attach extensions, the access gate and every surface."""
    app.url_map.converters["int"] = typed.RowNumber
    extensions.csrf.init_app(app)
    extensions.htmx.init_app(app)
    extensions.init_allowance(app)
    app.config["COMPRESS_REGISTER"] = False
    app.config["COMPRESS_ALGORITHM"] = ["br", "gzip", "deflate"]
    app.config["COMPRESS_ALGORITHM_STREAMING"] = ["br", "deflate"]
    extensions.compress.init_app(app)
    app.view_functions["static"] = extensions.compress.compressed()(app.view_functions["static"])
    translations.init_app(app)
    access.init_app(app)
    headers.init_app(app)
    errors.init_app(app)
    logs.init_app(app)
    presentation.init_app(app)
    presence.bind(app.config["KIOSK_SETTINGS"].data_dir / "presence")
    for surface in surfaces():
        app.register_blueprint(surface)


__all__ = ["extensions", "register"]
