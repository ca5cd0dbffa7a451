"""Where things are: the gazetteer of postcodes and towns."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models.functions import Upper

from places import lookup
from places.countries import COVERED, country_name
from places.finding import Finding
from places.naming import fold

# Countries whose regions people know by the letters of their codes: NY, ON, NSW.
_LETTERED = ("US", "CA", "AU")

# A name of another time or language weighs a tenth of the people of its town.
LESS_PREFERRED = 10


class Precision(models.TextChoices):
    """How closely a position is known, finest first."""

    ROOFTOP = "rooftop", "the building"
    STREET = "street", "the street"
    POSTCODE = "postcode", "the full postcode"
    SECTOR = "sector", "the postcode sector"
    DISTRICT = "district", "the postcode district"
    TOWN = "town", "the town"


class PlaceQuerySet(models.QuerySet["Place"]):
    """Questions asked of the gazetteer."""

    def find(self, text: str, country: str | None = None) -> Finding:
        """What *text*, a postcode, a part of one or a town, stands for, in *country* (an ISO code) where given.

        Of several towns of a name, one is found at once if it weighs at least twice what each other does; the
        others are offered besides. A town weighs its people, or a tenth of them where the name is one of another
        time or language. A town of a country that is not covered is meant only if it weighs forty times each
        covered one. Codes that fit two countries are always asked about (docs/adr/0012). Never raises; at most
        three queries.
        """
        return lookup.find(self, text, country)

    def suggest(self, text: str, country: str | None = None, limit: int = 8) -> list["Place"]:
        """Up to *limit* places whose code or name begins with *text*, the largest first; for a box being typed in."""
        return lookup.suggest(self, text, country, limit)

    def namesakes(self, place: "Place", limit: int = 4) -> list["Place"]:
        """The other towns in the countries covered that share a name with the town *place*, the largest first."""
        return lookup.namesakes(self, place, limit)

    def at(self, country: str, slug: str) -> "Place":
        """The place of a canonical address (``gb``, ``ls1-4``); raises ``Place.DoesNotExist``."""
        if not (country + slug).isprintable():  # PostgreSQL cannot even be asked about NUL
            raise self.model.DoesNotExist
        return self.get(country=country.upper(), slug=slug.lower())


class Place(models.Model):
    """An entry of the gazetteer: a part of a postcode system, or a town, with the position of its centre."""

    class Kind(models.TextChoices):
        UNIT = "unit", "full postcode"  # GB LS1 4AP: only where an operator loads it
        SECTOR = "sector", "postcode sector"  # GB LS1 4
        OUTCODE = "outcode", "postcode district"  # GB LS1, and the group SW1 of SW1A, SW1E, ...
        ZIP = "zip", "ZIP code"  # US 10001
        FSA = "fsa", "forward sortation area"  # CA M5V
        ROUTING_KEY = "routing_key", "Eircode routing key"  # IE D02
        POSTCODE = "postcode", "postcode"  # AU, NZ, DE
        TOWN = "town", "town"

    kind = models.CharField(max_length=12, choices=Kind)
    country = models.CharField(max_length=2, help_text="ISO 3166-1 alpha-2 code, upper case.")
    code = models.CharField(
        max_length=12, blank=True, help_text="The code as people write it (LS1 4, M5V); empty for a town."
    )
    name = models.CharField(max_length=200, help_text="The town, or the places that the code covers.")
    slug = models.CharField(max_length=120, help_text="Its part of an address: ls1-4, wagga-wagga-nsw.")
    region = models.CharField(max_length=100, blank=True, help_text="State, province, county or nation.")
    region_code = models.CharField(max_length=6, blank=True, help_text="ISO 3166-2 part, such as PA.")
    hint = models.CharField(
        max_length=100,
        blank=True,
        help_text="Tells towns of one name in one region apart: a county, or near Leeds.",
    )
    latitude = models.FloatField(help_text="Degrees north, WGS 84.")
    longitude = models.FloatField(help_text="Degrees east, WGS 84.")
    precision = models.CharField(max_length=10, choices=Precision)
    population = models.PositiveIntegerField(null=True, blank=True, help_text="Towns only.")
    timezone = models.CharField(max_length=40, blank=True, help_text="IANA name, where known.")
    source = models.CharField(
        max_length=40, help_text="The data set it came from; credits are in docs/data.md."
    )

    objects = PlaceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["country", "slug"], name="place_slug_unique"),
            models.UniqueConstraint(
                fields=["country", "kind", "code"], condition=~models.Q(code=""), name="place_code_unique"
            ),
            models.CheckConstraint(
                condition=models.Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="place_position_on_earth",
            ),
            models.CheckConstraint(condition=models.Q(country=Upper("country")), name="place_country_upper"),
            models.CheckConstraint(
                condition=models.Q(kind="town", code="") | (~models.Q(kind="town") & ~models.Q(code="")),
                name="place_town_or_code",
            ),
        ]
        indexes = [
            models.Index(OpClass("code", name="varchar_pattern_ops"), name="place_code_prefix"),
            models.Index(
                fields=["latitude", "longitude"], condition=models.Q(kind="town"), name="place_town_position"
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """What people call it: "LS1 4", "10001 New York, NY", "St Albans, England"."""
        if self.kind in (self.Kind.SECTOR, self.Kind.OUTCODE, self.Kind.UNIT):
            return self.code
        if self.code:
            name = ", ".join(filter(None, (self.name, self.region_code if self.country in _LETTERED else "")))
            return f"{self.code} {name}"
        where = (self.name, self.hint, self.region or self.country_name)
        return ", ".join(dict.fromkeys(filter(None, where)))

    @property
    def country_name(self) -> str:
        """The English name of its country."""
        return country_name(self.country)

    @property
    def is_covered(self) -> bool:
        """Whether its country is one that the directory covers; other countries' towns are here to be told so."""
        return self.country in COVERED


