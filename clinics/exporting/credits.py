"""On what terms the export may be used, and whom its users must name."""

from collections.abc import Iterable

from clinics.importing.mappings import MAPPINGS
from clinics.models import SavedMapping

LICENCE = "Creative Commons Attribution 4.0 International (CC BY 4.0)"
LICENCE_URL = "https://creativecommons.org/licenses/by/4.0/"

# Where a clinic's position came from the gazetteer, it is made of these (docs/data.md).
GAZETTEER = [
    "Contains OS data © Crown copyright and database right 2025",
    "Contains Royal Mail data © Royal Mail copyright and database right 2025",
    "Contains National Statistics data © Crown copyright and database right 2025",
    "Postal codes and towns from GeoNames (geonames.org), CC BY 4.0, changed",
]


def credits_of(sources: Iterable[str]) -> list[str]:
    """The lines to be shown with data that came from these lists, by their names; ours first."""
    names = sorted(sources)
    by_hand = dict(SavedMapping.objects.filter(source__in=names).values_list("source", "credit"))
    lists = [MAPPINGS[name].credit if name in MAPPINGS else by_hand.get(name, "") for name in names]
    return ["Ketamine Info, CC BY 4.0", *filter(None, lists), *GAZETTEER]
