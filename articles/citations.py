"""Citations: marks in a text become numbers, and the numbers become a list of sources.

``[@murrough-2013]`` cites a source by its key, in the way of Pandoc. ``[#murrough-response]`` cites a claim, and
through it every source that the claim rests on. Several at one place are ``[#murrough-response; @singh-2016]``.
Numbers follow the order of first use in the finished page. Nothing here touches the database.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

if TYPE_CHECKING:
    from articles.models import Claim, Source

SOURCE, CLAIM = "@", "#"
CITATION = re.compile(r"\s?\[([@#][a-z0-9-]+(?:\s*;\s*[@#][a-z0-9-]+)*)\]")
MALFORMED = re.compile(r"\[[@#][A-Za-z0-9][^\s<\]]*\]?")  # what is left where somebody meant to cite


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
    """A finished text, its sources by number, its claims in order, and the marks that lead to nothing."""

    html: SafeString
    sources: list[CitedSource]
    claims: list["Claim"]
    broken: list[str]


def keys_in(text: str, sign: str = SOURCE) -> list[str]:
    """Keys of the sources, or of the claims, cited in *text*, each once, in order of first use."""
    marks = (mark for match in CITATION.finditer(text) for mark in _marks(match))
    return list(dict.fromkeys(mark[1:] for mark in marks if mark[0] == sign))


def malformed_in(text: str) -> list[str]:
    """What looks like a citation in *text* and is none, such as ``[@Baker]`` or ``[#sky, #sea]``."""
    return MALFORMED.findall(without_citations(text))


def without_citations(text: str) -> str:
    """*text* without its marks, for a place that has no list of sources."""
    return CITATION.sub("", text)


def cite(html: SafeString, sources: Mapping[str, "Source"], claims: Mapping[str, "Claim"]) -> CitedText:
    """Number the citations in *html*, a rendered template, given the sources and the claims by key.

    A broken citation is shown as such rather than left out: the reader must see that a claim stands alone.
    """
    cited: dict[str, CitedSource] = {}
    broken: list[str] = []

    def numbered(match: re.Match[str]) -> str:
        here: dict[str, Source] = {}  # two claims at one place may rest on the same source
        missing = ""
        for mark in _marks(match):
            known = claims if mark[0] == CLAIM else sources
            if mark[1:] in known:
                found = known[mark[1:]]
                here |= {source.key: source for source in (found.sources if mark[0] == CLAIM else [found])}
            else:
                broken.append(f"[{mark}]")
                missing += '<sup class="citation citation--broken">[source missing]</sup>'
        return "".join(link(source) for source in here.values()) + missing

    def link(source: "Source") -> str:
        entry = cited.setdefault(source.key, CitedSource(number=len(cited) + 1, source=source))
        place = f"cite-{source.key}-{len(entry.places) + 1}"
        entry.places.append(place)
        flag = "" if source.is_current else f", {source.get_standing_display().lower()}"
        return format_html(
            '<sup class="citation"><a href="#{}" id="{}" aria-label="Source [{}]{}">[{}{}]</a></sup>',
            entry.anchor,
            place,
            entry.number,
            flag,
            entry.number,
            flag,
        )

    finished = CITATION.sub(numbered, html)
    return CitedText(
        html=mark_safe(finished),  # noqa: S308 - links are escaped, the rest was safe
        sources=list(cited.values()),
        claims=[claims[key] for key in keys_in(html, CLAIM) if key in claims],
        broken=broken + malformed_in(html),
    )


def _marks(match: re.Match[str]) -> list[str]:
    return [mark.strip() for mark in match[1].split(";")]
