import time

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from clinics.duplicates.finding import AlreadyRunningError, find_duplicates


class Command(BaseCommand):
    help = "Look for listings that may be of one clinic. Can be repeated; what curators have decided stays decided."

    def handle(self, *args, **options):
        start = time.perf_counter()
        try:
            found = find_duplicates(at=timezone.now())
        except AlreadyRunningError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"{found.listings:,} listings, {found.compared:,} pairs compared: {found.possible:,} may be duplicates "
            f"({found.new:,} new, {found.gone:,} gone). {time.perf_counter() - start:.1f} s."
        )
