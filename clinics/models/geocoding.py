from django.db import models

from clinics.models.clinic import Clinic


class Geocoding(models.Model):
    """What came of asking a geocoder for the position of a clinic. It is asked again when the address changes."""

    class Outcome(models.TextChoices):
        PLACED = "placed", "Placed"
        UNKNOWN = "unknown", "The geocoder does not know the address"
        FAR = "far", "The geocoder puts it far from its postcode or town"

    clinic = models.OneToOneField(
        Clinic, on_delete=models.CASCADE, primary_key=True, related_name="geocoding"
    )
    address = models.TextField(help_text="As it was asked.")
    outcome = models.CharField(max_length=8, choices=Outcome)
    asked_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.clinic_id}: {self.get_outcome_display()}"
