from functools import cache

from django.db import models
from django.urls import resolve, reverse


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


def address_of(slug: str) -> str:
    """The path of the page of the clinic with this slug."""
    return f"{_folder()}{slug}/"


def leads_to_a_clinic(slug: str) -> bool:
    """Whether the address with this slug is that of a clinic's page, rather than of a page of ours."""
    return resolve(address_of(slug)).view_name == "clinics:clinic"


@cache
def _folder() -> str:
    """What the address of every clinic begins with: imports ask for thousands, a page of results for forty."""
    return reverse("clinics:clinic", args=["-"]).removesuffix("-/")
