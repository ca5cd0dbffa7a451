"""Pages of the site. Each says where in the tree it may stand."""

import json
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.text import slugify
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.blocks import PageChooserBlock, StreamBlock
from wagtail.fields import StreamField
from wagtail.models import Page, PageManager
from wagtail.query import PageQuerySet

from articles.blocks import BodyBlock, ChangeBlock
from articles.citations import CLAIM, SOURCE, CitedSource, CitedText, cite, keys_in, malformed_in
from articles.forms import ArticleForm
from articles.glossary import explain
from articles.models.claim import Claim
from articles.models.crisis_line import CrisisLine
from articles.models.feedback import question_token
from articles.models.glossary_term import GlossaryTerm
from articles.models.review import ClinicalReview
from articles.models.source import Source
from articles.reading_time import minutes_to_read
from articles.related import MOST as MOST_RELATED
from articles.related import related_to

REVIEW_EVERY = timedelta(days=365)


class BodyPage(Page):
    """A page with a summary and a body that may cite claims and sources. Not used by itself."""

    summary = models.CharField(
        max_length=300, help_text="The page in one or two sentences. Also shown by search engines."
    )
    body = StreamField(BodyBlock(), blank=True)

    content_panels = [*Page.content_panels, FieldPanel("summary"), FieldPanel("body")]

    class Meta:
        abstract = True

    def clean(self) -> None:
        super().clean()
        broken = []
        for model, sign in ((Source, SOURCE), (Claim, CLAIM)):
            keys = self.cited_keys(sign)
            missing = sorted(set(keys) - model.objects.in_bulk(keys, field_name="key").keys())
            if missing:
                broken.append(f"No {model._meta.verbose_name} has this key: {', '.join(missing)}.")
        if malformed := malformed_in(self.body_text()):
            broken.append(f"This is not how a claim or a source is cited: {', '.join(malformed)}.")
        if broken:
            raise ValidationError({"body": broken})

    def cited_keys(self, sign: str) -> list[str]:
        """Keys of the sources or claims that the body's text names. (Of chosen blocks, none are among them.)"""
        return keys_in(self.body_text(), sign)

    def body_text(self) -> str:
        """All that is written in the body's blocks, as it is stored."""
        return json.dumps(self.body.get_prep_value(), ensure_ascii=False)

    def sections(self) -> list[dict[str, str]]:
        """Headings of the body with their anchors, in order."""
        return [
            {"heading": block.value, "anchor": slugify(block.value)}
            for block in self.body
            if block.block_type == "section"
        ]

    def trail(self, request) -> list[dict[str, str]]:
        """The pages above this one, the home page first."""
        above = self.get_ancestors().filter(depth__gt=1).live()
        return [{"title": page.title, "url": page.get_url(request)} for page in above]

    def share_image(self, request) -> str:
        """The full address of the picture that other sites show beside a link to this page."""
        parts = self.get_url_parts(request)  # none for a page that was never saved
        return f"{parts[1]}{reverse('articles:share_image', args=[self.pk])}" if parts else ""

    def body_html(self, context: dict[str, Any] | None = None) -> SafeString:
        """What stands between the head of the page and its sources, before citations are numbered."""
        return self.body.render_as_block(context)

    def cited_body(self, context: dict[str, Any] | None = None) -> CitedText:
        """The body as HTML with its citations numbered, in four queries however many there are.

        It is rendered first and numbered afterwards, so that numbers follow the order in which a reader
        meets them, whatever block they stand in.
        """
        html = self.body_html(context)
        return cite(
            html,
            Source.objects.in_bulk(keys_in(html, SOURCE), field_name="key"),
            Claim.objects.with_sources().in_bulk(keys_in(html, CLAIM), field_name="key"),
        )

    def get_context(self, request, *args, **kwargs) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        cited = self.cited_body(context)
        return context | {
            "body": cited.html,
            "sources": cited.sources,
            "claims": [claim for claim in cited.claims if claim.live],
            "sections": self.sections(),
            "breadcrumb": self.trail(request),
            "share_image": self.share_image(request),
        }


class HomePage(BodyPage):
    """The front door."""

    template = "articles/home_page.html"
    max_count = 1
    parent_page_types = ["wagtailcore.Page"]
    subpage_types = [
        "articles.ArticleIndexPage",
        "articles.ClaimsPage",
        "articles.GlossaryPage",
        "articles.HelpPage",
        "articles.StandardPage",
    ]
    page_description = "The front door: what the site is, the search box, and ways in. There is one."


class ArticleIndexPage(BodyPage):
    """The list of articles."""

    template = "articles/article_index_page.html"
    max_count = 1
    parent_page_types = ["articles.HomePage"]
    subpage_types = ["articles.ArticlePage"]
    page_description = "The list of all articles. There is one."

    def get_context(self, request, *args, **kwargs):
        articles = ArticlePage.objects.child_of(self).live().in_reading_order().defer_streamfields()
        return super().get_context(request, *args, **kwargs) | {"articles": articles}


class ArticleQuerySet(PageQuerySet):
    """Articles."""

    def in_reading_order(self) -> "ArticleQuerySet":
        """By the position that an editor gave them; the older first where two have the same."""
        return self.order_by("position", "path")


