"""How a request is read, by the application that gunicorn serves."""

from io import BytesIO

import pytest
from django.test import RequestFactory

from ketamine_info.wsgi import Application, Request, application


@pytest.mark.parametrize(
    "charset", ["hex", "idna", "utf-7", "utf-16", "rot13", "base64", "latin-1", "no-such", "a\0"]
)
def test_whatever_charset_is_claimed_it_is_utf_8(charset):
    kind = f"application/x-www-form-urlencoded; charset={charset}"
    body = b"where=K%C3%B6ln"
    environ = RequestFactory().post("/clinics/?q=K%C3%B6ln").environ | {
        "CONTENT_TYPE": kind,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": BytesIO(body),
    }
    request = Request(environ)
    assert (request.GET["q"], request.POST["where"]) == ("Köln", "Köln")


def test_the_site_reads_its_requests_so():
    assert isinstance(application, Application)
    assert application.request_class is Request


def test_a_form_of_several_parts_keeps_its_boundary():
    posted = RequestFactory().post("/clinics/", {"where": "Köln"})
    assert Request(posted.environ).POST["where"] == "Köln"
