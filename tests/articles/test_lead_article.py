"""What the lead article must say, and what it must never say (each rule has a reason in the text it replaced)."""

import re

import pytest
from bs4 import BeautifulSoup

from tests.articles.test_articles import read

ADDRESS = "/articles/ketamine-for-depression/"


@pytest.fixture
def article(world, client) -> BeautifulSoup:
    return read(client, ADDRESS)


@pytest.fixture
def body(article):
    return article.select_one(".article__body")


def words_of(element) -> str:
    return " ".join(element.get_text(" ").split())


def test_it_has_five_sections(article, body):
    sections = [
        "How ketamine works",
        "What the studies say",
        "Services near me",
        "Side effects",
        "Pros and cons",
    ]
    assert [heading.get_text() for heading in body.select("h2")] == sections
    contents = [link.get_text() for link in article.select(".contents a")]
    assert contents == [*sections, "Words explained", "Sources", "How sure we are", "What has changed"]


def test_it_is_complete_and_not_long(body):
    for aside in body.select("table, figure, sup, form"):
        aside.decompose()
    assert 1_100 <= len(re.findall(r"\S*\w\S*", words_of(body))) <= 1_500


# Claims of the text that this article replaced, and of others like it, that are wrong or that nobody could trace.
@pytest.mark.parametrize(
    "claim",
    [
        r"being tested",
        r"blocks? the release of glutamate",
        r"(blocks?|reduces?|lowers?) glutamate",
        r"damaged by depression",
        r"damaged connections",
        r"57 ?%",
        r"\b64 patients",
        r"Science Translational Medicine",
        r"up to 70 ?%",
        r"works (in|for) \d+ ?%",
        r"early stages? of research",
        r"not (a )?long-term",
        r"need to continue taking it regularly",
        r"rare(ly)?\b.{0,40}hallucinat",
        r"prevents? suicide(?! \[)",
    ],
)
def test_a_claim_that_was_wrong_is_gone(body, claim):
    allowed = words_of(body).replace("has not been shown to prevent suicide", "")
    assert not re.search(claim, allowed, re.IGNORECASE)


@pytest.mark.parametrize(
    "word",
    [
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
    ],
)
def test_a_word_that_harms_or_sells_is_not_used(article, word):
    article.select_one(".source-list").decompose()  # titles are other people's words
    assert not re.search(word, words_of(article.main), re.IGNORECASE)


@pytest.mark.parametrize(
    "statement",
    [
        "a short rise in glutamate",
        "it blocks tiny switches on brain cells, called NMDA receptors",
        "Whether that alone explains the benefit is not known",
        "Most of the evidence for that comes from animals, not people",
        "The effect often fades",
        "more people had responded to ketamine than to midazolam",
        "ECT did better",
        "the main result was not statistically significant",
        "The spray has not been shown to prevent suicide",
        "In England the spray is not recommended for routine NHS use",
        "You must not drive until the next day",
        "Do not stop an antidepressant without advice",
        "A listing is not a recommendation",
    ],
)
def test_it_says_what_is_right(body, statement):
    for citation in body.select("sup"):
        citation.decompose()
    assert statement in words_of(body)


def test_each_percentage_stands_with_people_and_a_comparison(body):
    for aside in body.select("table, figure"):
        aside.decompose()
    passages = [element for element in body.select("p, li") if "%" in element.get_text()]
    assert len(passages) >= 7
    for passage in passages:
        text = words_of(passage)
        assert re.search(r"\d[\d,]* people", text), text
        assert re.search(r"\bagainst\b|no comparison group", text), text
        assert passage.select(".citation"), text


def test_the_key_fact_says_people_comparison_and_time(body):
    fact = words_of(body.select_one(".key-fact"))
    for part in ("64 of 100", "28 of 100", "midazolam", "after one day", "73 people took part"):
        assert part in fact


@pytest.mark.parametrize(
    ("trial", "people", "ketamine", "comparison"),
    [("Lii, 2023", "40", "60", "50"), ("KARMA-Dep 2, 2025", "62", "46.9", "33.3")],
)
def test_trials_that_found_no_difference_stand_in_text_table_and_chart(
    body, trial, people, ketamine, comparison
):
    [item] = [item for item in body.select(".prose li") if trial in item.get_text()]
    for figure in (f"{people} people", f"{ketamine}%", f"{comparison}%"):
        assert figure in words_of(item)

    [row] = [row for row in body.select("figure tbody tr") if trial in row.th.get_text()]
    cells = [words_of(cell) for cell in row.select("td")]
    assert cells[0] == people
    assert cells[1].startswith(f"{ketamine}% on ketamine")
    assert cells[2].startswith(f"{comparison}% on ")
    assert cells[-1] == "No significant difference"

    [drawn] = [entry for entry in body.select(".evidence-chart__trial") if trial in entry.get_text()]
    assert [words_of(label).split("%")[0] for label in drawn.select("svg text")] == [ketamine, comparison]
    assert "No significant difference" in words_of(drawn)


def test_the_summary_does_not_hide_them(article):
    assert "found no significant difference" in words_of(article.select_one(".lede"))


def test_every_passage_that_counts_people_names_its_source(body):
    for passage in body.select(".prose p, .prose li"):
        if re.search(r"\d[\d,]* people", passage.get_text()):
            assert passage.select(".citation"), words_of(passage)


def test_pros_and_cons_weigh_the_same(body):
    columns = body.select(".pros-and-cons__column")
    points = [column.select("li") for column in columns]
    assert len(points[0]) == len(points[1])
    lengths = [sum(len(words_of(point)) for point in side) for side in points]
    assert max(lengths) <= 1.3 * min(lengths)


def test_it_says_that_no_clinician_has_reviewed_it_and_names_none(article):
    assert "Not yet reviewed by a clinician" in words_of(article.select_one(".dates"))
    assert not re.search(r"\bDr\.? |reviewed by (?!a clinician)|MRCPsych", words_of(article.main))


def test_dates_and_changes_are_shown(article):
    dates = words_of(article.select_one(".dates"))
    assert re.search(r"Published \d+ \w+ \d{4}", dates)
    assert "Sources checked 23 November 2026" in dates
    assert "First version" in words_of(article.select_one(".change-log"))


def test_there_is_a_card_for_each_urgency_and_the_finder_under_services(body):
    assert [card["class"][1] for card in body.select(".care-card")] == [
        "care-card--emergency",
        "care-card--urgent",
        "care-card--routine",
    ]
    assert body.select_one("form.search-box").find_previous("h2").get_text() == "Services near me"


def test_it_names_primary_sources_with_the_addresses_that_are_certain(article):
    sources = article.select(".source-list > ol > li")
    assert len(sources) == 31
    links = {link["href"] for entry in sources for link in entry.select("a[rel=external]")}
    assert "https://doi.org/10.1056/NEJMoa2302399" in links
    assert "https://pubmed.ncbi.nlm.nih.gov/23982301/" in links
    assert all(link.startswith("https://") for link in links)
    for entry in sources:
        back = entry.select(".source-list__more a")
        assert back
        assert all(article.find(id=link["href"][1:]) for link in back)


def test_numbers_rise_from_one_as_they_are_met(body):
    numbers = [int(number) for number in re.findall(r"\[(\d+)\]", body.get_text())]
    assert list(dict.fromkeys(numbers)) == list(range(1, 32))
