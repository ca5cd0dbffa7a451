from django.core.management import BaseCommand
from django.utils import timezone

from clinics.reports import forget_senders


class Command(BaseCommand):
    help = "Delete the e-mail addresses of those whose reports were closed 30 days ago. Run daily."

    def handle(self, *args, **options):
        forgotten = forget_senders(timezone.now())
        if options["verbosity"] > 1 or forgotten:
            self.stdout.write(f"{forgotten} forgotten")
