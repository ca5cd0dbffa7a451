"""Editorial records: pages, and the claims, sources, trials, charts, words and crisis lines that pages are made of."""

from articles.models.chart import EvidenceChart
from articles.models.claim import Claim, ClaimSource
from articles.models.claims_page import ClaimsPage
from articles.models.crisis_line import CrisisLine
from articles.models.feedback import Feedback
from articles.models.glossary_page import GlossaryPage
from articles.models.glossary_term import GlossaryTerm
from articles.models.loaded import LoadedItem
from articles.models.pages import ArticleIndexPage, ArticlePage, HelpPage, HomePage, StandardPage
from articles.models.review import ClinicalReview, ClinicalSignOff
from articles.models.search_entry import SearchEntry, SearchWord
from articles.models.source import Source
from articles.models.trial import Trial

__all__ = [
    "ArticleIndexPage",
    "ArticlePage",
    "Claim",
    "ClaimSource",
    "ClaimsPage",
    "ClinicalReview",
    "ClinicalSignOff",
    "CrisisLine",
    "EvidenceChart",
    "Feedback",
    "GlossaryPage",
    "GlossaryTerm",
    "HelpPage",
    "HomePage",
    "LoadedItem",
    "SearchEntry",
    "SearchWord",
    "Source",
    "StandardPage",
    "Trial",
]
