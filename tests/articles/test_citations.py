"""From ``[@key]`` in a text to numbers, a list of sources, and the way back."""

import re

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.utils.safestring import mark_safe

from articles.citations import cite, keys_in
from articles.models import ArticlePage, Source

SOURCES = {key: Source(key=key, authors=key.title(), year=2020) for key in ("adams", "baker", "clark")}


def test_keys_are_found_once_each_in_order_of_first_use():
    assert keys_in("a [@baker] b [@adams; @clark] c [@baker]") == ["baker", "adams", "clark"]


@pytest.mark.parametrize("text", ["no citation", "write to a@b.org", "[baker]", "[@]", "[@ baker]"])
def test_other_text_is_no_citation(text):
    assert keys_in(text) == []
    assert cite(mark_safe(text), SOURCES).html == text


def test_numbers_follow_first_use_and_a_source_keeps_its_number():
    cited = cite(mark_safe("<p>b [@baker]. a [@adams]. b [@baker].</p>"), SOURCES)

    assert re.findall(r"\[(\d)\]</a>", cited.html) == ["1", "2", "1"]
    assert [(entry.number, entry.source.key) for entry in cited.sources] == [(1, "baker"), (2, "adams")]


def test_each_place_links_to_its_source_and_has_an_anchor_of_its_own():
    cited = cite(mark_safe("b [@baker], a [@adams; @baker]"), SOURCES)
    links = BeautifulSoup(cited.html, "html.parser").find_all("a")

    assert [link["href"] for link in links] == ["#source-baker", "#source-adams", "#source-baker"]
    assert [link["id"] for link in links] == ["cite-baker-1", "cite-adams-1", "cite-baker-2"]
    assert cited.sources[0].places == ["cite-baker-1", "cite-baker-2"]


def test_the_space_before_a_citation_goes():
    assert "half<sup" in cite(mark_safe("half [@baker]."), SOURCES).html


def test_a_broken_citation_is_reported_and_seen():
    cited = cite(mark_safe("x [@nobody-1999]"), SOURCES)

    assert cited.broken == ["nobody-1999"]
    assert cited.sources == []
    assert "source missing" in cited.html


def article_with(text: str) -> ArticlePage:
    article = ArticlePage.objects.get(slug="ketamine-for-depression")
    article.body = [("text", mark_safe(text))]
    return article


def test_a_page_with_a_broken_citation_cannot_be_published(world):
    with pytest.raises(ValidationError, match="No source has this key: nobody-1999"):
        article_with("<p>x [@nobody-1999]</p>").save_revision()


def test_every_citation_of_the_starting_content_holds_and_every_source_is_cited(world, capsys):
    call_command("check_citations")
    assert "every source is cited" in capsys.readouterr().out


def test_the_check_fails_on_a_citation_whose_source_has_gone(world):
    Source.objects.get(key="lii-2023").delete()
    with pytest.raises(
        CommandError, match="/articles/ketamine-for-depression/: no source has the key “lii-2023”"
    ):
        call_command("check_citations")


def test_the_check_fails_on_a_source_that_nobody_cites(world):
    Source.objects.create(key="unread-2020", kind=Source.Kind.SURVEY, authors="Unread")
    with pytest.raises(CommandError, match="“unread-2020” is not cited"):
        call_command("check_citations")


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ({"doi": "10.1056/NEJMoa2302399", "pmid": "37224232"}, "https://doi.org/10.1056/NEJMoa2302399"),
        ({"pmcid": "PMC6551577", "pmid": "1"}, "https://pmc.ncbi.nlm.nih.gov/articles/PMC6551577/"),
        ({"pmid": "23982301"}, "https://pubmed.ncbi.nlm.nih.gov/23982301/"),
        ({"url": "https://www.nice.org.uk/guidance/ta854"}, "https://www.nice.org.uk/guidance/ta854"),
        ({}, ""),
    ],
)
def test_a_source_links_to_its_most_lasting_address(given, address):
    assert Source(key="x", authors="X", **given).address == address


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("doi", "doi.org/10.1/x"),
        ("pmcid", "6551577"),
        ("pmid", "PMC1"),
        ("url", "javascript:alert(1)"),
        ("year", 1066),
    ],
)
def test_an_identifier_of_the_wrong_shape_is_refused(field, value):
    source = Source(key="x", kind=Source.Kind.SURVEY, authors="X", **{field: value})
    with pytest.raises(ValidationError) as refused:
        source.clean_fields()
    assert set(refused.value.message_dict) == {field}
