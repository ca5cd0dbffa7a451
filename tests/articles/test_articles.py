"""What every article must keep to, the lead article among them."""

import re
from copy import copy

import pytest
from bs4 import BeautifulSoup

from articles.models import ArticlePage, Claim, Source
from tests.articles.test_pages import ARTICLES

every_article = pytest.mark.parametrize("address", ARTICLES)

# Claims that were wrong or that nobody could trace, in the text that the lead article replaced and in others like it.
FALSE_CLAIMS = [
    r"being tested",
    r"(blocks?|reduces?|lowers?)( the release of)? glutamate",
    r"damaged (by depression|connections)",
    r"57 ?%",
    r"\b64 patients",
    r"Science Translational Medicine",
    r"up to 70 ?%",
    r"works (in|for) \d+ ?%",
    r"early stages? of research",
    r"need to continue taking it regularly",
    r"rare(ly)?\b.{0,40}hallucinat",
    r"\bprevents? suicide",
    r"reviewed by (?!a clinician)",
    r"\bDr\.? |MRCPsych",
]
HARMFUL_WORDS = [
    r"commit(ted|s)? suicide",
    r"addicts?\b",
    r"miracle",
    r"breakthrough",
    r"revolution",
    r"last resort",
    r"special k\b",
    r"sufferers?\b",
    r"depressives?\b",
    r"!",
    r"\d ?mg\b",
    r"mg/kg",
]


def words_of(element) -> str:
    return " ".join(element.get_text(" ").split())


PARSED: dict[str, BeautifulSoup] = {}


def read(client, address: str) -> BeautifulSoup:
    """The page at *address*, as it was loaded: parsed once, and copied, since some tests take things out of it."""
    if address not in PARSED:
        PARSED[address] = BeautifulSoup(client.get(address).content, "html.parser")
    return copy(PARSED[address])


def sentences(page):
    """Paragraphs and points of the text, without tables and charts."""
    body = page.select_one(".article__body")
    for aside in body.select("table, figure, .key-fact"):
        aside.decompose()
    return body.select("p, li")


@every_article
def test_an_article_is_complete_and_can_be_read(world, client, address):
    from articles.readability import readability  # here, as its library takes long to import

    page = read(client, address)
    figures = readability(ArticlePage.objects.get(slug=address.split("/")[-2]))
    assert 700 <= figures.words <= 1_500
    assert figures.age <= 14
    assert figures.sources >= 4
    assert len(page.select("h1")) == 1
    assert len(page.select(".article__body > h2")) >= 4
    assert 40 <= len(page.select_one(".lede").get_text()) <= 300


@every_article
def test_an_article_says_when_it_was_checked_that_nobody_reviewed_it_and_what_changed(world, client, address):
    page = read(client, address)
    assert "Sources checked 23 November 2026" in words_of(page.select_one(".dates"))
    assert "Not yet reviewed by a clinician" in words_of(page.select_one(".dates"))
    assert "First version" in words_of(page.select_one(".change-log"))
    assert "This is information, not advice" in words_of(page.select_one(".notice"))


@every_article
def test_an_article_makes_no_claim_that_was_wrong_and_uses_no_word_that_harms(world, client, address):
    page = read(client, address)
    page.select_one(".source-list").decompose()  # titles are other people's words
    text = words_of(page.main).replace("not been shown to prevent suicide", "")
    found = [pattern for pattern in FALSE_CLAIMS + HARMFUL_WORDS if re.search(pattern, text, re.IGNORECASE)]
    assert found == []


@every_article
def test_each_percentage_stands_with_people_a_comparison_and_a_source(world, client, address):
    for passage in sentences(read(client, address)):
        text = words_of(passage)
        if "%" in text:
            assert re.search(r"\d[\d,]* people|number of people", text), text
            assert re.search(r"\bagainst\b|comparison group", text), text
            assert passage.select(".citation"), text


@every_article
def test_each_count_of_people_names_its_source(world, client, address):
    for passage in sentences(read(client, address)):
        if re.search(r"\b\d[\d,]* people", words_of(passage)):
            assert passage.select(".citation"), words_of(passage)


@every_article
def test_each_source_is_cited_and_numbers_rise_from_one(world, client, address):
    page = read(client, address)
    numbers = [
        int(number) for number in re.findall(r"\[(\d+)\]", page.select_one(".article__body").get_text())
    ]
    listed = page.select(".source-list > ol > li")
    assert list(dict.fromkeys(numbers)) == list(range(1, len(listed) + 1))
    assert not page.select(".citation--broken")


@every_article
def test_an_article_leads_to_others_and_to_help(world, client, address):
    links = {link["href"].split("#")[0] for link in read(client, address).select(".article__body a")}
    assert "/get-help-now/" in links
    assert len(links & (set(ARTICLES) - {address})) >= 3


