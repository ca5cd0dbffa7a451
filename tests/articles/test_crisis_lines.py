"""Numbers that must be right."""

import pytest
from bs4 import BeautifulSoup
from django.db import IntegrityError, transaction

from articles.models import CrisisLine

# Country, service, number as dialled, by call or by text: what the page must offer, and nothing else.
EXPECTED = [
    ("United Kingdom", "Emergency services", "tel:999"),
    ("United Kingdom", "NHS 111", "tel:111"),
    ("United Kingdom", "Samaritans", "tel:116123"),
    ("United Kingdom", "Shout", "sms:85258"),
    ("Ireland", "Emergency services", "tel:112"),
    ("Ireland", "Emergency services", "tel:999"),
    ("Ireland", "Samaritans", "tel:116123"),
    ("United States", "Emergency services", "tel:911"),
    ("United States", "988 Suicide and Crisis Lifeline", "tel:988"),
    ("United States", "988 Suicide and Crisis Lifeline", "sms:988"),
    ("Canada", "Emergency services", "tel:911"),
    ("Canada", "9-8-8 Suicide Crisis Helpline", "tel:988"),
    ("Canada", "9-8-8 Suicide Crisis Helpline", "sms:988"),
    ("Australia", "Emergency services", "tel:000"),
    ("Australia", "Lifeline", "tel:131114"),
    ("New Zealand", "Emergency services", "tel:111"),
    ("New Zealand", "1737", "tel:1737"),
    ("New Zealand", "1737", "sms:1737"),
    ("Germany", "Emergency services", "tel:112"),
    ("Germany", "TelefonSeelsorge", "tel:08001110111"),
    ("Germany", "TelefonSeelsorge", "tel:08001110222"),
    ("Germany", "TelefonSeelsorge", "tel:116123"),
]


def test_the_page_offers_each_number_by_country(world, client):
    page = BeautifulSoup(client.get("/get-help-now/").content, "html.parser")
    offered = [
        (country.h2.get_text(), line.h3.get_text(), link["href"])
        for country in page.select(".crisis-lines__country")
        for line in country.select(".crisis-line")
        for link in line.select("a")
    ]
    assert offered == EXPECTED


def test_the_button_says_what_it_does(world, client):
    page = BeautifulSoup(client.get("/get-help-now/").content, "html.parser")
    assert page.select_one("a[href='sms:85258']").get_text() == "Text SHOUT to 85258"
    assert page.select_one("a[href='tel:131114']").get_text() == "Call 13 11 14"


def test_red_is_for_emergency_numbers_alone(world, client):
    page = BeautifulSoup(client.get("/get-help-now/").content, "html.parser")
    red = {link["href"] for link in page.select(".crisis-lines .button--emergency")}
    assert red == {"tel:999", "tel:112", "tel:911", "tel:000", "tel:111"}


def test_the_lines_take_one_query_whatever_their_number(world, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert len(CrisisLine.objects.by_country()) == 7


@pytest.mark.django_db
def test_a_line_that_answers_neither_calls_nor_texts_is_refused():
    with pytest.raises(IntegrityError, match="crisis_line_answers"), transaction.atomic():
        CrisisLine.objects.create(
            key="x", country="GB", name="X", numbers=["1"], by_call=False, by_text=False
        )


@pytest.mark.parametrize(("number", "dialled"), [("9-8-8", "988"), ("0800 111 0 111", "08001110111")])
def test_a_number_is_dialled_without_its_spaces(number, dialled):
    assert CrisisLine(numbers=[number]).dialled == [(number, dialled)]
