"""The weekly message about articles to look at again."""

from datetime import date

import pytest
from django.core import mail
from django.core.management import call_command
from django.utils import timezone

from articles.management.commands import remind_of_reviews
from articles.models import ArticlePage, ClinicalReview
from tests.roles import CURATOR, EDITOR, person


@pytest.fixture
def editor(world):
    return person(EDITOR)


@pytest.fixture
def today(monkeypatch):
    """Sets the day on which the command runs."""

    def on(day: date):
        monkeypatch.setattr(remind_of_reviews.timezone, "localdate", lambda: day)

    return on


def due_on(slug: str, day: date) -> ArticlePage:
    article = ArticlePage.objects.get(slug=slug)
    article.next_review_on = day
    article.save_revision().publish()
    return article


def test_editors_are_told_what_is_due_within_four_weeks_and_what_is_overdue(editor, today):
    person(CURATOR)
    today(date(2026, 12, 7))
    late = due_on("side-effects", date(2026, 12, 1))
    soon = due_on("the-evidence", date(2027, 1, 4))
    due_on("other-options", date(2027, 1, 5))
    ClinicalReview.objects.create(
        page=soon, reviewed_at=timezone.now(), name="A. Example", qualification="Invented for a test"
    )
    call_command("remind_of_reviews")
    [message] = mail.outbox
    assert message.to == [editor.email]
    assert message.subject == "2 articles to look at again"
    assert f"{late.title}\n  was due 1 December 2026; not yet reviewed by a clinician" in message.body
    assert f"{soon.title}\n  due 4 January 2027; last reviewed by a clinician" in message.body
    assert f"http://localhost:8000/admin/pages/{late.pk}/edit/" in message.body
    assert "Other options" not in message.body


def test_the_message_comes_once_a_week_and_only_when_something_is_due(editor, today):
    today(date(2026, 12, 7))
    call_command("remind_of_reviews")
    assert mail.outbox == []
    due_on("side-effects", date(2026, 12, 1))
    for day, sent in [(7, 1), (7, 1), (13, 1), (14, 2)]:
        today(date(2026, 12, day))
        call_command("remind_of_reviews")
        assert len(mail.outbox) == sent


def test_a_draft_is_not_due(editor, today):
    today(date(2026, 12, 7))
    due_on("side-effects", date(2026, 12, 1)).unpublish()
    call_command("remind_of_reviews")
    assert mail.outbox == []
