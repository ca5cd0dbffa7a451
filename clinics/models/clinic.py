import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import cache
from operator import attrgetter
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, GistIndex, OpClass
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Case, ExpressionWrapper, F, Func, Q, Value, When
from django.db.models.functions import Cos, Radians, Sin
from django.db.models.lookups import IsNull
from django.utils import timezone
from django.utils.functional import cached_property
from modelcluster.models import ClusterableModel
from wagtail.models import DraftStateMixin, LockableMixin, PreviewableMixin, RevisionMixin

from clinics.models.address import ClinicAddress, address_of, leads_to_a_clinic
from clinics.models.offer import Treatment, opening_borders
from clinics.models.provider import Provider
from clinics.models.queryset import ClinicQuerySet
from clinics.models.queues import STALE_AFTER_DAYS
from places.distance import CubeField, Point
from places.models import Precision

LEADS_ON = ("moved", "duplicate")  # reasons for delisting with which a clinic may have a successor
ASKED_ABOUT = [  # the columns that filters ask about, and whose they are
    "id", "routes", "payments", "taking_new_patients", "psychiatric_assessment", "therapy_alongside",
    "wheelchair_access", "setting", "languages", "youngest_age", "oldest_age", "timezone", "opening_borders",
]  # fmt: skip


timezones = cache(available_timezones)  # files in folders of the system, which are gone through once


def validate_timezone(name: str) -> None:
    """ValidationError unless *name* is a time zone of the IANA database."""
    if name not in timezones():
        raise ValidationError(f"{name} is not a time zone. Write it like Europe/London.", code="timezone")


def _unit_vector_cube():
    latitude, longitude = Radians(F("latitude")), Radians(F("longitude"))
    axes = Func(
        Cos(latitude) * Cos(longitude),
        Cos(latitude) * Sin(longitude),
        Sin(latitude),
        function="ARRAY",
        template="%(function)s[%(expressions)s]",
        output_field=ArrayField(models.FloatField()),
    )
    return Case(
        When(latitude__isnull=False, longitude__isnull=False, then=Func(axes, function="cube")),
        default=Value(None),
        output_field=CubeField(),
    )


def _new_year_2000_in(zone: F) -> Func:
    return Func(
        zone,
        function="timezone",
        template="%(function)s(%(expressions)s, timestamptz '2000-01-01 00:00+00')",
        output_field=models.DateTimeField(),
    )


