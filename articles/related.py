"""Which articles to read after one: those an editor chose, then those that rest on the same sources."""

from collections.abc import Collection
from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.db.models import Case, CharField, F, Func, IntegerField, OuterRef, Subquery, Value, When

from articles.models.search_entry import SearchEntry

if TYPE_CHECKING:
    from articles.models import ArticlePage

MOST = 3
SAME_TOPIC = 2  # counts as much as so many shared sources


class InBoth(Func):
    """How many members two arrays share."""

    template = "(SELECT count(*) FROM (SELECT unnest(%(expressions)s)) AS shared)"
    arg_joiner = ") INTERSECT SELECT unnest("
    output_field = IntegerField()


def related_to(
    article: "ArticlePage", sources: list[str], besides: Collection["ArticlePage"] = ()
) -> list["ArticlePage"]:
    """At most three live articles, in two queries; none of *besides*, which the page shows already.

    *sources* are the keys that the article cites.
    """
    chosen = [block.value for block in article.related if block.value and block.value.live][:MOST]
    shown = [article, *besides, *chosen]
    keys = ArrayField(CharField(max_length=50))
    cites = SearchEntry.objects.filter(page=OuterRef("pk")).values("sources")[:1]
    nearness = InBoth(F("cites"), Value(sources, output_field=keys)) + Case(
        When(topic=article.topic, then=Value(SAME_TOPIC)), default=Value(0)
    )
    near = (
        type(article)
        .objects.live()
        .public()
        .exclude(pk__in=[page.pk for page in shown])
        .annotate(cites=Subquery(cites, output_field=keys))
        .annotate(nearness=nearness)
        .filter(nearness__gt=0)
        .order_by("-nearness", "position", "path")
        .defer_streamfields()
    )
    return [*chosen, *near[: MOST - len(chosen)]]
