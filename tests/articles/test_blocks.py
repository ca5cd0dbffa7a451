"""Blocks of a page: what an editor is refused, and what a reader is shown."""

import gc
from html import unescape

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import ValidationError
from django.utils.safestring import mark_safe
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file
from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield

from articles.blocks import BodyBlock, PictureBlock, QuestionsBlock, QuoteBlock
from articles.models import ArticleIndexPage, ArticlePage, Source
from tests.factories import create_user

# Wagtail leaves the file in which it makes a smaller picture to the garbage collector.
makes_smaller_pictures = pytest.mark.filterwarnings("ignore:Unclosed file <tempfile:ResourceWarning")


@pytest.fixture
def image(world, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    yield get_image_model().objects.create(title="scan.png", file=get_test_image_file(size=(1000, 600)))
    gc.collect()


@pytest.fixture
def editor(world, client):
    client.force_login(create_user(is_superuser=True, is_staff=True))
    return client


def shown(client, body) -> BeautifulSoup:
    """The body of a new article made of *body*."""
    article = ArticlePage(title="New", slug="new", summary="x", sources_checked_on="2026-11-23", body=body)
    ArticleIndexPage.objects.get().add_child(instance=article)
    return BeautifulSoup(client.get("/articles/new/").content, "html.parser").select_one(".article__body")


def publish(editor, *blocks) -> str:
    """What an editor is told on publishing a new article made of *blocks*."""
    form = {
        "title": "New",
        "slug": "new",
        "summary": "x",
        "topic": "start",
        "position": "1",
        "sources_checked_on": "2026-11-23",
        "body": streamfield(blocks),
        "changes": streamfield([]),
        "related": streamfield([]),
        "comments-TOTAL_FORMS": "0",
        "comments-INITIAL_FORMS": "0",
        "action-publish": "1",
    }
    parent = ArticleIndexPage.objects.get()
    address = f"/admin/pages/add/articles/articlepage/{parent.pk}/"
    # The editor's script is handed its errors as JSON in an attribute.
    return unescape(editor.post(address, nested_form_data(form)).content.decode())


def test_a_page_can_be_made_of_these():
    assert BodyBlock().child_blocks.keys() >= {
        "text",
        "care_card",
        "callout",
        "evidence_table",
        "trial_table",
        "chart",
        "pros_and_cons",
        "questions",
        "finder",
        "quote",
        "picture",
    }


def test_an_article_with_sound_blocks_is_published(editor):
    publish(editor, ("text", rich_text("<p>Blocks them [#nmda-block].</p>")))
    assert ArticlePage.objects.get(slug="new").live


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[#nothing]", "No claim has this key: nothing."),
        ("[@nobody-1999]", "No source has this key: nobody-1999."),
        ("[@Adams 2020]", "This is not how a claim or a source is cited: [@Adams."),
    ],
)
def test_an_editor_is_told_of_a_broken_citation(editor, text, said):
    assert said in publish(editor, ("text", rich_text(f"<p>x {text}</p>")))
    assert not ArticlePage.objects.filter(slug="new").exists()


@makes_smaller_pictures
def test_an_editor_is_told_that_a_picture_needs_words(editor, image):
    picture = {"image": image.pk, "alt_text": " ", "caption": rich_text(""), "credit": ""}
    said = publish(editor, ("picture", picture))
    assert "Say what the picture shows, for people who cannot see it." in said
    assert not ArticlePage.objects.filter(slug="new").exists()


@makes_smaller_pictures
def test_a_picture_is_shown_with_its_words_and_fits_a_phone(image, client):
    value = {
        "image": image,
        "alt_text": "Two brain scans",
        "caption": mark_safe(""),
        "credit": "By nobody, CC0",
    }
    picture = shown(client, [("picture", PictureBlock().normalize(value))]).select_one(".picture img")
    assert picture["alt"] == "Two brain scans"
    assert "480w" in picture["srcset"]
    assert "960w" in picture["srcset"]
    assert picture["src"].startswith("/media/")
    assert not picture.has_attr("style")


def test_a_quotation_names_its_speaker_and_its_source(world, client):
    with pytest.raises(ValidationError):
        QuoteBlock().clean(QuoteBlock().to_python({"text": "x", "said_by": "", "source": None}))
    source = Source.objects.get(key="nice-2022")
    quote = shown(
        client, [("quote", {"text": "A & b", "said_by": "The committee", "source": source})]
    ).select_one("figure.quote")
    assert quote.blockquote.get_text(strip=True) == "A & b"
    assert quote.select_one("figcaption .citation a")["href"] == "#source-nice-2022"


def test_questions_are_a_numbered_list_and_one_at_least(world, client):
    with pytest.raises(ValidationError):
        QuestionsBlock().clean(QuestionsBlock().to_python([]))
    items = shown(client, [("questions", ["Who stays with me?", "What does it cost?"])]).select(
        "ol.questions > li"
    )
    assert [item.get_text() for item in items] == ["Who stays with me?", "What does it cost?"]


def test_a_callout_can_cite(world, client):
    value = {"heading": "Good to know", "text": mark_safe("<p>It blocks them [#nmda-block].</p>")}
    callout = shown(client, [("callout", value)]).select_one("aside.callout")
    assert callout.h3.get_text() == "Good to know"
    assert callout.select(".citation a")


@pytest.mark.parametrize(
    "text",
    [
        "<p>x<script>alert(1)</script></p>",
        '<p><a href="javascript:alert(1)">x</a></p>',
        '<p onclick="alert(1)">x</p>',
        "<svg onload=alert(1)></svg>",
        '<h2>x</h2><iframe src="https://example.org"></iframe>',
    ],
)
def test_rich_text_keeps_to_its_small_set(editor, client, text):
    publish(editor, ("text", rich_text(text)))
    page = (
        client.get("/articles/new/").content.decode().partition("article__body")[2].partition("</article>")[0]
    )
    for harm in ("<script", "javascript:", "onclick", "onerror", "onload", "<iframe", "<svg", "<img"):
        assert harm not in page
