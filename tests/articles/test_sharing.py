"""What the site tells other programs: feeds, sitemap, pictures, structured data, and where a page has moved."""

import datetime
import io
import json
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup
from PIL import Image
from wagtail.models import Page, PageViewRestriction

from articles.models import ArticlePage, Source, StandardPage
from articles.share_images import MOST_LINES, drawable, drawn, fitted
from tests.articles.test_pages import ARTICLE, ARTICLES, PAGES

ATOM = "{http://www.w3.org/2005/Atom}"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
HOST = "http://localhost:8000"
TITLES = [
    "Side effects",
    "How ketamine is changing the way we treat depression " * 6,
    "Ökonomie “€” – " + "w" * 60,
    "x",
]


def tree(client, address: str) -> ElementTree.Element:
    answer = client.get(address)
    assert answer.status_code == 200
    assert not answer.cookies
    assert "public" in answer["Cache-Control"]
    return ElementTree.fromstring(answer.content)


@pytest.fixture
def corrected(world) -> ArticlePage:
    """An article whose newest change is newer than every other."""
    article = ArticlePage.objects.get(slug="side-effects")
    change = {"made_on": datetime.date(2027, 1, 2), "what": "A figure was wrong: 8 <b>not</b> 9."}
    article.changes.insert(0, ("change", change))
    article.save_revision().publish()
    return article


def test_the_atom_feed_has_each_change_newest_first(corrected, client):
    feed = tree(client, "/feeds/articles.atom")
    entries = feed.findall(f"{ATOM}entry")
    newest = entries[0]

    assert len(entries) == len(ARTICLES) + 1
    assert newest.find(f"{ATOM}title").text.startswith("Side effects")
    assert newest.find(f"{ATOM}summary").text == "A figure was wrong: 8 <b>not</b> 9."
    assert newest.find(f"{ATOM}link").get("href") == f"{HOST}/articles/side-effects/#change-log"
    assert newest.find(f"{ATOM}updated").text == "2027-01-02T00:00:00+00:00"
    assert len({entry.find(f"{ATOM}id").text for entry in entries}) == len(entries)


def test_a_later_change_does_not_rename_an_earlier_one(world, client, request):
    def names():
        return {
            entry.find(f"{ATOM}id").text
            for entry in tree(client, "/feeds/articles.atom").findall(f"{ATOM}entry")
        }

    before = names()
    request.getfixturevalue("corrected")
    assert before < names()


def test_the_rss_feed_says_the_same(corrected, client):
    items = tree(client, "/feeds/articles.rss").findall("channel/item")
    assert len(items) == len(ARTICLES) + 1
    assert items[0].find("pubDate").text == "Sat, 02 Jan 2027 00:00:00 +0000"
    assert items[0].find("link").text.startswith(HOST)


def test_each_page_names_the_feed(world, client):
    link = BeautifulSoup(client.get("/").content, "html.parser").find("link", rel="alternate")
    assert (link["href"], link["type"]) == ("/feeds/articles.atom", "application/atom+xml")


def test_the_sitemap_has_every_public_page_and_no_other(world, client):
    PageViewRestriction.objects.create(
        page=Page.objects.get(slug="about"), restriction_type=PageViewRestriction.LOGIN
    )
    StandardPage.objects.get(slug="privacy").unpublish()
    sections = [section.text for section in tree(client, "/sitemap.xml").iter(f"{SITEMAP}loc")]
    assert "http://testserver/sitemap-pages.xml" in sections
    found = {entry.text for entry in tree(client, "/sitemap-pages.xml").iter(f"{SITEMAP}loc")}
    assert found == {f"{HOST}{address}" for address in PAGES} - {f"{HOST}/about/", f"{HOST}/privacy/"}


def test_robots_are_told_where_the_sitemap_is(client, db):
    answer = client.get("/robots.txt")
    assert answer["Content-Type"].startswith("text/plain")
    lines = answer.content.decode().splitlines()
    assert f"Sitemap: {HOST}/sitemap.xml" in lines
    assert "Disallow: /admin/" in lines


def test_a_page_whose_address_changes_redirects(world, client, django_capture_on_commit_callbacks):
    article = ArticlePage.objects.get(slug="side-effects")
    article.slug = "harms"
    with django_capture_on_commit_callbacks(execute=True):
        article.save_revision().publish()
    answer = client.get("/articles/side-effects/")
    assert (answer.status_code, answer["Location"]) == (301, "/articles/harms/")
    assert client.get("/articles/harms/").status_code == 200


def test_pages_under_one_that_moves_redirect_too(world, client, django_capture_on_commit_callbacks):
    index = Page.objects.get(slug="articles").specific
    index.slug = "reading"
    with django_capture_on_commit_callbacks(execute=True):
        index.save_revision().publish()
    answer = client.get(ARTICLE)
    assert (answer.status_code, answer["Location"]) == (301, ARTICLE.replace("articles", "reading"))


@pytest.mark.parametrize("title", TITLES)
def test_a_share_image_is_small_and_holds_its_title(title):
    image = Image.open(io.BytesIO(drawn(title)))
    assert (image.format, image.size) == ("PNG", (1200, 630))
    assert len(drawn(title)) < 40_000
    lines, size = fitted(title)
    assert len(lines) <= MOST_LINES
    assert size >= 36


@pytest.mark.parametrize(
    ("title", "letters"),
    [("Ökonomie – “5 €”…", "Okonomie - “5 EUR ”..."), ("日本 x", " x"), ("Side effects", "Side effects")],
)
def test_a_share_image_has_no_box_for_a_letter_it_lacks(title, letters):
    assert drawable(title) == letters


def test_each_page_names_its_share_image(world, client):
    page = BeautifulSoup(client.get(ARTICLE).content, "html.parser")
    address = page.find("meta", property="og:image")["content"]
    assert address.startswith(f"{HOST}/share-images/")
    answer = client.get(address.removeprefix(HOST))
    assert answer["Content-Type"] == "image/png"
    assert answer["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "public" in answer["Cache-Control"]
    assert answer.content == drawn(ArticlePage.objects.get(slug="ketamine-for-depression").title)


@pytest.mark.parametrize("number", ["0", "1", "999999", "9" * 40])
def test_no_page_no_share_image(world, client, number):
    assert client.get(f"/share-images/{number}.png").status_code == 404


def test_a_draft_has_no_share_image(world, client):
    page = ArticlePage.objects.get(slug="side-effects")
    page.unpublish()
    assert client.get(f"/share-images/{page.pk}.png").status_code == 404


def test_structured_data_lists_the_sources(world, client):
    page = BeautifulSoup(client.get(ARTICLE).content, "html.parser")
    cited = json.loads(page.find("script", type="application/ld+json").get_text())["citation"]
    assert len(cited) == len(page.select(".source-list > ol > li"))
    [murrough] = [entry for entry in cited if entry["name"] == Source.objects.get(key="murrough-2013").title]
    assert murrough["@type"] == "ScholarlyArticle"
    assert murrough["datePublished"] == "2013"
    assert {entry["@type"] for entry in cited} == {"ScholarlyArticle", "CreativeWork"}


@pytest.mark.parametrize("address", ARTICLES)
def test_an_article_says_how_long_it_takes_to_read(world, client, address):
    dates = (
        BeautifulSoup(client.get(address).content, "html.parser")
        .select_one(".dates")
        .get_text(" ", strip=True)
    )
    minutes = int(dates.partition("About ")[2].split()[0])
    assert 3 <= minutes <= 12
