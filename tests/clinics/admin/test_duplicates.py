"""The curators' screens for possible duplicates: the list, a pair, the first screen."""

import html
import re

import pytest
from django.urls import reverse

from clinics import curation
from clinics.duplicates import deciding
from clinics.models import Clinic, DuplicatePair
from tests.clinics.admin.screens import NOON, count_queries, create_record
from tests.factories import create_attempt, create_clinic, create_user

pytestmark = pytest.mark.django_db

LIST = reverse("curation:duplicates")


def create_pair(
    *, score: int = 90, first: Clinic | None = None, second: Clinic | None = None
) -> DuplicatePair:
    return DuplicatePair.objects.create(
        first=first or create_clinic(name="Heron"),
        second=second or create_clinic(name="Heron"),
        score=score,
        reasons=[["The same name", 40], ["Different postcodes", -10]],
        found_at=NOON,
        seen_at=NOON,
    )


def at(pair) -> str:
    return reverse("curation:duplicate", args=[pair.pk])


def text(response) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode())))


def as_shown(client, pair) -> dict[str, str]:
    """What the browser would send back of the page if nobody touched it."""
    page = client.get(at(pair)).content.decode()
    fields = {}
    for tag in re.findall(r"<input[^>]*>", page):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and ('type="radio"' not in tag or " checked" in re.sub(r"\s+", " ", tag)):
            fields[name[1]] = html.unescape(value[1]) if value else ""
    return fields


def decide(client, pair, action, **chosen):
    return client.post(at(pair), as_shown(client, pair) | {"action": action} | chosen)


@pytest.fixture
def pair():
    one = create_clinic(name="Heron", slug="heron", phone="+44 113 496 0001", town="Leeds")
    other = create_clinic(name="Heron", slug="heron-2", email="heron@example.org", town="Leeds")
    create_record(other)
    create_attempt(other, outcome="voicemail")
    return create_pair(first=one, second=other)


def test_the_list_has_the_likeliest_first_and_says_why(client, publisher):
    create_pair(score=60, first=create_clinic(name="Curlew"), second=create_clinic(name="Curlew House"))
    create_pair(score=90)
    page = text(client.get(LIST))
    assert "2 to decide" in page
    assert page.index("Heron") < page.index("Curlew House")
    assert "the same name, different postcodes" in page


def test_the_first_screen_leads_to_the_likeliest_in_one_click(client, publisher, pair):
    create_pair(score=50)
    response = client.get(reverse("wagtailadmin_home"))
    assert "2 Possible duplicates" in text(response)
    assert "Heron, twice" in text(response)
    assert "90 points: the same name" in text(response)
    assert f'href="{at(pair)}"' in response.content.decode()


def test_a_pair_side_by_side_shows_what_differs_and_what_stays(client, publisher, pair):
    response = client.get(at(pair))
    content, page = response.content.decode(), text(response)
    assert "90 points for one clinic" in page
    assert "+40 The same name" in page
    assert "-10 Different postcodes" in page
    assert "0113 496 0001" in page
    assert "heron@example.org" in page
    assert "Source: odhf" in page
    assert "voicemail or a menu" in page
    for name in ("keep", "phone", "email"):
        assert len(re.findall(rf'name="{name}"', content)) == 2
    assert 'name="address"' not in content
    shown = as_shown(client, pair)
    assert (shown["phone"], shown["email"]) == ("first", "second")  # what is known wins over what is not


def test_merging_goes_on_to_the_next_pair(client, publisher, pair):
    following = create_pair(score=60)
    response = decide(client, pair, "merge", keep="first", because="One door.")
    assert response["Location"] == at(following)
    kept = Clinic.objects.get(slug="heron")
    assert (kept.phone, kept.email) == ("+44 113 496 0001", "heron@example.org")
    assert Clinic.objects.get(slug="heron-2").successor == kept
    message = client.get(response["Location"]).content.decode()
    assert "Merged into Heron." in message
    assert at(pair) in message
    assert decide(client, following, "apart")["Location"] == LIST
    assert "No two listings look like one clinic." in text(client.get(LIST))
    decided = text(client.get(LIST, {"decided": "1"}))
    assert "Merged," in decided
    assert "Not the same," in decided
    assert "One door." in decided


