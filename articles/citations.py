"""Citations: ``[@murrough-2013]`` in a text becomes a number, and the numbers become a list of sources.

Writers name a source by its key, in the way of Pandoc; two at one place are ``[@zarate-2006; @singh-2016]``.
Numbers follow the order of first use in the finished page. Nothing here touches the database.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

if TYPE_CHECKING:
    from articles.models import Source

CITATION = re.compile(r"\s?\[@([a-z0-9-]+(?:\s*;\s*@[a-z0-9-]+)*)\]")


@dataclass
class CitedSource:
    """A source of a page: its *number* and the anchors of the places that cite it, in order."""

    number: int
    source: "Source"
    places: list[str] = field(default_factory=list)

    @property
    def anchor(self) -> str:
        return f"source-{self.source.key}"


@dataclass(frozen=True)
class CitedText:
    """A finished text, its sources by number, and the keys that no source has."""

    html: SafeString
    sources: list[CitedSource]
    broken: list[str]


def keys_in(text: str) -> list[str]:
    """Keys cited in *text*, each once, in order of first use."""
    found = (key for match in CITATION.finditer(text) for key in _keys(match))
    return list(dict.fromkeys(found))


def without_citations(text: str) -> str:
    """*text* without its marks, for a place that has no list of sources."""
    return CITATION.sub("", text)


def cite(html: SafeString, sources: Mapping[str, "Source"]) -> CitedText:
    """Number the citations in *html*, a rendered template, given the sources by key.

    A broken citation is shown as such rather than left out: the reader must see that a claim stands alone.
    """
    cited: dict[str, CitedSource] = {}
    broken: list[str] = []

    def numbered(match: re.Match[str]) -> str:
        return "".join(link(key) for key in _keys(match))

    def link(key: str) -> str:
        if key not in sources:
            broken.append(key)
            return '<sup class="citation citation--broken">[source missing]</sup>'
        entry = cited.setdefault(key, CitedSource(number=len(cited) + 1, source=sources[key]))
        place = f"cite-{key}-{len(entry.places) + 1}"
        entry.places.append(place)
        return format_html(
            '<sup class="citation"><a href="#{}" id="{}" aria-label="Source [{}]">[{}]</a></sup>',
            entry.anchor,
            place,
            entry.number,
            entry.number,
        )

    return CitedText(
        html=mark_safe(CITATION.sub(numbered, html)),  # noqa: S308 - links are escaped, the rest was safe
        sources=list(cited.values()),
        broken=broken,
    )


def _keys(match: re.Match[str]) -> list[str]:
    return [key.strip().removeprefix("@") for key in match[1].split(";")]
