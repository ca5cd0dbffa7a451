"""Every page of the tree: that it answers, what stands in its head, and what it costs."""

import json
from collections import Counter
from html.parser import HTMLParser
from itertools import pairwise
from urllib.parse import urljoin, urlsplit

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.safestring import mark_safe
from wagtail.models import Page

from articles.models import ArticleIndexPage, ArticlePage, HomePage, Source, StandardPage
from tests.factories import create_user

ARTICLE = "/articles/ketamine-for-depression/"
ARTICLES = [  # in reading order
    ARTICLE,
    "/articles/ketamine-or-esketamine/",
    "/articles/the-evidence/",
    "/articles/how-long-it-lasts/",
    "/articles/is-it-suitable/",
    "/articles/what-happens-at-a-session/",
    "/articles/side-effects/",
    "/articles/at-home-ketamine/",
    "/articles/choosing-a-clinic/",
    "/articles/other-options/",
]
PAGES = [
    "/",
    "/articles/",
    *ARTICLES,
    "/glossary/",
    "/get-help-now/",
    "/about/",
    "/claims/",
    "/evidence/",
    "/how-we-work/",
    "/privacy/",
    "/accessibility/",
    "/data-credits/",
]
VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
every_page = pytest.mark.parametrize("address", PAGES)


class Balance(HTMLParser):
    """Collects elements that are not closed where they were opened."""

    def __init__(self):
        super().__init__()
        self.open, self.faults = [], []

    def handle_starttag(self, tag, attrs):
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        pass

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.faults.append((tag, self.getpos()))


@pytest.fixture(scope="module")
def answers() -> dict:
    """What a stranger is answered, by address: asked for once, looked at by many tests."""
    return {}


@pytest.fixture
def answer(world, client, answers, address):
    return answers.get(address) or answers.setdefault(address, client.get(address))


@pytest.fixture(scope="module")
def parsed() -> dict:
    return {}


@pytest.fixture
def page(answer, parsed, address) -> BeautifulSoup:
    assert answer.status_code == 200
    return parsed.get(address) or parsed.setdefault(address, soup_of(answer))


def soup(client, address) -> BeautifulSoup:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return soup_of(answer)


def soup_of(answer) -> BeautifulSoup:
    return BeautifulSoup(answer.content, "html.parser")


def test_the_list_is_of_every_page(world):
    assert sorted(page.url for page in Page.objects.live().filter(depth__gt=1)) == sorted(PAGES)


@every_page
def test_a_page_is_whole(page):
    assert len(page.select("h1")) == 1
    ids = Counter(element["id"] for element in page.select("[id]"))
    assert [name for name, times in ids.items() if times > 1] == []
    for attribute in ("aria-labelledby", "aria-describedby", "for"):
        named = {name for element in page.select(f"[{attribute}]") for name in element[attribute].split()}
        assert named <= ids.keys()
    levels = [int(heading.name[1]) for heading in page.main.select("h1, h2, h3, h4")]
    assert all(lower - higher <= 1 for higher, lower in pairwise(levels))
    assert all(cell.get("scope") for cell in page.select("th"))
    assert all(table.caption for table in page.select("table"))


@every_page
def test_every_element_is_closed_where_it_was_opened(answer):
    balance = Balance()
    balance.feed(answer.content.decode())
    assert balance.faults == []
    assert balance.open == []


@every_page
def test_a_page_carries_no_inline_style_or_script_and_calls_nobody(page):
    assert page.select("[style], style") == []
    assert [
        script for script in page.select("script:not([src])") if script["type"] != "application/ld+json"
    ] == []
    assert [name for element in page.find_all() for name in element.attrs if name.startswith("on")] == []
    loaded = [
        element.get("src") or element["href"]
        for element in page.select("[src], link[rel=stylesheet], link[rel=icon]")
    ]
    assert all(address.startswith("/static/") for address in loaded)


@every_page
def test_an_anonymous_visitor_gets_no_cookie_and_no_token(answer):
    assert not answer.cookies
    assert b"csrf" not in answer.content.lower()


def test_every_link_within_the_site_leads_somewhere(world, client, parsed):
    pages = {address: parsed.get(address) or soup(client, address) for address in PAGES}
    links = {urljoin(address, link["href"]) for address in PAGES for link in pages[address].select("a[href]")}
    for link in links:
        parts = urlsplit(link)
        if parts.scheme or parts.path.startswith(("/clinics/", "/feeds/")):
            continue
        if parts.path not in pages:
            pages[parts.path] = soup(client, parts.path)
        assert not parts.fragment or pages[parts.path].find(id=parts.fragment), link


@every_page
def test_the_head_says_what_and_where_the_page_is(page, address):
    assert "Ketamine Info" in page.title.get_text()
    assert page.find("link", rel="canonical")["href"] == f"http://localhost:8000{address}"
    described = page.find("meta", attrs={"name": "description"})["content"]
    assert described == page.find("meta", property="og:description")["content"]
    assert 40 <= len(described) <= 300


def test_the_trail_leads_from_home(world, client):
    trail = soup(client, ARTICLE).select(".breadcrumb a")
    assert [(link.get_text(), link["href"]) for link in trail] == [("Home", "/"), ("Articles", "/articles/")]
    assert soup(client, "/").select(".breadcrumb") == []


def test_structured_data_is_true(world, client):
    data = json.loads(soup(client, ARTICLE).find("script", type="application/ld+json").get_text())
    article = ArticlePage.objects.get(slug="ketamine-for-depression")

    assert data["@type"] == "MedicalWebPage"
    assert data["name"] == article.title
    assert data["url"] == f"http://localhost:8000{ARTICLE}"
    assert data["datePublished"] == article.first_published_at.isoformat()
    assert "reviewedBy" not in data
    assert "lastReviewed" not in data