def test_the_other_one_may_be_kept_and_be_wrong_in_one_thing(client, publisher, pair):
    decide(client, pair, "merge", keep="second", phone="second", email="first")
    kept = Clinic.objects.get(slug="heron-2")
    assert (kept.phone, kept.email, kept.status) == ("", "", "listed")
    assert Clinic.objects.get(slug="heron").status == "delisted"


def test_a_decision_is_taken_back_on_its_page(client, publisher, pair):
    decide(client, pair, "merge")
    page = client.get(at(pair))
    assert "stands for both" in text(page)
    assert 'name="keep"' not in page.content.decode()
    response = decide(client, pair, "back")
    assert "Taken back: Heron, twice." in text(client.get(response["Location"]))
    assert Clinic.objects.filter(status="listed").count() == 2
    decide(client, pair, "apart")
    assert "Not the same" in text(client.get(at(pair)))
    decide(client, pair, "back")
    assert DuplicatePair.objects.possible().get() == pair


def test_what_somebody_decided_meanwhile_is_said(client, publisher, pair):
    shown = as_shown(client, pair)
    deciding.keep_apart(pair=pair, because="", by=create_user(username="colleague"))
    response = client.post(at(pair), shown | {"action": "merge"})
    assert response.status_code == 409
    assert "colleague has decided: not the same." in text(response)
    assert Clinic.objects.filter(status="listed").count() == 2


def test_what_was_edited_meanwhile_is_shown_before_anything_is_decided(client, publisher, pair):
    shown = as_shown(client, pair)
    curation.correct(clinic=pair.first, corrections={"phone": "+44 113 496 0009"}, because="", by=publisher)
    response = client.post(at(pair), shown | {"action": "merge"})
    assert response.status_code == 409
    assert "one of the two was edited meanwhile" in text(response)
    assert "0113 496 0009" in text(response)
    assert Clinic.objects.filter(status="listed").count() == 2
    assert decide(client, pair, "merge").status_code == 302


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"keep": ""}, "see what is marked below"),
        ({"keep": "third"}, "see what is marked below"),
        ({"phone": "both"}, "see what is marked below"),
    ],
)
def test_a_choice_that_is_none_changes_nothing(client, publisher, pair, sent, says):
    response = decide(client, pair, "merge", because="One door.", **sent)
    assert response.status_code == 422
    assert says in text(response)
    assert "One door." in response.content.decode()
    assert not DuplicatePair.objects.decided().exists()


def test_a_draft_that_waits_is_said_and_what_was_chosen_stays(client, publisher, pair):
    latest = pair.first.get_latest_revision_as_object()
    latest.save_revision()
    response = decide(client, pair, "merge", keep="second")
    assert response.status_code == 422
    assert "has changes that have not been published" in text(response)
    assert re.search(r'name="keep"\s+value="second"\s+checked', response.content.decode())


def test_naughty_text_is_text(client, publisher):
    naughty = "<script>alert(1)</script>"
    pair = create_pair(first=create_clinic(name=naughty, access_note=naughty))
    for url in (LIST, at(pair), reverse("wagtailadmin_home")):
        assert naughty not in client.get(url).content.decode()


def test_a_pair_that_is_none_is_not_found(client, publisher):
    assert client.get(reverse("curation:duplicate", args=[10**9])).status_code == 404
    assert client.get(LIST, {"page": "x"}).status_code == 200


@pytest.mark.parametrize("name", ["list", "decided", "home"])
def test_a_list_costs_the_same_for_10_and_20_pairs(client, publisher, name):
    url = {"list": LIST, "decided": LIST + "?decided=1", "home": reverse("wagtailadmin_home")}[name]

    def more():
        for _ in range(10):
            deciding.keep_apart(pair=create_pair(), because="", by=publisher)
            create_pair()

    more()
    ten = count_queries(client, url)
    more()
    assert count_queries(client, url) == ten


def test_it_is_closed_to_who_may_not_decide(client, drafter, pair):
    for url in (LIST, at(pair)):
        assert client.get(url).status_code in (302, 403)
        assert client.post(url, {"action": "apart"}).status_code in (302, 403, 405)
    assert not DuplicatePair.objects.decided().exists()
