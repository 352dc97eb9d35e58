"""How the web service runs; a reason beside each value."""

workers = 2  # two cores; figures come from counts, so one worker never waits long for another
threads = 16  # a silent browser connection holds a thread for keepalive seconds
worker_class = "gthread"  # sync workers are blocked by idle connections of browsers
keepalive = 5  # tablets post again within seconds
timeout = 60  # an export of a year stays below this
graceful_timeout = 20  # a delivery under way is answered before a restart
worker_tmp_dir = "/dev/shm"  # noqa: S108 - heartbeat files must not wait for the disk
max_requests = 20_000  # gives back what libraries leak
max_requests_jitter = 2_000  # workers do not restart together
accesslog = None  # addresses hold signed links; they stay out of logs
errorlog = "-"
