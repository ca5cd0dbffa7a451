"""What readers answered, by article."""

from django.db.models import Count, Q
from django.urls import reverse
from wagtail.admin.ui.tables import NumberColumn, TitleColumn
from wagtail.admin.views.reports import ReportView

from articles.models import ArticlePage


def _answers_of(page: ArticlePage) -> str:
    return f"{reverse('wagtailsnippets_articles_feedback:list')}?page={page.pk}"


class UsefulnessReportView(ReportView):
    """Articles with how many readers found them useful, the least useful first."""

    model = ArticlePage
    any_permission_required = ["add", "change", "publish"]
    page_title = "Was it useful?"
    header_icon = "help"
    index_url_name = "articles_usefulness"
    index_results_url_name = "articles_usefulness_results"
    columns = [
        TitleColumn("title", label="Article", get_url=_answers_of),
        NumberColumn("yes", label="Useful"),
        NumberColumn("no", label="Not useful"),
        NumberColumn("comments", label="With a comment"),
    ]
    list_export = ["title", "yes", "no", "comments"]
    export_headings = {
        "title": "Article",
        "yes": "Useful",
        "no": "Not useful",
        "comments": "With a comment",
    }

    def get_queryset(self):
        useful = Q(feedback__is_useful=True)
        return (
            ArticlePage.objects.live()
            .defer_streamfields()
            .annotate(
                yes=Count("feedback", filter=useful),
                no=Count("feedback", filter=~useful & Q(feedback__isnull=False)),
                comments=Count("feedback", filter=~Q(feedback__comment="") & Q(feedback__isnull=False)),
            )
            .order_by("-no", "title")
        )
