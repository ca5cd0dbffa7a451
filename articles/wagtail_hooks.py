"""Editorial records in the admin."""

from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from articles.models import CrisisLine, EvidenceChart, GlossaryTerm, Source


class SourceViewSet(SnippetViewSet):
    model = Source
    icon = "openquote"
    list_display = ["__str__", "key", "kind", "journal"]
    list_filter = ["kind", "year"]
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
    items = [SourceViewSet, EvidenceChartViewSet, GlossaryTermViewSet, CrisisLineViewSet]
    menu_label = "Editorial records"
    menu_icon = "doc-full"
    menu_order = 210


register_snippet(EditorialViewSetGroup)
