"""From a draft to a published, signed-off and corrected article, through Django's client."""

import json
import re
from datetime import date, timedelta

import pytest
from bs4 import BeautifulSoup
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import IntegrityError
from django.test import Client
from django.utils import timezone
from django.utils.safestring import mark_safe
from wagtail.models import Page, WorkflowState
from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield

from articles import wording
from articles.models import ArticleIndexPage, ArticlePage, ClinicalReview, EvidenceChart
from tests.factories import create_user
from tests.roles import EDITOR, REVIEWER, person

ADDRESS = "/articles/side-effects/"
SIGNED = {"name": "A. Example", "qualification": "Invented for a test", "comment": "Read in full"}


@pytest.fixture
def article(world):
    return ArticlePage.objects.get(slug="side-effects")


@pytest.fixture
def editor(world):
    return signed_in(EDITOR)


@pytest.fixture
def clinician(world):
    return signed_in(REVIEWER)


def signed_in(role) -> Client:
    client = Client()
    client.user = person(role)
    client.force_login(client.user)
    return client


def latest(article) -> ArticlePage:
    return Page.objects.get(pk=article.pk).get_latest_revision_as_object()


def form_of(article, **changes) -> dict[str, str]:
    """What the browser sends for the editor of *article*: what its form holds, with some fields changed."""
    draft = latest(article)
    fields = {
        "loaded_revision_id": draft.latest_revision_id,
        "loaded_revision_created_at": draft.latest_revision.created_at.isoformat(),
        "title": draft.title,
        "slug": draft.slug,
        "summary": draft.summary,
        "topic": draft.topic,
        "position": draft.position,
        "sources_checked_on": draft.sources_checked_on,
        "body": streamfield([("text", rich_text("<p>All that is said.</p>"))]),
        "related": streamfield([]),
        "changes": streamfield(
            [
                ("change", {"made_on": change["made_on"], "what": change["what"]})
                for change in draft.change_log()
            ]
        ),
        "comments": {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0, "MIN_NUM_FORMS": 0, "MAX_NUM_FORMS": ""},
    }
    return nested_form_data(fields | changes)


def revision_in(page) -> dict[str, str]:
    """What the form of an editor's *page* says of the revision that it was opened with."""
    names = re.compile("^loaded_revision_")
    inputs = BeautifulSoup(page.content, "html.parser").find_all("input", attrs={"name": names})
    return {each["name"]: each["value"] for each in inputs}


def with_reason(article, what="We had the figure wrong.") -> dict:
    log = [{"made_on": change["made_on"], "what": change["what"]} for change in latest(article).change_log()]
    return streamfield(
        [("change", {"made_on": date(2026, 11, 24), "what": what}), *(("change", c) for c in log)]
    )


def edit(article) -> str:
    return f"/admin/pages/{article.pk}/edit/"


def send(client, article, action, **changes):
    return client.post(edit(article), form_of(article, **changes) | {action: "x"})


def act(client, article, action="approve", **given):
    state = Page.objects.get(pk=article.pk).current_workflow_task_state
    return client.post(f"/admin/pages/workflow/action/{article.pk}/{action}/{state.pk}/", given)


def review(article, editor, clinician) -> None:
    """Through the whole workflow, with nothing changed."""
    page = latest(article)
    page.get_workflow().start(page, editor.user)
    act(editor, article)
    act(clinician, article, **SIGNED)


def read(address=ADDRESS) -> BeautifulSoup:
    return BeautifulSoup(Client().get(address).content, "html.parser")


def dates(page) -> str:
    return " ".join(page.select_one(".dates").get_text(" ").split())


def described(page) -> dict:
    return json.loads(page.find("script", type="application/ld+json").get_text())


# --- Reviewing -------------------------------------------------------------------------------------------------------


