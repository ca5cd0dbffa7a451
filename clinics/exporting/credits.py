"""On what terms the export may be used, and whom its users must name."""

from collections.abc import Iterable

from clinics.importing.mappings import MAPPINGS

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
    lists = [MAPPINGS[source].credit for source in sorted(sources) if source in MAPPINGS]
    return ["Ketamine Info, CC BY 4.0", *lists, *GAZETTEER]
