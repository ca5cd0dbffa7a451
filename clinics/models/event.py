from django.conf import settings
from django.db import models


class ClinicEvent(models.Model):
    """Something that happened to a listing: who did what, when and why. Written with the change itself.

    Events are only ever added: triggers in the database refuse to change or remove one, whoever asks
    (django.db.IntegrityError), so that not even the administrator can write history anew.
    """

    clinic = models.ForeignKey("clinics.Clinic", on_delete=models.PROTECT, related_name="events")
    kind = models.SlugField(max_length=40, help_text="The verb of clinics.curation that made it.")
    because = models.TextField(blank=True)
    data = models.JSONField(default=dict, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Empty for a command run by the operator.",
    )
    at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        """What happened and what changed: "verify, by phone: phone, website"."""
        how = f", by {self.data['how']}" if "how" in self.data else ""
        other = f", {self.data['other']['name']}" if "other" in self.data else ""
        told = self.data.get("changed", self.data.get("taken", {}))
        changed = ", ".join(name.replace("_", " ").lower() for name in told)
        return f"{self.kind.replace('-', ' ')}{how}{other}{': ' if changed else ''}{changed}"
