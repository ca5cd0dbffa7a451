"""The curators' own screens, through Django's client: the first screen, the queue, a call, a report."""

import html
import re
from datetime import date, timedelta

import pytest
from django.contrib.auth.models import Group, Permission
from django.core import mail
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from clinics import verification
from clinics.models import Clinic, ClinicEvent, ContactAttempt, Report, SafetyQuestion, Verification
from places.distance import Point
from tests.clinics.admin.screens import count_queries
from tests.factories import create_attempt, create_clinic, create_report, create_user

pytestmark = pytest.mark.django_db

NAUGHTY = "<script>alert(1)</script>=1+1"


def at(name, *args) -> str:
    return reverse(f"curation:{name}", args=args)


def text(response) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode())))


@pytest.fixture
def clinic():
    return create_clinic(name="Heron", town="Leeds", phone="+44 113 496 0001", timezone="Europe/London")


@pytest.fixture
def claimed(clinic, publisher):
    verification.claim(clinic=clinic, by=publisher)
    return clinic


def as_shown(page: str) -> dict[str, str]:
    """What the browser would send back of the call's form if nobody touched it."""
    fields = {}
    for tag in re.findall(r"<input[^>]*>", page):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        kind = re.search(r'type="(\w+)"', tag)
        if name and not (kind and kind[1] in ("radio", "checkbox") and " checked" not in tag):
            fields[name[1]] = html.unescape(value[1]) if value else ""
    for name, inside in re.findall(r'<select name="([^"]+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', inside)
        fields[name] = chosen[1] if chosen else ""
    for name, inside in re.findall(r'<textarea name="([^"]+)"[^>]*>(.*?)</textarea>', page, re.DOTALL):
        fields[name] = html.unescape(inside).strip()
    return fields


def keep(client, clinic, **typed):
    page = client.get(at("call", clinic.pk)).content.decode()
    return client.post(at("call", clinic.pk), as_shown(page) | typed)


# --- The first screen ------------------------------------------------------------------------------------------------


def test_the_first_screen_shows_the_days_lists_oldest_first(client, publisher):
    create_clinic(name="Unplaced", verified_on=timezone.localdate(), verified_how="phone")
    stale = create_clinic(name="Stale", point=Point(53.8, -1.5))
    older = create_report(clinic=stale, received_at=timezone.now() - timedelta(days=2))
    create_report(kind="suggestion", proposed={"name": "Curlew"})
    create_clinic(name="Draft", listed=False, has_unpublished_changes=True)
    response = client.get(reverse("wagtailadmin_home"))
    page = text(response)
    assert "3 To review" in page
    assert "1 To verify" in page
    assert "1 Without a position" in page
    assert page.index("Stale, phone number") < page.index("Curlew") < page.index("Draft")
    assert "Unplaced" in page
    content = response.content.decode()
    assert f'href="{at("report", older.pk)}"' in content
    assert f'action="{at("claim", stale.pk)}"' in content


def test_each_list_leads_to_all_of_it(client, publisher):
    create_clinic(name="Unplaced")
    create_clinic(name="Placed", point=Point(53.8, -1.5))
    content = client.get(reverse("wagtailadmin_home")).content.decode()
    links = re.findall(r'<h2 id="day-[\w-]+">\s*<a href="([^"]+)"', content)
    assert len(links) == 4
    for link in links:
        assert client.get(html.unescape(link)).status_code == 200
    assert links[2:] == [at("without_position"), at("duplicates")]
    unplaced = text(client.get(links[2]))
    assert "Unplaced" in unplaced
    assert "Placed" not in unplaced.replace("Unplaced", "")


def test_who_may_not_call_sees_no_lists(client, drafter):
    create_clinic(name="Stale")
    assert "To verify" not in text(client.get(reverse("wagtailadmin_home")))


def test_an_empty_day_says_so(client, publisher):
    page = text(client.get(reverse("wagtailadmin_home")))
    assert "Nobody has told us anything new." in page
    assert "Every listing is fresh." in page


@pytest.mark.parametrize("name", ["wagtailadmin_home", "curation:queue", "curation:reports"])
def test_a_list_costs_the_same_for_10_and_20_rows(client, publisher, name):
    def more():
        for _ in range(10):
            clinic = create_clinic()
            create_report(clinic=clinic)
            create_attempt(clinic, by=publisher)
            verification.claim_next(by=publisher)
            create_attempt(create_clinic(), by=publisher)

    more()
    ten = count_queries(client, reverse(name))
    more()
    assert count_queries(client, reverse(name)) == ten


# --- The queue -------------------------------------------------------------------------------------------------------