def test_structured_data_cannot_end_its_element(world, client):
    article = ArticlePage.objects.get(slug="ketamine-for-depression")
    article.title = "</script><script>alert(1)</script>"
    article.save_revision().publish()

    page = soup(client, ARTICLE)

    assert json.loads(page.find("script", type="application/ld+json").get_text())["name"] == article.title
    assert "alert(1)" not in [script.get_text() for script in page.select("script:not([type])")]


def article_citing(sources: list[Source], slug: str) -> ArticlePage:
    """A live article that cites each of *sources* twice: in its text, and under a key fact."""
    article = ArticlePage(title=slug, slug=slug, summary="x", sources_checked_on="2026-11-23")
    result = {"of_100": 64, "against_of_100": 28, "people": 73, "treatment": "x", "comparator": "x"}
    article.body = [
        block
        for source in sources
        for block in [
            ("text", mark_safe(f"<p>Claim [@{source.key}]</p>")),
            ("key_fact", result | {"outcome": "x", "when": "x", "source": source}),
        ]
    ]
    ArticleIndexPage.objects.get().add_child(instance=article)
    return article


def test_an_article_asks_as_many_queries_for_twenty_citations_as_for_ten(world, client):
    sources = Source.objects.bulk_create(
        Source(key=f"author-{number}", kind=Source.Kind.SURVEY, authors="Author") for number in range(20)
    )
    counts = []
    for slug, cited in [("ten", sources[:10]), ("twenty", sources)]:
        article_citing(cited, slug)
        client.get(f"/articles/{slug}/")
        with CaptureQueriesContext(connection) as queries:
            page = soup(client, f"/articles/{slug}/")
        assert len(page.select(".source-list > ol > li")) == len(cited)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_lead_article_asks_few_queries(world, client):
    client.get(ARTICLE)
    with CaptureQueriesContext(connection) as queries:
        client.get(ARTICLE)
    assert len(queries) <= 25


def test_articles_are_listed_by_topic_in_reading_order(world, client):
    page = soup(client, "/articles/")
    assert [link["href"] for link in page.select(".article-list h3 a")] == ARTICLES
    topics = [heading.get_text() for heading in page.select(".article-topic")]
    assert len(topics) == len(set(topics)) == 5


@pytest.mark.parametrize("address", ARTICLES)
def test_an_article_leads_to_the_ones_before_and_after(page, address):
    for way, place in [("prev", ARTICLES.index(address) - 1), ("next", ARTICLES.index(address) + 1)]:
        links = [link["href"] for link in page.select(f".neighbours a[rel={way}]")]
        assert links == ([ARTICLES[place]] if 0 <= place < len(ARTICLES) else [])


def test_an_unpublished_article_is_left_out_of_the_order(world, client):
    ArticlePage.objects.get(slug="ketamine-or-esketamine").unpublish()
    assert soup(client, ARTICLE).select_one(".neighbours a[rel=next]")["href"] == ARTICLES[2]


def test_the_index_asks_as_many_queries_for_more_articles(world, client):
    client.get("/articles/")
    with CaptureQueriesContext(connection) as before:
        client.get("/articles/")
    for number in range(5):
        article_citing([], f"more-{number}")
    with CaptureQueriesContext(connection) as after:
        page = soup(client, "/articles/")
    assert len(page.select(".article-list li")) == len(ARTICLES) + 5
    assert len(after) == len(before)


def test_an_unpublished_page_is_not_shown(world, client):
    StandardPage.objects.get(slug="about").unpublish()
    assert client.get("/about/").status_code == 404


def test_each_page_has_its_place_in_the_tree():
    assert {model.__name__ for model in HomePage.clean_subpage_models()} == {
        "ArticleIndexPage",
        "ClaimsPage",
        "GlossaryPage",
        "HelpPage",
        "StandardPage",
    }
    assert [model.__name__ for model in ArticleIndexPage.clean_subpage_models()] == ["ArticlePage"]
    assert ArticlePage.clean_subpage_models() == []
    assert all(model.page_description for model in (HomePage, ArticleIndexPage, ArticlePage, StandardPage))


def test_the_front_page_opens_three_doors_with_the_date_of_their_sources(world, client):
    doors = soup(client, "/").select(".door")
    assert [door.a["href"] for door in doors] == [
        "/articles/is-it-suitable/",
        "/articles/the-evidence/",
        "/articles/what-happens-at-a-session/",
    ]
    assert all("23 November 2026" in door.get_text() for door in doors)


@pytest.mark.parametrize(
    ("email", "words"),
    [("", "has not given an address"), ("desk@example.org", "desk@example.org")],
)
def test_readers_are_told_where_to_write_or_that_there_is_nowhere_yet(world, client, settings, email, words):
    settings.CONTACT_EMAIL = email
    for address in ("/", "/how-we-work/"):
        page = soup(client, address)
        assert words in page.main.get_text()
        assert bool(page.select("a[href^=mailto]")) == bool(email)


@pytest.mark.parametrize(
    "address",
    [
        "/admin/pages/{page}/edit/",
        "/admin/snippets/articles/source/",
        "/admin/snippets/articles/source/edit/{source}/",
        "/admin/snippets/articles/evidencechart/",
        "/admin/snippets/articles/crisisline/",
    ],
)
def test_an_editor_can_open_it(world, client, address):
    client.force_login(create_user(is_superuser=True, is_staff=True))
    address = address.format(page=ArticlePage.objects.first().pk, source=Source.objects.first().pk)
    assert client.get(address).status_code == 200
