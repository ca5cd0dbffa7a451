"""WSGI application, served by gunicorn."""

import os

import django
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.utils.http import parse_header_parameters

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ketamine_info.settings")


class Request(WSGIRequest):
    """A request, read as UTF-8 whatever charset it claims: every page and form of the site is UTF-8.

    Django would take any codec that Python knows, hex and UTF-7 among them, to read the query with.
    """

    def _set_content_type_params(self, meta):
        self.content_type, self.content_params = parse_header_parameters(meta.get("CONTENT_TYPE", ""))
        self.content_params.pop("charset", None)


class Application(WSGIHandler):
    request_class = Request


django.setup(set_prefix=False)
application = Application()
