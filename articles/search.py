"""Searching the site's own text: articles, pages, words and claims. Nothing that is typed is stored or logged.

First the words as typed, or what the glossary calls the same thing. Where nothing has them all, the words of the site
that are spelt most like them; then any of the words. Ranking, stemming and extracts are PostgreSQL's full text search.
"""

from __future__ import annotations

import functools
import operator
import re
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from django.contrib.postgres.search import SearchHeadline, SearchQuery, SearchRank
from django.core.paginator import Page as ResultsPage
from django.core.paginator import Paginator
from django.db.models import Case, F, Q, QuerySet, TextField, Value, When
from django.http import HttpRequest
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from wagtail.models import Page

from articles.models import GlossaryTerm, SearchEntry, SearchWord
from places.postcodes import tidy

LONGEST_TEXT = 200  # characters
MOST_WORDS = 12
PER_PAGE = 10
MOST_FOUND = 100  # nobody reads further
LIKE_ENOUGH = 0.75  # of difflib's ratio: one slip in four letters, two in eight
# Weights of text, nothing, summary and names. A long text with the words here and there would outrank a title that has
# them all, so names come first, alone.
NAMES_ONLY = [0.0, 0.0, 0.0, 1.0]
WEIGHTS = [0.1, 0.2, 0.4, 1.0]
BY_LENGTH = Value(1)  # divide by 1 + the logarithm of the length
OPERATOR = re.compile(
    r'"|(?<!\S)-\w'
)  # a phrase, or a word to leave out: whoever writes these means just that
# Characters for private use, which no indexed text has, so that an extract can be escaped before it is marked.
MARK, UNMARK = "\ue000", "\ue001"


@dataclass(frozen=True)
class Found:
    """What a search has found. *instead* and *any_word* say how, where it was not by the words as typed."""

    text: str = field(repr=False)  # what was looked for, as it was typed
    numbers: ResultsPage  # primary keys of the entries on this page; knows how many there are in all
    instead: str = field(default="", repr=False)  # looked for because no entry has the words that were typed
    any_word: bool = False  # the entries have some of the words, not all

    @property
    def as_typed(self) -> bool:
        return bool(self.numbers) and not self.instead and not self.any_word


def search(text: str, page: str | None = None) -> Found:
    """What has the words of *text*, best first; *page* is whatever came as its number."""
    text = " ".join(tidy(text).split()[:MOST_WORDS])
    numbers = _page_of(_all_words(text), page)
    if numbers or OPERATOR.search(text):
        return Found(text, numbers)
    corrected = _corrected(text)
    if corrected != text.lower() and (numbers := _page_of(_all_words(corrected), page)):
        return Found(text, numbers, instead=corrected)
    instead = corrected if corrected != text.lower() else ""
    numbers = _page_of(_any_word(corrected), page)
    return Found(text, numbers, instead, any_word=bool(numbers))


@dataclass(frozen=True)
class Shown:
    """One entry on a page of results."""

    entry: SearchEntry
    url: str
    extract: SafeString  # HTML


def shown(found: Found, request: HttpRequest) -> list[Shown]:
    """The entries on the page of *found*, in order."""
    text = found.instead or found.text
    entries = _with_extracts(
        SearchEntry.objects.filter(pk__in=list(found.numbers)), _all_words(text) | _any_word(text)
    )
    by_number = {entry.pk: entry for entry in entries}
    return [
        Shown(entry, entry.address(request), marked(_extract(entry)))
        for number in found.numbers
        if (entry := by_number.get(number))
    ]


def _extract(entry: Any) -> str:
    """The passage with the words, or the summary where the words stand only in its names."""
    return entry.extract if MARK in entry.extract else entry.summary or entry.extract


def marked(extract: str) -> SafeString:
    """An extract as HTML, with the words that were looked for in ``mark`` elements."""
    html = escape(extract).replace(MARK, "<mark>").replace(UNMARK, "</mark>")
    return mark_safe(html)  # noqa: S308 - escaped before it was marked


def _all_words(text: str) -> SearchQuery:
    """Every word (or a quoted phrase, “or”, a word left out by “-”), or the same by the glossary's names."""
    query = _websearch(text)
    synonym = _in_words_of_the_glossary(text)
    return query if synonym == text else query | _websearch(synonym)


def _any_word(text: str) -> SearchQuery:
    words = (SearchQuery(word, config="english") for word in text.split())
    return functools.reduce(operator.or_, words)


def _websearch(text: str) -> SearchQuery:
    return SearchQuery(text, config="english", search_type="websearch")


def _in_words_of_the_glossary(text: str) -> str:
    """*text* with each other name of a word, such as “drip”, as the word itself, “infusion”."""
    names = {
        name.casefold(): term
        for term, forms in GlossaryTerm.objects.values_list("term", "other_forms")
        for name in forms
    }
    if not names:
        return text
    longest_first = sorted(names, key=len, reverse=True)
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)")
    return pattern.sub(lambda match: names[match[0]], text.casefold())


def _corrected(text: str) -> str:
    """*text* with each word that stands nowhere on the site as the word that is spelt most like it."""
    words = [word.lower() for word in text.split()]
    long_enough = [word for word in words if len(word) > 3 and word.isalpha()]
    if not long_enough:
        return text
    like_any = functools.reduce(operator.or_, (Q(word__trigram_similar=word) for word in long_enough))
    known = list(SearchWord.objects.filter(like_any).values_list("word", flat=True))
    return " ".join(
        next(iter(get_close_matches(word, known, n=1, cutoff=LIKE_ENOUGH)), word)
        if word in long_enough and word not in known
        else word
        for word in words
    )


def _page_of(query: SearchQuery, number: str | None) -> ResultsPage:
    """One page of what *query* finds; false where it finds nothing."""
    ranked = (
        SearchEntry.objects.filter(vector=query, page__in=Page.objects.live().public())
        .annotate(
            by_name=SearchRank(F("vector"), query, weights=NAMES_ONLY),
            rank=SearchRank(F("vector"), query, weights=WEIGHTS, normalization=BY_LENGTH),
        )
        .order_by("-by_name", "-rank", "name")
        .values_list("pk", flat=True)
    )
    return Paginator(list(ranked[:MOST_FOUND]), PER_PAGE).get_page(number)


def _with_extracts(entries: QuerySet[SearchEntry], query: SearchQuery) -> QuerySet[SearchEntry]:
    headline = functools.partial(
        SearchHeadline, "text", query, config="english", start_sel=MARK, stop_sel=UNMARK
    )
    parts = headline(max_words=30, min_words=12, max_fragments=2, fragment_delimiter=" … ")
    short = [SearchEntry.Kind.WORD, SearchEntry.Kind.CLAIM]
    extract = Case(
        When(kind__in=short, then=headline(highlight_all=True)), default=parts, output_field=TextField()
    )
    return entries.annotate(extract=extract).select_related("page").defer("text", "vector")
