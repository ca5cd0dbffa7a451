from django.core.management import BaseCommand
from django.utils import timezone

from clinics.letters import send_letters


class Command(BaseCommand):
    help = "Send the messages that wait for those who told us something. Run every minute."

    def handle(self, *args, **options):
        sent, failed = send_letters(timezone.now())
        if options["verbosity"] > 1 or sent or failed:
            self.stdout.write(f"{sent} sent, {failed} left for the next time")
