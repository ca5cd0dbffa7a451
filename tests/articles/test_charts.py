"""Bars say what the numbers say."""

from decimal import Decimal

import pytest
from bs4 import BeautifulSoup

from articles.charts import plain


@pytest.mark.parametrize(
    ("number", "text"),
    [("71", "71"), ("69.3", "69.3"), ("52.0", "52"), ("100", "100"), ("0", "0"), ("10.0", "10")],
)
def test_a_number_is_written_without_needless_zeros(number, text):
    assert plain(Decimal(number)) == text


def test_every_bar_has_its_number_in_words_in_the_drawing_and_in_the_table(world, client):
    page = BeautifulSoup(client.get("/").content, "html.parser")
    figure = page.select_one("figure.evidence-chart")
    trials, rows = figure.select(".evidence-chart__trial"), figure.select("tbody tr")

    assert len(trials) == len(rows) == 6
    for trial, row in zip(trials, rows, strict=True):
        drawing = trial.svg
        labels = [label.get_text() for label in drawing.select("text")]
        assert drawing["aria-label"] == ", ".join(label.replace("% ", "% on ", 1) for label in labels)
        cells = [cell.get_text() for cell in row.select("td")]
        assert cells[1:3] == [label.replace("% ", "% on ", 1) for label in labels]
        widths = [rect["width"] for rect in drawing.select(".evidence-chart__bar")]
        for label, width in zip(labels, widths, strict=True):
            assert width == label.split("%")[0] + "%"
        assert row.th.get_text() in trial.get_text()
        assert f"{cells[0]} people" in trial.get_text()
        assert cells[-1] in trial.get_text()


def test_the_two_arms_differ_by_more_than_colour(world, client):
    page = BeautifulSoup(client.get("/").content, "html.parser")
    patterns = {pattern["id"] for pattern in page.select("svg pattern")}
    for drawing in page.select(".evidence-chart__bars"):
        treated, compared = drawing.select(".evidence-chart__bar")
        assert "fill" not in treated.attrs
        assert compared["fill"].removeprefix("url(#").removesuffix(")") in patterns


def test_the_chart_says_how_to_read_it_and_what_it_is_not_for(world, client):
    figure = BeautifulSoup(client.get("/").content, "html.parser").select_one("figure.evidence-chart")
    assert "Striped bar" in figure.figcaption.get_text()
    assert "do not average them" in figure.select_one(".evidence-chart__caution").get_text()