@every_article
def test_an_article_has_a_card_for_whoever_may_be_in_danger(world, client, address):
    page = read(client, address)
    danger = page.select(".care-card--emergency, .care-card--urgent")
    assert danger or address == "/articles/ketamine-or-esketamine/"
    assert page.select(".care-card")


@pytest.mark.parametrize(
    ("trial", "people", "ketamine", "comparison"),
    [("Lii, 2023", "40", "60", "50"), ("KARMA-Dep 2, 2025", "62", "46.9", "33.3")],
)
def test_trials_that_found_no_difference_stand_in_text_and_chart(
    world, client, trial, people, ketamine, comparison
):
    body = read(client, "/articles/the-evidence/").select_one(".article__body")
    [item] = [item for item in body.select(".prose li") if trial in item.get_text()]
    for figure in (f"{people} people", f"{ketamine}%", f"{comparison}%"):
        assert figure in words_of(item)

    drawn = [entry for entry in body.select(".evidence-chart__trial") if trial in entry.get_text()]
    labels = [[words_of(label).split("%")[0] for label in entry.select("svg text")] for entry in drawn]
    assert [ketamine, comparison] in labels
    assert all("No significant difference" in words_of(entry) for entry in drawn)


@pytest.mark.parametrize(
    ("address", "statements"),
    [
        ("ketamine-or-esketamine", ["as known on 23 November 2026", "has not been shown to prevent suicide"]),
        (
            "how-long-it-lasts",
            ["So a single dose is not a lasting treatment", "do not stop it without advice"],
        ),
        ("is-it-suitable", ["should not be used in pregnancy or while breastfeeding", "anybody under 18"]),
        ("what-happens-at-a-session", ["until the next day, after a good sleep", "at least two hours"]),
        ("side-effects", ["This is not the risk of supervised treatment"]),
        (
            "at-home-ketamine",
            ["There was no comparison group", "not approved for any mental health condition"],
        ),
        ("choosing-a-clinic", ["A listing is not a recommendation", "We publish no average prices"]),
        ("other-options", ["Do not wait for a ketamine appointment in a crisis"]),
    ],
)
def test_an_article_says_what_its_reader_must_not_miss(world, client, address, statements):
    body = read(client, f"/articles/{address}/").select_one(".article__body")
    for citation in body.select("sup"):
        citation.decompose()
    for statement in statements:
        assert statement in words_of(body).replace(" .", ".").replace(" ,", ","), statement


def test_the_questions_for_a_clinic_are_the_same_in_listings_and_on_paper(world, client):
    body = read(client, "/articles/choosing-a-clinic/").select_one(".article__body")
    questions = [item.get_text() for item in body.select(".questions > li")]
    assert len(questions) == 11
    assert body.select_one("form.search-box")
    for address in ("/clinics/sample-bittern-leeds/", "/clinics/near/gb/ls1-4/paper/"):
        assert [item.get_text() for item in read(client, address).select(".question-list > li")] == questions


def test_every_source_is_cited_somewhere_and_leads_only_to_lasting_addresses(world, client):
    cited = set()
    for address in ARTICLES:
        cited |= {entry["id"] for entry in read(client, address).select(".source-list > ol > li")}
    assert {f"source-{key}" for key in Source.objects.values_list("key", flat=True)} == cited
    assert all(source.address.startswith("https://") for source in Source.objects.all() if source.address)


def test_each_claim_stands_by_itself_with_people_a_comparison_and_a_reason_for_its_grade(world):
    claims = Claim.objects.live().with_sources()
    assert len(claims) >= 90
    for claim in claims:
        assert claim.sources
        assert claim.statement.endswith(".")
        assert claim.grade_reason.endswith(".")
        assert claim.next_check_on <= claim.checked_on.replace(year=claim.checked_on.year + 1)
        text = claim.statement.replace("not been shown to prevent suicide", "")
        assert [rule for rule in FALSE_CLAIMS + HARMFUL_WORDS if re.search(rule, text, re.IGNORECASE)] == []
        if "%" in claim.statement:
            assert re.search(r"\d[\d,]* people|number of people", claim.statement), claim.key
            assert re.search(r"\bagainst\b|\bcompared with\b|comparison", claim.statement), claim.key


def test_every_claim_is_used_in_an_article(world, client):
    page = read(client, "/claims/")
    for claim in page.select(".claim"):
        assert claim.select('.claim__facts a[href^="/articles/"]'), claim["id"]


@every_article
def test_an_article_says_how_sure_its_claims_are(world, client, address):
    assert len(read(client, address).select(".claims-on-page__list > li")) >= 9
