"""The articles for other programs: the list in reading order, and one with its text and sources."""

from __future__ import annotations

from typing import Annotated

from django.http import Http404, HttpRequest
from ninja import Field, Path, Router, Schema
from ninja.errors import HttpError

from articles.citations import CitedSource
from articles.models import ArticlePage

MOST_ARTICLES = 200  # a list, not an archive

router = Router()

Slug = Annotated[str, Path(max_length=255, pattern=r"^[a-z0-9-]+$", examples=["ketamine-for-depression"])]


class ArticleOut(Schema):
    slug: str
    title: str
    summary: str
    topic: str = Field(description="Heading under which the site lists it.")
    url: str = Field(description="Its page for people.")
    published_at: str | None
    changed_at: str | None
    sources_checked_on: str | None = Field(
        description="When each figure was last compared with the source it cites."
    )

    @classmethod
    def of(cls, article: ArticlePage, request: HttpRequest, **more):
        first, last, checked = (
            article.first_published_at,
            article.last_published_at,
            article.sources_checked_on,
        )
        return cls(
            slug=article.slug,
            title=article.title,
            summary=article.summary,
            topic=article.get_topic_display(),
            url=request.build_absolute_uri(article.get_url(request)),
            published_at=first.isoformat() if first else None,
            changed_at=last.isoformat() if last else None,
            sources_checked_on=checked.isoformat() if checked else None,
            **more,
        )


class ArticlesOut(Schema):
    results: list[ArticleOut] = Field(description="In reading order.")


class CitedSourceOut(Schema):
    number: int = Field(description="As the text cites it.")
    authors: str
    year: int | None
    title: str
    journal: str
    kind: str = Field(description="Type of study or document.")
    url: str = Field(description="The most lasting address known; may be empty.")

    @classmethod
    def of(cls, cited: CitedSource) -> CitedSourceOut:
        source = cited.source
        return cls(
            number=cited.number,
            authors=source.authors,
            year=source.year,
            title=source.title,
            journal=source.journal,
            kind=source.get_kind_display(),
            url=source.address,
        )


class WholeArticleOut(ArticleOut):
    html: str = Field(description="The text; its citations link to `source-…` anchors of the page.")
    sources: list[CitedSourceOut]


@router.get("/articles", response=ArticlesOut, summary="The articles")
def articles(request: HttpRequest):
    """Every published article, without its text."""
    _takes_nothing(request)
    found = ArticlePage.objects.live().public().in_reading_order().defer_streamfields()[:MOST_ARTICLES]
    return ArticlesOut(results=[ArticleOut.of(article, request) for article in found])


@router.get("/articles/{slug}", response=WholeArticleOut, summary="One article")
def article(request: HttpRequest, slug: Slug):
    """An article with its text as HTML and the sources it cites. Quote it with its date: articles change."""
    _takes_nothing(request)
    found = ArticlePage.objects.live().public().filter(slug=slug).first()
    if found is None:
        raise Http404
    cited = found.cited_body({"request": request, "page": found})
    sources = [CitedSourceOut.of(source) for source in cited.sources]
    return WholeArticleOut.of(found, request, html=str(cited.html), sources=sources)


def _takes_nothing(request: HttpRequest) -> None:
    if request.GET:
        raise HttpError(422, "An unknown parameter: this takes none.")