def test_a_changed_article_goes_by_fact_check_and_sign_off_to_the_public(article, editor, clinician):
    assert (
        send(editor, article, "action-submit", title="Effects", changes=with_reason(article)).status_code
        == 302
    )
    assert Page.objects.get(pk=article.pk).current_workflow_task.name == "Fact check"
    assert read().h1.get_text() == article.title

    act(editor, article)
    assert Page.objects.get(pk=article.pk).current_workflow_task.name == "Clinical sign-off"
    assert mail.outbox[-1].to == [clinician.user.email]
    assert clinician.get(edit(article)).status_code == 200
    assert read().h1.get_text() == article.title
    assert not ClinicalReview.objects.exists()

    act(clinician, article, **SIGNED)
    page = read()
    assert page.h1.get_text() == "Effects"
    assert re.search(r"Reviewed \d+ \w+ \d{4} by A\. Example, Invented for a test", dates(page))
    found = ClinicalReview.objects.get()
    assert (found.reviewed_by, found.page_id) == (clinician.user, article.pk)
    assert found.revision == Page.objects.get(pk=article.pk).live_revision
    assert described(page)["reviewedBy"]["name"] == "A. Example"
    assert described(page)["lastReviewed"] == found.reviewed_at.date().isoformat()


@pytest.mark.parametrize("role", [EDITOR, None, "superuser"])
def test_only_a_clinician_signs_off(article, editor, role):
    page = latest(article)
    page.get_workflow().start(page, editor.user)
    act(editor, article)
    if role == "superuser":
        client = Client()
        client.user = create_user(is_superuser=True)
        client.force_login(client.user)
    else:
        client = signed_in(role)
    act(client, article, **SIGNED)
    if client.get(edit(article)).status_code == 200:
        forged = {"workflow-action-name": "approve", "workflow-action-extra-data": json.dumps(SIGNED)}
        client.post(edit(article), form_of(article) | forged | {"action-workflow-action": "x"})
    state = Page.objects.get(pk=article.pk).current_workflow_task_state
    with pytest.raises(PermissionDenied):
        state.task.specific.on_action(state, client.user, "approve", **SIGNED)
    assert not ClinicalReview.objects.exists()
    assert "Not yet reviewed by a clinician" in dates(read())


@pytest.mark.parametrize("given", [{}, {"name": "A"}, SIGNED | {"name": " "}, SIGNED | {"name": "x" * 101}])
def test_a_sign_off_without_a_name_and_qualification_is_none(article, editor, clinician, given):
    page = latest(article)
    page.get_workflow().start(page, editor.user)
    act(editor, article)
    act(clinician, article, **given)
    assert not ClinicalReview.objects.exists()
    assert Page.objects.get(pk=article.pk).current_workflow_task.name == "Clinical sign-off"


def test_a_clinician_may_ask_for_changes_with_a_comment(article, editor, clinician):
    page = latest(article)
    page.get_workflow().start(page, editor.user)
    act(editor, article)
    act(clinician, article, "reject", comment="The dose is not what the label says.")
    assert WorkflowState.objects.get().status == WorkflowState.STATUS_NEEDS_CHANGES
    assert "The dose is not" in editor.get(edit(article)).text


def test_a_clinician_opens_only_what_waits_for_a_sign_off(article, editor, clinician):
    assert clinician.get(edit(article)).headers["Location"] == "/admin/"
    page = latest(article)
    page.get_workflow().start(page, editor.user)
    assert clinician.get(edit(article)).headers["Location"] == "/admin/"  # the facts are not checked yet
    act(editor, article)
    assert clinician.get(edit(article)).status_code == 200
    assert clinician.get(edit(ArticleIndexPage.objects.get())).headers["Location"] == "/admin/"
    assert (
        send(editor, article, "action-publish", title="Meanwhile").status_code == 200
    )  # locked for the editor
    assert read().h1.get_text() == article.title


def test_a_database_holds_no_review_without_a_clinician(article):
    with pytest.raises(IntegrityError):
        ClinicalReview.objects.create(page=article, reviewed_at=timezone.now(), name="", qualification="x")


# --- After a review --------------------------------------------------------------------------------------------------


def test_words_changed_after_a_review_are_said_to_be_so(article, editor, clinician):
    review(article, editor, clinician)
    assert "Reviewed" in dates(read())
    send(editor, article, "action-publish", changes=with_reason(article))
    page = read()
    assert "An earlier version was reviewed" in dates(page)
    assert "The words have changed since" in dates(page)
    assert not {"reviewedBy", "lastReviewed"} & described(page).keys()


