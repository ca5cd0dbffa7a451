"""How hard an article is to read."""

import re
from dataclasses import dataclass

import textstat
from bs4 import BeautifulSoup

from articles.models import ArticlePage

WORD = re.compile(r"\S*\w\S*")
BLOCKS = "p, li, h2, h3"


@dataclass(frozen=True)
class Readability:
    """Figures of one article.

    *age* is the age in years that can read it: the grade of the Automated Readability Index (Smith and Senter,
    1967), plus five. It counts letters and sentences, so it needs no dictionary; names of medicines raise it.
    """

    title: str
    words: int
    sources: int
    charts: int
    age: float


def readability(article: ArticlePage) -> Readability:
    """The figures of *article* as it is published; its tables and charts are not counted as text."""
    cited = article.cited_body()
    body = BeautifulSoup(cited.html, "html.parser")
    charts = len(body.select("figure.evidence-chart"))
    for aside in body.select("table, figure, sup, form"):
        aside.decompose()
    for aside in body.select(".visually-hidden"):
        aside.decompose()
    text = " ".join(body.get_text(" ").split())
    return Readability(
        title=article.title,
        words=len(WORD.findall(text)),
        sources=len(cited.sources),
        charts=charts,
        age=round(textstat.automated_readability_index(_sentences(body)) + 5, 1),
    )


def _sentences(body: BeautifulSoup) -> str:
    """The text with a full stop after each heading and point, which end a sentence for a reader too."""
    blocks = [block for block in body.select(BLOCKS) if not block.select(BLOCKS)]
    texts = (" ".join(block.get_text("").split()) for block in blocks)
    return " ".join(text if text.endswith((".", "?", ":")) else f"{text}." for text in texts if text)
