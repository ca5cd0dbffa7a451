"""Glossary: a word of it is explained at its first use in an article.

Writers mark nothing. In running text the first use of a word, in any of its forms, becomes a link to its meaning, which
stands on the same page; headings, tables, charts, links and care cards are left as they are. Nothing here touches the
database.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

if TYPE_CHECKING:
    from articles.models import GlossaryTerm

# Templates escape “>” in text and attributes, so a tag ends at the first one.
TAG = re.compile(r"(<[^>]*>)")
NAME = re.compile(r"<(/?)([a-z0-9]+)")
RUNNING_TEXT = {"p", "li"}
LEFT_ALONE = {"a", "button", "figure", "form", "section", "sup", "table"}  # a care card is a section


@dataclass(frozen=True)
class ExplainedText:
    """A finished text whose first uses are links, and the words used, in the order of their first use."""

    html: SafeString
    terms: list["GlossaryTerm"]


def explain(html: SafeString, terms: Iterable["GlossaryTerm"]) -> ExplainedText:
    """Link the first use of each of *terms* in *html*, a rendered template, to ``#word-KEY``."""
    by_form = {form.casefold(): term for term in terms for form in term.forms}
    if not by_form:
        return ExplainedText(html, [])
    used: dict[str, GlossaryTerm] = {}

    def linked(match: re.Match[str]) -> str:
        term = by_form[" ".join(match[0].split()).casefold()]
        if term.key in used:
            return match[0]
        used[term.key] = term
        word = mark_safe(match[0])  # noqa: S308 - a part of the safe text
        return format_html('<a class="term" id="use-{}" href="#word-{}">{}</a>', term.key, term.key, word)

    any_form = _pattern(form for term in by_form.values() for form in term.forms)
    parts = TAG.split(html)
    running = alone = 0  # how many such elements are open
    for place, part in enumerate(parts):
        if tag := NAME.match(part):
            step = -1 if tag[1] else 1
            running += step if tag[2] in RUNNING_TEXT else 0
            alone += step if tag[2] in LEFT_ALONE else 0
        elif running and not alone:
            parts[place] = any_form.sub(linked, part)
    return ExplainedText(mark_safe("".join(parts)), list(used.values()))  # noqa: S308 - the words were safe


def _pattern(forms: Iterable[str]) -> re.Pattern[str]:
    """Any of *forms* as whole words, the longest that fits; one without capitals also at the start of a sentence."""
    longest_first = sorted(set(forms), key=lambda form: (-len(form), form))
    spelt = (r"\s+".join(map(re.escape, form.split())) for form in longest_first)
    either_case = (f"(?i:{form})" if form == form.lower() else form for form in spelt)
    return re.compile(rf"(?<![\w-])(?:{'|'.join(either_case)})(?![\w-])")
