"""Django's PostgreSQL backend, with the server started when the first connection is asked for."""

from django.db.backends.postgresql import base
from django.db.backends.postgresql.client import DatabaseClient as PostgreSQLClient

from ketamine_info.embedded_pg import server


def _start_and_point(settings_dict: dict) -> None:
    folder = server.start(settings_dict.get("EMBEDDED", {}))
    settings_dict.update(HOST=str(folder), PORT=server.PORT, USER=server.USER)


class DatabaseClient(PostgreSQLClient):
    """``manage.py dbshell``, which reads the settings instead of opening a connection."""

    def runshell(self, parameters):
        _start_and_point(self.connection.settings_dict)
        super().runshell(parameters)


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection to the embedded server.

    ``DATABASES[alias]["EMBEDDED"]`` holds the keyword arguments of ``server.Options``.
    """

    client_class = DatabaseClient

    def get_connection_params(self):
        _start_and_point(self.settings_dict)
        return super().get_connection_params()
