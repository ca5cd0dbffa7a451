from datetime import timedelta

from django.core.management.base import BaseCommand
from django.utils import timezone

from clinics.decay import Fact
from clinics.freshness import measure
from clinics.models import HalfLife

DAILY = timedelta(hours=23)  # a run that starts a little early each night still makes one a day


class Command(BaseCommand):
    help = "Measure from the history of all listings how fast each fact goes out of date. Run daily."

    def add_arguments(self, parser):
        parser.add_argument(
            "--if-due", action="store_true", help="Do nothing within 23 hours of the last time."
        )

    def handle(self, *, if_due: bool, **options):
        now = timezone.now()
        if if_due and HalfLife.objects.filter(measured_at__gt=now - DAILY).exists():
            return
        measure(now)
        for fact, decay in HalfLife.decays().items():
            seen = HalfLife.objects.get(fact=fact)
            self.stdout.write(
                f"{Fact(fact).label}: half-life {decay.half_life:.0f} days "
                f"({seen.changes} changed, {seen.unchanged} unchanged, {seen.days:.0f} days watched)"
            )