@pytest.mark.parametrize(
    "field", [{"position": 7}, {"topic": "safety"}, {"sources_checked_on": date(2026, 12, 1)}]
)
def test_what_is_not_words_leaves_a_review_standing(article, editor, clinician, field):
    review(article, editor, clinician)
    for name, value in field.items():
        setattr(article, name, value)
    article.save_revision().publish()
    assert "reviewedBy" in described(read())


def test_a_chart_is_among_the_words_that_were_reviewed(article, editor, clinician):
    page = ArticlePage.objects.get(slug="the-evidence")
    review(page, editor, clinician)
    assert "reviewedBy" in described(read("/articles/the-evidence/"))
    shown = {block.value["chart"].pk for block in page.body if block.block_type == "chart"}
    EvidenceChart.objects.filter(pk__in=shown).update(caution="Use it for anything")
    assert "reviewedBy" not in described(read("/articles/the-evidence/"))


def test_a_copy_is_not_reviewed(article, editor, clinician):
    review(article, editor, clinician)
    article.copy(update_attrs={"slug": "copied", "title": "Copied"})
    assert "Not yet reviewed by a clinician" in dates(read("/articles/copied/"))


def test_markup_and_keys_are_no_words(article):
    draft = latest(article)
    draft.body = [("text", mark_safe("<p>One  <b>two</b></p>"))]
    other = latest(article)
    other.body = [("text", mark_safe('<p data-block-key="x">One <strong>two</strong></p>\n'))]
    assert wording.digest(draft) == wording.digest(other)
    other.body = [("text", mark_safe("<p>One three</p>"))]
    assert wording.digest(draft) != wording.digest(other)


# --- Correcting ------------------------------------------------------------------------------------------------------


def test_a_live_article_is_not_changed_without_a_reason(article, editor):
    answer = send(editor, article, "action-publish")
    assert answer.status_code == 200
    assert "Add what you changed, and why" in answer.text
    assert "All that is said." not in read().main.get_text()
    assert send(editor, article, "action-submit").status_code == 200
    assert not WorkflowState.objects.exists()


def test_a_draft_needs_no_reason(article, editor):
    assert send(editor, article, "action-save-draft").status_code == 302
    assert "All that is said." in str(latest(article).body)


def test_a_reason_stands_on_the_page_newest_first(article, editor):
    log = streamfield(
        [
            ("change", {"made_on": date(2026, 11, 23), "what": "First version."}),
            ("change", {"made_on": date(2026, 11, 24), "what": "We had the <b>figure</b> wrong."}),
        ]
    )
    assert send(editor, article, "action-publish", changes=log).status_code == 302
    shown = [" ".join(entry.get_text(" ").split()) for entry in read().select(".change-log dl > div")]
    assert shown == ["24 November 2026 We had the <b>figure</b> wrong.", "23 November 2026 First version."]


def test_what_is_not_words_needs_no_reason(article, editor):
    article.position = 99
    article.save_revision()
    assert (
        not editor.post(
            f"/admin/bulk/wagtailcore/page/publish/?id={article.pk}&childOf={article.get_parent().pk}"
        )
        .headers["Location"]
        .startswith(edit(article))
    )
    assert ArticlePage.objects.get(pk=article.pk).position == 99


def test_publishing_from_a_list_takes_a_reason_too(article, editor):
    article.title = "Effects"
    article.save_revision()
    answer = editor.post(f"/admin/bulk/wagtailcore/page/publish/?id={article.pk}")
    assert answer.headers["Location"] == edit(article)
    assert read().h1.get_text() != "Effects"


def test_a_new_article_needs_no_reason(article, editor):
    draft = ArticlePage(title="New", slug="new", summary="x", sources_checked_on="2026-11-23", live=False)
    ArticleIndexPage.objects.get().add_child(instance=draft)
    draft.save_revision()
    assert send(editor, draft, "action-publish").status_code == 302
    assert read("/articles/new/").h1.get_text() == "New"


# --- Two people, dates, schedule -------------------------------------------------------------------------------------


