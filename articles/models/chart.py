"""Charts of what trials found, kept once and shown wherever a page asks for them."""

from django.db import models
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.models import RevisionMixin
from wagtail.search import index

from articles.chart_blocks import FiguresBlock


class EvidenceChart(index.Indexed, RevisionMixin, models.Model):
    """Figures with their comparison, people and time; trials stay apart, never pooled into one figure."""

    key = models.SlugField(unique=True, help_text="Such as response-by-trial.")
    title = models.CharField(max_length=150, help_text="What the chart shows, as a sentence.")
    reading = models.TextField("how to read it", help_text="One or two plain sentences under the title.")
    caution = models.TextField(
        "what it cannot be used for", help_text="Shown beneath the chart, as plainly as the chart itself."
    )
    figures = StreamField(
        FiguresBlock(),
        help_text="Trials in order of year, those that found no difference among them; or side effects; or one "
        "course over time.",
    )

    panels = [
        FieldPanel("key"),
        FieldPanel("title"),
        FieldPanel("reading"),
        FieldPanel("caution"),
        FieldPanel("figures"),
    ]
    search_fields = [index.AutocompleteField("title"), index.SearchField("title")]

    class Meta:
        ordering = ["key"]

    def __str__(self) -> str:
        return self.title
