"""Logs that tell an operator what happened without telling what anybody searched for.

Query strings are cut from every message. An exception is logged by its type and the lines it passed through;
its words are left out unless LOG_EXCEPTION_MESSAGES is set, since they may quote what a person sent.
"""

import json
import logging
import os
import re
import traceback
from datetime import UTC, datetime

QUOTING = ("Invalid request", "Error handling request")  # gunicorn's messages that go on with a quotation
QUERY = re.compile(r"(/\S*?)\?.*", re.DOTALL)
POSITION = re.compile(r"(?<=/near/at/)[^/\s]+")  # of whatever precision somebody wrote it


def without_query(message: str) -> str:
    """*message* with whatever follows the ``?`` of a path cut off, and the positions in paths."""
    return POSITION.sub("...", QUERY.sub(r"\1?...", message))


def private_message(record: logging.LogRecord) -> str:
    """What *record* says, without what a visitor sent."""
    message = record.getMessage()
    if record.name == "gunicorn.error":  # it quotes the first line of what it cannot read, and who sent it
        message = next((first for first in QUOTING if message.startswith(first)), message)
    return without_query(message)


def words_wanted() -> bool:
    local = "true" if os.environ.get("DEPLOYMENT") == "local" else "false"
    return os.environ.get("LOG_EXCEPTION_MESSAGES", local).lower() in ("1", "true", "yes", "on")


def exception_lines(error: BaseException) -> list[str]:
    """Type and stack of *error* and of what caused it, first cause first; without their words."""
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    lines = exception_lines(cause) if cause else []
    name = f"{type(error).__module__}.{type(error).__qualname__}"
    frames = traceback.extract_tb(error.__traceback__)
    return [*lines, name, *(f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in frames)]


class LineFormatter(logging.Formatter):
    """For people: time, level, logger, message."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC)
        line = f"{at:%Y-%m-%d %H:%M:%S} {record.levelname} {record.name}: {private_message(record)}"
        if record.exc_info and record.exc_info[1]:
            return f"{line}\n{self._exception(record.exc_info[1])}"
        return line

    @staticmethod
    def _exception(error: BaseException) -> str:
        if words_wanted():
            return "".join(traceback.format_exception(error))
        return "\n".join(exception_lines(error))


class JSONFormatter(LineFormatter):
    """For machines: one JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
        }
        if record.name == "gunicorn.access" and isinstance(record.args, dict):
            atoms = record.args
            entry |= {
                "method": atoms["m"],
                "path": atoms["U"],
                "status": int(atoms["s"]),
                "bytes": atoms["B"],
                "milliseconds": atoms["M"],
            }
        else:
            entry["message"] = private_message(record)
        if record.exc_info and record.exc_info[1]:
            entry["exception"] = self._exception(record.exc_info[1])
        return json.dumps(entry, ensure_ascii=False, default=str)


def configuration() -> dict:
    """For ``logging.config.dictConfig``: Django's and gunicorn's logs on standard output."""
    deployment = os.environ.get("DEPLOYMENT", "production")
    production = deployment == "production"
    console = {"handlers": ["console"], "propagate": False}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"private": {"()": JSONFormatter if production else LineFormatter}},
        "handlers": {
            "console": {
                "class": "logging.StreamHandler",
                "stream": "ext://sys.stdout",
                "formatter": "private",
            }
        },
        "root": {"handlers": ["console"], "level": "INFO" if production else "WARNING"},
        "loggers": {
            "django": {**console, "level": "INFO" if production else "WARNING"},
            "django.request": {
                **console,
                "level": "ERROR",
            },  # what was refused or not found is in the access log
            "gunicorn.error": {**console, "level": "INFO" if production else "WARNING"},
            "gunicorn.access": {**console, "level": "WARNING" if deployment == "local" else "INFO"},
        },
    }
