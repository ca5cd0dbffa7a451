"""The site's search: what it finds, in which order, and what it makes of anything that may be typed."""

from urllib.parse import urlencode

import pytest
from bs4 import BeautifulSoup
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.safestring import mark_safe
from wagtail.models import PageViewRestriction

from articles.models import ArticleIndexPage, ArticlePage, GlossaryTerm, SearchEntry, SearchWord
from articles.views import exact_postcode
from tests.test_naughty_strings import NAUGHTY

FORM = "application/x-www-form-urlencoded"


def results(client, text: str, **query) -> BeautifulSoup:
    answer = client.get("/search/", {"q": text} | query)
    assert answer.status_code == 200
    return BeautifulSoup(answer.content, "html.parser").main


def links(page: BeautifulSoup) -> list[str]:
    return [link["href"] for link in page.select(".search-results h3 a")]


def article(title: str, text: str = "<p>x</p>", **fields) -> ArticlePage:
    page = ArticlePage(title=title, summary="x", sources_checked_on="2026-11-23", **fields)
    page.body = [("text", mark_safe(text))]
    ArticleIndexPage.objects.get().add_child(instance=page)
    page.save_revision().publish()
    return page


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("side effects", "/articles/side-effects/"),
        ("Side Effects", "/articles/side-effects/"),
        ("choosing a clinic", "/articles/choosing-a-clinic/"),
        ("at home", "/articles/at-home-ketamine/"),
        ("placebo", "/glossary/#placebo"),
        ("electroshock", "/glossary/#ect"),
        ("privacy", "/privacy/"),
        ("how long does it last", "/articles/how-long-it-lasts/"),
    ],
)
def test_what_somebody_looks_for_comes_first(world, client, text, first):
    assert links(results(client, text))[0] == first


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ketmine", "ketamine"),
        ("ketmaine", "ketamine"),
        ("esketemine", "esketamine"),
        ("depresion", "depression"),
        ("blader", "bladder"),
        ("spravatto", "spravato"),
        ("bladder symtoms", "bladder symptoms"),
    ],
)
def test_a_slip_of_typing_is_corrected_and_said(world, client, typed, meant):
    page = results(client, typed)
    assert f"Nothing has “{typed}”" in page.h2.get_text()
    assert meant in page.h2.get_text()
    assert links(page)


def test_an_ending_left_off_needs_no_correction(world, client):
    page = results(client, "esketamin")
    assert "results for “esketamin”" in page.h2.get_text()
    assert links(page)


def test_another_name_in_the_glossary_finds_the_word_itself(world, client):
    article("Tubes", "<p>An infusion of zinc.</p>")
    assert links(results(client, "drip zinc")) == ["/articles/tubes/"]


def test_phrases_and_words_left_out(world, client):
    article("First", "<p>copper beside zinc</p>")
    article("Second", "<p>zinc beside copper</p>")
    assert links(results(client, '"zinc beside copper"')) == ["/articles/second/"]
    assert set(links(results(client, "zinc copper"))) == {"/articles/first/", "/articles/second/"}
    assert links(results(client, "zinc -beside")) == []


def test_some_of_the_words_are_better_than_nothing(world, client):
    page = results(client, "bladder unicorn")
    assert "Nothing has all of these words" in page.h2.get_text()
    assert "/articles/side-effects/" in links(page)


def test_nothing_found_leads_on(world, client):
    page = results(client, "qwertyuiop")
    assert "Nothing found for “qwertyuiop”" in page.get_text()
    ways = {link["href"] for link in page.select("section a")}
    assert ways == {"/articles/", "/glossary/", "/clinics/", "/get-help-now/"}


def test_extracts_are_marked_and_escaped(world, client):
    article("Tags", "<p>Before &lt;script&gt;alert(1)&lt;/script&gt; zincograph \ue000after\ue001 it.</p>")
    page = results(client, "zincograph")
    assert page.mark.get_text() == "zincograph"
    assert page.select("script") == []
    assert "Before alert(1) zincograph" in " ".join(page.select_one(".search-results li").get_text().split())
    assert len(page.select("mark")) == 1


def test_naughty_texts_in_the_box_get_an_answer(world, client):
    for text in NAUGHTY:
        form = urlencode({"q": text.encode("utf-8", "surrogatepass")})
        assert client.post("/search/", form, content_type=FORM).status_code in {200, 303, 400, 404, 422}, text


@pytest.mark.parametrize(
    "text",
    [
        "&",
        "|",
        "!",
        "a & | b",
        "-",
        "- -",
        "or",
        "or or",
        '"',
        '""',
        "the",
        "not -the",
        "a" * 199,
        "x " * 100,
        ":*",
        "<->",
        "1",
        "'",
    ],
)
def test_what_is_nothing_to_full_text_search_gets_an_answer(world, client, text):
    results(client, text)


@pytest.mark.parametrize(
    ("text", "words"),
    [("", "Type a word"), ("  \u200b ", "Type a word"), ("a" * 201, "longer than 200 characters")],
)
def test_nothing_and_too_much_are_said_beside_the_field(world, client, text, words):
    answer = client.post("/search/", {"q": text})
    page = BeautifulSoup(answer.content, "html.parser").main
    assert answer.status_code == 422
    assert words in page.select_one(".field__error").get_text()
    assert page.input["value"] == text.strip(" \u200b")
    assert page.input["aria-invalid"] == "true"