def test_the_queue_says_why_and_what_was_tried(client, publisher, clinic):
    create_report(clinic=clinic)
    create_attempt(clinic, outcome="voicemail", by=publisher)
    page = text(client.get(at("queue")))
    assert "1 to call" in page
    assert "A mistake : phone number" in page or "A mistake: phone number" in page
    assert "Never confirmed" in page
    assert "once, last" in page
    assert "voicemail or a menu" in page


def test_calling_the_next_one_takes_it(client, publisher, clinic):
    response = client.post(at("claim_next"))
    assert response["Location"] == at("call", clinic.pk)
    assert Verification.objects.get().claimed_by == publisher
    assert "In my hands" in text(client.get(at("queue")))
    assert client.post(at("claim_next"))["Location"] == at("queue")


def test_what_a_colleague_has_in_hand_is_not_called_twice(client, publisher, clinic):
    verification.claim(clinic=clinic, by=create_user(username="colleague"))
    assert client.post(at("claim", clinic.pk))["Location"] == at("queue")
    page = text(client.get(at("call", clinic.pk)))
    assert "colleague has this clinic in hand until" in page
    assert "0113 496 0001" not in page
    late = client.post(at("call", clinic.pk), {"outcome": "answered", "note": "Ask for Mo."})
    assert late.status_code == 409
    assert "colleague has this clinic in hand by now" in text(late)
    assert "Ask for Mo." in late.content.decode()
    assert not ContactAttempt.objects.exists()


def test_a_clinic_is_given_back(client, publisher, claimed):
    client.post(at("release", claimed.pk))
    assert Verification.objects.get().claimed_by is None


@pytest.mark.parametrize("name", ["claim_next", "claim", "release"])
def test_looking_changes_nothing(client, publisher, clinic, name):
    args = [] if name == "claim_next" else [clinic.pk]
    assert client.get(at(name, *args)).status_code == 405


# --- A call ----------------------------------------------------------------------------------------------------------


def test_the_page_has_number_script_and_listing(client, publisher, claimed):
    response = client.get(at("call", claimed.pk))
    assert 'href="tel:+44-113-496-0001"' in response.content.decode()
    page = text(response)
    for question in SafetyQuestion:
        assert question.asked in page
    assert "there." in page
    assert "Never confirmed." in page
    assert "left)" in page


def test_one_button_keeps_all_of_it(client, publisher, claimed):
    report = create_report(clinic=claimed)
    typed = {
        "outcome": "answered",
        "phone": "0113 496 0002",
        "confirmed": "on",
        "taking_new_patients": "yes",
        "wait_weeks": "3",
        "answer-price": "yes",
        "said-price": "On the website.",
        "answer-harms": "declined",
        "note": "Ask for Mo.",
        f"report-{report.pk}-outcome": "changed",
        f"report-{report.pk}-answer": "You were right.",
    }
    assert keep(client, claimed, **typed)["Location"] == at("queue")
    saved = Clinic.objects.get()
    assert (saved.phone, saved.taking_new_patients) == ("+44 113 496 0002", True)
    assert (saved.verified_on, saved.verified_how, saved.verified_by) == (
        timezone.localdate(),
        "phone",
        publisher,
    )
    attempt = ContactAttempt.objects.get()
    assert (attempt.outcome, attempt.wait_weeks, attempt.note) == ("answered", 3, "Ask for Mo.")
    assert set(attempt.safety_answers.values_list("question", "answer", "note")) == {
        ("price", "yes", "On the website."),
        ("harms", "declined", ""),
    }
    assert Report.objects.get().outcome == "changed"
    events = ClinicEvent.objects.order_by("pk").values_list("kind", "because", "by")
    assert list(events) == [
        ("verify", "Said on the call.", publisher.pk),
        ("report-changed", "You were right.", publisher.pk),
    ]
    assert Verification.objects.get().claimed_by is None


def test_a_call_sent_twice_is_kept_once(client, publisher, claimed):
    sent = as_shown(client.get(at("call", claimed.pk)).content.decode()) | {"outcome": "no-answer"}
    assert client.post(at("call", claimed.pk), sent).status_code == 302
    again = client.post(at("call", claimed.pk), sent)
    assert again.status_code == 409
    assert "kept already" in text(again)
    assert ContactAttempt.objects.count() == 1


def test_a_call_in_vain_changes_nothing_and_is_tried_again(client, publisher, claimed):
    keep(client, claimed, outcome="no-answer")
    assert Verification.objects.get().next_attempt_on == timezone.localdate() + timedelta(days=1)
    assert not ClinicEvent.objects.exists()
    verification.claim(clinic=claimed, by=publisher)
    keep(client, claimed, outcome="voicemail", next_attempt_on="2999-01-01")
    assert Verification.objects.get().next_attempt_on == date(2999, 1, 1)


