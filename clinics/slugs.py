"""A clinic's part of its address."""

from django.utils.text import slugify

from clinics.models import Clinic, ClinicAddress


def free_slug(name: str, town: str, *, besides: int | None = None) -> str:
    """Made of name and town, numbered where another clinic has or had it; *besides* is whose own ones do not count."""
    base = slugify(f"{name} {town}")[:110].strip("-") or "clinic"
    given = (Clinic.objects.exclude(pk=besides), ClinicAddress.objects.exclude(clinic=besides))
    taken = {
        slug
        for addresses in given
        for slug in addresses.filter(slug__startswith=base).values_list("slug", flat=True)
    }
    numbered = (f"{base}-{number}" for number in range(2, len(taken) + 3))
    if not Clinic(slug=base).has_own_address:
        taken.add(base)
    return base if base not in taken else next(slug for slug in numbered if slug not in taken)
