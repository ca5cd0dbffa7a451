"""The page that lists every claim of the site: the claim ledger."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from wagtail.models import Page

from articles.citations import CLAIM
from articles.models.claim import Claim
from articles.models.pages import BodyPage


@dataclass(frozen=True)
class LedgerEntry:
    """A published claim, and the title and address of each page that cites it."""

    claim: Claim
    pages: list[dict[str, str]]

    @property
    def is_in_doubt(self) -> bool:
        """Whether it rests on a source that no longer stands, which nobody should have to look for."""
        return not all(source.is_current for source in self.claim.sources)


class ClaimsPage(BodyPage):
    """Every claim with its grade, sources, dates and uses. The body says how to read them."""

    template = "articles/claims_page.html"
    max_count = 1
    parent_page_types = ["articles.HomePage"]
    subpage_types: list[str] = []
    page_description = "The list of every claim, made from the claims under Editorial records. There is one."

    def get_context(self, request, *args, **kwargs) -> dict[str, Any]:
        return super().get_context(request, *args, **kwargs) | {
            "topics": ledger(request),
            "grades": GRADES,
        }


# What each grade means to a reader. GRADE's words, used by editors: no panel has met, and the page says so.
GRADES = {
    Claim.Grade.HIGH: "More research is very unlikely to change this. Several large, careful studies agree, or it is "
    "settled science.",
    Claim.Grade.MODERATE: "It is probably right. A large, careful study found it, but more research could change how "
    "much or how often.",
    Claim.Grade.LOW: "It may be right. It comes from one small trial, or from studies with a clear weakness, such as "
    "people knowing which treatment they had.",
    Claim.Grade.VERY_LOW: "We do not know. It comes from studies without a comparison, from animals, or from trials "
    "whose results are too uncertain to lean on.",
    Claim.Grade.RECORD: "Not a finding of research, but a rule, a decision, a warning or a price that anybody can look "
    "up. It says what was decided, not that the decision was right.",
}


def ledger(request) -> list[tuple[Claim.Topic, list[LedgerEntry]]]:
    """Published claims by topic, in a number of queries that does not grow with claims or pages."""
    uses = defaultdict(list)
    for page in Page.objects.live().public().specific().order_by("path"):
        if isinstance(page, BodyPage):
            for key in page.cited_keys(CLAIM):
                uses[key].append({"title": page.title, "url": page.get_url(request)})
    by_topic = defaultdict(list)
    for claim in Claim.objects.live().with_sources().order_by("pk"):
        by_topic[claim.topic].append(LedgerEntry(claim, uses[claim.key]))
    return [(topic, by_topic[topic]) for topic in Claim.Topic if by_topic[topic]]
