"""The form with which curators edit a clinic: its fields in groups, each with what to write in it."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    HelpPanel,
    InlinePanel,
    MultiFieldPanel,
    ObjectList,
    Panel,
)
from wagtail.admin.panels import TabbedInterface as Tabs

from clinics.geocoding import PRECISE
from clinics.importing.gazetteer import add_position
from clinics.languages import LANGUAGES
from clinics.maps import tiles
from clinics.models import Clinic, Provider
from clinics.models.clinic import timezones
from clinics.phones import read_phone
from clinics.provenance import origins
from clinics.slugs import free_slug
from places.countries import COVERED, country_name
from places.models import Precision
from places.regions import REGIONS

NOT_KNOWN = ("unknown", "Not known")
CURRENCIES = [("", ""), *((code, code) for code in ("GBP", "USD", "CAD", "AUD", "NZD", "EUR"))]


def _with_current(choices: Any, values: list[str]) -> list[tuple[str, str]]:
    """*choices*, and any of *values* that they lack, so that saving never loses one."""
    known = dict(choices)
    return list((known | {value: known.get(value, value) for value in values if value}).items())


def _countries() -> list[tuple[str, str]]:
    return [(code, country_name(code)) for code in COVERED]


def _timezones() -> list[tuple[str, str]]:
    names = sorted(name for name in timezones() if "/" in name and not name.startswith("Etc/"))
    return [("", "Not known"), *((name, name.replace("_", " ")) for name in names)]


def _regions() -> list[tuple[str, str]]:
    return [
        choice
        for country, name in _countries()
        for choice in [
            (country, f"All of {name}"),
            *(
                (f"{country}-{code}", f"{name}: {region}")
                for code, region in sorted(REGIONS.get(country, {}).items(), key=lambda item: item[1])
            ),
        ]
    ]


class ClinicForm(WagtailAdminModelForm):
    """Reads what curators type as they type it, and never turns "not known" into "no"."""

    slug = forms.SlugField(
        max_length=120,
        required=False,
        help_text="Its part of an address. Left empty, it is made of name and town; kept when the name changes. "
        "The old address of a published clinic leads to the new one.",
    )
    country = forms.ChoiceField(choices=_countries)
    timezone = forms.ChoiceField(
        choices=_timezones, required=False, help_text="Opening hours are by the clock of this zone."
    )
    website = forms.URLField(
        max_length=200,
        required=False,
        assume_scheme="https",
        help_text="The page about this clinic, if it has one.",
    )
    payments = forms.MultipleChoiceField(
        choices=Clinic.Payment.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Tick each that the clinic says it takes. None ticked means not known.",
    )
    languages = forms.MultipleChoiceField(
        choices=list(LANGUAGES.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Spoken by staff who treat patients. None ticked means not known.",
    )
    remote_regions = forms.MultipleChoiceField(
        choices=_regions,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Remote services only: where it may treat patients by its licences.",
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if isinstance(field, forms.NullBooleanField):
                field.widget.choices = [NOT_KNOWN, ("true", "Yes"), ("false", "No")]
            elif isinstance(field, forms.MultipleChoiceField):
                field.choices = _with_current(field.choices, getattr(self.instance, name))
            elif name in ("country", "timezone"):
                field.choices = _with_current(field.choices, [getattr(self.instance, name)])

    def clean(self):
        cleaned = super().clean()
        self._clean_phone(cleaned)
        self._clean_precision(cleaned)
        self._place(cleaned)
        if not cleaned.get("slug") and "slug" not in self.errors:
            cleaned["slug"] = free_slug(
                cleaned.get("name", ""), cleaned.get("town", ""), besides=self.instance.pk
            )
        return cleaned

    def _clean_phone(self, cleaned) -> None:
        text = cleaned.get("phone")
        if not text or "phone" not in self.changed_data:
            return
        try:
            cleaned["phone"] = read_phone(text, cleaned.get("country", ""))
        except ValidationError as error:
            self.add_error("phone", error)

    def _clean_precision(self, cleaned) -> None:
        """A position set by hand is that of the building, and one taken away is known to no precision."""
        if "position_precision" in self.changed_data or not {"latitude", "longitude"} & set(
            self.changed_data
        ):
            return
        position = [cleaned.get("latitude"), cleaned.get("longitude")]
        if None not in position:
            cleaned["position_precision"] = Precision.ROOFTOP
        elif position == [None, None]:
            cleaned["position_precision"] = ""

    def _place(self, cleaned) -> None:
        """From the gazetteer, where nobody put it anywhere and the address is new or has changed."""
        moved = {"latitude", "longitude", "position_precision"} & set(self.changed_data)
        readdressed = {"postcode", "town", "region", "country"} & set(self.changed_data)
        is_remote = cleaned.get("setting") == Clinic.Setting.REMOTE
        if moved or not readdressed or is_remote or cleaned.get("position_precision") in PRECISE:
            return
        placed = {name: cleaned.get(name) or "" for name in ("postcode", "town", "region", "country")}
        if add_position(placed):
            cleaned |= {name: placed[name] for name in ("latitude", "longitude", "position_precision")}

    def save(self, commit=True):
        if {"verified_on", "verified_how"} & set(self.changed_data):
            self.instance.verified_by = self.for_user if self.instance.verified_on else None
        return super().save(commit=commit)


class ProviderForm(WagtailAdminModelForm):
    website = forms.URLField(max_length=200, required=False, assume_scheme="https")

    class Meta:
        model = Provider
        fields = ["name", "website", "is_sample"]


class Known(FieldPanel):
    """A field that curators see and do not change here."""

    def __init__(self, field_name: str, **kwargs):
        super().__init__(field_name, **{"read_only": True} | kwargs)

    def format_value_for_display(self, value):
        return "Not known" if value is None else super().format_value_for_display(value)


class PositionMap(HelpPanel):
    """The pin on a map, under the fields that say the same."""

    def __init__(self, template="clinics/admin/_position_map.html", **kwargs):
        super().__init__(template=template, **kwargs)

    class BoundPanel(HelpPanel.BoundPanel):
        def get_context_data(self, parent_context=None):
            clinic = self.instance
            geocoding = getattr(clinic, "geocoding", None) if clinic.pk else None
            known = {name: getattr(clinic, name) for name in ("postcode", "town", "region", "country")}
            centre = None
            if not clinic.point and add_position(known):
                at = [known["latitude"], known["longitude"]]
                centre = {"at": at, "label": clinic.postcode or clinic.town}
            return super().get_context_data(parent_context) | {
                "map": {"tiles": tiles(), "centre": centre},
                "precision": clinic.get_position_precision_display(),
                "geocoding": geocoding,
            }


class Provenance(Panel):
    """Where each field comes from, and when it was last confirmed; to be read, not changed."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "clinics/admin/provenance.html"

        def is_shown(self):
            return super().is_shown() and self.instance.pk is not None

        def get_context_data(self, parent_context=None):
            context = super().get_context_data(parent_context)
            clinic = Clinic.objects.get(pk=self.instance.pk)  # as it is, without what the form was given
            return context | {
                "origins": list(origins(clinic)),
                "records": clinic.source_records.defer("data").order_by("first_seen_at", "pk"),
            }


