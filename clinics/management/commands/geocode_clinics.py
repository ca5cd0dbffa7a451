from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from clinics.geocoding import geocode
from places.geocoding import Geocoder, GeocoderError


class Command(BaseCommand):
    help = "Ask the geocoder of GEOCODER_URL for the positions of clinics that are placed by postcode or town, or not."

    def add_arguments(self, parser):
        parser.add_argument("--most", type=int, default=100, help="Clinics to ask for in this run.")
        parser.add_argument(
            "--pause",
            type=float,
            default=1.1,
            help="Seconds between two (the public Nominatim allows one each).",
        )

    def handle(self, *, most: int, pause: float, **options):
        if not settings.GEOCODER_URL:
            if options["verbosity"] > 1:
                self.stdout.write("GEOCODER_URL is not set: positions are those of postcodes and towns.")
            return
        try:
            outcomes = geocode(Geocoder(settings.GEOCODER_URL), at=timezone.now(), most=most, pause=pause)
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from error
        except GeocoderError as error:
            raise CommandError(f"{error} What was found until then is kept; run it again later.") from error
        if outcomes or options["verbosity"] > 1:
            said = ", ".join(f"{count} {outcome}" for outcome, count in sorted(outcomes.items()))
            self.stdout.write(f"Geocoded: {said or 'nobody was waiting'}.")
