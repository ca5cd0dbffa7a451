from django.core.management.base import BaseCommand, CommandError
from wagtail.models import Page

from articles.models import Source
from articles.models.pages import BodyPage


class Command(BaseCommand):
    help = "Fail when a live page cites a source that does not exist, or when no live page cites a source."

    def handle(self, *args, verbosity: int, **options):
        faults = []
        unused = set(Source.objects.values_list("key", flat=True))
        for page in Page.objects.live().specific():
            if isinstance(page, BodyPage):
                cited = page.cited_body()
                unused -= {entry.source.key for entry in cited.sources}
                faults += [f"{page.url}: no source has the key “{key}”." for key in cited.broken]
        faults += [f"Source “{key}” is not cited on any page." for key in sorted(unused)]
        if faults:
            raise CommandError("\n".join(faults))
        if verbosity:
            self.stdout.write("Every citation has its source, and every source is cited.")
