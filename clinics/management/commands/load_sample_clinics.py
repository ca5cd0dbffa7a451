from django.core.management.base import BaseCommand
from django.utils import timezone

from clinics.samples import load_samples, read_samples


class Command(BaseCommand):
    help = "Load the sample clinics. Can be repeated; leaves alone whatever a curator has edited."

    def handle(self, *args, **options):
        outcome = load_samples(read_samples(), at=timezone.now())
        self.stdout.write(f"Sample clinics: {outcome}.")