class Clinic(PreviewableMixin, DraftStateMixin, LockableMixin, RevisionMixin, ClusterableModel):
    """One physical site, or one remote service, of a provider."""

    class Status(models.TextChoices):
        LISTED = "listed", "Listed"
        PAUSED = "paused", "Paused"
        DELISTED = "delisted", "Delisted"

    class DelistedBecause(models.TextChoices):
        CLOSED = "closed", "It has closed"
        MOVED = "moved", "It has moved"
        DUPLICATE = "duplicate", "It is listed twice"
        NOT_OFFERED = "not-offered", "It does not offer ketamine treatment"
        ASKED = "asked", "It asked not to be listed"
        UNSAFE = "unsafe", "We are not satisfied that it is safe"

    class Setting(models.TextChoices):
        IN_CLINIC = "in-clinic", "In the clinic"
        REMOTE = "remote", "Remote, at home"

    class Payment(models.TextChoices):
        PUBLIC = "public", "Publicly funded"
        INSURANCE = "insurance", "Insurance"
        SELF_PAY = "self-pay", "Paying yourself"
        SLIDING_SCALE = "sliding-scale", "Sliding scale by income"

    class VerifiedBy(models.TextChoices):
        PHONE = "phone", "by phone"
        EMAIL = "email", "by email"
        VISIT = "visit", "by a visit"

    # What it is
    provider = models.ForeignKey(
        Provider, on_delete=models.PROTECT, null=True, blank=True, related_name="clinics"
    )
    name = models.CharField(max_length=200)
    slug = models.SlugField(
        max_length=120, unique=True, help_text="Its part of an address; kept when the name changes."
    )
    setting = models.CharField(max_length=10, choices=Setting, default=Setting.IN_CLINIC)
    is_sample = models.BooleanField(
        default=False, help_text="Made up to try the site; marked wherever it appears."
    )

    # Whether it is shown
    status = models.CharField(max_length=8, choices=Status, default=Status.LISTED)
    delisted_because = models.CharField(max_length=16, choices=DelistedBecause, blank=True)
    status_note = models.CharField(
        max_length=300, blank=True, help_text="Shown to the public when paused or delisted."
    )
    successor = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="predecessors",
        help_text="The listing to go to instead: where it has moved, or the one that it repeats.",
    )
    listed = models.GeneratedField(
        expression=ExpressionWrapper(Q(live=True, status="listed"), output_field=models.BooleanField()),
        output_field=models.BooleanField(),
        db_persist=True,
    )

    # Where it is
    street = models.CharField(max_length=200, blank=True)
    town = models.CharField(max_length=100, blank=True)
    region = models.CharField(max_length=100, blank=True, help_text="State, province or county.")
    postcode = models.CharField(max_length=12, blank=True)
    country = models.CharField(max_length=2, help_text="ISO 3166-1 alpha-2 code, upper case.")
    latitude = models.FloatField(null=True, blank=True, help_text="Degrees north, WGS 84.")
    longitude = models.FloatField(null=True, blank=True, help_text="Degrees east, WGS 84.")
    position_precision = models.CharField(max_length=10, choices=Precision, blank=True)
    position = models.GeneratedField(
        expression=_unit_vector_cube(), output_field=CubeField(null=True), db_persist=True, serialize=False
    )
    timezone = models.CharField(
        max_length=40,
        blank=True,
        validators=[validate_timezone],
        help_text="IANA name, such as Europe/London.",
    )
    remote_regions = ArrayField(
        models.CharField(max_length=6),
        default=list,
        blank=True,
        help_text="Remote services: ISO 3166-2 codes of the regions it may serve, or a country code for all of it.",
    )

    # How to reach it
    phone = models.CharField(max_length=32, blank=True, help_text="International form: +44 113 496 0000.")
    email = models.EmailField(blank=True)
    website = models.URLField(blank=True)

    # What it offers. `routes` repeats the routes of the treatments so that one index holds them with the position.
    routes = ArrayField(models.IntegerField(), default=list, blank=True, editable=False)
    payments = ArrayField(models.CharField(max_length=16, choices=Payment), default=list, blank=True)
    # `opening_borders` repeats the opening hours, so that the index can say which clinics are open (clinics.open_now).
    opening_borders = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True, editable=False)
    languages = ArrayField(
        models.CharField(max_length=12),
        default=list,
        blank=True,
        help_text="BCP 47 codes of the languages spoken.",
    )
    taking_new_patients = models.BooleanField(null=True, blank=True)
    psychiatric_assessment = models.BooleanField(
        null=True, blank=True, help_text="Does a psychiatrist assess each patient before treatment?"
    )
    therapy_alongside = models.BooleanField(
        null=True, blank=True, help_text="Is talking therapy offered with it?"
    )
    referral_needed = models.BooleanField(null=True, blank=True)
    youngest_age = models.PositiveSmallIntegerField(null=True, blank=True)
    oldest_age = models.PositiveSmallIntegerField(null=True, blank=True)
    wheelchair_access = models.BooleanField(null=True, blank=True)
    accessible_toilet = models.BooleanField(null=True, blank=True)
    parking = models.BooleanField(null=True, blank=True)
    access_note = models.CharField(max_length=300, blank=True)

    # How we know
    verified_on = models.DateField(null=True, blank=True)
    verified_how = models.CharField(max_length=8, choices=VerifiedBy, blank=True)
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ClinicQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True, position_precision="")
                | (
                    # "is not null" by name: a comparison with null is null, which a check lets pass
                    Q(latitude__isnull=False, longitude__isnull=False)
                    & Q(latitude__range=(-90, 90), longitude__range=(-180, 180))
                    & ~Q(position_precision="")
                ),
                name="clinic_position_whole_and_on_earth",
            ),
            models.CheckConstraint(
                condition=Q(status="delisted") ^ Q(delisted_because=""), name="clinic_delisted_has_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(successor__isnull=True)
                | (Q(delisted_because__in=["moved", "duplicate"]) & ~Q(successor=F("pk"))),
                name="clinic_successor_of_another_that_left",
            ),
            models.CheckConstraint(
                condition=Q(verified_on__isnull=True, verified_how="")
                | (Q(verified_on__isnull=False) & ~Q(verified_how="")),
                name="clinic_verified_on_and_how_together",
            ),
            models.CheckConstraint(
                condition=Q(oldest_age__isnull=True)
                | Q(youngest_age__isnull=True)
                | Q(oldest_age__gte=F("youngest_age")),
                name="clinic_ages_ascend",
            ),
            models.CheckConstraint(
                condition=Q(setting="remote") | Q(remote_regions=[]), name="clinic_regions_only_if_remote"
            ),
            models.CheckConstraint(
                condition=Q(setting="in-clinic") | Q(latitude__isnull=True),
                name="clinic_remote_is_at_no_distance",
            ),
            # PostgreSQL refuses a zone that it does not know, and could not ask whether a clinic there is open.
            models.CheckConstraint(
                condition=Q(timezone="") | Q(IsNull(_new_year_2000_in(F("timezone")), False)),
                name="clinic_timezone_known",
            ),
            models.CheckConstraint(condition=Q(country__regex=r"^[A-Z]{2}$"), name="clinic_country_code"),
        ]
        indexes = [
            GistIndex(
                F("position"),
                OpClass("routes", name="gist__int_ops"),
                condition=Q(listed=True),
                name="clinic_near_offering",
            ),
            # What filters ask about rides along: finding and counting need no look at the rows.
            GistIndex(
                fields=["position"],
                include=ASKED_ABOUT,
                condition=Q(listed=True),
                name="clinic_near",
            ),
            models.Index(
                fields=["country", "region", "town"],
                include=["setting", "is_sample"],
                condition=Q(listed=True),
                name="clinic_by_place",
            ),
            GinIndex(
                fields=["remote_regions"],
                condition=Q(listed=True, setting="remote"),
                name="clinic_remote_regions",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self):
        """What the constraints hold, said beside the field it is about."""
        super().clean()
        if errors := dict(self._faults()):
            raise ValidationError(errors)

    def _faults(self) -> Iterator[tuple[str, str]]:
        north, east = self.latitude, self.longitude
        is_placed = north is not None or east is not None
        is_remote = self.setting == self.Setting.REMOTE
        if self.status == self.Status.DELISTED and not self.delisted_because:
            yield "delisted_because", "Say why it is delisted."
        if self.status != self.Status.DELISTED and self.delisted_because:
            yield (
                "delisted_because",
                "Only a delisted clinic has a reason. Leave it empty, or delist the clinic.",
            )
        if self.successor and self.delisted_because not in LEADS_ON:
            yield "successor", "Only a clinic that has moved or is listed twice leads on to another listing."
        if self.successor and self.successor.status == self.Status.DELISTED:
            yield "successor", "That listing is delisted itself. Choose the one that is shown."
        if ClinicAddress.objects.filter(slug=self.slug).exclude(clinic=self.pk).exists():
            yield "slug", "Another clinic had this address. Choose another one."
        if self.slug and not self.has_own_address:
            yield "slug", "This word is the address of another page. Choose another one."
        if is_placed and (north is None or east is None):
            yield "longitude", "A position is a latitude and a longitude. Give both, or neither."
        if north is not None and not -90 <= north <= 90:
            yield "latitude", "A latitude lies between -90 and 90 degrees."
        if east is not None and not -180 <= east <= 180:
            yield "longitude", "A longitude lies between -180 and 180 degrees."
        if is_placed and is_remote:
            yield "latitude", "A remote service is at no distance from anybody. Leave the position empty."
        if is_placed and not self.position_precision:
            yield "position_precision", "Say how closely the position is known."
        if not is_placed and self.position_precision:
            yield "position_precision", "There is no position to be precise about. Leave it empty."
        if self.remote_regions and not is_remote:
            yield "remote_regions", "Only a remote service has regions. Choose none, or change the setting."
        if self.verified_on and not self.verified_how:
            yield "verified_how", "Say how it was verified."
        if self.verified_how and not self.verified_on:
            yield "verified_on", "Say when it was verified."
        tomorrow = timezone.localdate() + timedelta(days=1)  # which is today already, further east
        if self.verified_on and self.verified_on > tomorrow:
            yield "verified_on", "That day has not come yet."
        youngest, oldest = self.youngest_age, self.oldest_age
        if youngest is not None and oldest is not None and oldest < youngest:
            yield "oldest_age", "The oldest age is below the youngest."
        if not re.fullmatch("[A-Z]{2}", self.country):
            yield "country", "Choose a country."

    def save(self, *args, **kwargs):
        self.routes = sorted({treatment.route for treatment in self.treatments.all()})
        self.opening_borders = opening_borders(self.opening_hours.all())
        only = kwargs.get("update_fields")
        if self.pk and (only is None or "slug" in only):
            self._keep_address()
        super().save(*args, **kwargs)

    def _keep_address(self) -> None:
        """Before the slug changes: what the public may have noted down goes on leading here."""
        before = Clinic.objects.filter(pk=self.pk).exclude(slug=self.slug)
        published = before.filter(Q(live=True) | Q(first_published_at__isnull=False))
        if left := published.values_list("slug", flat=True).first():
            ClinicAddress.objects.get_or_create(slug=left, defaults={"clinic": self})
            ClinicAddress.objects.filter(slug=self.slug, clinic=self).delete()  # back at a former one

    def get_absolute_url(self) -> str:
        return address_of(self.slug)

    @property
    def has_own_address(self) -> bool:
        """Whether its slug leads to its page; that of a clinic called "Compare" would lead to the comparison."""
        return leads_to_a_clinic(self.slug)

    @property
    def preview_modes(self) -> list[tuple[str, str]]:
        """A clinic can be previewed once it has been saved."""
        return PreviewableMixin.DEFAULT_PREVIEW_MODES if self.pk else []

    def get_preview_template(self, request, mode_name) -> str:
        """A draft is previewed as the page that the public would see."""
        return "clinics/clinic.html"

    def get_preview_context(self, request, mode_name) -> dict[str, Any]:
        """What that page is made from."""
        # The views know clinics; here alone a clinic knows a view, since its draft is shown as they show it.
        from clinics.clinic_page import clinic_context

        return clinic_context(request, self)

    def local_time(self, at: datetime) -> datetime:
        """The aware moment *at* by the clock on the clinic's wall; as it is while the time zone is unknown."""
        return at.astimezone(ZoneInfo(self.timezone)) if self.timezone else at

    @cached_property
    def offers(self) -> list[Treatment]:
        """Its treatments, to be shown: read once, or brought with many clinics by ``for_cards``."""
        return list(self.treatments.all())

    @property
    def cheapest(self) -> Treatment | None:
        """The treatment of the lowest known price; None when no price is known."""
        priced = [treatment for treatment in self.offers if treatment.price_from is not None]
        return min(priced, key=attrgetter("price_from"), default=None)

    def is_stale(self, today: date | None = None) -> bool:
        """Whether it was never verified, or so long ago that a person should ask first."""
        today = today or timezone.localdate()
        return self.verified_on is None or (today - self.verified_on).days > STALE_AFTER_DAYS

    @property
    def point(self) -> Point | None:
        """Its position, or None while it has none."""
        if self.latitude is None or self.longitude is None:
            return None
        return Point(self.latitude, self.longitude)