def test_words_come_back_in_the_address(world, client):
    answer = client.post("/search/", {"q": "  bladder  pain & more "})
    assert (answer.status_code, answer["Location"]) == (303, "/search/?q=bladder+pain+%26+more")


@pytest.mark.parametrize("text", ["LS1 4QJ", "ls14qj", "clinics near LS1 4QJ please", "(LS1 4QJ)"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_postcode_leads_to_clinics_near_its_area(world, client, text, method):
    answer = getattr(client, method)("/search/", {"q": text})
    assert (answer.status_code, answer["Location"]) == (303, "/clinics/near/gb/ls1-4/")


def test_a_postcode_we_do_not_know_leads_to_the_finder_and_into_no_address(world, client):
    answer = client.post("/search/", {"q": "LS99 9ZZ"})
    page = BeautifulSoup(answer.content, "html.parser").main
    assert answer.status_code == 404
    assert page.find("input", {"name": "where"})["value"] == "LS99 9ZZ"
    assert "9ZZ" not in "".join(link["href"] for link in page.select("a"))


@pytest.mark.parametrize(
    "text", ["ketamine", "5-HT2A", "phase 3 trial", "2 in 3", "LS1", "LS1 4", "90210", "2023", "COVID-19"]
)
def test_other_words_hold_no_exact_postcode(text):
    assert exact_postcode(text) == ""


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("LS1", "/clinics/near/gb/ls1/"),
        ("90210", "/clinics/near/us/90210/"),
        ("Leeds", "/clinics/near/gb/leeds-eng/"),
    ],
)
def test_a_place_offers_its_clinics(world, client, text, address):
    assert address in [link["href"] for link in results(client, text).select("section a")]


def test_a_word_that_is_also_a_town_is_looked_up_as_a_word(world, client):
    page = results(client, "price")
    assert links(page)
    assert not page.select("#search-places")


@pytest.mark.parametrize(
    "text", ["suicide", "I want to die", "kill myself", "self harm", "overdose of ketamine"]
)
def test_whoever_may_be_in_danger_is_told_whom_to_call_first(world, client, text):
    page = results(client, text)
    card = page.select_one(".care-card--emergency")
    assert card.a["href"] == "/get-help-now/"
    assert not page.select_one(".search-results") or str(page).index("care-card") < str(page).index(
        "search-results"
    )


def test_other_searches_show_no_alarm(world, client):
    assert not results(client, "side effects of a diet").select(".care-card")


def test_results_come_in_pages_and_end(world, client):
    for number in range(130):
        GlossaryTerm.objects.create(key=f"zinc-{number}", term=f"zinc {number}", definition="A metal.")
    first, second, last = (results(client, "zinc", page=page) for page in ("1", "2", "9" * 400))
    assert "100 results" in first.h2.get_text()
    assert [len(links(page)) for page in (first, second, last)] == [10, 10, 10]
    assert set(links(first)).isdisjoint(links(second))
    assert second.select_one(".pagination [rel=prev]")
    assert second.ol["start"] == "11"
    assert "Page 10 of 10" in last.get_text()


def test_more_entries_ask_no_more_queries(world, client):
    counts = []
    for more in (10, 20):
        for number in range(more):
            GlossaryTerm.objects.create(
                key=f"zinc-{more}-{number}", term=f"zinc {more} {number}", definition="x"
            )
        client.get("/search/?q=zinc")
        with CaptureQueriesContext(connection) as queries:
            client.get("/search/?q=zinc")
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 7


def test_results_are_kept_by_nobody_and_not_indexed(world, client):
    answer = client.get("/search/?q=bladder")
    assert answer["Cache-Control"] == "private, no-store"
    assert not answer.cookies
    assert b'content="noindex"' in answer.content


def test_an_article_is_found_as_it_is_published(world, client):
    page = article("Zincography", "<p>First zincograph.</p>")
    assert links(results(client, "zincograph")) == ["/articles/zincography/"]

    page.body = [("text", mark_safe("<p>A lithograph.</p>"))]
    draft = page.save_revision()
    assert links(results(client, "lithograph")) == []
    draft.publish()
    assert links(results(client, "lithograph")) == ["/articles/zincography/"]

    page.refresh_from_db()
    page.slug = "moved"
    page.save_revision().publish()
    assert links(results(client, "lithograph")) == ["/articles/moved/"]

    page.unpublish()
    assert links(results(client, "lithograph")) == []


def test_a_page_for_some_is_not_found_by_all(world, client):
    page = article("Zincography")
    PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)
    assert links(results(client, "zincography")) == []


def test_a_word_is_found_until_it_is_deleted(world, client):
    term = GlossaryTerm.objects.create(
        key="zinc", term="zinc", other_forms=["galvanised"], definition="A metal."
    )
    assert links(results(client, "galvanised")) == ["/glossary/#zinc"]
    term.delete()
    assert links(results(client, "galvanised")) == []


def test_made_anew_the_search_is_the_same(world):
    fields = ("name", "kind", "page_id", "anchor", "title", "names", "summary", "text", "sources")
    before = sorted(SearchEntry.objects.values_list(*fields))
    assert len(before) > 60
    SearchWord.objects.all().delete()

    call_command("index_site", verbosity=0)

    assert sorted(SearchEntry.objects.values_list(*fields)) == before
    assert SearchWord.objects.filter(word="bladder").exists()
    assert not SearchEntry.objects.filter(text__contains="[@").exists()
