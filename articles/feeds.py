"""Feeds of what is new in the articles, and of what was corrected, and why."""

import datetime
from dataclasses import dataclass

from django.contrib.syndication.views import Feed
from django.urls import reverse_lazy
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed
from django.utils.text import Truncator

from articles.models import ArticlePage

MOST_ITEMS = 50


@dataclass(frozen=True)
class Change:
    """One line of the change log of an article, counted from the oldest: its *number* never changes."""

    article: ArticlePage
    number: int
    made_on: datetime.date
    what: str


def newest_changes() -> list[Change]:
    """The changes of the articles that were published last, newest first."""
    articles = ArticlePage.objects.live().public().order_by("-last_published_at", "pk").defer("body")
    changes = [
        Change(article, len(article.changes) - place, change.value["made_on"], change.value["what"])
        for article in articles[:MOST_ITEMS]
        for place, change in enumerate(article.changes)
    ]
    return sorted(changes, key=lambda change: change.made_on, reverse=True)[:MOST_ITEMS]


class AtomFeed(Feed):
    """Each item is one change of one article; the first version of an article is a change too."""

    feed_type: type[Atom1Feed] | type[Rss201rev2Feed] = Atom1Feed
    title = "Ketamine Info: new articles and corrections"
    subtitle = description = "What was added or changed in our articles, and why."
    author_name = "Ketamine Info"
    link = "/articles/"
    feed_url = reverse_lazy("articles:atom")
    language = "en-GB"

    def items(self):
        return newest_changes()

    def item_title(self, item: Change) -> str:
        return f"{item.article.title}: {Truncator(item.what).words(8)}"

    def item_description(self, item: Change) -> str:
        return item.what

    def item_link(self, item: Change) -> str:
        return f"{item.article.full_url}#change-log"

    def item_guid(self, item: Change) -> str:
        return f"{item.article.full_url}#change-{item.number}"

    item_guid_is_permalink = False

    def item_pubdate(self, item: Change) -> datetime.datetime:
        return datetime.datetime.combine(item.made_on, datetime.time(), datetime.UTC)

    item_updateddate = item_pubdate


class RssFeed(AtomFeed):
    """The same as RSS 2.0."""

    feed_type = Rss201rev2Feed
    feed_url = reverse_lazy("articles:rss")