def _facts(*names: str) -> FieldRowPanel:
    return FieldRowPanel([FieldPanel(name) for name in names])


PANELS = Tabs(
    [
        ObjectList(
            [
                MultiFieldPanel(
                    [
                        FieldPanel("name", help_text="As the clinic writes it, without Ltd, Inc or slogans."),
                        FieldPanel("slug"),
                        FieldPanel(
                            "provider", help_text="The organisation that runs it, where it is not the same."
                        ),
                        FieldPanel(
                            "setting", help_text="A remote service has no place of its own, only regions."
                        ),
                        FieldPanel("is_sample"),
                    ],
                    heading="What it is",
                ),
                MultiFieldPanel(
                    [
                        FieldPanel("street", help_text="Number, street, and suite or floor."),
                        _facts("town", "region"),
                        _facts("postcode", "country"),
                        HelpPanel(
                            "A position that you change by hand is taken to be that of the building, unless you "
                            "choose another precision in the same edit."
                        ),
                        _facts("latitude", "longitude", "position_precision"),
                        PositionMap(),
                        FieldPanel("timezone"),
                    ],
                    heading="Where it is",
                ),
                MultiFieldPanel(
                    [
                        FieldPanel(
                            "phone", help_text="As it is dialled there; it is kept in international form."
                        ),
                        _facts("email", "website"),
                    ],
                    heading="How to reach it",
                ),
            ],
            heading="Clinic",
        ),
        ObjectList(
            [
                InlinePanel(
                    "treatments",
                    heading="Treatments and prices",
                    label="Treatment",
                    help_text="One for each way the medicine is given. Leave a price empty when it is not known.",
                    panels=[
                        FieldPanel("route"),
                        FieldRowPanel(
                            [
                                FieldPanel("price_from"),
                                FieldPanel("price_to"),
                                FieldPanel("currency", widget=forms.Select(choices=CURRENCIES)),
                                FieldPanel("price_unit"),
                            ]
                        ),
                        FieldPanel("note"),
                    ],
                ),
                FieldPanel("payments", heading="Ways to pay"),
                MultiFieldPanel(
                    [
                        _facts("taking_new_patients", "referral_needed"),
                        _facts("psychiatric_assessment", "therapy_alongside"),
                        _facts("youngest_age", "oldest_age"),
                    ],
                    heading="Who it is for",
                ),
                FieldPanel("remote_regions", heading="Regions served remotely"),
            ],
            heading="Treatment",
        ),
        ObjectList(
            [
                InlinePanel(
                    "opening_hours",
                    heading="Opening hours",
                    label="Opening",
                    help_text="One for each span; two on a day with a break. None at all means not known. "
                    "A span that closes at or before it opens runs past midnight.",
                    panels=[
                        FieldRowPanel([FieldPanel("weekday"), FieldPanel("opens"), FieldPanel("closes")]),
                    ],
                ),
                InlinePanel(
                    "closed_dates",
                    heading="Closed dates",
                    label="Closed",
                    help_text="Days on which it is closed though the hours above say otherwise. The public sees them.",
                    panels=[
                        FieldRowPanel([FieldPanel("first_on"), FieldPanel("last_on"), FieldPanel("reason")]),
                    ],
                ),
                MultiFieldPanel(
                    [
                        _facts("wheelchair_access", "accessible_toilet", "parking"),
                        FieldPanel(
                            "access_note",
                            help_text="What somebody arriving should know. Shown to the public.",
                        ),
                    ],
                    heading="Access",
                ),
                FieldPanel("languages"),
            ],
            heading="Visiting",
        ),
        ObjectList(
            [
                MultiFieldPanel(
                    [
                        FieldPanel(
                            "status",
                            help_text="Paused and delisted clinics are in no results; their pages say so. "
                            "A draft is seen by curators alone, whatever its status.",
                        ),
                        FieldPanel("delisted_because", help_text="Delisted clinics only."),
                        FieldPanel("successor"),
                        FieldPanel("status_note"),
                    ],
                    heading="Whether it is shown",
                ),
                MultiFieldPanel(
                    [
                        HelpPanel(
                            "Only what somebody at the clinic said, or you saw there, counts: reading its website "
                            "verifies nothing. The public sees the day and the way."
                        ),
                        _facts("verified_on", "verified_how"),
                        Known("verified_by"),
                        FieldRowPanel(
                            [
                                Known("created_at"),
                                Known("updated_at"),
                            ]
                        ),
                    ],
                    heading="How we know",
                ),
                Provenance(heading="Where each field comes from"),
            ],
            heading="Listing",
        ),
    ],
    base_form_class=ClinicForm,
)
