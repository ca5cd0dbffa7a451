from django.db import models


class ClinicAddress(models.Model):
    """An address that a clinic's page had before its slug was changed; it leads to the page for good.

    Written by ``Clinic.save``, whoever changed the slug. A slug is never given to a second clinic: it stands in
    people's notes and on printed lists.
    """

    slug = models.SlugField(max_length=120, unique=True)
    clinic = models.ForeignKey("clinics.Clinic", on_delete=models.CASCADE, related_name="old_addresses")
    left_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.slug
