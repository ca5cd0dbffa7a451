from django.core.management.base import BaseCommand

from clinics.schedules import load_schedules, read_schedules


class Command(BaseCommand):
    help = "Load the usual treatment schedules. Can be repeated; leaves alone whatever an editor has changed."

    def handle(self, *args, **options):
        self.stdout.write(f"Treatment schedules: {load_schedules(read_schedules())} loaded.")
