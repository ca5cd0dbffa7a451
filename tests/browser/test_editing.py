"""An article from the first word to a correction that readers see, in a real browser, by the people who make it."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from articles.models import ArticleIndexPage
from tests.roles import EDITOR, REVIEWER, person
from tests.template_databases import connected_to

TITLE = "Ketamine and sleep"


@pytest.fixture
def admin(new_context, sign_in):
    """``admin(role)``: the admin, opened by somebody who has that role and has signed in."""

    def admin(role: str):
        context = new_context()
        sign_in(context, person, role)
        return context.new_page()

    return admin


@pytest.fixture
def articles_key(site_database, django_db_blocker) -> int:
    with django_db_blocker.unblock(), connected_to(site_database):
        return ArticleIndexPage.objects.get().pk


def insert(stream, block: str, place: int):
    """Put a *block* at that *place* of a stream of blocks, the first being 0."""
    stream.get_by_title("Insert a block").nth(place).click()
    stream.page.get_by_role("option", name=block, exact=True).click()


def choose_action(page, name: str) -> None:
    page.get_by_role("button", name="More actions").last.click()
    page.get_by_role("button", name=name, exact=True).click()


def test_an_article_is_written_reviewed_published_and_corrected_with_a_reason(page, admin, articles_key):
    today = timezone.localdate()
    day = f"{today.day} {today:%B %Y}"
    refused = []

    # An editor writes it, with a claim, a care card and a chart, and looks at it as a reader will.
    editor = admin(EDITOR)
    editor.on("console", lambda said: refused.append(said.text) if "Security Policy" in said.text else None)
    editor.goto(f"/admin/pages/add/articles/articlepage/{articles_key}/")
    editor.locator("#id_title").fill(TITLE)
    editor.locator("#id_summary").fill("What is known, and what is not.")
    editor.locator("#id_sources_checked_on").fill(f"{today:%Y-%m-%d}")
    body = editor.locator("[data-contentpath=body]")
    insert(body, "Text", 0)
    body.get_by_role("textbox").last.click()
    editor.keyboard.type("Ketamine blocks a receptor [#nmda-block].")
    insert(body, "Care card", 1)
    body.get_by_label("Urgency").select_option("urgent")
    body.get_by_label("Heading").fill("Call your doctor today if")
    body.get_by_role("textbox").last.click()
    editor.keyboard.type("you have not slept for three nights")
    insert(body, "Chart", 2)
    body.get_by_role("button", name="Choose evidence chart").click()
    editor.get_by_role("link", name="Side effects of the esketamine spray").click()
    expect(body).to_contain_text("Side effects of the esketamine spray")
    editor.wait_for_url("**/edit/")  # it saves by itself
    article = editor.url
    editor.get_by_role("button", name="Toggle preview").click()
    preview = editor.frame_locator("#w-preview-iframe")
    expect(preview.locator(".care-card")).to_contain_text("three nights")
    expect(preview.locator(".evidence-chart")).to_be_visible()
    expect(preview.locator(".source-list li")).not_to_have_count(0)
    assert page.request.get("/articles/ketamine-and-sleep/").status == 404
    choose_action(editor, "Submit to Article review")
    expect(editor.locator(".messages")).to_contain_text("submitted for moderation")

    # A colleague checks the facts; then it waits for a clinician, who signs it off.
    colleague = admin(EDITOR)
    colleague.goto(article)
    choose_action(colleague, "Approve")
    expect(colleague.locator(".messages")).to_contain_text("updated")
    clinician = admin(REVIEWER)
    clinician.goto("/admin/")
    clinician.get_by_role("link", name=TITLE).click()
    choose_action(clinician, "Sign off and Publish")
    clinician.get_by_label("Your name, as readers will see it").fill("A. Example")
    clinician.get_by_label("Your profession and registration").fill("Invented for a test")
    clinician.get_by_role("dialog").get_by_role("button", name="Sign off").click()
    expect(clinician).to_have_url(re.compile("/admin/$"))
    page.goto("/articles/ketamine-and-sleep/")
    expect(page.locator(".dates")).to_contain_text(f"Reviewed {day} by A. Example, Invented for a test")
    expect(page.locator(".evidence-chart svg").first).to_be_visible()
    expect(page.locator(".change-log")).to_have_count(0)

    # The editor corrects it, and cannot without saying why.
    editor.goto(article)
    editor.locator("#id_summary").fill("What is known, which is little.")
    choose_action(editor, "Publish")
    reasons = editor.locator("[data-contentpath=changes]")
    expect(reasons).to_contain_text("Add what you changed, and why")
    reasons.get_by_title("Insert a block").first.click()
    reasons.get_by_label("What changed, and why").fill("We had promised more than the sources say.")
    choose_action(editor, "Publish")
    expect(editor.locator(".messages")).to_contain_text("published")
    page.reload()
    expect(page.locator(".lede")).to_have_text("What is known, which is little.")
    expect(page.locator(".change-log")).to_contain_text(f"{day} We had promised more than the sources say.")
    expect(page.locator(".dates")).to_contain_text("The words have changed since")
    assert refused == []
