from datetime import timedelta

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from clinics.exporting.publishing import AlreadyRunningError, current, publish

DAILY = timedelta(hours=23)  # a run that starts a little early each night still makes one a day


class Command(BaseCommand):
    help = "Write the whole directory as CSV, GeoJSON and HSDS 3.0 for /data/. The last set stays until it is done."

    def add_arguments(self, parser):
        parser.add_argument(
            "--if-due", action="store_true", help="Do nothing where a set of the last 23 hours is in force."
        )
        parser.add_argument(
            "--include-samples",
            action="store_true",
            help="With the sample listings, marked as such (trials).",
        )

    def handle(self, *, if_due: bool, include_samples: bool, **options):
        now = timezone.now()
        last = current(settings.EXPORT_ROOT)
        if if_due and last and now - last[1].made_at < DAILY:
            return
        try:
            manifest = publish(settings.EXPORT_ROOT, at=now, include_samples=include_samples)
        except AlreadyRunningError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{settings.EXPORT_ROOT} cannot be written: {error.strerror}.") from error
        self.stdout.write(f"Exported {manifest.rows:,} clinics.")