def test_a_form_opened_before_somebody_elses_save_writes_nothing_over_it(article, editor):
    stale = form_of(article, summary="Mine, typed for an hour.")
    opened = revision_in(editor.get(edit(article)))
    assert opened == {name: str(stale[name]) for name in opened}
    assert len(opened) == 2
    other = signed_in(EDITOR)
    assert send(other, article, "action-save-draft", summary="Theirs.").status_code == 302

    answer = editor.post(edit(article), stale)
    assert answer.status_code == 409
    assert f"{other.user.username} saved this page after you opened it" in answer.text
    assert "Mine, typed for an hour." in answer.text
    compare = re.search(r'href="(/admin/pages/\d+/revisions/compare/[^"]+)"', answer.text)[1]
    assert "Theirs." in editor.get(compare).text
    assert latest(article).summary == "Theirs."

    assert editor.post(edit(article), stale | revision_in(answer)).status_code == 302
    assert latest(article).summary == "Mine, typed for an hour."


def test_ones_own_saves_do_not_conflict(article, editor):
    for summary in ("One.", "Two."):
        assert send(editor, article, "action-save-draft", summary=summary).status_code == 302
    assert latest(article).summary == "Two."


def test_a_button_pressed_while_the_editor_saves_by_itself_is_no_conflict(article, editor):
    overtaken = form_of(article, summary="Typed to the end.")
    assert send(editor, article, "action-save-draft", summary="Typed halfway.").status_code == 302
    assert editor.post(edit(article), overtaken).status_code == 302
    assert latest(article).summary == "Typed to the end."


def test_somebody_elses_draft_that_was_saved_again_meanwhile_is_a_conflict(article, editor):
    other = signed_in(EDITOR)
    send(other, article, "action-save-draft", summary="Theirs.")
    stale = form_of(article, summary="Mine.")
    theirs = Page.objects.get(pk=article.pk).latest_revision
    again = form_of(article, summary="Theirs, to the end.")
    assert other.post(edit(article), again | {"overwrite_revision_id": theirs.pk}).status_code == 302
    assert Page.objects.get(pk=article.pk).latest_revision == theirs
    assert editor.post(edit(article), stale).status_code == 409
    assert latest(article).summary == "Theirs, to the end."


@pytest.mark.parametrize(
    ("chosen", "due"), [(None, date(2027, 11, 23)), (date(2027, 2, 1), date(2027, 2, 1))]
)
def test_an_article_says_when_it_is_looked_at_again(article, chosen, due):
    article.next_review_on = chosen
    article.save_revision().publish()
    text = dates(read())
    for shown in (
        "Published",
        "Sources checked 23 November 2026",
        "Clinical review",
        f"Next review {due.day} {due:%B %Y}",
    ):
        assert shown in text


def test_a_scheduled_article_appears_when_its_time_has_come(article, editor):
    draft = ArticlePage(title="Later", slug="later", summary="x", sources_checked_on="2026-11-23", live=False)
    ArticleIndexPage.objects.get().add_child(instance=draft)
    draft.go_live_at = timezone.now() + timedelta(hours=1)
    draft.save_revision().publish(user=editor.user)
    call_command("publish_scheduled")
    assert Client().get("/articles/later/").status_code == 404
    revision = Page.objects.get(pk=draft.pk).scheduled_revision
    revision.approved_go_live_at = timezone.now() - timedelta(minutes=1)
    revision.content["go_live_at"] = revision.approved_go_live_at.isoformat()
    revision.save()
    call_command("publish_scheduled")
    assert Client().get("/articles/later/").status_code == 200


def test_editors_comment_beside_a_field(article, editor):
    form = form_of(article) | nested_form_data(
        {
            "comments": {
                "TOTAL_FORMS": 1,
                "INITIAL_FORMS": 0,
                "MIN_NUM_FORMS": 0,
                "MAX_NUM_FORMS": "",
                "0": {
                    "text": "Where is this from?",
                    "contentpath": "summary",
                    "position": "",
                    "id": "",
                    "resolved": "",
                    "DELETE": "",
                    "replies": {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0, "MIN_NUM_FORMS": 0, "MAX_NUM_FORMS": 0},
                },
            }
        }
    )
    assert editor.post(edit(article), form | {"comment_notifications": "on"}).status_code == 302
    assert "Where is this from?" in signed_in(EDITOR).get(edit(article)).text
    assert "Where is this from?" not in str(read())
