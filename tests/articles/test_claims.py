"""The claim ledger: statements with sources, grades and dates, and where each is used."""

import datetime

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.safestring import mark_safe
from wagtail.test.utils.form_data import inline_formset, nested_form_data

from articles.models import ArticleIndexPage, ArticlePage, Claim, ClaimSource, Source
from tests.factories import create_user

TODAY = datetime.date(2026, 11, 23)


def create_claim(*, key: str, sources=(), **fields) -> Claim:
    """A published claim that rests on *sources*."""
    defaults = {
        "topic": Claim.Topic.BENEFIT,
        "statement": f"Statement of {key}.",
        "grade": Claim.Grade.LOW,
        "grade_reason": "One small trial.",
        "checked_on": TODAY,
        "next_check_on": TODAY + datetime.timedelta(days=365),
    }
    claim = Claim(key=key, **defaults | fields)
    claim.claim_sources = [ClaimSource(source=source) for source in sources]
    claim.save()
    return claim


def create_source(key: str, **fields) -> Source:
    return Source.objects.create(key=key, **{"kind": Source.Kind.SURVEY, "authors": key.title()} | fields)


def article_citing(claims, slug: str) -> ArticlePage:
    article = ArticlePage(title=slug.title(), slug=slug, summary="x", sources_checked_on=TODAY)
    article.body = [("text", mark_safe("".join(f"<p>Claim [#{claim.key}].</p>" for claim in claims)))]
    ArticleIndexPage.objects.get().add_child(instance=article)
    return article


def ledger(client) -> BeautifulSoup:
    answer = client.get("/claims/")
    assert answer.status_code == 200
    return BeautifulSoup(answer.content, "html.parser")


def words_of(element) -> str:
    return " ".join(element.get_text(" ").split())


def test_the_ledger_shows_a_claim_with_all_that_is_known_of_it(world, client):
    claim = create_claim(key="sky", sources=[create_source("adams"), create_source("baker")])
    article_citing([claim], "blue")

    entry = ledger(client).find(id="claim-sky")

    said = words_of(entry)
    for part in (
        "Statement of sky.",
        "Low: One small trial.",
        "Adams",
        "Baker",
        "23 November 2026",
        "23 November 2027",
    ):
        assert part in said
    assert [link["href"] for link in entry.select(".claim__facts a")] == ["/articles/blue/"]
    assert entry.find_previous("h2").get_text() == "Whether it helps"
    assert words_of(entry.summary) == "2 sources; used in 1 page"
    assert not entry.details.has_attr("open")


def test_a_claim_that_is_not_published_is_not_in_the_ledger(world, client):
    create_claim(key="sky", sources=[create_source("adams")], live=False)
    assert ledger(client).find(id="claim-sky") is None


def test_a_page_that_is_not_published_is_not_named_as_using_a_claim(world, client):
    claim = create_claim(key="sky", sources=[create_source("adams")])
    article_citing([claim], "blue").unpublish()
    assert "No page yet" in words_of(ledger(client).find(id="claim-sky"))


def test_the_ledger_explains_every_grade_and_says_who_gave_them(world, client):
    page = ledger(client)
    assert [word.get_text() for word in page.select(".grades dt")] == Claim.Grade.labels
    assert "No such panel has graded our claims" in words_of(page.main)


def test_the_ledger_asks_as_many_queries_for_more_claims_and_articles(world, client):
    counts = []
    for name in ("ten", "twenty"):
        claims = [
            create_claim(key=f"{name}-{number}", sources=[create_source(f"{name}-source-{number}")])
            for number in range(10)
        ]
        article_citing(claims, name)
        ledger(client)
        with CaptureQueriesContext(connection) as queries:
            page = ledger(client)
        assert page.find(id=f"claim-{name}-9")
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 30


def test_an_article_asks_as_many_queries_for_twenty_claims_as_for_ten(world, client):
    claims = [
        create_claim(key=f"claim-{number}", sources=[create_source(f"source-{number}-{n}") for n in range(2)])
        for number in range(20)
    ]
    counts = []
    for slug, cited in [("ten", claims[:10]), ("twenty", claims)]:
        article_citing(cited, slug)
        client.get(f"/articles/{slug}/")
        with CaptureQueriesContext(connection) as queries:
            page = BeautifulSoup(client.get(f"/articles/{slug}/").content, "html.parser")
        assert len(page.select(".source-list > ol > li")) == 2 * len(cited)
        assert len(page.select(".claims-on-page__list > li")) == len(cited)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_an_article_lists_its_claims_with_their_grades_and_leads_to_the_ledger(world, client):
    claim = create_claim(key="sky", sources=[create_source("adams")])
    hidden = create_claim(key="sea", sources=[create_source("baker")], live=False)
    article_citing([claim, hidden], "blue")

    page = BeautifulSoup(client.get("/articles/blue/").content, "html.parser")

    [item] = page.select(".claims-on-page__list > li")
    assert "Statement of sky." in item.get_text()
    assert (item.a.get_text(), item.a["href"]) == ("Low", "/claims/#claim-sky")
    assert page.select('.contents a[href="#claims-on-page"]')


