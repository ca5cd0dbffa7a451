"""From ``[@key]`` in a text to numbers, a list of sources, and the way back."""

import re

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.utils.safestring import mark_safe

from articles.citations import CLAIM, cite, keys_in
from articles.models import ArticlePage, Claim, ClaimSource, Source

SOURCES = {key: Source(key=key, authors=key.title(), year=2020) for key in ("adams", "baker", "clark")}


def claim_on(key: str, *sources: str) -> Claim:
    """An unsaved claim that rests on *sources*."""
    claim = Claim(key=key, statement=key)
    claim.claim_sources = [ClaimSource(source=SOURCES[source]) for source in sources]
    return claim


CLAIMS = {claim.key: claim for claim in [claim_on("sky", "clark", "adams"), claim_on("sea", "adams")]}


def test_keys_are_found_once_each_in_order_of_first_use():
    assert keys_in("a [@baker] b [@adams; @clark] c [@baker]") == ["baker", "adams", "clark"]


@pytest.mark.parametrize("text", ["no citation", "write to a@b.org", "[baker]", "[@]", "[@ baker]"])
def test_other_text_is_no_citation(text):
    assert keys_in(text) == []
    assert cite(mark_safe(text), SOURCES, CLAIMS).html == text


def test_numbers_follow_first_use_and_a_source_keeps_its_number():
    cited = cite(mark_safe("<p>b [@baker]. a [@adams]. b [@baker].</p>"), SOURCES, CLAIMS)

    assert re.findall(r"\[(\d)\]</a>", cited.html) == ["1", "2", "1"]
    assert [(entry.number, entry.source.key) for entry in cited.sources] == [(1, "baker"), (2, "adams")]


def test_each_place_links_to_its_source_and_has_an_anchor_of_its_own():
    cited = cite(mark_safe("b [@baker], a [@adams; @baker]"), SOURCES, CLAIMS)
    links = BeautifulSoup(cited.html, "html.parser").find_all("a")

    assert [link["href"] for link in links] == ["#source-baker", "#source-adams", "#source-baker"]
    assert [link["id"] for link in links] == ["cite-baker-1", "cite-adams-1", "cite-baker-2"]
    assert cited.sources[0].places == ["cite-baker-1", "cite-baker-2"]


def test_the_space_before_a_citation_goes():
    assert "half<sup" in cite(mark_safe("half [@baker]."), SOURCES, CLAIMS).html


def test_a_broken_citation_is_reported_and_seen():
    cited = cite(mark_safe("x [@nobody-1999]"), SOURCES, CLAIMS)

    assert cited.broken == ["[@nobody-1999]"]
    assert cited.sources == []
    assert "source missing" in cited.html


def test_a_claim_brings_its_sources_in_its_own_order():
    cited = cite(mark_safe("a [@baker] b [#sky] c [#sea]"), SOURCES, CLAIMS)

    assert [entry.source.key for entry in cited.sources] == ["baker", "clark", "adams"]
    assert re.findall(r"\[(\d)\]</a>", cited.html) == ["1", "2", "3", "3"]
    assert cited.sources[2].places == ["cite-adams-1", "cite-adams-2"]
    assert cited.claims == [CLAIMS["sky"], CLAIMS["sea"]]


def test_a_source_of_two_claims_at_one_place_is_numbered_there_once():
    cited = cite(mark_safe("a [#sky; #sea; @adams]"), SOURCES, CLAIMS)
    assert re.findall(r"\[(\d)\]</a>", cited.html) == ["1", "2"]


def test_a_claim_that_is_not_there_is_reported_and_seen_beside_one_that_is():
    cited = cite(mark_safe("a [#sea; #nothing]"), SOURCES, CLAIMS)

    assert cited.broken == ["[#nothing]"]
    assert "[1]</a></sup><sup" in cited.html
    assert "source missing" in cited.html


@pytest.mark.parametrize("text", ["[@Baker]", "[#sky, #sea]", "[#sky;", "[@baker #sky]"])
def test_what_looks_like_a_citation_and_is_none_is_reported(text):
    assert cite(mark_safe(f"<p>a {text} b</p>"), SOURCES, CLAIMS).broken


def test_keys_of_claims_are_told_from_keys_of_sources():
    assert keys_in("[#sea; @baker] [#sky]", CLAIM) == ["sea", "sky"]
    assert keys_in("[#sea; @baker] [#sky]") == ["baker"]


@pytest.mark.parametrize(
    ("standing", "said"), [("retracted", "[1, retracted]"), ("superseded", "[1, superseded]")]
)
def test_a_source_that_no_longer_stands_is_flagged_where_it_is_cited(standing, said):
    source = Source(
        key="old", authors="Old", standing=standing, standing_note="Withdrawn by its authors in 2024."
    )
    cited = cite(mark_safe("a [@old]"), {"old": source}, {})
    assert said in BeautifulSoup(cited.html, "html.parser").get_text()


def article_with(text: str) -> ArticlePage:
    article = ArticlePage.objects.get(slug="ketamine-for-depression")
    article.body = [("text", mark_safe(text))]
    return article


def test_a_page_with_a_broken_citation_cannot_be_published(world):
    with pytest.raises(ValidationError, match="No source has this key: nobody-1999"):
        article_with("<p>x [@nobody-1999]</p>").save_revision()
    with pytest.raises(ValidationError, match="No claim has this key: nothing"):
        article_with("<p>x [#nothing; #nmda-block]</p>").save_revision()
    with pytest.raises(ValidationError, match="This is not how a claim or a source is cited: \\[@Adams"):
        article_with("<p>x [@Adams 2020]</p>").save_revision()


def test_every_citation_of_the_starting_content_holds_and_every_source_is_cited(world, capsys):
    call_command("check_citations")
    assert "every source is cited" in capsys.readouterr().out


def fault() -> str:
    with pytest.raises(CommandError) as refused:
        call_command("check_citations")
    return str(refused.value)


def test_the_check_fails_on_a_citation_whose_source_has_gone(world):
    ArticlePage.objects.filter(slug="ketamine-for-depression").update(body=[])
    source = Source.objects.create(key="gone-2020", kind=Source.Kind.SURVEY, authors="Gone")
    article_with("<p>x [@gone-2020]</p>").save_revision().publish()
    source.delete()
    assert "/articles/ketamine-for-depression/: nothing has the key of the citation [@gone-2020]" in fault()


def test_the_check_fails_on_a_source_that_nobody_cites(world):
    Source.objects.create(key="unread-2020", kind=Source.Kind.SURVEY, authors="Unread")
    assert "“unread-2020” is not cited" in fault()


def test_the_check_fails_on_a_cited_claim_that_is_not_published(world):
    Claim.objects.get(key="nmda-block").unpublish()
    assert "claim “nmda-block” is cited and not published" in fault()


def test_the_check_fails_on_a_claim_that_has_gone(world):
    Claim.objects.get(key="nmda-block").delete()
    assert "nothing has the key of the citation [#nmda-block]" in fault()


def test_the_check_fails_on_a_claim_that_rests_on_nothing_that_stands(world):
    claim = Claim.objects.get(key="nmda-block")
    ClaimSource.objects.filter(claim=claim).delete()
    assert "Claim “nmda-block” rests on no source that stands" in fault()

    source = Source.objects.create(
        key="old-2020",
        kind=Source.Kind.SURVEY,
        authors="Old",
        standing="retracted",
        standing_note="Withdrawn.",
    )
    ClaimSource.objects.create(claim=claim, source=source)
    assert "Claim “nmda-block” rests on no source that stands" in fault()


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