class PlaceName(models.Model):
    """A name by which people ask for a town: its own, a short form of it, another time's or another language's.

    Country and weight follow from the town; they are kept here so that one index answers while somebody types.
    """

    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="names", db_index=False)
    country = models.CharField(max_length=2)
    name = models.CharField(max_length=200)
    folded = models.CharField(
        max_length=200, help_text="Lower case, accents and punctuation folded, 'st' written 'saint'."
    )
    is_preferred = models.BooleanField(default=False, help_text="Its own name, or the short form of it.")
    weight = models.PositiveIntegerField(
        default=0, help_text="The town's population, or a tenth of it where the name is not preferred."
    )

    class Meta:
        # The index of this constraint serves the foreign key too.
        constraints = [models.UniqueConstraint(fields=["place", "folded"], name="place_name_unique")]
        indexes = [
            models.Index(
                OpClass("folded", name="varchar_pattern_ops"),
                include=["country", "weight", "place"],
                name="place_name_prefix",
            ),
            GinIndex(
                OpClass("folded", name="gin_trgm_ops"),
                condition=models.Q(is_preferred=True),
                name="place_name_trigram",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args, **kwargs) -> None:
        """Save with what follows from the name and its town, as places.loading works it out for many."""
        self.folded = fold(self.name)
        self.country = self.place.country
        self.weight = (self.place.population or 0) // (1 if self.is_preferred else LESS_PREFERRED)
        super().save(*args, **kwargs)


class LoadedFile(models.Model):
    """A file of the gazetteer as it was last loaded, so that loading it again can see that nothing changed."""

    name = models.CharField(max_length=100, unique=True, help_text="File name, such as towns.csv.xz.")
    digest = models.CharField(max_length=64, help_text="SHA-256 of the file, in hexadecimal.")
    rows = models.PositiveIntegerField(help_text="How many rows it holds.")
    loaded_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.name