def test_a_call_that_confirms_nothing_may_still_correct(client, publisher, claimed):
    keep(client, claimed, outcome="wrong-number", phone="", because="It belongs to a bakery.")
    saved = Clinic.objects.get()
    assert (saved.phone, saved.verified_on) == ("", None)
    event = ClinicEvent.objects.get()
    assert (event.kind, event.because) == ("correct", "It belongs to a bakery.")
    assert event.data["changed"] == {"phone": ["+44 113 496 0001", ""]}

    verification.claim(clinic=claimed, by=publisher)
    page = text(client.get(at("call", claimed.pk)))
    assert page.count("Corrected ") == 1
    assert f"Corrected {event.at.day} {event.at:%B %Y}" in page


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({}, "Say what came of the call."),
        ({"outcome": "no-answer", "confirmed": "on"}, "Nobody can have confirmed it"),
        ({"outcome": "no-answer", "answer-price": "yes"}, "There are answers below"),
        ({"outcome": "voicemail", "wait_weeks": "3"}, "There are answers below"),
        ({"outcome": "answered", "wait_weeks": "105"}, "less than or equal to 104"),
        ({"outcome": "answered", "phone": "ring us"}, "not a telephone number"),
        ({"outcome": "answered", "next_attempt_on": "2020-01-01"}, "That day has passed"),
        ({"outcome": "answered", "youngest_age": "65", "oldest_age": "18"}, "below the youngest"),
    ],
)
def test_what_cannot_be_kept_is_said_and_nothing_is_lost(client, publisher, claimed, typed, says):
    response = keep(client, claimed, note="Ask for Mo.", **{"said-price": "On paper"} | typed)
    assert response.status_code == 422
    assert says in text(response)
    assert "Ask for Mo." in response.content.decode()
    assert "On paper" in response.content.decode()
    assert not ContactAttempt.objects.exists()


def test_a_waiting_draft_keeps_the_call_from_being_half_kept(client, publisher, claimed):
    latest = claimed.get_latest_revision_as_object()
    latest.name = "Heron and Sons"
    latest.save_revision()
    response = keep(client, claimed, outcome="answered", confirmed="on", note="Ask for Mo.")
    assert response.status_code == 422
    assert "have not been published" in text(response)
    assert "Ask for Mo." in response.content.decode()
    assert not ContactAttempt.objects.exists()


def test_the_time_left_can_be_extended_with_everything_typed_so_far(client, publisher, claimed):
    Verification.objects.update(claimed_until=timezone.now() + timedelta(minutes=1))
    response = keep(client, claimed, extend="1", note="Ask for Mo.", outcome="answered")
    assert response.status_code == 200
    assert "Ask for Mo." in response.content.decode()
    assert Verification.objects.get().claimed_until > timezone.now() + timedelta(minutes=29)
    assert not ContactAttempt.objects.exists()


def test_a_field_that_nobody_touched_overwrites_nobodys_change(client, publisher, claimed):
    page = client.get(at("call", claimed.pk)).content.decode()
    Clinic.objects.filter(pk=claimed.pk).update(website="https://heron.example")
    client.post(at("call", claimed.pk), as_shown(page) | {"outcome": "answered", "confirmed": "on"})
    assert Clinic.objects.get().website == "https://heron.example"


def test_do_not_call_hides_the_number_until_the_clinic_says_otherwise(client, publisher, claimed):
    keep(client, claimed, outcome="do-not-call")
    verification.claim(clinic=claimed, by=publisher)
    page = client.get(at("call", claimed.pk))
    assert "Do not call." in text(page)
    assert "tel:" not in page.content.decode()
    assert client.post(at("allow_calls", claimed.pk), {"because": ""}).status_code == 200
    client.post(at("allow_calls", claimed.pk), {"because": "They rang."})
    assert "tel:" in client.get(at("call", claimed.pk)).content.decode()


def test_naughty_text_is_text(client, publisher):
    clinic = create_clinic(name=NAUGHTY, access_note=NAUGHTY)
    create_attempt(clinic, outcome="no-answer", note=NAUGHTY, by=publisher)
    report = create_report(clinic=clinic, note=NAUGHTY, proposed={"phone": NAUGHTY})
    verification.claim(clinic=clinic, by=publisher)
    for url in (at("queue"), at("call", clinic.pk), at("reports"), at("report", report.pk), "/admin/"):
        response = client.get(url)
        assert "<script>alert(1)" not in response.content.decode()
        assert NAUGHTY in html.unescape(response.content.decode())


# --- Reports ---------------------------------------------------------------------------------------------------------


