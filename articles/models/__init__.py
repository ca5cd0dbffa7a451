"""Editorial records: pages, and the sources, charts and crisis lines that pages are made of."""

from articles.models.chart import EvidenceChart
from articles.models.crisis_line import CrisisLine
from articles.models.loaded import LoadedItem
from articles.models.pages import ArticleIndexPage, ArticlePage, HelpPage, HomePage, StandardPage
from articles.models.source import Source

__all__ = [
    "ArticleIndexPage",
    "ArticlePage",
    "CrisisLine",
    "EvidenceChart",
    "HelpPage",
    "HomePage",
    "LoadedItem",
    "Source",
    "StandardPage",
]
