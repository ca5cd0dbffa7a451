"""Bars say what the numbers say."""

import re
from decimal import Decimal

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.core.exceptions import ValidationError

from articles.chart_blocks import CourseBlock, FiguresBlock
from articles.charts import plain
from articles.models import EvidenceChart, Source

ARMS = ["treatment_percent", "comparator_percent"]


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


@pytest.fixture
def figures(world, client):
    """Each chart's drawing in the articles, by its key."""
    pages = [
        BeautifulSoup(client.get(f"/articles/{slug}/").content, "html.parser")
        for slug in ("the-evidence", "how-long-it-lasts", "side-effects")
    ]
    return {
        figure["aria-labelledby"].removeprefix("chart-"): figure
        for page in pages
        for figure in page.select("figure.evidence-chart")
    }


def test_every_chart_is_shown_in_an_article_and_says_what_it_is_not_for(figures):
    charts = EvidenceChart.objects.in_bulk(field_name="key")
    assert figures.keys() == charts.keys()
    assert len(charts) == 7
    for key, figure in figures.items():
        assert charts[key].caution in figure.select_one(".evidence-chart__caution").get_text()
        assert figure.select(".evidence-chart__name .citation")


def test_the_table_of_each_chart_holds_its_figures(figures):
    for chart in EvidenceChart.objects.all():
        rows = [
            [cell.get_text() for cell in row.select("th, td")]
            for row in figures[chart.key].select("tbody tr")
        ]
        sort, value = chart.figures[0].block_type, chart.figures[0].value
        if sort == "trial":
            given = [
                [trial.value["name"], *(f"{plain(trial.value[arm])}% on" for arm in ARMS)]
                for trial in chart.figures
            ]
            shown = [[row[0], *(cell.split("on")[0] + "on" for cell in row[2:4])] for row in rows]
        elif sort == "effects":
            given = [
                [effect["name"], *(f"{plain(effect[arm])}%" for arm in ARMS)] for effect in value["effects"]
            ]
            shown = rows
        else:
            series = zip(*(entry["values"] for entry in value["series"]), strict=True)
            given = [
                [time["label"], *(plain(number) + value["unit"] for number in numbers)]
                for time, numbers in zip(value["times"], series, strict=True)
            ]
            shown = rows
        assert shown == given, chart.key


@pytest.mark.parametrize("key", ["fading-response", "masked-infusion", "staying-well"])
def test_points_of_a_course_stand_in_order_at_heights_that_keep_their_proportions(figures, key):
    chart = EvidenceChart.objects.get(key=key)
    value = chart.figures[0].value
    drawing = figures[key].select_one(".evidence-chart__course")
    points = drawing.select(".evidence-chart__point")
    numbers = [float(number) for series in value["series"] for number in series["values"]]
    assert len(points) == len(numbers)
    for point, number in zip(points, numbers, strict=True):
        assert float(point["cy"].removesuffix("em")) == pytest.approx(
            17 - 15 * number / value["highest"], abs=0.01
        )
    places = [float(point["cx"].removesuffix("%")) for point in points[: len(value["times"])]]
    times = [float(time["at"]) for time in value["times"]]
    share = [(time - times[0]) / (times[-1] - times[0]) for time in times]
    assert places == pytest.approx([16 + 77 * part for part in share], abs=0.01)
    for series in value["series"]:
        assert f"{series['label'].capitalize()}: {plain(series['values'][0])}" in drawing["aria-label"]


def test_the_two_lines_of_a_course_differ_by_more_than_colour(figures):
    key = figures["masked-infusion"].select_one(".evidence-chart__key").get_text()
    assert "solid line" in key
    assert "dashed line" in key
    css = (settings.BASE_DIR / "static" / "css" / "site.css").read_text()
    assert re.search(r"series--2 \.evidence-chart__line \{[^}]*stroke-dasharray", css)


def course(**changed):
    given = {"unit": "%", "highest": 80, "times": [1, 2], "values": [10, 20]} | changed
    return {
        "name": "x",
        "source": Source.objects.first().pk,
        "people": 3,
        "design": "x",
        "finding": "x",
        "unit": given["unit"],
        "highest": given["highest"],
        "axis": "x",
        "times": [{"at": str(time), "label": str(time)} for time in given["times"]],
        "series": [{"label": "x", "values": [str(value) for value in given["values"]]}],
    }


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"times": [2, 1]}, "Give the times in order"),
        ({"values": [1, 2, 3]}, "needs one value for each time"),
        ({"values": [1, 90]}, "above the top of the axis"),
    ],
)
def test_a_course_that_cannot_be_drawn_is_refused(world, changed, message):
    block = CourseBlock()
    with pytest.raises(ValidationError, match=message):
        block.clean(block.to_python(course(**changed)))


def test_a_chart_does_not_mix_sorts_of_figures(world):
    block = FiguresBlock()
    trial = EvidenceChart.objects.get(key="response-by-trial").figures.get_prep_value()[0]
    mixed = block.to_python([trial, {"type": "course", "value": course()}])
    with pytest.raises(ValidationError, match="only one"):
        block.clean(mixed)
