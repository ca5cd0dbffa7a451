"""Keeping the search entries true: each publishing, moving and deleting changes the row of what it is about."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from bs4 import BeautifulSoup
from django.db import models, transaction
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

_held: ContextVar[list[models.Model] | None] = ContextVar("held", default=None)


@transaction.atomic
def rebuild() -> int:
    """Make every entry anew; how many there are."""
    SearchEntry.objects.all().delete()
    SearchWord.objects.all().delete()
    index([*Page.objects.live().specific().iterator(), *GlossaryTerm.objects.all(), *Claim.objects.all()])
    return SearchEntry.objects.count()


@contextmanager
def indexed_together() -> Iterator[None]:
    """What is published inside is indexed at its end, all together: where much is published, in far fewer queries."""
    held: list[models.Model] = []
    token = _held.set(held)
    try:
        yield
    finally:
        _held.reset(token)
    index(held)


def index(changed: Iterable[models.Model]) -> None:
    """Make *changed* pages, words and claims findable as they are now; a claim that is not live, no more.

    A page that is not live is left out: it was taken away as it was unpublished. The words of the glossary, and the
    claims, come with the page that they can be read on.
    """
    latest = {(type(each), each.pk): each for each in changed}.values()
    pages = [each for each in latest if isinstance(each, BodyPage) and each.live]
    terms: Iterable[GlossaryTerm] = [each for each in latest if isinstance(each, GlossaryTerm)]
    claims: Iterable[Claim] = [each for each in latest if isinstance(each, Claim)]
    if any(isinstance(page, GlossaryPage) for page in pages):
        terms = GlossaryTerm.objects.all()
    if any(isinstance(page, ClaimsPage) for page in pages):
        claims = Claim.objects.all()
    # The front page is not found: it leads to everything.
    entries = [_entry_of_page(page) for page in pages if not isinstance(page, HomePage)]
    if terms and (glossary := GlossaryPage.objects.live().first()):
        entries += [_entry_of_term(term, glossary) for term in terms]
    if claims:
        hidden = [f"claim/{claim.key}" for claim in claims if not claim.live]
        SearchEntry.objects.filter(name__in=hidden).delete()
        if ledger := ClaimsPage.objects.live().first():
            entries += [_entry_of_claim(claim, ledger) for claim in claims if claim.live]
    _keep(entries)


def _entry_of_page(page: BodyPage) -> SearchEntry:
    cited = page.cited_body()
    return SearchEntry(
        name=f"page/{page.pk}",
        kind=SearchEntry.Kind.ARTICLE if isinstance(page, ArticlePage) else SearchEntry.Kind.PAGE,
        page=page,
        title=page.title,
        names=page.title,
        summary=page.summary,
        # The words of the glossary are found one by one.
        text=page.summary if isinstance(page, GlossaryPage) else _text(cited.html),
        sources=[entry.source.key for entry in cited.sources],
    )


def _entry_of_term(term: GlossaryTerm, glossary: GlossaryPage) -> SearchEntry:
    return SearchEntry(
        name=f"word/{term.key}",
        kind=SearchEntry.Kind.WORD,
        page=glossary,
        anchor=term.key,
        title=term.term,
        names=", ".join(term.forms),
        text=term.meaning,
    )


def _entry_of_claim(claim: Claim, ledger: ClaimsPage) -> SearchEntry:
    return SearchEntry(
        name=f"claim/{claim.key}",
        kind=SearchEntry.Kind.CLAIM,
        page=ledger,
        anchor=claim.anchor,
        title=claim.statement,
        summary=f"How sure it is: {claim.get_grade_display().lower()}. {claim.grade_reason}",
        text=claim.statement,
    )


def _keep(entries: list[SearchEntry]) -> None:
    words = set()
    for entry in entries:
        for field in ("title", "names", "summary", "text"):
            setattr(entry, field, getattr(entry, field).translate(MARKERS))
        words |= set(WORD.findall(f"{entry.names} {entry.summary} {entry.text}".lower()))
    SearchEntry.objects.bulk_create(
        entries,
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["kind", "page", "anchor", "title", "names", "summary", "text", "sources"],
    )
    SearchWord.objects.bulk_create([SearchWord(word=word) for word in sorted(words)], ignore_conflicts=True)


def _text(html: str) -> str:
    """The prose and the tables of a finished body, without the numbers of its sources."""
    body = BeautifulSoup(html, "html.parser")
    for element in body.select(NO_PROSE):
        element.decompose()
    return " ".join(body.get_text(" ").split())


def _changed(instance: models.Model) -> None:
    if (held := _held.get()) is None:
        index([instance])
    else:
        held.append(instance)


@receiver(page_published)
def _published(instance: Page, **kwargs: Any) -> None:
    _changed(instance)


@receiver(page_unpublished)
def _unpublished(instance: Page, **kwargs: Any) -> None:
    SearchEntry.objects.filter(page=instance).delete()


@receiver(post_save, sender=GlossaryTerm)
def _term_saved(instance: GlossaryTerm, **kwargs: Any) -> None:
    _changed(instance)


@receiver(post_delete, sender=GlossaryTerm)
def _term_deleted(instance: GlossaryTerm, **kwargs: Any) -> None:
    SearchEntry.objects.filter(name=f"word/{instance.key}").delete()


@receiver(post_save, sender=Claim)
def _claim_saved(instance: Claim, **kwargs: Any) -> None:
    _changed(instance)


@receiver(post_delete, sender=Claim)
def _claim_deleted(instance: Claim, **kwargs: Any) -> None:
    SearchEntry.objects.filter(name=f"claim/{instance.key}").delete()
