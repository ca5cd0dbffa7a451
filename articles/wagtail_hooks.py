"""Editorial records and pages in the admin."""

from django.contrib import messages
from django.shortcuts import redirect
from django.urls import path, reverse
from wagtail import hooks
from wagtail.admin.auth import user_has_any_page_permission
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import BooleanColumn, Column, DateColumn
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from articles.editing import CarefulPageViewSet
from articles.forms import REASON_WANTED, lacks_reason
from articles.models import (
    ArticlePage,
    Claim,
    CrisisLine,
    EvidenceChart,
    Feedback,
    GlossaryTerm,
    Source,
    Trial,
)
from articles.reports import UsefulnessReportView


class ClaimViewSet(SnippetViewSet):
    model = Claim
    icon = "clipboard-list"
    list_display = [
        "statement",
        "key",
        "topic",
        "grade",
        "next_check_on",
        BooleanColumn("live", label="Published"),
    ]
    list_filter = ["topic", "grade", "live", "next_check_on"]
    ordering = ["next_check_on", "key"]  # what is due comes first
    copy_view_enabled = False


class SourceViewSet(SnippetViewSet):
    model = Source
    icon = "openquote"
    list_display = ["__str__", "key", "kind", "journal", "standing", "checked_on"]
    list_filter = ["kind", "standing", "year"]
    copy_view_enabled = False


class TrialViewSet(SnippetViewSet):
    model = Trial
    icon = "table"
    list_display = ["__str__", "people", "medicine", "comparator", "finding"]
    list_filter = ["finding", "year"]
    copy_view_enabled = False


class EvidenceChartViewSet(SnippetViewSet):
    model = EvidenceChart
    icon = "desktop"
    list_display = ["title", "key"]


class CrisisLineViewSet(SnippetViewSet):
    model = CrisisLine
    icon = "help"
    list_display = ["name", "country", "is_emergency", "numbers"]
    list_filter = ["country"]
    ordering = ["country", "position"]


class GlossaryTermViewSet(SnippetViewSet):
    model = GlossaryTerm
    icon = "doc-full-inverse"
    list_display = ["term", "other_forms"]
    copy_view_enabled = False


class FeedbackViewSet(SnippetViewSet):
    model = Feedback
    icon = "comment"
    menu_label = "Reader feedback"
    inspect_view_enabled = True
    list_display = [
        "__str__",
        BooleanColumn("is_useful", label="Useful"),
        Column("page", label="Article"),
        DateColumn("given_on", label="On", sort_key="given_on"),
    ]
    list_filter = ["page", "is_useful", "given_on"]
    list_per_page = 50
    search_fields = ["comment"]
    ordering = ["-given_on", "-pk"]
    copy_view_enabled = False

    def get_queryset(self, request):
        return Feedback.objects.select_related("page").defer("page__body", "page__changes")


class EditorialViewSetGroup(SnippetViewSetGroup):
    items = [
        ClaimViewSet,
        SourceViewSet,
        TrialViewSet,
        EvidenceChartViewSet,
        GlossaryTermViewSet,
        CrisisLineViewSet,
        FeedbackViewSet,
    ]
    menu_label = "Editorial records"
    menu_icon = "doc-full"
    menu_order = 210


register_snippet(EditorialViewSetGroup)


@hooks.register("register_admin_urls")
def report_urls():
    return [
        path("reports/usefulness/", UsefulnessReportView.as_view(), name="articles_usefulness"),
        path(
            "reports/usefulness/results/",
            UsefulnessReportView.as_view(results_only=True),
            name="articles_usefulness_results",
        ),
    ]


class UsefulnessMenuItem(MenuItem):
    def is_shown(self, request) -> bool:
        return user_has_any_page_permission(request.user)


@hooks.register("register_reports_menu_item")
def usefulness_menu_item():
    return UsefulnessMenuItem("Was it useful?", reverse("articles_usefulness"), icon_name="help", order=10)


@hooks.register("register_admin_viewset", order=1000)  # after Wagtail's own for pages, whose place it takes
def pages_viewset():
    return CarefulPageViewSet()


@hooks.register("before_bulk_action")
def publish_many_with_reasons(request, action_type, objects, action):
    """Publishing from a list takes a reason as publishing from the editor does."""
    if request.method != "POST" or action_type != "publish":
        return None
    for page in objects:
        draft = page.get_latest_revision_as_object()
        if isinstance(draft, ArticlePage) and lacks_reason(draft):
            messages.error(request, f"{draft.title}: {REASON_WANTED}")
            return redirect("wagtailadmin_pages:edit", page.pk)
    return None