def test_a_report_is_changed_with_what_it_says(client, publisher, clinic):
    report = create_report(clinic=clinic, proposed={"phone": "0113 496 0002"}, note="It rings elsewhere.")
    page = client.get(at("report", report.pk)).content.decode()
    assert 'value="0113 496 0002"' in page
    sent = as_shown(page) | {"action": "accept", "answer": "Thank you."}
    assert client.post(at("report", report.pk), sent)["Location"] == at("reports")
    assert Clinic.objects.get().phone == "+44 113 496 0002"
    assert Clinic.objects.get().verified_on is None
    assert Report.objects.get().outcome == "changed"
    kinds = list(ClinicEvent.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["correct", "report-changed"]


def test_a_report_is_declined_with_a_reason_alone(client, publisher, clinic):
    report = create_report(clinic=clinic, proposed={"phone": "0113 496 0002"})
    response = client.post(at("report", report.pk), {"action": "decline", "answer": ""})
    assert response.status_code == 422
    assert "Say why" in text(response)
    client.post(at("report", report.pk), {"action": "decline", "answer": "We rang it."})
    assert (Report.objects.get().outcome, Clinic.objects.get().phone) == ("declined", clinic.phone)
    assert "We rang it." in text(client.get(at("report", report.pk)))
    assert "We rang it." not in text(client.get(at("reports")))
    assert "Declined" in text(client.get(at("reports") + "?closed=1"))


def test_an_owners_word_counts_as_confirmed_only_if_the_curator_says_so(client, publisher, clinic):
    said = {"taking_new_patients": "yes", "wheelchair_access": "no", "sender": "A. Nurse"}
    report = create_report(clinic=clinic, kind="owner", about="", proposed=said)
    page = client.get(at("report", report.pk)).content.decode()
    sent = as_shown(page) | {"action": "accept", "answer": "Thank you.", "confirmed": "on"}
    client.post(at("report", report.pk), sent)
    saved = Clinic.objects.get()
    assert (saved.wheelchair_access, saved.verified_how) == (False, "email")


def test_a_suggestion_becomes_a_draft_to_call(client, publisher):
    report = create_report(
        kind="suggestion", about="", proposed={"name": "Curlew", "town": "York", "country": "GB"}
    )
    response = client.post(at("report", report.pk), {"action": "draft"})
    draft = Clinic.objects.get()
    assert response["Location"] == reverse("wagtailsnippets_clinics_clinic:edit", args=[draft.pk])
    assert (draft.live, Report.objects.get().outcome) == (False, "")
    assert list(Clinic.objects.to_verify(timezone.now())) == [draft]


def test_the_owners_link_is_sent_by_a_curator(client, publisher, clinic):
    page = client.get(at("owner_link", clinic.pk))
    assert "/clinics/your-listing/?key=" in page.content.decode()
    assert client.post(at("owner_link", clinic.pk), {"to": "nobody"}).status_code == 200
    client.post(at("owner_link", clinic.pk), {"to": "desk@heron.example"})
    call_command("send_letters")
    assert mail.outbox[0].to == ["desk@heron.example"]
    assert ClinicEvent.objects.get().kind == "owner-link"


# --- Who may ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    ["queue", "claim_next", "call", "claim", "release", "allow_calls", "owner_link", "reports", "report"],
)
def test_nobody_else_gets_in(client, drafter, clinic, name):
    report = create_report(clinic=clinic)
    args = {"queue": [], "claim_next": [], "reports": [], "report": [report.pk]}.get(name, [clinic.pk])
    for method in (client.get, client.post):
        response = method(at(name, *args))
        assert response.status_code in (302, 405)
        assert response.status_code == 405 or response["Location"] == reverse("wagtailadmin_home")
    client.logout()
    assert "login" in client.post(at(name, *args))["Location"]
    assert not Verification.objects.exists()
    assert Report.objects.get().is_open


def test_a_curator_gets_in(client, drafter, clinic):
    drafter.groups.add(Group.objects.get(name="Curator"))
    assert client.get(at("queue")).status_code == 200
    assert client.get(at("reports")).status_code == 200
    assert "To verify" in text(client.get(reverse("wagtailadmin_home")))
    assert client.post(at("claim_next"))["Location"] == at("call", clinic.pk)


def test_who_may_not_publish_is_told_so_and_loses_nothing(client, drafter, clinic):
    drafter.groups.add(Group.objects.get(name="Curator"))
    drafter.groups.get().permissions.remove(*Permission.objects.filter(codename="publish_clinic"))
    verification.claim(clinic=clinic, by=drafter)
    response = keep(client, clinic, outcome="answered", confirmed="on", note="Ask for Mo.")
    assert response.status_code == 422
    assert "does not let you change what the public sees" in text(response)
    assert "Ask for Mo." in response.content.decode()
    assert not ContactAttempt.objects.exists()
