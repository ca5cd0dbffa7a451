"""The evidence page: every trial in one honest table, and every chart, from the stored records."""

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.db.models import ProtectedError
from django.test.utils import CaptureQueriesContext

from articles.models import EvidenceChart, Source, Trial

ADDRESS = "/evidence/"


@pytest.fixture
def page(world, client) -> BeautifulSoup:
    return BeautifulSoup(client.get(ADDRESS).content, "html.parser")


def words_of(element) -> str:
    return " ".join(element.get_text(" ").split())


def rows_of(page):
    return {words_of(row.th).split(" [")[0]: row.select("td") for row in page.select(".trial-table tbody tr")}


def test_every_trial_is_in_the_table_by_year_with_its_source(page):
    rows = rows_of(page)
    assert len(rows) == 16
    years = [int(name[-4:]) for name in rows]
    assert years == sorted(years)
    for row in page.select(".trial-table tbody tr"):
        assert row.th.select(".citation a")
    assert not page.select(".citation--broken")


@pytest.mark.parametrize(
    ("trial", "people", "finding", "figures"),
    [
        ("Lii, 2023", "40", "No significant difference", "Response 60% against 50%, day 1"),
        ("KARMA-Dep 2, 2025", "62", "No significant difference", "Response 46.9% against 33.3%"),
        ("TRANSFORM-1, 2019", "Not known", "No significant difference", "Main result not significant"),
        ("KetECT, 2022", "186", "The comparison did better", "Remission 46% against 63%"),
        ("KADS, 2023", "179", "Better in part only", "no benefit at a fixed dose"),
        ("Phillips, 2019", "41", "Main figure has no comparison", "Response 59% after repeats"),
    ],
)
def test_trials_that_did_not_find_for_ketamine_are_shown_as_plainly(page, trial, people, finding, figures):
    cells = [words_of(cell) for cell in rows_of(page)[trial]]
    assert cells[0] == people
    assert cells[1] == finding
    assert cells[5].startswith(figures) or figures in cells[5]


def test_each_trial_that_a_chart_draws_is_in_the_table_with_the_same_people_and_source(world):
    trials = {str(trial): trial for trial in Trial.objects.all()}
    drawn = [
        figure.value
        for chart in EvidenceChart.objects.all()
        for figure in chart.figures
        if figure.block_type == "trial"
    ]
    assert len({value["name"] for value in drawn}) == 11
    for value in drawn:
        trial = trials[value["name"]]
        assert (trial.people, trial.source_id) == (value["people"], value["source"].pk)


def test_it_shows_every_chart(page):
    shown = [
        figure["aria-labelledby"].removeprefix("chart-") for figure in page.select("figure.evidence-chart")
    ]
    assert sorted(shown) == sorted(EvidenceChart.objects.values_list("key", flat=True))


def test_the_table_stands_without_a_script_and_says_what_a_script_may_sort(page):
    table = page.select_one(".trial-table table")
    assert not table.select("button")
    assert [
        heading.get_text() for heading in table.select("thead th") if not heading.has_attr("data-sort")
    ] == ["Figures"]
    assert table.select_one("thead th")["aria-sort"] == "ascending"


def test_the_header_of_every_page_leads_to_it(page):
    assert page.select_one('.site-nav a[href="/evidence/"]')["aria-current"] == "true"


def test_it_asks_as_many_queries_for_more_trials(world, client):
    counts = []
    for number in range(2):
        client.get(ADDRESS)
        with CaptureQueriesContext(connection) as queries:
            client.get(ADDRESS)
        counts.append(len(queries))
        source = Source.objects.create(key=f"more-{number}", kind=Source.Kind.BLIND_TRIAL, authors="More")
        for n in range(3):
            Trial.objects.create(
                key=f"more-{number}-{n}",
                name=f"More {n}",
                year=2026,
                source=source,
                medicine="x",
                comparator="x",
                who_knew="x",
                result="x",
                finding=Trial.Finding.BETTER,
            )
    assert counts[0] == counts[1]


def test_a_source_of_a_trial_cannot_be_deleted(world):
    with pytest.raises(ProtectedError):
        Source.objects.get(key="lii-2023").delete()
