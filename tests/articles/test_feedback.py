"""“Was this page useful?”: what is kept, what is not, and what nobody can do with it."""

import re
from datetime import date, timedelta

import pytest
from bs4 import BeautifulSoup
from django.core.management import call_command
from django.core.signing import TimestampSigner
from django.test import Client
from django.utils import timezone

from articles.models import ArticlePage, Feedback
from articles.models.feedback import MOST_PER_DAY
from tests.roles import EDITOR, IMPORTER, person

ADDRESS = "/articles/side-effects/"


@pytest.fixture
def article(world):
    return ArticlePage.objects.get(slug="side-effects")


@pytest.fixture
def later(monkeypatch):
    """Signatures made from now on are a minute old: a person has had time to type."""
    made = TimestampSigner.timestamp
    monkeypatch.setattr(TimestampSigner, "timestamp", lambda self: _b62(-60))
    yield
    monkeypatch.setattr(TimestampSigner, "timestamp", made)


def _b62(seconds: int) -> str:
    import time

    from django.core.signing import b62_encode

    return b62_encode(int(time.time()) + seconds)


def fields(page) -> dict[str, str]:
    """What a browser would send of the first form in <main> that is no search box."""
    form = page.main.select_one("form:not(.search-box)")
    return {field["name"]: field.get("value", "") for field in form.select("input")}


def soup(answer) -> BeautifulSoup:
    return BeautifulSoup(answer.content, "html.parser")


def press(client, useful="yes", **changes):
    question = soup(client.get(ADDRESS)).select_one(".feedback form")
    sent = {field["name"]: field.get("value", "") for field in question.select("input")}
    return client.post(question["action"], sent | {"useful": useful} | changes)


def write(client, where, comment):
    return client.post(where, fields(soup(client.get(where))) | {"comment": comment})


def test_every_article_asks_and_other_pages_do_not(world, client):
    for article in ArticlePage.objects.live():
        assert soup(client.get(article.url)).select_one(".feedback form")
    for address in ("/", "/articles/", "/privacy/", "/get-help-now/"):
        assert not soup(client.get(address)).select_one(".feedback")


@pytest.mark.parametrize(("useful", "counted"), [("yes", True), ("no", False)])
def test_one_press_counts_and_leads_to_a_page_that_says_thank_you(article, client, useful, counted):
    answer = press(client, useful)
    assert answer.status_code == 303
    thanks = client.get(answer.headers["Location"])
    assert "Thank you" in thanks.text
    assert article.title in thanks.text
    kept = Feedback.objects.get()
    assert (kept.page, kept.is_useful, kept.comment, kept.given_on) == (
        article,
        counted,
        "",
        timezone.localdate(),
    )
    for response in (answer, thanks):
        assert not response.cookies
        assert response.headers["Cache-Control"] == "private, no-store"
    assert thanks.headers["X-Robots-Tag"] == "noindex"


def test_a_comment_is_kept_once_without_what_would_name_somebody(article, client, later):
    where = press(client, "no").headers["Location"]
    form = fields(soup(client.get(where)))
    told = "Write to ann@example.org or +44 7700 900123, see https://x.example/?a=1. What about 64 of 100?"
    assert client.post(where, form | {"comment": told}).status_code == 303
    kept = Feedback.objects.get()
    assert (
        kept.comment
        == "Write to [address removed] or [number removed], see [link removed] What about 64 of 100?"
    )
    assert "Thank you" in client.get(where).text
    client.post(where, form | {"comment": "Something else"})
    assert Feedback.objects.get().comment == kept.comment


def test_an_empty_comment_is_an_answer_too_however_quick(article, client):
    answer = write(client, press(client).headers["Location"], "  ")
    assert answer.status_code == 200
    assert Feedback.objects.get().comment == ""


def test_a_comment_in_no_time_at_all_is_asked_for_again_and_not_lost(article, client):
    answer = write(client, press(client).headers["Location"], "Typed by a program")
    assert answer.status_code == 422
    assert "Typed by a program" in answer.text
    assert Feedback.objects.get().comment == ""


def test_a_long_comment_is_refused_and_not_lost(article, client, later):
    answer = write(client, press(client).headers["Location"], "ä" * 501)
    assert answer.status_code == 422
    assert "ä" * 501 in answer.text
    assert Feedback.objects.get().comment == ""


