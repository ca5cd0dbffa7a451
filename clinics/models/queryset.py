"""Questions asked of the directory by those who look for a clinic."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models.expressions import RawSQL

from clinics.models.queues import QueueQuerySet
from places.distance import Chord, InBox, Point, chord_of

if TYPE_CHECKING:
    from clinics.models.clinic import Clinic

# The columns that a card shows, and those that say whether it is likelier out of date than not.
ON_CARDS = (
    "name", "slug", "setting", "status", "is_sample", "listed", "country", "region", "town", "street", "postcode",
    "latitude", "longitude", "position_precision", "phone", "website", "payments", "opening_borders",
    "taking_new_patients", "verified_on", "verified_how",
)  # fmt: skip
LONGEST_TRAIL = 5  # of listings that repeat one another, each merged into the next
WITH_REPEATS = """
    WITH RECURSIVE one_of (id) AS (
        SELECT %s::bigint
        UNION
        SELECT repeat.id FROM clinics_clinic repeat JOIN one_of ON repeat.successor_id = one_of.id
        WHERE repeat.delisted_because = 'duplicate'
    )
    SELECT id FROM one_of
"""


def with_repeats(key: int) -> RawSQL:
    """The primary keys of a clinic and of the listings that were merged into it, for ``clinic__in=``.

    What was said and done under any of them is its history: each keeps its own, so that a merge can be taken back.
    """
    return RawSQL(WITH_REPEATS, [key], output_field=models.BigIntegerField())  # noqa: S611


class ClinicQuerySet(QueueQuerySet):
    """Questions asked of the directory, by searchers here and by curators above."""

    def listed(self):
        """Those the public may see in results. The only place that says what "visible" means."""
        return self.filter(listed=True)

    def serving(self, country: str, region_code: str = ""):
        """Remote services that may serve a country, or one region of it, by ISO 3166-2 code."""
        codes = [country, f"{country}-{region_code}"] if region_code else [country]
        return self.filter(setting="remote", remote_regions__overlap=codes)

    def at(self, slug: str) -> Clinic:
        """The published clinic that is or was at an address; raises ``Clinic.DoesNotExist``.

        One that is listed twice stands for the listing that it repeats, so that no address is lost in a merge.
        """
        clinics = self.filter(live=True)
        clinic = clinics.filter(slug=slug).first() or clinics.get(old_addresses__slug=slug)
        return clinics.standing_for([clinic])[clinic.pk]

    def standing_for(self, clinics: Iterable[Clinic]) -> dict[Any, Clinic]:
        """By primary key each of *clinics*; for a listing that was merged into another, the one it leads to here."""
        standing = {clinic.pk: clinic for clinic in clinics}
        for _ in range(LONGEST_TRAIL):
            merged = {
                key: clinic.successor_id
                for key, clinic in standing.items()
                if clinic.delisted_because == clinic.DelistedBecause.DUPLICATE
            }
            found = self.in_bulk({key for key in merged.values() if key})
            if not found:
                break
            standing |= {key: found[successor] for key, successor in merged.items() if successor in found}
        return standing

    def for_cards(self):
        """With what a card of the results, the map and the list for paper show; in a fixed number of queries."""
        return self.only(*ON_CARDS).prefetch_related(models.Prefetch("treatments", to_attr="offers"))

    def with_provider(self):
        """All that is known of each but the vector of its position, and who runs it, in one query."""
        return self.defer("position").select_related("provider")

    def near(self, point: Point, within_km: float | None = None):
        """Nearest first, each with ``chord`` (see places.distance), within *within_km* where given.

        The box lets the index skip what is far, the chord cuts the box's corners, and ordering by the bare
        ``<->`` walks the index nearest first; each of the three alone is slow somewhere (docs/adr/0040).
        """
        clinics = self.annotate(chord=Chord("position", point)).order_by("chord")
        if within_km is None:
            return clinics.filter(position__isnull=False)
        return clinics.filter(InBox("position", point, within_km), chord__lte=chord_of(within_km))
