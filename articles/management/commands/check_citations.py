from django.core.management.base import BaseCommand, CommandError
from wagtail.models import Page

from articles.models import Claim, Source
from articles.models.pages import BodyPage


class Command(BaseCommand):
    help = (
        "Fail when a live page cites a source or a claim that does not exist or is not published, when a source "
        "supports nothing that the public sees, or when a published claim rests on no source that stands."
    )

    def handle(self, *args, verbosity: int, **options):
        faults = []
        unused = set(Source.objects.values_list("key", flat=True))
        for page in Page.objects.live().specific():
            if isinstance(page, BodyPage):
                cited = page.cited_body()
                unused -= {entry.source.key for entry in cited.sources}
                faults += [
                    f"{page.url}: nothing has the key of the citation {mark}." for mark in cited.broken
                ]
                faults += [
                    f"{page.url}: claim “{claim.key}” is cited and not published."
                    for claim in cited.claims
                    if not claim.live
                ]
        unused -= set(Claim.objects.live().values_list("claim_sources__source__key", flat=True))
        faults += [f"Source “{key}” is not cited on any page or by any claim." for key in sorted(unused)]
        faults += [
            f"Claim “{claim.key}” rests on no source that stands."
            for claim in Claim.objects.live().without_source()
        ]
        if faults:
            raise CommandError("\n".join(faults))
        if verbosity:
            self.stdout.write(
                "Every citation leads to its source, every claim has one, and every source is cited."
            )