@pytest.mark.parametrize(
    "naughty",
    [
        "<script>alert(1)</script>",
        "=cmd|' /C calc'!A0",
        "' OR 1=1 --",
        "\u202egnp.exe",
        "Ω≈ç√∫˜µ≤≥÷ 👩‍👩‍👧 ﷽ \ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
        "{{ 7 * 7 }} ${7*7} %s %(x)s",
        "\r\nBcc: x\r\n",
    ],
)
def test_whatever_is_typed_comes_back_as_text(article, client, later, naughty):
    where = press(client).headers["Location"]
    assert write(client, where, naughty).status_code == 303
    kept = Feedback.objects.get().comment
    assert kept == naughty.strip().replace("\u202e", "").replace(
        "\r\n", "\n"
    ) or kept == naughty.strip().replace("\u202e", "")
    editor = Client()
    editor.force_login(person(EDITOR))
    listed = editor.get("/admin/snippets/articles/feedback/")
    assert listed.status_code == 200
    assert "<script>alert(1)" not in listed.text


@pytest.mark.parametrize(
    "changes", [{"token": ""}, {"token": "1"}, {"token": "1:abc:def"}, {"token": "\u202e:\ufffd:x"}]
)
def test_a_form_that_is_not_ours_is_refused(article, client, changes):
    answer = press(client, **changes)
    assert answer.status_code == 400
    assert "open for too long" in answer.text
    assert not Feedback.objects.exists()


def test_nul_is_refused(article, client):
    assert press(client, useful="yes\0").status_code == 400


def test_a_page_open_for_more_than_a_week_cannot_answer(article, client, monkeypatch):
    question = soup(client.get(ADDRESS)).select_one(".feedback input[name=token]")["value"]
    page, _, _ = question.split(":")
    monkeypatch.setattr(TimestampSigner, "timestamp", lambda self: _b62(-8 * 24 * 60 * 60))
    old = TimestampSigner(salt="articles.feedback.question").sign(page)
    assert client.post("/feedback/", {"token": old, "useful": "yes"}).status_code == 400


@pytest.mark.parametrize("useful", ["", "maybe", "YES", "1"])
def test_neither_yes_nor_no_is_asked_again(article, client, useful):
    answer = press(client, useful)
    assert answer.status_code == 422
    assert soup(answer).select_one(".feedback form")
    assert not Feedback.objects.exists()


def test_a_program_that_fills_in_everything_counts_for_nothing(article, client):
    answer = press(client, nickname="Robot")
    assert answer.status_code == 200
    assert "Thank you" in answer.text
    assert not Feedback.objects.exists()


def test_a_day_has_room_for_so_many(article, client):
    Feedback.objects.bulk_create(
        Feedback(page=article, is_useful=True, given_on=timezone.localdate()) for _ in range(MOST_PER_DAY)
    )
    answer = press(client)
    assert answer.status_code == 429
    assert "try again tomorrow" in answer.text
    assert Feedback.objects.count() == MOST_PER_DAY
    Feedback.objects.update(given_on=timezone.localdate() - timedelta(days=1))
    assert press(client).status_code == 303


@pytest.mark.parametrize("answer", ["x", "1:2:3", "%F0%9F%98%80", "a" * 300])
def test_a_link_that_is_not_ours_leads_nowhere(world, client, answer):
    assert client.get(f"/feedback/{answer}/").status_code == 404


def test_answers_are_forgotten_after_a_year(article):
    for given_on in (date(2025, 11, 22), timezone.localdate()):
        Feedback.objects.create(page=article, is_useful=True, given_on=given_on)
    call_command("remind_of_reviews")
    assert Feedback.objects.count() == 1


def test_editors_see_counts_by_article_and_read_what_was_said(article):
    for is_useful, comment in [(True, ""), (False, "Say more of the bladder"), (False, "")]:
        Feedback.objects.create(page=article, is_useful=is_useful, comment=comment, given_on="2026-11-20")
    editor = Client()
    editor.force_login(person(EDITOR))
    report = soup(editor.get("/admin/reports/usefulness/"))
    row = next(row for row in report.select("tbody tr") if article.title in row.get_text())
    assert re.findall(r"\d+", row.get_text().replace(article.title, "")) == ["1", "2", "1"]
    listed = editor.get(row.a["href"])
    assert "Say more of the bladder" in listed.text
    exported = editor.get("/admin/reports/usefulness/?export=csv").getvalue().decode()
    assert f"{article.title},1,2,1" in exported
    importer = Client()
    importer.force_login(person(IMPORTER))
    assert importer.get("/admin/reports/usefulness/").headers["Location"] == "/admin/"
