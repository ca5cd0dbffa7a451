"""What curators note for one another: tags of clinics, and lists that one of them comes back to."""

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models

from clinics.models.clinic import Clinic

MOST_LISTS = 30  # that one person keeps


class ClinicTag(models.Model):
    """A word that curators put on a clinic, for their own lists; never public."""

    clinic = models.ForeignKey(Clinic, on_delete=models.CASCADE, related_name="tags")
    name = models.CharField(
        max_length=40,
        db_index=True,
        validators=[RegexValidator(r"^[a-z0-9][a-z0-9-]*\Z", "Small letters, digits and hyphens only.")],
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["clinic", "name"], name="clinic_tag_once")]

    def __str__(self) -> str:
        return self.name


class SavedList(models.Model):
    """Filters of the list of clinics under a name, for the person who saved them."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_lists")
    name = models.CharField(max_length=60)
    query = models.CharField(
        max_length=1000, help_text="As it stands in the address, without the question mark."
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="saved_list_name_once")]

    def __str__(self) -> str:
        return self.name
