"""What the public may tell us, through Django's client: no account, no cookie, nothing lost, nothing twice."""

import html
import re
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import call_command
from django.core.signing import TimestampSigner
from django.db import IntegrityError, transaction
from django.utils import timezone

from clinics import letters, owners, reports, submissions
from clinics.models import Clinic, ClinicEvent, Letter, Report
from tests.factories import create_attempt, create_clinic, create_report, create_user

pytestmark = pytest.mark.django_db

SUGGEST = "/clinics/suggest-a-clinic/"
NAUGHTY = '<script>alert(1)</script> =HYPERLINK("x") \' & Ω \u202e שלום 👩‍⚕️'


@pytest.fixture(autouse=True)
def unhurried(monkeypatch):
    """These tests fill forms in quicker than people do."""
    monkeypatch.setattr(submissions, "QUICKEST", timedelta(seconds=-1))


@pytest.fixture
def curator():
    return create_user(username="curator", is_superuser=True)


@pytest.fixture
def clinic():
    return create_clinic(name="Heron", town="Leeds", phone="+44 113 496 0001")


def address(clinic) -> str:
    return f"{clinic.get_absolute_url()}report/"


def token_on(page: str) -> str:
    return html.unescape(re.search('name="token" value="([^"]+)"', page)[1])


def send(client, url, **fields):
    """What a browser sends: the form's token and what was typed."""
    fields = {"token": token_on(client.get(url).content.decode()), "nickname": ""} | fields
    return client.post(url, fields)


MISTAKE = {"about": "phone", "note": "It rings at a bakery.", "correction": "0113 496 0002"}
SUGGESTION = {"name": "Curlew", "town": "York", "country": "GB"}


def test_a_mistake_becomes_one_item_with_a_private_page(client, clinic):
    response = send(client, address(clinic), **MISTAKE)
    report = Report.objects.get()
    assert response.status_code == 303
    assert response["Location"] == f"/clinics/your-report/?key={report.token}"
    assert (report.kind, report.clinic, report.about) == ("mistake", clinic, "phone")
    assert (report.note, report.proposed) == ("It rings at a bakery.", {"phone": "0113 496 0002"})
    assert (report.email, report.outcome) == ("", "")
    assert not response.cookies
    status = client.get(response["Location"])
    assert "We have your report" in status.content.decode()
    assert "It rings at a bakery." in status.content.decode()
    assert list(Clinic.objects.to_verify(timezone.now())) == [clinic]


def test_a_suggestion_becomes_one_item(client):
    send(client, SUGGEST, **SUGGESTION, phone="01904 000000", website="curlew.example", note="New.")
    report = Report.objects.get()
    assert (report.kind, report.clinic) == ("suggestion", None)
    assert report.proposed == SUGGESTION | {"phone": "01904 000000", "website": "curlew.example"}
    assert list(Report.objects.to_review()) == [report]
    assert report.subject == "Curlew"


def test_the_page_of_a_clinic_leads_to_the_part_that_is_wrong(client, clinic):
    page = client.get(clinic.get_absolute_url()).content.decode()
    links = re.findall(rf'href="({re.escape(address(clinic))}\?about=[\w-]+)"', page)
    assert len(links) == 5
    for link in links:
        about = link.rpartition("=")[2]
        assert f'<option value="{about}" selected>' in client.get(link).content.decode()


@pytest.mark.parametrize("method", ["get", "head"])
def test_the_forms_set_no_cookie_and_are_kept_by_no_cache(client, clinic, method):
    for url in (address(clinic), SUGGEST):
        response = getattr(client, method)(url)
        assert response.status_code == 200
        assert not response.cookies
        assert "no-store" in response["Cache-Control"]


# --- Nothing twice, nothing lost -------------------------------------------------------------------------------------


def test_a_form_sent_twice_makes_one_report(client, clinic):
    token = token_on(client.get(address(clinic)).content.decode())
    first = client.post(address(clinic), MISTAKE | {"token": token})
    again = client.post(address(clinic), MISTAKE | {"token": token})
    assert first["Location"] == again["Location"]
    assert Report.objects.count() == 1