def test_a_retracted_source_is_flagged_in_the_text_the_source_list_and_the_ledger(world, client):
    source = create_source("adams", standing="retracted", standing_note="By its journal in 2025.")
    article_citing([create_claim(key="sky", sources=[source])], "blue")

    page = BeautifulSoup(client.get("/articles/blue/").content, "html.parser")

    assert page.select_one(".article__body .citation").get_text() == "[1, retracted]"
    for place in (page.select_one(".source-list"), ledger(client).find(id="claim-sky")):
        assert words_of(place.select_one(".source-flag")) == "Retracted: By its journal in 2025."
    assert ledger(client).find(id="claim-sky").details.has_attr("open")  # nobody has to look for it


def test_a_source_that_does_not_stand_must_say_why(world):
    with pytest.raises(ValidationError, match="Say who retracted it and when"):
        Source(key="x", kind="survey", authors="X", standing="retracted").full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        create_source("adams", standing="superseded")


def test_a_source_that_a_claim_rests_on_cannot_be_deleted(world):
    source = create_source("adams")
    create_claim(key="sky", sources=[source])
    with pytest.raises(ProtectedError):
        source.delete()


def test_the_next_check_comes_after_the_last(world):
    with pytest.raises(IntegrityError), transaction.atomic():
        create_claim(key="sky", next_check_on=TODAY)


def test_a_claim_names_a_source_once(world):
    source = create_source("adams")
    with pytest.raises(IntegrityError), transaction.atomic():
        create_claim(key="sky", sources=[source, source])


def test_a_claim_without_a_source_is_refused_by_the_model(world):
    claim = create_claim(key="sky")
    with pytest.raises(ValidationError, match="A claim needs at least one source"):
        claim.save_revision()


def test_claims_due_are_those_the_public_sees_the_longest_overdue_first(world):
    Claim.objects.all().delete()
    source = create_source("adams")
    for key, days, live in [
        ("later", 30, True),
        ("due", 10, True),
        ("overdue", 5, True),
        ("draft", 5, False),
    ]:
        create_claim(
            key=key, sources=[source], next_check_on=TODAY + datetime.timedelta(days=days), live=live
        )
    due = Claim.objects.due(on=TODAY + datetime.timedelta(days=10))
    assert [claim.key for claim in due] == ["overdue", "due"]


def form(*, sources, **fields):
    given = {
        "key": "sky",
        "topic": "benefit",
        "statement": "The sky is blue.",
        "grade": "high",
        "grade_reason": "Look up.",
        "checked_on": "2026-11-23",
        "next_check_on": "2027-11-23",
        "claim_sources": inline_formset([{"source": source.pk} for source in sources]),
    }
    return nested_form_data(given | fields)


@pytest.fixture
def editor(world, client):
    client.force_login(create_user(is_superuser=True, is_staff=True))
    return client


def test_an_editor_is_told_that_a_claim_needs_a_source_to_be_published(editor):
    answer = editor.post(
        reverse("wagtailsnippets_articles_claim:add"), form(sources=[]) | {"action-publish": "1"}
    )

    assert answer.status_code == 200
    assert "A claim needs at least one source" in answer.content.decode()
    assert not Claim.objects.filter(key="sky").exists()


def test_an_editor_is_told_of_a_source_chosen_twice(editor):
    source = create_source("adams")
    answer = editor.post(reverse("wagtailsnippets_articles_claim:add"), form(sources=[source, source]))

    assert answer.status_code == 200
    assert "Please correct the duplicate data" in answer.content.decode()


def test_an_editor_writes_a_claim_as_a_draft_publishes_it_and_its_history_is_kept(editor):
    source = create_source("adams")
    editor.post(reverse("wagtailsnippets_articles_claim:add"), form(sources=[source]))
    claim = Claim.objects.get(key="sky")
    assert not claim.live

    edit = reverse("wagtailsnippets_articles_claim:edit", args=[claim.pk])
    kept = inline_formset([{"source": source.pk, "id": claim.claim_sources.get().pk}], initial=1)
    changed = form(sources=[], claim_sources=kept, statement="The sky is often blue.")
    editor.post(edit, changed | {"action-publish": "1"})

    claim.refresh_from_db()
    assert claim.live
    assert claim.statement == "The sky is often blue."
    assert claim.sources == [source]
    assert claim.revisions.count() == 2
    assert editor.get(reverse("wagtailsnippets_articles_claim:history", args=[claim.pk])).status_code == 200


def test_the_list_of_claims_in_the_admin_asks_as_many_queries_for_more(editor):
    address = reverse("wagtailsnippets_articles_claim:list")
    source = create_source("adams")
    create_claim(key="first", sources=[source])
    counts = []
    for number in range(2):
        editor.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert editor.get(address).status_code == 200
        counts.append(len(queries))
        print("\n".join(q["sql"][:1190] for q in queries))
        print("=====")
        create_claim(key=f"more-{number}", sources=[source])
        create_claim(key=f"even-more-{number}", sources=[source])
    assert counts[0] == counts[1]
