"""The page of all words that the articles explain."""

from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from articles.models.glossary_term import GlossaryTerm
from articles.models.pages import BodyPage


class GlossaryPage(BodyPage):
    """Every word from A to Z, each with an anchor of its own, under an introduction."""

    template = "articles/glossary_page.html"
    max_count = 1
    parent_page_types = ["articles.HomePage"]
    subpage_types: list[str] = []
    page_description = "All words that the articles explain, from A to Z. There is one."

    def body_html(self, context: dict[str, Any] | None = None) -> SafeString:
        words = render_to_string("articles/_glossary_words.html", {"words": GlossaryTerm.objects.all()})
        return super().body_html(context) + SafeString(words)
