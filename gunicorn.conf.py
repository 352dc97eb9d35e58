"""How the web service runs; a reason beside each value."""

from pathlib import Path

from kiosk_app.config import Settings
from kiosk_app.tls import queries, serving

workers = 2  # two cores; figures come from counts, so one worker never waits long for another
threads = 16  # a silent browser connection holds a thread for keepalive seconds
worker_class = "gthread"  # sync workers are blocked by idle connections of browsers
keepalive = 5  # tablets post again within seconds
timeout = 60  # an export of a year stays below this
graceful_timeout = 20  # a delivery under way is answered before a restart
control_socket_disable = True  # nobody steers it but the service manager
worker_tmp_dir = "/dev/shm"  # noqa: S108 - heartbeat files must not wait for the disk
max_requests = 20_000  # gives back what libraries leak
max_requests_jitter = 2_000  # workers do not restart together
accesslog = None  # addresses hold signed links; they stay out of logs
errorlog = "-"
_settings = Settings.from_env()
certfile = str(queries.server_file(_settings.data_dir)) if _settings.tls else None  # key within


def on_starting(_server: object) -> None:
    """Load the surfaces once here instead of once in each worker."""
    from kiosk_app import web

    web.surfaces()


def ssl_context(config, _default):  # type: ignore[no-untyped-def]
    """For each connection the certificate that `kiosk cert renew` made last: no restart."""
    return serving.newest_context(Path(config.certfile))


def post_worker_init(_worker: object) -> None:
    """Load charts and holidays while the first pages are read, not when the first is asked for.

    What is loaded by now lives as long as the worker: the collector need not walk it again.
    """
    import gc

    gc.collect()
    gc.freeze()
    from threading import Thread

    from kiosk_app.organisation import days_off
    from survey_analysis import charts

    for prepare in (charts.prepare, days_off.prepare):
        Thread(target=prepare, daemon=True).start()
