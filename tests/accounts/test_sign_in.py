"""Signing in as people do it: through HTTP, with the forms that the pages hold."""

import hashlib
import hmac
import struct
import time
from base64 import b32decode

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import ProgrammingError, connection, transaction
from django.test import Client
from wagtail.documents import get_document_model

pytestmark = pytest.mark.django_db

PASSWORD = "violet anchor seventeen"
LOGIN, ACTIVATE, AUTHENTICATE = (
    "/accounts/login/",
    "/accounts/2fa/totp/activate/",
    "/accounts/2fa/authenticate/",
)
ADMIN_ADDRESSES = [
    "/admin/",
    "/admin/pages/",
    "/admin/users/",
    "/admin/images/",
    "/admin/reports/site-history/",
    "/admin/api/main/pages/",
    "/admin/logout/",
]


@pytest.fixture
def editor():
    return get_user_model().objects.create_superuser("ada", "ada@example.org", PASSWORD)


@pytest.fixture
def factor_required(settings):
    settings.STAFF_MFA_REQUIRED = True


def code_of(secret: str, steps_later: int = 0) -> str:
    """The six digits an authenticator app shows (RFC 6238)."""
    counter = struct.pack(">Q", int(time.time()) // 30 + steps_later)
    digest = hmac.new(b32decode(secret), counter, hashlib.sha1).digest()
    at = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[at : at + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


def sign_in(client, password=PASSWORD, login="ada"):
    return client.post(LOGIN, {"login": login, "password": password})


def enrol(client) -> tuple[str, list[str]]:
    """Set a second factor up; the secret, and the recovery codes as the page shows them."""
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    secret = client.get(ACTIVATE).context_data["form"].secret
    answer = client.post(ACTIVATE, {"code": code_of(secret)}, follow=True)
    assert answer.redirect_chain[-1][0] == "/accounts/2fa/recovery-codes/"
    return secret, answer.context_data["unused_codes"]


def test_admin_leads_to_the_one_sign_in_page(client):
    assert client.get("/admin/").headers["Location"] == "/accounts/login/?next=/admin/"
    assert (
        client.get("/admin/login/?next=/admin/users/").headers["Location"]
        == "/accounts/login/?next=/admin/users/"
    )


@pytest.mark.parametrize(
    "path", ["signup/", "email/", "confirm-email/", "3rdparty/", "password/set/", "login/code/", "sessions/"]
)
def test_nobody_signs_up(client, path):
    assert client.get(f"/accounts/{path}").status_code == 404


def test_password_opens_the_admin_of_a_trial(client, editor):
    assert sign_in(client).headers["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200


def test_email_serves_as_name_too(client, editor):
    assert sign_in(client, login="ada@example.org").status_code == 302


def test_wrong_password_says_so(client, editor):
    answer = sign_in(client, "not it")
    assert answer.status_code == 200
    assert "There is a problem" in answer.text
    assert client.get("/admin/").status_code == 302


@pytest.mark.parametrize("address", ADMIN_ADDRESSES)
def test_without_a_second_factor_nothing_of_the_admin_opens(client, editor, factor_required, address):
    sign_in(client)
    for method in (client.get, client.post):
        answer = method(address)
        assert (answer.status_code, answer.headers["Location"]) == (302, ACTIVATE)


@pytest.mark.django_db(transaction=True)  # allauth tells that a factor was set up once that is committed
def test_setting_up_a_second_factor(client, editor, factor_required):
    sign_in(client)
    asked = client.get("/admin/", follow=True)
    assert "Please give your password once more" in asked.text
    page = client.post(asked.redirect_chain[-1][0], {"password": PASSWORD}, follow=True)
    assert "Set up your second factor" in page.text
    secret = page.context_data["form"].secret
    assert secret in page.text
    wrong = client.post(ACTIVATE, {"code": "000000" if code_of(secret) != "000000" else "111111"})
    assert wrong.status_code == 200
    assert client.get("/admin/").status_code == 302
    secret, codes = enrol(client)
    assert len(codes) == 10
    assert client.get("/admin/").status_code == 200


def test_second_factor_is_asked_for_at_each_sign_in(client, editor, factor_required):
    sign_in(client)
    secret, recovery_codes = enrol(client)

    stranger = Client()
    assert sign_in(stranger).headers["Location"] == AUTHENTICATE
    assert stranger.get("/admin/").headers["Location"].startswith(LOGIN)  # the password alone opens nothing
    assert stranger.post(AUTHENTICATE, {"code": "12345"}).status_code == 200
    code = code_of(secret)
    assert stranger.post(AUTHENTICATE, {"code": code}).headers["Location"] == "/admin/"
    assert stranger.get("/admin/").status_code == 200
    listener = Client()
    sign_in(listener)
    assert listener.post(AUTHENTICATE, {"code": code}).status_code == 200  # overheard, but used up

    without_phone = Client()
    sign_in(without_phone)
    assert without_phone.post(AUTHENTICATE, {"code": recovery_codes[0]}).status_code == 302
    again = Client()
    sign_in(again)
    assert again.post(AUTHENTICATE, {"code": recovery_codes[0]}).status_code == 200  # each works once


def test_guessing_is_slowed_down_and_nobody_is_locked_out(client, editor, settings, monkeypatch):
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "3/1m/key"}
    for _ in range(3):
        sign_in(client, "not it")
    assert sign_in(client).status_code == 200  # the right password, but too soon
    assert client.get("/admin/").status_code == 302
    later = time.time() + 61
    monkeypatch.setattr(time, "time", lambda: later)
    assert sign_in(client).status_code == 302


def test_guessing_from_elsewhere_keeps_nobody_out(client, editor, settings):
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "3/1m/key,10/1m/ip"}
    guesser = Client(REMOTE_ADDR="192.0.2.1")
    for _ in range(4):
        assert sign_in(guesser, "not it").status_code == 200
    assert sign_in(guesser).status_code == 200
    assert sign_in(client).status_code == 302


def test_too_many_attempts_from_one_address_are_refused_in_words(client, editor, settings):
    settings.ACCOUNT_RATE_LIMITS = {"login": "3/1m/ip"}
    for number in range(3):
        sign_in(client, "not it", login=f"name-{number}")
    answer = sign_in(client)
    assert answer.status_code == 429
    assert "Wait five minutes" in answer.text
    assert client.get("/admin/").status_code == 302


def test_nobody_gets_in_while_attempts_cannot_be_counted(client, editor):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE shared_cache RENAME TO shared_cache_gone")
    with pytest.raises(ProgrammingError), transaction.atomic():
        sign_in(client)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE shared_cache_gone RENAME TO shared_cache")
    assert client.get("/admin/").status_code == 302


@pytest.mark.parametrize("forwarded", ["203.0.113.9", "203.0.113.9, 10.0.0.1", "nonsense, x, y", ""])
def test_more_trusted_proxies_than_there_are_stop_nobody(client, editor, settings, caplog, forwarded):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 3
    caplog.set_level("CRITICAL")
    answer = client.post(
        LOGIN, {"login": "ada", "password": PASSWORD}, headers={"x-forwarded-for": forwarded}
    )
    assert answer.status_code == 302


def test_without_a_known_address_all_are_counted_together(client, editor, settings, caplog):
    """A wrong TRUSTED_PROXIES makes the limit stricter: what a visitor claims to come from counts for nothing."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 3
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "3/1m/ip"}
    caplog.set_level("CRITICAL")
    for number in range(4):
        claimed = {"x-forwarded-for": f"203.0.113.{number}"}
        client.post(LOGIN, {"login": f"name-{number}", "password": "not it"}, headers=claimed)
    assert sign_in(client).status_code == 200
    assert client.get("/admin/").status_code == 302


def test_recovery_codes_are_shown_count_down_and_can_be_made_anew(client, editor, factor_required):
    sign_in(client)
    _, codes = enrol(client)
    without_phone = Client()
    sign_in(without_phone)
    without_phone.post(AUTHENTICATE, {"code": codes[0]})
    without_phone.post("/accounts/reauthenticate/", {"password": PASSWORD})
    left = without_phone.get("/accounts/2fa/recovery-codes/")
    assert "9 of 10 are left" in left.text
    assert codes[0] not in left.context_data["unused_codes"]

    assert without_phone.post("/accounts/2fa/recovery-codes/generate/").status_code == 302
    renewed = without_phone.get("/accounts/2fa/recovery-codes/").context_data["unused_codes"]
    assert len(renewed) == 10
    assert not set(renewed) & set(codes)
    for code, status in [(codes[1], 200), (renewed[0], 302)]:
        later = Client()
        sign_in(later)
        assert later.post(AUTHENTICATE, {"code": code}).status_code == status


@pytest.mark.parametrize(
    ("seen", "signed_in", "open_"),
    [
        (0, 0, True),
        (29, 29, True),
        (31, 60, False),
        (1, 11 * 60, True),
        (1, 12 * 60 + 1, False),
        (-60, -60, False),
    ],
    ids=["now", "still busy", "idle", "long day", "too long", "clock set back"],
)
def test_sign_in_ends(client, editor, seen, signed_in, open_):
    """*seen* and *signed_in* are minutes ago."""
    sign_in(client)
    client.get("/admin/")
    session = client.session
    session["seen_at"] = time.time() - seen * 60
    session["signed_in_at"] = time.time() - signed_in * 60
    session.save()
    assert client.get("/admin/", follow=True).redirect_chain == (
        [] if open_ else [("/admin/", 302), ("/accounts/login/?next=/admin/", 302)]
    )
    if not open_:
        assert sign_in(client).status_code == 302


def test_forgotten_password(client, editor):
    client.post("/accounts/password/reset/", {"email": "ada@example.org"})
    link = next(word for word in mail.outbox[0].body.split() if "/password/reset/key/" in word)
    form = client.get(
        link.removeprefix("http://testserver").removeprefix("http://localhost:8000"), follow=True
    )
    new = "marble kettle nineteen"
    address = form.redirect_chain[-1][0]
    assert client.post(address, {"password1": "short", "password2": "short"}).status_code == 200
    assert client.post(address, {"password1": new, "password2": new}).status_code == 302
    assert sign_in(client, new).status_code == 302


def test_forgotten_password_of_nobody_looks_the_same(client):
    answer = client.post("/accounts/password/reset/", {"email": "nobody@example.org"})
    assert answer.headers["Location"] == "/accounts/password/reset/done/"


@pytest.mark.parametrize(
    "password", ["fourteen chars", "1q2w3e4r5t6y7u8i9o0p", "aaaaaaaaaaaaaa", "123456789123456789"]
)
def test_weak_passwords_are_refused(password):
    with pytest.raises(ValidationError):
        validate_password(password)


@pytest.mark.parametrize(
    "following", ["//evil.example", "https:evil.example", "\\\\evil.example", "https://evil.example/"]
)
def test_signing_in_leads_to_no_other_site(client, editor, following):
    answer = client.post(LOGIN, {"login": "ada", "password": PASSWORD, "next": following})
    assert answer.headers["Location"] == "/admin/"


def test_every_other_sign_in_page_is_closed(client, editor):
    """Wagtail brings two of its own, which know neither second factor nor limits."""
    for address in ("/admin/login/", "/_util/login/"):
        answer = client.get(f"{address}?next=/admin/")
        assert answer.headers["Location"] == "/accounts/login/?next=/admin/"
        client.post(address, {"username": "ada", "password": PASSWORD})
        assert client.get("/admin/").status_code == 302


def test_a_session_that_passed_no_second_factor_is_asked_for_it(client, editor, factor_required):
    """However it came to be signed in: the factor counts that was given, not the one that is owned."""
    sign_in(client)
    secret, _ = enrol(client)
    by_password_alone = Client()
    by_password_alone.force_login(editor)
    asked = by_password_alone.get("/admin/users/")
    assert asked.headers["Location"] == "/accounts/2fa/reauthenticate/?next=%2Fadmin%2Fusers%2F"
    by_password_alone.post(asked.headers["Location"], {"code": code_of(secret, 1)})
    assert by_password_alone.get("/admin/users/").status_code == 200


def test_an_open_edit_page_keeps_nobody_signed_in(client, editor, monkeypatch):
    sign_in(client)
    client.get("/admin/")
    began = time.time()
    monkeypatch.setattr(time, "time", lambda: began + 20 * 60)
    client.post("/admin/editing-sessions/ping/wagtailcore/page/1/1/")
    monkeypatch.setattr(time, "time", lambda: began + 31 * 60)
    assert client.get("/admin/").status_code == 302


def test_staff_searches_are_bounded(client, editor):
    client.force_login(editor)
    assert client.get("/admin/pages/search/", {"q": "word " * 300}).status_code == 414


def test_an_uploaded_document_can_be_seen_in_the_admin(client, editor):
    client.force_login(editor)
    document = get_document_model().objects.create(
        title="Leaflet", file=ContentFile(b"x", name="leaflet.txt")
    )
    for address in (
        "/admin/documents/",
        "/admin/documents/chooser/",
        f"/admin/documents/edit/{document.pk}/",
    ):
        assert client.get(address).status_code == 200
