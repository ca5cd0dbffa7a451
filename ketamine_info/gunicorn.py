"""How gunicorn serves the site: for ``manage.py up`` and ``gunicorn -c python:ketamine_info.gunicorn``."""

import os

wsgi_app = "ketamine_info.wsgi"
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = 4
preload_app = True  # one copy of the code in memory; and a mistake in it stops the start, not each worker
timeout = 30
graceful_timeout = 10
keepalive = 5
control_socket_disable = True

# Requests longer than any of ours are refused before Django sees them.
limit_request_line = 4094
limit_request_fields = 60
limit_request_field_size = 8190

# The path without its query string, and no referrer: what people search for is not logged.
access_log_format = "%(m)s %(U)s %(s)s %(B)s bytes %(M)s ms"


def pre_fork(server, worker):
    """No connection is shared between processes."""
    from django.db import connections

    connections.close_all()
