"""What the site's search finds: one row for each article, page, word and claim, kept by articles.indexing."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models.expressions import CombinedExpression
from django.http import HttpRequest


def vector() -> CombinedExpression:
    """The words of an entry: its names count most, then its summary, then its text."""
    names, summary, text = (
        SearchVector(name, config="english", weight=weight)
        for name, weight in [("names", "A"), ("summary", "B"), ("text", "D")]
    )
    return names + summary + text


class SearchEntry(models.Model):
    """One thing that can be found, as the public may see it."""

    class Kind(models.TextChoices):
        """What it is, in the words of the page of results."""

        ARTICLE = "article", "Article"
        PAGE = "page", "Page"
        WORD = "word", "Word explained"
        CLAIM = "claim", "Claim and its evidence"

    name = models.CharField(
        max_length=200, unique=True, help_text="Of what it was made: page/12, word/placebo."
    )
    kind = models.CharField(max_length=10, choices=Kind)
    page = models.ForeignKey(
        "wagtailcore.Page", on_delete=models.CASCADE, related_name="+", help_text="Where it can be read."
    )
    anchor = models.CharField(max_length=100, blank=True, help_text="Its place on that page.")
    title = models.TextField(help_text="Shown, not searched.")
    names = models.TextField(blank=True, help_text="What it is called; whoever types it wants this first.")
    summary = models.TextField(blank=True)
    text = models.TextField(blank=True)
    sources = ArrayField(
        models.CharField(max_length=50), default=list, help_text="Keys of the sources cited."
    )
    vector = models.GeneratedField(expression=vector(), output_field=SearchVectorField(), db_persist=True)

    class Meta:
        indexes = [GinIndex(fields=["vector"], name="search_entry_vector")]

    def __str__(self) -> str:
        return self.title

    def address(self, request: HttpRequest) -> str:
        """Where it can be read. The request keeps the site's addresses, so that a list asks for them once."""
        page = self.page.get_url(request)
        return f"{page}#{self.anchor}" if self.anchor else page


class SearchWord(models.Model):
    """A word that stands in some entry, as written there: what a slip of typing is corrected to."""

    word = models.CharField(max_length=40, primary_key=True)

    class Meta:
        indexes = [GinIndex(fields=["word"], opclasses=["gin_trgm_ops"], name="search_word_trigrams")]

    def __str__(self) -> str:
        return self.word
