"""Related articles: those an editor chose, then those that rest on the same sources."""

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.safestring import mark_safe

from articles.models import ArticleIndexPage, ArticlePage, Source
from tests.articles.test_pages import ARTICLES


def related(client, address: str) -> list[str]:
    page = BeautifulSoup(client.get(address).content, "html.parser")
    return [link["href"] for link in page.select(".related a")]


def article(slug: str, *, cites: tuple[str, ...] = (), **fields) -> ArticlePage:
    page = ArticlePage(title=slug, slug=slug, summary="x", sources_checked_on="2026-11-23", **fields)
    page.body = [("text", mark_safe("<p>" + " ".join(f"x [@{key}]" for key in cites) + "</p>"))]
    ArticleIndexPage.objects.get().add_child(instance=page)
    page.save_revision().publish()
    return page


@pytest.fixture
def keys(world) -> list[str]:
    """Keys of sources that nothing cites yet."""
    sources = [Source(key=f"author-{number}", kind=Source.Kind.SURVEY, authors="A") for number in range(4)]
    return [source.key for source in Source.objects.bulk_create(sources)]


@pytest.mark.parametrize("address", ARTICLES)
def test_each_article_leads_to_three_that_it_does_not_lead_to_already(world, client, address):
    page = BeautifulSoup(client.get(address).content, "html.parser")
    found = [link["href"] for link in page.select(".related a")]
    around = {link["href"] for link in page.select(".neighbours a")}
    assert len(set(found)) == 3
    assert not set(found) & {address, *around}


def test_the_more_sources_are_shared_the_nearer(keys, client):
    article("zinc-a", cites=keys[:3], position=1)
    article("far", position=2)
    article("between", position=3)
    article("one", cites=keys[:1], position=900)
    article("two", cites=keys[1:3], position=950)
    assert related(client, "/articles/zinc-a/")[:2] == ["/articles/two/", "/articles/one/"]


def test_what_an_editor_chose_comes_first_and_once(keys, client):
    two = article("two", cites=keys[:2], position=950)
    article("one", cites=keys[:1], position=900)
    chosen = ArticlePage.objects.get(slug="other-options")
    draft = article("draft", position=960)
    draft.unpublish()
    page = article("zinc-a", cites=keys, position=1)
    page.related = [("article", chosen), ("article", two), ("article", draft)]
    page.save_revision().publish()
    assert related(client, "/articles/zinc-a/") == [
        "/articles/other-options/",
        "/articles/two/",
        "/articles/one/",
    ]


def test_more_articles_ask_no_more_queries(keys, client):
    counts = []
    for more in (5, 10):
        for number in range(more):
            article(f"more-{more}-{number}", cites=keys)
        client.get(ARTICLES[0])
        with CaptureQueriesContext(connection) as queries:
            client.get(ARTICLES[0])
        counts.append(len(queries))
    assert counts[0] == counts[1]