def test_a_corrected_form_is_still_the_same_submission(client, clinic):
    refused = send(client, address(clinic), about="phone", note="")
    token = token_on(refused.content.decode())
    client.post(address(clinic), MISTAKE | {"token": token})
    client.post(address(clinic), MISTAKE | {"token": token})
    assert Report.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"note": ""}, "Say what you found."),
        ({"about": ""}, "Choose what is wrong."),
        ({"about": "colour"}, "Choose what is wrong."),
        ({"email": "me@"}, "Write the address like name@example.org"),
        ({"email": "a@example.org\r\nBcc: b@example.org"}, "Write the address like name@example.org"),
        ({"correction": "x" * 301}, "at most 300 characters"),
        ({"note": "x" * 2001}, "at most 2000 characters"),
        ({"nickname": "Bot"}, "people cannot see"),
        ({"token": ""}, "open for too long"),
        ({"token": "forged:1abc:signature"}, "open for too long"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(client, clinic, change, says):
    typed = {"about": "phone", "note": "A bakery.", "correction": "0113", "email": "me@example.org"} | change
    response = send(client, address(clinic), **typed)
    assert response.status_code == 422
    assert not Report.objects.exists()
    page = html.unescape(response.content.decode())
    assert says in page
    assert "There is a problem" in page
    for name in {"note", "correction"} - set(change):
        assert typed[name] in page
    if "nickname" in change:
        assert "Bot" not in page


def test_an_old_form_comes_back_filled_and_can_be_sent(client, clinic):
    signer = TimestampSigner(salt=f"clinics.submission.report.{clinic.pk}")
    with patch("time.time", return_value=(datetime.now(UTC) - timedelta(days=3)).timestamp()):
        old = signer.sign("a-name")
    response = client.post(address(clinic), MISTAKE | {"token": old})
    assert response.status_code == 422
    page = response.content.decode()
    assert "It rings at a bakery." in page
    assert client.post(address(clinic), MISTAKE | {"token": token_on(page)}).status_code == 303


def test_what_comes_in_no_time_is_asked_for_again(client, clinic, monkeypatch):
    monkeypatch.setattr(submissions, "QUICKEST", timedelta(seconds=60))
    response = send(client, address(clinic), **MISTAKE)
    assert response.status_code == 422
    assert "very quickly" in response.content.decode()
    monkeypatch.setattr(submissions, "QUICKEST", timedelta(seconds=-1))
    token = token_on(response.content.decode())
    assert client.post(address(clinic), MISTAKE | {"token": token}).status_code == 303


def test_a_token_of_one_page_is_of_no_use_on_another(client, clinic):
    token = token_on(client.get(SUGGEST).content.decode())
    assert client.post(address(clinic), MISTAKE | {"token": token}).status_code == 422


def test_too_many_in_an_hour_are_kept_waiting_with_what_they_wrote(client, clinic, monkeypatch):
    monkeypatch.setattr(submissions, "PER_HOUR", 2)
    for _ in range(2):
        assert send(client, address(clinic), **MISTAKE).status_code == 303
    response = send(client, address(clinic), **MISTAKE)
    assert response.status_code == 429
    assert "send it again in an hour" in response.content.decode()
    assert "It rings at a bakery." in response.content.decode()
    token = token_on(response.content.decode())
    elsewhere = client.post(address(clinic), MISTAKE | {"token": token}, REMOTE_ADDR="203.0.113.9")
    assert elsewhere.status_code == 303


def test_the_bound_of_all_holds_whatever_the_address(client, clinic, monkeypatch):
    monkeypatch.setattr(submissions, "PER_HOUR_OF_ALL", 3)
    token = [token_on(client.get(address(clinic)).content.decode()) for _ in range(4)]
    statuses = [
        client.post(address(clinic), MISTAKE | {"token": each}, REMOTE_ADDR=f"198.51.100.{n}").status_code
        for n, each in enumerate(token)
    ]
    assert statuses == [303, 303, 303, 429]


def test_no_address_is_kept(client, clinic, django_db_blocker):
    from django.db import connection

    address_sent_from = "198.51.100.77"
    token = token_on(client.get(address(clinic)).content.decode())
    client.post(address(clinic), MISTAKE | {"token": token}, REMOTE_ADDR=address_sent_from)
    with connection.cursor() as cursor:
        for table in ("shared_cache", "clinics_report"):
            cursor.execute(
                f"SELECT count(*) FROM {table} AS row WHERE row::text LIKE %s", [f"%{address_sent_from}%"]
            )
            assert cursor.fetchone() == (0,)
        cursor.execute("SELECT cache_key FROM shared_cache WHERE cache_key LIKE '%%submissions:%%'")
        keys = [key.rpartition(":")[2] for (key,) in cursor.fetchall()]
        cursor.execute("SELECT min(expires) FROM shared_cache WHERE cache_key LIKE '%%submissions:%%'")
        (first_to_go,) = cursor.fetchone()
    assert max(len(key) for key in keys) <= 10  # an hour, "salt", or four digits
    assert first_to_go > timezone.now() + timedelta(minutes=55)  # an hour's count lasts an hour


def test_naughty_text_comes_back_as_text(client):
    response = send(
        client, SUGGEST, name=NAUGHTY, town=NAUGHTY, country="GB", note=NAUGHTY, website="javascript:alert(1)"
    )
    page = client.get(response["Location"]).content.decode()
    assert "<script>alert" not in page
    assert NAUGHTY in html.unescape(page)
    assert 'href="javascript:' not in page
    draft = reports.draft(report=Report.objects.get(), by=create_user(is_superuser=True))
    assert (draft.website, draft.name) == ("", NAUGHTY)


# --- The private page ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["", "x", "x" * 1000, "'; --", "\u202e"])
def test_a_key_that_nobody_was_given_leads_nowhere(client, key):
    create_report(kind="suggestion", proposed=SUGGESTION)
    response = client.get("/clinics/your-report/", {"key": key})
    assert response.status_code == 404
    assert "We know no such report" in response.content.decode()


def test_the_private_page_is_found_and_kept_by_nobody(client, clinic):
    response = send(client, address(clinic), **MISTAKE)
    status = client.get(response["Location"])
    assert status["X-Robots-Tag"] == "noindex"
    assert status["Referrer-Policy"] == "no-referrer"
    assert status["Cache-Control"] == "private, no-store"
    assert '<meta name="robots" content="noindex">' in status.content.decode()
    assert not status.cookies
    assert len(Report.objects.get().token) >= 32  # 24 random bytes


def status_of(client, report) -> str:
    return client.get(f"/clinics/your-report/?key={report.token}").content.decode()


def test_the_private_page_tells_of_calls_and_of_the_end(client, clinic, curator):
    create_attempt(clinic, outcome="answered", at=timezone.now() - timedelta(days=9))
    report = create_report(clinic=clinic, received_at=timezone.now() - timedelta(days=2))
    assert "We have your report" in status_of(client, report)
    create_attempt(clinic, outcome="no-answer", by=curator)
    page = status_of(client, report)
    assert "We called the clinic" in page
    assert "no answer" in page
    assert "somebody answered" not in page
    reports.close(report=report, outcome="declined", answer="The number is right.", by=curator)
    page = status_of(client, report)
    assert "Not changed" in page
    assert "The number is right." in page
    assert "curator" not in page


def test_closing_is_one_event_and_happens_once(clinic, curator):
    report = create_report(clinic=clinic)
    with pytest.raises(ValidationError, match="Say why"):
        reports.close(report=report, outcome="declined", answer=" ", by=curator)
    reports.close(report=report, outcome="changed", answer="Thank you.", by=curator)
    with pytest.raises(ValidationError, match="already"):
        reports.close(report=report, outcome="declined", answer="No.", by=curator)
    event = ClinicEvent.objects.get()
    assert (event.kind, event.because, event.by) == ("report-changed", "Thank you.", curator)
    assert not Report.objects.to_review().exists()


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "mistake", "clinic": None},
        {"outcome": "changed"},
        {"outcome": "declined", "closed_at": timezone.now()},
        {"closed_at": timezone.now()},
    ],
)
def test_the_database_holds_what_must_be_true_of_a_report(fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        create_report(**{"clinic": create_clinic()} | fields)


def test_a_suggestion_becomes_one_draft(client, curator):
    send(client, SUGGEST, **SUGGESTION, phone="01904 000000", website="curlew.example")
    report = Report.objects.get()
    clinic = reports.draft(report=report, by=curator)
    assert reports.draft(report=report, by=curator) == clinic
    assert (clinic.live, clinic.name, clinic.slug, clinic.country) == (False, "Curlew", "curlew-york", "GB")
    assert clinic.website == "https://curlew.example"
    assert list(Clinic.objects.drafts()) == [clinic]
    assert client.get(clinic.get_absolute_url()).status_code == 404


# --- Letters ---------------------------------------------------------------------------------------------------------


def test_whoever_leaves_an_address_is_told_twice_and_forgotten(client, clinic, curator):
    send(client, address(clinic), **MISTAKE, email="me@example.org")
    report = Report.objects.get()
    call_command("send_letters")
    reports.close(report=report, outcome="changed", answer="The new number is shown.", by=curator)
    call_command("send_letters")
    call_command("send_letters")
    assert [each.to for each in mail.outbox] == [["me@example.org"]] * 2
    first, last = mail.outbox
    assert f"/clinics/your-report/?key={report.token}" in first.body
    assert "Heron" in first.body
    assert "The new number is shown." in last.body
    assert not [each for each in mail.outbox if "bakery" in each.body]
    assert not Letter.objects.exists()

    closed = report.closed_at
    assert reports.forget_senders(closed + timedelta(days=29, hours=23)) == 0
    assert reports.forget_senders(closed + timedelta(days=30)) == 1
    assert Report.objects.get().email == ""


def test_the_address_of_an_open_report_is_kept(clinic):
    create_report(clinic=clinic, email="me@example.org", received_at=timezone.now() - timedelta(days=90))
    call_command("forget_senders")
    assert Report.objects.get().email == "me@example.org"


def test_a_mail_server_that_refuses_loses_nothing(client, clinic, monkeypatch):
    send(client, address(clinic), **MISTAKE, email="me@example.org")

    def refuse(*args):
        raise ConnectionRefusedError

    with monkeypatch.context() as broken:
        broken.setattr(EmailBackend, "send_messages", refuse)
        assert letters.send_letters(timezone.now()) == (0, 1)
    assert letters.send_letters(timezone.now()) == (1, 0)
    assert len(mail.outbox) == 1


def test_a_letter_that_cannot_be_sent_for_days_is_given_up(client, clinic):
    send(client, address(clinic), **MISTAKE, email="me@example.org")
    assert letters.send_letters(timezone.now() + timedelta(days=4)) == (0, 0)
    assert not Letter.objects.exists()


# --- The owner's link ------------------------------------------------------------------------------------------------


def owner_path(clinic) -> str:
    return re.sub("^https?://[^/]+", "", owners.owner_link(clinic))


def test_an_owner_confirms_and_it_is_reviewed_like_any_report(client, clinic, curator):
    owners.send_link(clinic=clinic, to="desk@heron.example", by=curator)
    call_command("send_letters")
    link = re.search(r"https?://[^/]+(/clinics/your-listing/\S+)", mail.outbox[0].body)[1]
    shown = {"phone": clinic.phone, "town": "Leeds"}
    response = send(client, link, **shown, sender="A. Nurse, reception")
    report = Report.objects.get()
    assert response.status_code == 303
    assert (report.kind, report.clinic, report.proposed) == (
        "owner",
        clinic,
        {"sender": "A. Nurse, reception"},
    )
    assert Clinic.objects.get().verified_on is None  # nothing changes until a curator has read it
    assert ClinicEvent.objects.get().kind == "owner-link"

    reports.accept(report=report, corrections={}, confirmed=True, answer="Thank you.", by=curator)
    saved = Clinic.objects.get()
    assert (saved.verified_how, saved.verified_on) == ("email", timezone.localdate())
    assert Report.objects.get().outcome == "changed"


def test_an_owner_sends_only_what_differs(client, clinic):
    page = client.get(owner_path(clinic)).content.decode()
    assert clinic.phone in page
    send(
        client,
        owner_path(clinic),
        phone="0113 496 0009",
        town="Leeds",
        taking_new_patients="yes",
        sender="A. Nurse",
    )
    assert Report.objects.get().proposed == {
        "phone": "0113 496 0009",
        "taking_new_patients": "yes",
        "sender": "A. Nurse",
    }


@pytest.mark.parametrize("key", ["", "1", "1:x:y"])
def test_a_forged_owners_link_does_not_work(client, clinic, key):
    assert client.get("/clinics/your-listing/", {"key": key}).status_code == 404
    assert client.post("/clinics/your-listing/?key=" + key, {"sender": "x"}).status_code == 404


def test_an_owners_link_ends_after_30_days_and_with_the_listing(client, clinic):
    with patch("time.time", return_value=(datetime.now(UTC) - timedelta(days=31)).timestamp()):
        old = owner_path(clinic)
    assert client.get(old).status_code == 404
    link = owner_path(clinic)
    assert client.get(link)["X-Robots-Tag"] == "noindex"
    clinic.live = False
    clinic.save()
    assert client.get(link).status_code == 404


@pytest.mark.parametrize("to", ["", "nobody", "a@b.example\nBcc: c@d.example"])
def test_a_link_is_sent_to_an_address_only(clinic, curator, to):
    with pytest.raises(ValidationError):
        owners.send_link(clinic=clinic, to=to, by=curator)
    assert not Letter.objects.exists()
