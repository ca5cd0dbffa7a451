"""How gunicorn serves the site: for ``manage.py up`` and ``gunicorn -c python:ketamine_info.gunicorn``."""

import gc
import os

from ketamine_info import logs

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
limit_request_line = 8190
limit_request_fields = 60
limit_request_field_size = 8190

accesslog = "-"
# The path without its query string, no referrer and no address: what people search for is not logged.
access_log_format = "%(m)s %(U)s %(s)s %(B)s bytes %(M)s ms"
logconfig_dict = logs.configuration()


def pre_fork(server, worker):
    """No connection is shared between processes; what was loaded stays in memory that they share."""
    from django.db import connections

    connections.close_all()
    gc.freeze()  # with what was loaded since apps.py did: else each process goes through it all, also at its end


def post_fork(server, worker):
    """A request gives up on a statement that takes too long; the commands that share the settings do not."""
    from django.conf import settings
    from django.db import connections

    timeout = f"-c statement_timeout={settings.REQUEST_STATEMENT_TIMEOUT_MS}"
    connections["default"].settings_dict["OPTIONS"]["options"] = timeout
