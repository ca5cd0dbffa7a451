import time
from datetime import timedelta

from django.core.cache import cache
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from clinics.duplicates.finding import AlreadyRunningError, find_duplicates

DAILY = timedelta(hours=23)  # a run that starts a little early each night still makes one a day
DONE = "find_duplicates"  # in the cache, for a day


class Command(BaseCommand):
    help = "Look for listings that may be of one clinic. Can be repeated; what curators have decided stays decided."

    def add_arguments(self, parser):
        parser.add_argument(
            "--if-due", action="store_true", help="Do nothing where it was done in the last 23 hours."
        )

    def handle(self, *, if_due: bool, **options):
        if if_due and cache.get(DONE):
            return
        cache.set(DONE, True, DAILY.total_seconds())
        start = time.perf_counter()
        try:
            found = find_duplicates(at=timezone.now())
        except AlreadyRunningError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"{found.listings:,} listings, {found.compared:,} pairs compared: {found.possible:,} may be duplicates "
            f"({found.new:,} new, {found.gone:,} gone). {time.perf_counter() - start:.1f} s."
        )
