"""Keeping the search entries true: each publishing, moving and deleting changes the row of what it is about."""

import re
from typing import Any

from bs4 import BeautifulSoup
from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from wagtail.models import Page
from wagtail.signals import page_published, page_unpublished

from articles.models import (
    ArticlePage,
    Claim,
    ClaimsPage,
    GlossaryPage,
    GlossaryTerm,
    HomePage,
    SearchEntry,
    SearchWord,
)
from articles.models.pages import BodyPage

WORD = re.compile(r"[a-z][a-z’'-]{2,38}[a-z]")
NO_PROSE = "figure, form, sup, .visually-hidden"
MARKERS = dict.fromkeys((0xE000, 0xE001))  # stand for highlighting in extracts (articles.search)


@transaction.atomic
def rebuild() -> int:
    """Make every entry anew; how many there are."""
    SearchEntry.objects.all().delete()
    SearchWord.objects.all().delete()
    for page in Page.objects.live().specific().iterator():
        index_page(page)
    for term in GlossaryTerm.objects.all():
        index_term(term)
    for claim in Claim.objects.live():
        index_claim(claim)
    return SearchEntry.objects.count()


def index_page(page: Page) -> None:
    """Make a live page findable. The front page is not: it leads to everything."""
    if not isinstance(page, BodyPage) or isinstance(page, HomePage):
        return
    cited = page.cited_body()
    _keep(
        f"page/{page.pk}",
        kind=SearchEntry.Kind.ARTICLE if isinstance(page, ArticlePage) else SearchEntry.Kind.PAGE,
        page=page,
        title=page.title,
        names=page.title,
        summary=page.summary,
        # The words of the glossary are found one by one.
        text=page.summary if isinstance(page, GlossaryPage) else _text(cited.html),
        sources=[entry.source.key for entry in cited.sources],
    )


def index_term(term: GlossaryTerm) -> None:
    """Make a word findable on the page of the glossary, if there is one."""
    glossary = GlossaryPage.objects.live().first()
    if glossary is None:
        return
    _keep(
        f"word/{term.key}",
        kind=SearchEntry.Kind.WORD,
        page=glossary,
        anchor=term.key,
        title=term.term,
        names=", ".join(term.forms),
        text=term.meaning,
    )


def index_claim(claim: Claim) -> None:
    """Make a published claim findable on the page of claims, if there is one."""
    ledger = ClaimsPage.objects.live().first()
    if ledger is None or not claim.live:
        SearchEntry.objects.filter(name=f"claim/{claim.key}").delete()
        return
    _keep(
        f"claim/{claim.key}",
        kind=SearchEntry.Kind.CLAIM,
        page=ledger,
        anchor=claim.anchor,
        title=claim.statement,
        summary=f"How sure it is: {claim.get_grade_display().lower()}. {claim.grade_reason}",
        text=claim.statement,
    )


def _keep(name: str, **fields: Any) -> None:
    fields = {
        field: value.translate(MARKERS) if isinstance(value, str) else value
        for field, value in ({"anchor": "", "names": "", "summary": "", "sources": []} | fields).items()
    }
    SearchEntry.objects.update_or_create(name=name, defaults=fields)
    written = " ".join(fields[field] for field in ("names", "summary", "text")).lower()
    SearchWord.objects.bulk_create(
        [SearchWord(word=word) for word in set(WORD.findall(written))], ignore_conflicts=True
    )


def _text(html: str) -> str:
    """The prose and the tables of a finished body, without the numbers of its sources."""
    body = BeautifulSoup(html, "html.parser")
    for element in body.select(NO_PROSE):
        element.decompose()
    return " ".join(body.get_text(" ").split())


@receiver(page_published)
def _published(instance: Page, **kwargs: Any) -> None:
    index_page(instance)
    if isinstance(instance, GlossaryPage):
        for term in GlossaryTerm.objects.all():
            index_term(term)
    elif isinstance(instance, ClaimsPage):
        for claim in Claim.objects.all():
            index_claim(claim)


@receiver(page_unpublished)
def _unpublished(instance: Page, **kwargs: Any) -> None:
    SearchEntry.objects.filter(page=instance).delete()


@receiver(post_save, sender=GlossaryTerm)
def _term_saved(instance: GlossaryTerm, **kwargs: Any) -> None:
    index_term(instance)


@receiver(post_delete, sender=GlossaryTerm)
def _term_deleted(instance: GlossaryTerm, **kwargs: Any) -> None:
    SearchEntry.objects.filter(name=f"word/{instance.key}").delete()


@receiver(post_save, sender=Claim)
def _claim_saved(instance: Claim, **kwargs: Any) -> None:
    index_claim(instance)


@receiver(post_delete, sender=Claim)
def _claim_deleted(instance: Claim, **kwargs: Any) -> None:
    SearchEntry.objects.filter(name=f"claim/{instance.key}").delete()
