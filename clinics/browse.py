"""The directory as a tree of places: countries, their regions, the towns of a region, the clinics of a town.

Clinics keep region and town as their sources wrote them ("PA", "Pennsylvania"). A region that the gazetteer knows by
several names is one here, under its usual name; spellings of a town that make the same address are one town.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from math import ceil

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.text import slugify

from clinics.models import Clinic, ClinicQuerySet
from places.countries import COVERED, country_name
from places.naming import fold
from places.regions import REGIONS, region_codes

UNNAMED = "elsewhere"  # the slug of what has no name in the directory
TOWNS_PAGE = 200
CLINICS_PAGE = 20


@dataclass
class Branch:
    """A country, region or town with the listed clinics in it. `names` are the spellings that it stands for."""

    slug: str
    name: str
    url: str
    count: int = 0
    real: int = 0  # how many of them are not samples
    names: set[str] = field(default_factory=set)

    @property
    def is_sample(self) -> bool:
        """Whether there is nothing but samples in it, of which search engines should learn nothing."""
        return self.real == 0


def browsable() -> ClinicQuerySet:
    """Listed clinics that stand somewhere; remote services are listed by the regions that they serve."""
    return Clinic.objects.listed().filter(setting=Clinic.Setting.IN_CLINIC)


def countries() -> list[Branch]:
    """Those with a listed clinic, in the order in which the site offers them; one query."""
    counted = {row["country"]: row for row in _counted(browsable(), "country") if row["country"] in COVERED}
    return [
        Branch(
            code.lower(),
            country_name(code),
            reverse("clinics:browse_country", args=[code.lower()]),
            counted[code]["count"],
            counted[code]["real"],
        )
        for code in COVERED
        if code in counted
    ]


def regions(country: str) -> list[Branch]:
    """Those of a country (ISO code) by name, the unnamed last; one query."""
    rows = _counted(browsable().filter(country=country), "region")
    return _branches(
        rows, "region", lambda name: usual_name(country, name), "clinics:browse_region", country.lower()
    )


def towns(country: str, region: Branch) -> list[Branch]:
    """Those of a region by name, the unnamed last; one query."""
    clinics = browsable().filter(country=country, region__in=region.names)
    return _branches(
        _counted(clinics, "town"), "town", str.strip, "clinics:browse_town", country.lower(), region.slug
    )


def usual_name(country: str, region: str) -> str:
    """What a region is called, whatever a listing calls it; its own word where the gazetteer knows none."""
    code = region_codes(country).get(fold(region))
    return REGIONS[country][code] if code else region


def town_url(clinic: Clinic) -> str:
    """The page on which *clinic* is listed among those of its town; empty for one that is on none."""
    if not clinic.listed or clinic.setting == Clinic.Setting.REMOTE or clinic.country not in COVERED:
        return ""
    region = slugify(usual_name(clinic.country, clinic.region)) or UNNAMED
    town = slugify(clinic.town) or UNNAMED
    return reverse("clinics:browse_town", args=[clinic.country.lower(), region, town])


def clinics_in(country: str, region: Branch, town: Branch) -> ClinicQuerySet:
    """The clinics of a town, by name."""
    clinics = browsable().filter(country=country, region__in=region.names, town__in=town.names)
    return clinics.for_cards().order_by("name", "pk")


def pages(count: int, size: int) -> int:
    return max(1, ceil(count / size))


def _counted(clinics: ClinicQuerySet, field_name: str):
    real = Count("pk", filter=Q(is_sample=False))
    return clinics.order_by().values(field_name).annotate(count=Count("pk"), real=real)


def _branches(rows, field_name: str, usual, view: str, *above: str) -> list[Branch]:
    by_slug: dict[str, Branch] = {}
    spellings: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for row in rows:
        name = usual(row[field_name])
        slug = slugify(name) or UNNAMED
        branch = by_slug.setdefault(slug, Branch(slug, name, reverse(view, args=[*above, slug])))
        branch.count += row["count"]
        branch.real += row["real"]
        branch.names.add(row[field_name])
        spellings[slug].append((row["count"], name))
    for slug, branch in by_slug.items():
        branch.name = max(spellings[slug])[1]  # as most of them write it
    return sorted(by_slug.values(), key=lambda branch: (branch.slug == UNNAMED, branch.name))