class ArticlePage(BodyPage):
    """A cited article about the treatment."""

    class Topic(models.TextChoices):
        """Heading under which the list of articles shows an article."""

        START = "start", "Start here"
        EVIDENCE = "evidence", "What the evidence says"
        SAFETY = "safety", "Safety"
        TREATMENT = "treatment", "Having the treatment"
        CHOICES = "choices", "Choosing, and other ways"

    topic = models.CharField(max_length=20, choices=Topic, default=Topic.START)
    position = models.PositiveSmallIntegerField(
        default=100,
        help_text="Place in the reading order; smaller numbers come first. Keep a topic together.",
    )
    sources_checked_on = models.DateField(
        null=True,  # a draft may not have it yet; publishing asks for it
        help_text="When each figure was last compared with the source it cites.",
    )
    next_review_on = models.DateField(
        null=True,
        blank=True,
        help_text="When it should be looked at again. Empty: a year after its sources were checked.",
    )
    changes = StreamField(
        StreamBlock([("change", ChangeBlock())]), blank=True, help_text="Newest first. Readers see these."
    )

    related = StreamField(
        [("article", PageChooserBlock("articles.ArticlePage"))],
        blank=True,
        max_num=MOST_RELATED,
        help_text="Up to three articles to read after this one. Places left empty are filled with articles that rest "
        "on the same sources.",
    )

    content_panels = [
        *Page.content_panels,
        FieldPanel("summary"),
        FieldPanel("topic"),
        FieldPanel("position"),
        FieldRowPanel([FieldPanel("sources_checked_on"), FieldPanel("next_review_on")]),
        FieldPanel("body"),
        FieldPanel("related"),
        FieldPanel("changes", heading="What has changed on this page"),
    ]
    base_form_class = ArticleForm
    template = "articles/article_page.html"
    parent_page_types = ["articles.ArticleIndexPage"]
    subpage_types: list[str] = []
    page_description = "A cited article about ketamine treatment, with its sources and its changes."

    objects = PageManager.from_queryset(ArticleQuerySet)()

    def neighbours(self) -> dict[str, "ArticlePage | None"]:
        """The live articles before and after this one in reading order, in one query."""
        siblings = ArticlePage.objects.sibling_of(self, inclusive=True).live().in_reading_order()
        around = [None, *siblings.defer_streamfields(), None]
        for before, article, after in zip(around, around[1:], around[2:], strict=False):
            if article and article.pk == self.pk:
                return {"previous": before, "next": after}
        return {"previous": None, "next": None}  # a draft has no place yet

    @property
    def review_due_on(self) -> date | None:
        """When the article should be looked at again."""
        if self.next_review_on or self.sources_checked_on is None:
            return self.next_review_on
        return self.sources_checked_on + REVIEW_EVERY

    def change_log(self) -> list[Any]:
        """What has changed and why, newest first."""
        return sorted(
            (change.value for change in self.changes), key=lambda value: value["made_on"], reverse=True
        )

    def structured_data(
        self, request, sources: list[CitedSource], review: ClinicalReview | None
    ) -> dict[str, Any]:
        """The page as schema.org describes it. A reviewer is named only where these very words were reviewed."""
        reviewed = review and {
            "lastReviewed": review.reviewed_at.date().isoformat(),
            "reviewedBy": {
                "@type": "Person",
                "name": review.name,
                "hasCredential": review.qualification,
            },
        }
        return {
            "@context": "https://schema.org",
            "@type": "MedicalWebPage",
            "name": self.title,
            "description": self.summary,
            "url": self.get_full_url(request),
            "inLanguage": "en-GB",
            "datePublished": self.first_published_at and self.first_published_at.isoformat(),
            "dateModified": self.last_published_at and self.last_published_at.isoformat(),
            "isPartOf": {"@type": "WebSite", "name": "Ketamine Info"},
            "citation": [cited.source.structured_data() for cited in sources],
            **(reviewed or {}),
        }

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        explained = explain(context["body"], GlossaryTerm.objects.filter(in_articles=True))
        around = self.neighbours()
        cited = [entry.source.key for entry in context["sources"]]
        review = ClinicalReview.objects.latest_of(self)
        holds = review is not None and review.is_of(self)
        return context | {
            "body": explained.html,
            "words": explained.terms,
            "minutes_to_read": minutes_to_read(explained.html),
            "review": review,
            "review_holds": holds,
            "feedback_token": question_token(self) if self.pk else "",
            "structured_data": self.structured_data(request, context["sources"], review if holds else None),
            "related": related_to(self, cited, besides=[page for page in around.values() if page]),
            **around,
        }


class StandardPage(BodyPage):
    """About, how we work, privacy, accessibility, credits."""

    template = "articles/standard_page.html"
    parent_page_types = ["articles.HomePage"]
    subpage_types: list[str] = []
    page_description = "A page about the site itself, such as privacy or how we work."


class HelpPage(BodyPage):
    """Telephone lines for somebody who needs help now."""

    template = "articles/help_page.html"
    max_count = 1
    parent_page_types = ["articles.HomePage"]
    subpage_types: list[str] = []
    page_description = "Emergency numbers and crisis lines by country. There is one."

    def get_context(self, request, *args, **kwargs):
        return super().get_context(request, *args, **kwargs) | {"countries": CrisisLine.objects.by_country()}
