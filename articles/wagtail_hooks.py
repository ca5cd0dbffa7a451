"""Editorial records in the admin."""

from wagtail.admin.ui.tables import BooleanColumn
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from articles.models import Claim, CrisisLine, EvidenceChart, GlossaryTerm, Source, Trial


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


class EditorialViewSetGroup(SnippetViewSetGroup):
    items = [
        ClaimViewSet,
        SourceViewSet,
        TrialViewSet,
        EvidenceChartViewSet,
        GlossaryTermViewSet,
        CrisisLineViewSet,
    ]
    menu_label = "Editorial records"
    menu_icon = "doc-full"
    menu_order = 210


register_snippet(EditorialViewSetGroup)
