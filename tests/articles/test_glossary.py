"""Words explained: in an article at their first use, and all of them on one page."""

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.safestring import mark_safe

from articles.glossary import explain
from articles.models import GlossaryTerm
from tests.articles.test_pages import ARTICLE, ARTICLES

PLACEBO = GlossaryTerm(key="placebo", term="placebo", other_forms=["placebos", "dummy <treatment>"])
TRIAL = GlossaryTerm(key="blinded-trial", term="blinded trial", other_forms=["blinded"])
ECT = GlossaryTerm(key="ect", term="ECT")
TERMS = [PLACEBO, TRIAL, ECT]


def explained(html: str) -> list[tuple[str, str]]:
    """Pairs of the words that became links, and where those lead."""
    links = BeautifulSoup(explain(mark_safe(html), TERMS).html, "html.parser").select("a.term")
    return [(link.get_text(), link["href"]) for link in links]


@pytest.mark.parametrize(
    ("html", "links"),
    [
        ("<p>A placebo.</p>", [("placebo", "#word-placebo")]),
        ("<p>Placebos, then a placebo.</p>", [("Placebos", "#word-placebo")]),
        ("<p>One.</p><ul><li>placebo</li></ul><p>placebo</p>", [("placebo", "#word-placebo")]),
        ("<p>A blinded trial, blinded well.</p>", [("blinded trial", "#word-blinded-trial")]),
        ("<p>a blinded\n  trial</p>", [("blinded\n  trial", "#word-blinded-trial")]),
        ("<p>After ECT, in every direct sect.</p>", [("ECT", "#word-ect")]),
        ("<p>Do not ect, or pre-ECT, or ECTs.</p>", []),
        ("<p>A <em>placebo</em>.</p>", [("placebo", "#word-placebo")]),
        ('<p><a href="/placebo/">placebo</a> <img alt="placebo"></p>', []),
        ("<h2>Placebo</h2><h3>ECT</h3><div>ECT</div>", []),
        ("<table><tr><td><p>placebo</p></td></tr></table>", []),
        ("<section><ul><li>placebo</li></ul></section><p>ECT</p>", [("ECT", "#word-ect")]),
        ("<figure><p>placebo</p></figure>", []),
        ("<p>x<sup>ECT</sup></p>", []),
    ],
)
def test_the_first_use_in_running_text_is_linked(html, links):
    assert explained(html) == links


def test_nothing_but_links_is_added():
    html = "<p>A &lt;placebo&gt; &amp; a &quot;blinded trial&quot;.</p>\n<svg><path d='M0'/></svg>"
    text = BeautifulSoup(explain(mark_safe(html), TERMS).html, "html.parser")
    for link in text.select("a.term"):
        link.unwrap()
    assert str(text) == str(BeautifulSoup(html, "html.parser"))


def test_no_words_no_change():
    assert explain(mark_safe("<p>placebo</p>"), []).html == "<p>placebo</p>"


def test_words_come_in_the_order_of_their_use():
    assert explain(mark_safe("<p>ECT, blinded, placebo</p>"), TERMS).terms == [ECT, TRIAL, PLACEBO]


@pytest.mark.parametrize("address", ARTICLES)
def test_each_word_of_an_article_leads_to_its_meaning_and_back(world, client, address):
    page = BeautifulSoup(client.get(address).content, "html.parser")
    used = page.select(".article__body a.term")
    assert used
    for link in used:
        word = page.find(id=link["href"].removeprefix("#"))
        assert word.dfn.get_text()
        assert "[@" not in word.get_text()
        assert word.select_one(".word-list__back")["href"] == f"#{link['id']}"
    assert len(used) == len(page.select(".word-list__word"))


def test_the_lead_article_explains_the_words_of_its_first_sentences(world, client):
    page = BeautifulSoup(client.get(ARTICLE).content, "html.parser")
    words = [link.get_text() for link in page.select("a.term")]
    assert words[:3] == ["anaesthetic", "off-label", "licensed"]
    assert "Ketamine" not in words


def test_more_words_ask_no_more_queries(world, client):
    counts = []
    for more in (10, 20):
        GlossaryTerm.objects.bulk_create(
            GlossaryTerm(key=f"w-{more}-{n}", term=f"mice{more}{n}", definition="x") for n in range(more)
        )
        for address in (ARTICLE, "/glossary/"):
            client.get(address)
        with CaptureQueriesContext(connection) as queries:
            client.get(ARTICLE)
        with CaptureQueriesContext(connection) as on_the_page:
            client.get("/glossary/")
        counts.append((len(queries), len(on_the_page)))
    assert counts[0] == counts[1]


def test_the_glossary_lists_every_word_under_its_letter(world, client):
    page = BeautifulSoup(client.get("/glossary/").content, "html.parser")
    terms = list(GlossaryTerm.objects.all())
    assert [word.get_text() for word in page.select("dl.glossary dfn")] == [term.term for term in terms]
    for term in terms:
        word = page.find(id=term.key)
        assert word.find_parent("section").h2.get_text() == term.term[0].upper()
    letters = [link.get_text() for link in page.select(".letters a")]
    assert letters == sorted(set(letters)) == [heading.get_text() for heading in page.select(".letter h2")]


def test_medical_meanings_have_their_sources(world, client):
    page = BeautifulSoup(client.get("/glossary/").content, "html.parser")
    assert not page.select(".citation--broken")
    cited = {link["href"].removeprefix("#") for link in page.select("dl.glossary .citation a")}
    assert len(cited) >= 10
    assert cited == {entry["id"] for entry in page.select(".source-list > ol > li")}


def test_a_word_cannot_cite_a_source_that_is_not_there(world):
    term = GlossaryTerm(key="x", term="x", definition="It is so [@nobody-1999].")
    with pytest.raises(ValidationError, match="No source has this key: nobody-1999"):
        term.full_clean()


def test_two_words_cannot_share_a_form(world):
    term = GlossaryTerm(key="dummy", term="dummy", other_forms=["Placebos"], definition="x")
    with pytest.raises(ValidationError, match="“placebos” already leads to the word “placebo”"):
        term.full_clean()


def test_any_word_is_shown_as_text(world, client):
    GlossaryTerm.objects.create(
        key="evil", term="anaesthetic for", definition="<script>alert(1)</script> & “x”"
    )
    for address in (ARTICLE, "/glossary/"):
        page = BeautifulSoup(client.get(address).content, "html.parser")
        assert not page.find("script", string="alert(1)")
        assert "<script>alert(1)</script> & “x”" in page.main.get_text()
